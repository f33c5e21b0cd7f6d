"""The stream of instructions, on a real server."""

import pytest

from app.domain.instructions import InstructionId
from app.hot import streams
from app.hot.state import HotState


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LISTENS_FOR", 0.1)


async def named(hot: HotState) -> list[str]:
    """What whoever begins now hears of first."""
    async with hot.hear_orders() as heard:
        entries = await anext(heard)
        return [entry.fields[b"instruction"].decode() for entry in entries]


async def test_what_was_told_and_not_settled_is_told_to_the_next_again(hot: HotState) -> None:
    for name in ("one", "two"):
        await hot.tell_order(InstructionId(name))
    assert await named(hot) == ["one", "two"]
    assert await named(hot) == ["one", "two"]


async def test_settled_entries_are_gone(hot: HotState) -> None:
    await hot.tell_order(InstructionId("one"))
    async with hot.hear_orders() as heard:
        await hot.settle_orders([entry.name for entry in await anext(heard)])
        assert not await anext(heard)
    assert await named(hot) == []
