"""The first start's admin key."""

import stat
from pathlib import Path

import pytest

from app.errors import SettingsRefused, StartRefused
from app.history.keys import list_keys, revoke_key
from app.settings import ApiSettings
from routers.keys import ensure_admin_key, refuse_open_door
from tests.routers.houses import House


async def test_the_first_start_writes_a_key_for_its_owner_only(house: House) -> None:
    path = house.settings.data_dir / "admin.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    caller = (await house.ask.get("/access", headers=house.as_admin)).json()
    assert caller == {"name": "key admin", "scopes": ["admin"], "has_key": True}


async def test_a_later_start_makes_no_other(house: House, tmp_path: Path) -> None:
    assert await ensure_admin_key(house.history, tmp_path / "elsewhere") is None
    assert len(await list_keys(house.history)) == 1


async def test_when_all_keys_are_revoked_a_new_one_is_made(house: House) -> None:
    before = house.admin_key
    (first,) = await list_keys(house.history)
    await revoke_key(house.history, first.id)
    assert await ensure_admin_key(house.history, house.settings.data_dir) == house.settings.data_dir / "admin.key"
    assert house.admin_key != before


async def test_an_open_door_without_any_key_refuses_to_start(house: House) -> None:
    abroad = house.settings.model_copy(update={"api": ApiSettings(host="0.0.0.0")})
    await refuse_open_door(house.history, abroad)
    (first,) = await list_keys(house.history)
    await revoke_key(house.history, first.id)
    await refuse_open_door(house.history, house.settings)
    with pytest.raises(StartRefused, match="no key yet"):
        await refuse_open_door(house.history, abroad)


async def test_a_folder_that_cannot_be_written_refuses_to_start(house: House, tmp_path: Path) -> None:
    (first,) = await list_keys(house.history)
    await revoke_key(house.history, first.id)
    (tmp_path / "file").write_text("")
    with pytest.raises(StartRefused, match="cannot be written"):
        await ensure_admin_key(house.history, tmp_path / "file" / "below")
    assert len(await list_keys(house.history)) == 1  # a key that nobody can read is not made


async def test_an_admin_key_that_others_can_read_refuses_to_start(house: House) -> None:
    path = house.settings.data_dir / "admin.key"
    path.chmod(0o644)
    with pytest.raises(SettingsRefused, match="read or changed by others") as refused:
        await ensure_admin_key(house.history, house.settings.data_dir)
    assert "chmod 600" in refused.value.remedy
    path.chmod(0o600)
    assert await ensure_admin_key(house.history, house.settings.data_dir) is None
