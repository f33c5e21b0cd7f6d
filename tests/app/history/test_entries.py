"""The ledger line by line: whole, in order, and as it was when one began to read."""

import pytest

from app.history import entries
from app.history.database import Database
from app.history.entries import Asked, all_lines, count_lines, list_lines
from tests.routers.dealings import CONTRACT, deal, settle


async def test_what_is_posted_meanwhile_is_not_told(history: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "AT_ONCE", 2)
    await deal(history)
    pages = all_lines(history, Asked())
    told = [*await anext(pages)]
    await settle(history)
    told += [line async for page in pages for line in page]
    assert [(line.number, line.place) for line in told] == sorted((line.number, line.place) for line in told)
    assert {line.kind for line in told} == {"deposit", "fill"}
    assert sum(line.amount for line in told) == 0


async def test_lines_are_found_by_what_they_are_of(history: Database) -> None:
    await deal(history)
    for asked, count in (
        (Asked(), 5),
        (Asked(book="cash"), 2),
        (Asked(contract_id=CONTRACT), 2),
        (Asked(kind="deposit", book="deposits"), 1),
        (Asked(account="nobody"), 0),
        (Asked(account="a\0b"), 0),
    ):
        assert await count_lines(history, asked) == len(await list_lines(history, asked, 10)) == count, asked
