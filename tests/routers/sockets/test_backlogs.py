"""A client that takes nothing for a while: whatever the order of things, it gets the newest, never anything older, and
all of what must not be dropped."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Message

from routers.sockets import clients
from routers.sockets.backlogs import MOST_LINES, Backlog, TooSlow
from routers.sockets.clients import RESUME, Client, Ending, as_message


class Prices:
    """Knows the newest version of each name, and remembers nothing else."""

    def __init__(self) -> None:
        self.newest: dict[str, int] = {}
        self.turn = 0

    def messages(self, names: Iterable[str]) -> list[str]:
        return [f"price {name} {self.newest[name]}" for name in names if name in self.newest]


class Wire:
    """A transport that takes so many messages, and then none until there is room again."""

    def __init__(self) -> None:
        self.room = 10_000
        self.got: list[str] = []
        self._has_room = asyncio.Event()
        self._has_room.set()

    def give(self, room: int) -> None:
        self.room = room
        if room:
            self._has_room.set()
        else:
            self._has_room.clear()

    def push(self, message: Message) -> bool:
        if self.room:
            self.got.append(message["text"])
            self.give(self.room - 1)
            return True
        return False

    async def send(self, message: Message) -> None:
        while message["type"] == "websocket.send" and not self.push(message):
            await self._has_room.wait()


async def is_welcome() -> bool:
    return True


Kind = Literal["price", "late", "update", "room", "turn"]
Step = tuple[Kind, int]
STEPS = st.lists(st.tuples(st.sampled_from(Kind.__args__), st.integers(0, 3)), max_size=60)  # type: ignore[attr-defined]


async def tell(prices: Prices, name: str, client: Client, wire: Wire | None) -> None:
    """A price moves, and everybody is told. With `wire` others are told first: meanwhile it moves again, and whatever
    has waited for the client leaves."""
    prices.newest[name] = prices.newest.get(name, 0) + 1
    lines = prices.messages([name])
    prices.turn += 1
    if wire is not None:
        prices.newest[name] += 1
        wire.give(wire.room + 3)
        for _ in range(10):
            await asyncio.sleep(0)
        client.offer(as_message(lines[0]), prices, (name,))
        lines = prices.messages([name])
        prices.turn += 1
    client.offer(as_message(lines[0]), prices, (name,))


async def play(steps: Sequence[Step], *, has_push: bool) -> tuple[list[str], dict[str, int], int]:
    """What was got, the newest of each name, and how many updates were told."""
    wire, prices, updates = Wire(), Prices(), 0
    async with asyncio.timeout(None) as deadline:
        client = Client(wire.send, deadline, is_welcome, wire.push if has_push else None)
        for kind, number in steps:
            if kind == "price":
                await tell(prices, f"c{number}", client, None)
            elif kind == "late":
                await tell(prices, f"c{number}", client, wire)
            elif kind == "update":
                updates += 1
                client.tell(as_message(f"update {updates}"))
            elif kind == "room":
                wire.give(number)
            else:
                await asyncio.sleep(0)
        wire.give(10_000)
        await client.is_drained()
        assert client.ending is None
    return wire.got, prices.newest, updates


@given(STEPS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_newest_is_told_never_anything_older_and_every_update_once(steps: list[Step], has_push: bool) -> None:
    got, newest, updates = asyncio.run(play(steps, has_push=has_push))
    assert [line for line in got if line.startswith("update")] == [f"update {n}" for n in range(1, updates + 1)]
    told: dict[str, int] = {}
    for line in got:
        if line.startswith("price"):
            _, name, version = line.split()
            assert int(version) >= told.get(name, 0)
            told[name] = int(version)
    assert told == newest


def test_what_waits_is_bounded_and_lines_are_never_dropped() -> None:
    backlog, prices = Backlog(), Prices()
    for number in range(MOST_LINES):
        backlog.add(f"update {number}")
    with pytest.raises(TooSlow):
        backlog.add("one too many")
    prices.newest = {"a": 5}
    for _ in range(MOST_LINES):
        backlog.mark(prices, ["a"])
    taken = [backlog.take() for _ in range(MOST_LINES + 2)]
    assert taken == [*(f"update {number}" for number in range(MOST_LINES)), "price a 5", None]


def test_a_message_that_is_too_long_for_what_may_wait_is_refused() -> None:
    with pytest.raises(TooSlow):
        Backlog().add("x" * 5_000_000)


async def ending_of(wire: Wire, lines: int) -> Ending | None:
    """How a client ends that is told so much, if it does within a second."""
    client: Client | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout(None) as deadline:
            client = Client(wire.send, deadline, is_welcome, wire.push)
            for number in range(lines):
                client.tell(as_message(f"update {number}"))
            await asyncio.sleep(1)
    assert client is not None
    await client.close()
    return client.ending


async def test_who_takes_nothing_is_let_go_and_told_to_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "CLOSES_WITHIN", 0.05)
    wire = Wire()
    wire.give(0)
    assert await ending_of(wire, MOST_LINES + 2) == RESUME


async def test_who_can_be_sent_nothing_for_long_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "STALLED_AFTER", 0.05)
    monkeypatch.setattr(clients, "CLOSES_WITHIN", 0.05)
    wire = Wire()
    wire.give(0)
    assert await ending_of(wire, 1) == RESUME


async def test_who_takes_what_it_is_told_stays() -> None:
    assert await ending_of(Wire(), MOST_LINES * 2) is None
