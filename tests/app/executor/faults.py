"""What goes wrong on the way of orders: how each fault is brought about, and what must come of it.

At both venues at once, by an executor at work. A fault has ended when the order stands as it must, with its fills; then
nothing may have been taken there twice, and the books have what the venues have, to the micro-dollar.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from app.domain.markets import VenueId
from app.domain.orders import Order, State, TradeId
from app.domain.prices import SECOND
from app.errors import FeedUnavailable
from app.execution.trades import UNWOUND_WITHIN, Status
from tests.app.executor.houses import House
from tests.app.executor.members import KALSHI_ID, LEAST, POLYMARKET_ID

LOOKS_EVERY = 0.05  # seconds
ENDS_WITHIN = 30.0  # seconds after the fault itself is over
AGREES_WITHIN = 120.0  # seconds after that: a host that was away for a minute is then left alone for up to another
HALTED_AGAIN = 0.5  # seconds, as the worker has it
CHANNELS = {"kalshi": "/kalshi/trade-api/ws/v2", "polymarket": "/clob/ws/user"}
FILLS = {"kalshi": "fill", "polymarket": "trade"}

Plant = Callable[[House, VenueId], Awaitable[None]]


class Case(NamedTuple):
    """`plant`: the fault; `ends`: how the order stands in the end; `taken`: orders
    that the venue has then. `lasts`: seconds of the fault itself."""

    name: str
    plant: Plant
    ends: State
    taken: int = 1
    lasts: float = 0.0
    is_taken_back: bool = False


class TradeCase(NamedTuple):
    """What happens to the second leg, which is Polymarket's, and how the trade ends."""

    name: str
    plant: Plant
    ends: Status
    lasts: float = 0.0


class Row(NamedTuple):
    """One line of the table. `seconds` from the fault to the end; `wrong`: what is not as it must be."""

    fault: str
    venue: str
    ends: str
    seconds: float
    wrong: Sequence[str] = ()


def of_orders(kind: str, method: str = "POST", **more: Any) -> Plant:
    """Strikes the next order on its way; with DELETE the next cancel."""

    async def plant(house: House, venue: VenueId) -> None:
        await house.fail(venue, kind, method=method, **more)

    return plant


def of_venues(kind: str, **more: Any) -> Plant:
    """The venue itself does it."""

    async def plant(house: House, venue: VenueId) -> None:
        await house.fail(venue, kind, match=venue, **more)

    return plant


def of_fills(kind: str, **more: Any) -> Plant:
    """Strikes the frames of the private channel that tell of fills."""

    async def plant(house: House, venue: VenueId) -> None:
        await house.fail(venue, kind, match=CHANNELS[venue], on="socket", market=FILLS[venue], **more)

    return plant


def both(*plants: Plant) -> Plant:
    """The first that fits strikes."""

    async def plant(house: House, venue: VenueId) -> None:
        for each in plants:
            await each(house, venue)

    return plant


def cases(down: float = 60.0, mute: float = 10.0) -> Sequence[Case]:
    """`down`: seconds that a venue is away; `mute`: that it tells of no fill."""
    away, lost = of_venues("down", for_seconds=down), of_orders("lost")
    return [
        Case("answer to an order lost after acceptance", lost, "filled"),
        Case("answer to an order 3 s late", of_orders("late", seconds=3), "filled", lasts=3),
        Case("order held up for 3 s on its way", of_orders("slow", seconds=3), "filled", lasts=3),
        Case("order met by a 503", of_orders("503"), "cancelled", 0),
        Case("order met by what nobody can read", of_orders("garbage"), "cancelled", 0),
        Case("order met by a 429", of_orders("429"), "rejected", 0),
        Case("order rejected", of_venues("rejected"), "rejected", 0),
        Case("balance short", of_venues("short"), "rejected", 0),
        Case("fills told twice", of_fills("duplicate", count=5), "filled"),
        Case("fills told in another order", of_fills("reordered", count=5), "filled"),
        Case("private channel cut at the fill", of_fills("disconnect"), "filled"),
        Case("fills not told for a while", of_fills("silence", for_seconds=mute), "filled", lasts=mute),
        Case("answer lost, order hidden and not told for 3 s", both(_hidden, lost), "filled", lasts=3),
        Case("ghost fill, undone after 2 s", of_venues("ghost", seconds=2), "cancelled", lasts=2),
        Case("answer to a cancel lost", of_orders("lost", "DELETE"), "cancelled", is_taken_back=True),
        Case("cancel rejected", of_venues("rejected", method="DELETE"), "cancelled", is_taken_back=True),
        Case(f"venue down for {down:g} s", away, "cancelled", 0, down),
        Case(f"answer lost, venue down for {down:g} s", both(lost, away), "filled", 1, down),
    ]


def trade_cases(down: float = 60.0) -> Sequence[TradeCase]:
    """`down`: seconds that the second venue is away; longer than a trade may stay open to one side. What it has can be
    known only after that: too late to sell the other leg without looking, and somebody has to."""
    late: Status = "unwound" if down * SECOND < UNWOUND_WITHIN else "exposed"
    return [
        TradeCase("second leg: answer lost", of_orders("lost"), "hedged"),
        TradeCase("second leg: rejected whenever it is tried", of_venues("rejected", count=3), "unwound"),
        TradeCase(f"second leg: venue down for {down:g} s", of_venues("down", for_seconds=down), late, down),
    ]


async def _hidden(house: House, venue: VenueId) -> None:
    await house.fail(venue, "hidden", match=venue, seconds=3)
    await house.fail(venue, "silence", match=CHANNELS[venue], on="socket", for_seconds=3)


async def measured(case: Case, house: House) -> Sequence[Row]:
    """At both venues at once, and the books of both after it."""
    rows = await asyncio.gather(*(_measured(case, house, venue) for venue in (KALSHI_ID, POLYMARKET_ID)))
    wrong = await house.unbalanced()
    return [row._replace(wrong=[*row.wrong, *wrong]) for row in rows]


async def _measured(case: Case, house: House, venue: VenueId) -> Row:
    wish = house.wish(venue, **({"limit": "0.20", "time_in_force": "gtc"} if case.is_taken_back else {}))
    before = await house.sent(venue)
    if case.is_taken_back:
        await house.desk.place(wish)
    await case.plant(house, venue)
    began = time.monotonic()
    with suppress(TimeoutError):
        async with asyncio.timeout(case.lasts + ENDS_WITHIN):
            await (_take_back(house, wish) if case.is_taken_back else house.desk.place(wish))
            while not await _has_ended(house, wish, case):  # noqa: ASYNC110
                await asyncio.sleep(LOOKS_EVERY)
    seconds, last = time.monotonic() - began, (await house.stored(wish.id)).last
    await _agreed(house, venue)
    taken = await house.sent(venue) - before
    wrong = [] if (last.state, last.filled) == _end(case, venue) else [f"{last.state} with {last.filled} filled"]
    wrong += [] if taken == case.taken else [f"{taken} orders there"]
    return Row(case.name, venue, last.state, seconds, [*wrong, *await house.differs(venue)])


def _end(case: Case, venue: VenueId) -> tuple[State, int]:
    return case.ends, LEAST[venue] if case.ends == "filled" else 0


async def _has_ended(house: House, wish: Order, case: Case) -> bool:
    last = (await house.stored(wish.id)).last
    return (last.state, last.filled) == _end(case, wish.venue)


async def _agreed(house: House, venue: VenueId) -> None:
    """Wait for it: one that was away for long is not asked at once what is held there."""
    with suppress(TimeoutError):
        async with asyncio.timeout(AGREES_WITHIN):
            while await _differs(house, venue):  # noqa: ASYNC110
                await asyncio.sleep(LOOKS_EVERY)


async def _differs(house: House, venue: VenueId) -> bool:
    try:
        return bool(await house.differs(venue))
    except FeedUnavailable:
        return True


async def _take_back(house: House, wish: Order) -> None:
    """As a halt does it: again until it is gone."""
    while wish.id in {each.order.id for each in house.desk.unsettled}:
        _, left = await house.executors.cancel_resting(lambda order: order.id == wish.id, "halted")
        await asyncio.sleep(HALTED_AGAIN if left else 0)


async def measured_trade(case: TradeCase, house: House) -> Row:
    """As many contracts at each venue, but for one that is exposed."""
    await case.plant(house, POLYMARKET_ID)
    began, name = time.monotonic(), TradeId(f"trade-{case.name}")
    house.trade(name)
    with suppress(TimeoutError):
        async with asyncio.timeout(case.lasts + ENDS_WITHIN):
            while name not in house.ended:  # noqa: ASYNC110
                await asyncio.sleep(LOOKS_EVERY)
    seconds, ended = time.monotonic() - began, house.ended.get(name)
    await asyncio.gather(_agreed(house, KALSHI_ID), _agreed(house, POLYMARKET_ID))
    if ended is None:
        return Row(case.name, "both", "open", seconds, ["it has not ended"])
    first, second = (LEAST[POLYMARKET_ID] * (case.ends in held) for held in (("hedged", "exposed"), ("hedged",)))
    wrong = [] if (ended.status, *ended.held) == (case.ends, first, second) else [f"{ended.status} with {ended.held}"]
    return Row(case.name, "both", ended.status, seconds, [*wrong, *await house.unbalanced()])
