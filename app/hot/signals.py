"""Signals on their way to the process that has the last word on them, and why others were not made.

A process that finds a signal puts it into one stream; the one that has the last word reads it there. It goes by one
name in the stream's group, so what a process that died had taken and not settled is its own when another begins.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec

from app.domain.funnels import Funnel, Stop
from app.domain.parsing import NOT_READABLE
from app.domain.prices import Nanos
from app.domain.signals import STAGES, Detector, Signal, Stage
from app.hot.connections import Door
from app.hot.keys import FUNNEL_LIFETIME, FUNNELS, OFFERED, OFFERS_KEPT, funnel_key
from app.hot.shelves import Keeper, Shelf
from app.hot.streams import Entry, entries_of, settle

GROUP = "signal_processor"

_ENCODER = msgspec.json.Encoder()
_SIGNAL = msgspec.json.Decoder(Signal)


class Offer(NamedTuple):
    """An entry of the stream. `signal` None: a version that described it otherwise has written it."""

    entry: str
    expires_at: Nanos
    signal: Signal | None


class OfferedSignals(Keeper):
    """The stream of signals that wait for the last word."""

    async def offer_signal(self, signal: Signal, kept: int = OFFERS_KEPT) -> None:
        """Put it before the process that has the last word; only the last `kept` or so are there."""
        words = ("expires_at", signal.expires_at, "signal", _ENCODER.encode(signal))
        await self._door.transact(("XADD", OFFERED, "MAXLEN", "~", kept, "*", *words))

    @asynccontextmanager
    async def hear_offers(self) -> AsyncGenerator[AsyncIterator[Sequence[Offer]]]:
        """What is offered and not settled yet, and what comes: as `streams.entries_of`."""
        async with entries_of(self._door, OFFERED, GROUP) as heard:
            yield _offers(heard)

    async def settle_offers(self, entries: Sequence[str]) -> None:
        """Nobody need look at these any more."""
        await settle(self._door, OFFERED, GROUP, entries)


class Funnels(Keeper):
    """Why signals are not made, by process."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._funnels = Shelf(door, FUNNELS, funnel_key, Funnel)

    async def save_funnel(self, process: str, funnel: Funnel, seconds: float = FUNNEL_LIFETIME) -> None:
        """Why this process makes no signals; forgotten when it says so no more."""
        await self._funnels.put({process: funnel}, seconds)

    async def drop_funnel(self, process: str) -> None:
        """That process is no more."""
        await self._funnels.drop([process])

    async def funnels(self) -> Sequence[Funnel]:
        """Those of all processes."""
        return list((await self._funnels.all()).values())


def joined(funnels: Iterable[Funnel]) -> Funnel | None:
    """All processes as one: what stands at the same place for the same reason is added up, and the newest example is
    the one. None of none."""
    told = list(funnels)
    if not told:
        return None
    combinations: defaultdict[Detector, int] = defaultdict(int)
    stops: dict[tuple[Stage, str], Stop] = {}
    for funnel in told:
        for detector, count in funnel.combinations.items():
            combinations[detector] += count
        for stop in funnel.stops:
            place = (stop.stage, stop.reason)
            stops[place] = _added(stops[place], stop) if place in stops else stop
    ordered = sorted(stops.values(), key=lambda stop: (STAGES.index(stop.stage), -stop.count, stop.reason))
    return Funnel(
        sum(funnel.games for funnel in told),
        sum(funnel.linked for funnel in told),
        dict(combinations),
        tuple(ordered),
        min(funnel.since for funnel in told),
    )


def _added(one: Stop, other: Stop) -> Stop:
    examples = [stop.example for stop in (one, other) if stop.example is not None]
    newest = max(examples, key=lambda example: example.at, default=None)
    return Stop(one.stage, one.reason, one.count + other.count, one.standing + other.standing, newest)


async def _offers(heard: AsyncIterator[Sequence[Entry]]) -> AsyncIterator[Sequence[Offer]]:
    async for entries in heard:
        yield [_offer(entry) for entry in entries]


def _offer(entry: Entry) -> Offer:
    try:
        signal = _SIGNAL.decode(entry.fields.get(b"signal", b""))
    except NOT_READABLE:
        signal = None
    expires_at = entry.fields.get(b"expires_at", b"0")
    return Offer(entry.name, Nanos(int(expires_at) if expires_at.isdigit() else 0), signal)
