from datetime import timedelta

import pytest
from sqlalchemy import text

from app.errors import BadInput
from app.history.audit import list_deeds
from app.history.database import Database
from app.history.keys import USE_NOTED_EVERY, create_key, find_key, list_keys, replace_key, revoke_key
from tests.app.history.samples import NOW


async def test_a_key_opens_what_it_was_made_for(history: Database) -> None:
    plain = await create_key(history, "bot", ("match", "read"), NOW)
    found = await find_key(history, plain, NOW)
    assert found is not None
    assert (found.name, found.scopes, found.created_at) == ("bot", ("read", "match"), NOW)
    assert plain.startswith(f"cc_{found.id}_")


async def test_the_database_does_not_hold_the_key(history: Database) -> None:
    plain = await create_key(history, "bot", ("read",))
    secret = plain.split("_", 2)[2]
    async with history.transaction() as connection:
        (row,) = await connection.execute(text("SELECT api_keys::text FROM api_keys"))
    assert secret not in row[0]


async def test_each_key_is_another(history: Database) -> None:
    assert await create_key(history, "bot", ("read",)) != await create_key(history, "bot", ("read",))
    assert len(await list_keys(history)) == 2


async def test_a_strange_key_opens_nothing(history: Database) -> None:
    plain = await create_key(history, "bot", ("read",))
    public = plain.rpartition("_")[0]
    strange = ["", "cc", "cc_", "cc__", public, f"{plain}x", plain[:-1], plain.upper(), f"xx{plain[2:]}", "ключ"]
    strange += [f"cc_000000000000_{plain.split('_', 2)[2]}", "cc_' OR 1=1 --_x", "cc_a\0b_c"]
    assert [key for key in strange if await find_key(history, key) is not None] == []


async def test_a_revoked_key_opens_nothing_and_stays_listed(history: Database) -> None:
    plain = await create_key(history, "bot", ("read",))
    (made,) = await list_keys(history)
    assert await revoke_key(history, made.id, NOW)
    assert await find_key(history, plain) is None
    assert not await revoke_key(history, made.id)
    assert not await revoke_key(history, "nobody")
    assert (await list_keys(history))[0].revoked_at == NOW


async def test_the_last_use_is_noted_once_a_minute(history: Database) -> None:
    plain = await create_key(history, "bot", ("read",))
    for seconds in (0, 1, 59):
        await find_key(history, plain, NOW + timedelta(seconds=seconds))
    assert (await list_keys(history))[0].last_used_at == NOW
    await find_key(history, plain, NOW + USE_NOTED_EVERY)
    assert (await list_keys(history))[0].last_used_at == NOW + USE_NOTED_EVERY


@pytest.mark.parametrize("scopes", [(), ("everything",), ("read", "Admin")])
async def test_a_key_for_what_does_not_exist_is_not_made(history: Database, scopes: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        await create_key(history, "bot", scopes)
    assert "read, match, paper, live, admin" in refused.value.remedy
    assert await list_keys(history) == []


async def test_a_key_opens_nothing_after_its_end(history: Database) -> None:
    ends = NOW + timedelta(days=30)
    plain = await create_key(history, "bot", ("read",), NOW, expires_at=ends)
    assert await find_key(history, plain, ends - timedelta(seconds=1))
    assert await find_key(history, plain, ends) is None
    assert (await list_keys(history))[0].expires_at == ends
    with pytest.raises(BadInput, match="expired"):
        await create_key(history, "bot", ("read",), NOW, expires_at=NOW)


async def test_a_replaced_key_opens_nothing_and_its_heir_what_it_opened(history: Database) -> None:
    ends = NOW + timedelta(days=30)
    old = await create_key(history, "bot", ("paper", "read"), NOW, expires_at=ends)
    (made,) = await list_keys(history)
    new = await replace_key(history, made.id, NOW)
    assert new is not None
    assert await find_key(history, old, NOW) is None
    heir = await find_key(history, new, NOW)
    assert heir is not None
    assert (heir.name, heir.scopes, heir.expires_at) == ("bot", ("read", "paper"), ends)
    assert await replace_key(history, made.id, NOW) is None
    assert await replace_key(history, "nobody", NOW) is None
    assert await replace_key(history, heir.id, ends) is None
    assert [deed.what for deed in await list_deeds(history)] == ["key.made", "key.replaced", "key.made"]
