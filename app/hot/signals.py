"""Signals on their way to the process that has the last word on them, and why others were not made.

A process that finds a signal puts it into one stream; the one that has the last word reads it there. It goes by one
name in the stream's group, so what a process that died had taken and not settled is its own when another begins.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec

from app.domain.funnels import Funnel, Stop
from app.domain.prices import Nanos
from app.domain.signals import STAGES, Detector, Signal, Stage
from app.errors import HotStoreUnavailable
from app.hot.connections import ANSWER_WITHIN, Door
from app.hot.keys import FUNNEL_LIFETIME, FUNNELS, OFFERED, OFFERS_KEPT, funnel_key
from app.hot.lines import Line, Message
from app.hot.shelves import Keeper, Shelf

GROUP = "signal_processor"
AT_ONCE = 100  # signals read together
LISTENS_FOR = 1.0  # seconds of silence, after which what was left behind is looked at again

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
        """What is offered and not settled yet, again and again until it is, then what comes; and nothing now and then,
        while nothing does. Raises HotStoreUnavailable when Redis goes away; enter again."""
        await self._door.try_each(("XGROUP", "CREATE", OFFERED, GROUP, "0", "MKSTREAM"))  # refused where there is one
        line = await self._door.open_line(_Deaf())
        try:
            yield _offers(line)
        finally:
            line.close()

    async def settle_offers(self, entries: Sequence[str]) -> None:
        """Nobody need look at these any more."""
        if entries:
            await self._door.transact(("XACK", OFFERED, GROUP, *entries), ("XDEL", OFFERED, *entries))


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


class _Deaf:
    """Nobody speaks on this line without being asked."""

    def hear(self, message: Message) -> None:
        pass

    def lose(self, error: HotStoreUnavailable) -> None:
        pass


async def _offers(line: Line) -> AsyncIterator[Sequence[Offer]]:
    while True:
        yield await _read(line, "0") or await _read(line, ">")


async def _read(line: Line, after: str) -> list[Offer]:
    """What the group had delivered and nobody has settled, after "0"; what is new, after ">", for which it waits."""
    words = (b"XREADGROUP", b"GROUP", GROUP.encode(), GROUP.encode(), b"COUNT", b"%d" % AT_ONCE)
    wait = (b"BLOCK", b"%d" % (LISTENS_FOR * 1000)) if after == ">" else ()
    try:
        async with asyncio.timeout(LISTENS_FOR + ANSWER_WITHIN):
            answer = await line.ask(*words, *wait, b"STREAMS", OFFERED.encode(), after.encode())
    except TimeoutError:
        raise HotStoreUnavailable("Redis shows no sign of life") from None
    entries = answer[1] if isinstance(answer, list) and len(answer) > 1 else []
    return [_offer(name, fields) for name, fields in entries]


def _offer(name: bytes, fields: list[bytes] | None) -> Offer:
    found = dict(zip(fields[::2], fields[1::2], strict=True)) if fields else {}  # None: the cap took it meanwhile
    try:
        signal = _SIGNAL.decode(found.get(b"signal", b""))
    except msgspec.MsgspecError:
        signal = None
    expires_at = found.get(b"expires_at", b"0")
    return Offer(name.decode(), Nanos(int(expires_at) if expires_at.isdigit() else 0), signal)
