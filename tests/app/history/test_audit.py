"""Who did what is only ever added to."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.history.audit import Deed, list_deeds, write_down
from app.history.database import Database
from tests.app.history.samples import NOW


async def test_deeds_are_listed_the_newest_first_and_page_by_page(history: Database) -> None:
    for number in range(5):
        await write_down(history, Deed(at=NOW, who="anna", what="alias.added", detail={"name": f"name {number}"}))
    first = await list_deeds(history, limit=3)
    rest = await list_deeds(history, limit=3, before=first[-1].id)
    assert [deed.detail["name"] for deed in (*first, *rest)] == [f"name {number}" for number in (4, 3, 2, 1, 0)]
    assert (first[0].at, first[0].who, first[0].what) == (NOW, "anna", "alias.added")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE false",
        "TRUNCATE audit",
        "TRUNCATE api_keys, audit RESTART IDENTITY CASCADE",
        "INSERT INTO audit (id, at, who, what, detail) OVERRIDING SYSTEM VALUE VALUES (1, now(), 'x', 'y', '{}')"
        " ON CONFLICT (id) DO UPDATE SET who = 'nobody'",
        "MERGE INTO audit USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
        "SET LOCAL session_replication_role = replica; DELETE FROM audit",
    ],
)
async def test_nothing_can_be_changed_or_taken_away_by_our_own_role(history: Database, change: str) -> None:
    await write_down(history, Deed(at=NOW, who="anna", what="alias.added"))
    *before, change = change.split("; ")
    async with history.transaction() as connection:
        for statement in before:
            await connection.execute(text(statement))
        with pytest.raises(DBAPIError, match="only ever added to"):
            await connection.execute(text(change))
        await connection.rollback()
    assert [deed.who for deed in await list_deeds(history)] == ["anna"]
