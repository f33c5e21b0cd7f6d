"""What Kalshi charges: `M x 0.07 x contracts x p (1 - p)`, and of makers a quarter of that where the fee type says so.

Fee type and multiplier M are the series', unless its event has its own; a market may be free until some moment. The
schedule of July 2026 rounds on $0.0001, and for members who are not direct on a cent: a cent an order is planned with.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from app.clock import EPOCH, nanos_of
from app.domain.fees import RATE_UNITS, FeeSchedule
from app.domain.markets import Event
from app.domain.parsing import (
    Page,
    Refusal,
    WrongField,
    decode,
    decode_element,
    read_moment,
    read_number,
    refused_where,
)
from app.errors import PayloadRefused
from app.venues.kalshi import wire
from app.venues.kalshi.events import ListedEvent

TAKER = 70_000  # millionths, of everybody before the multiplier
MAKERS = {"quadratic": 0, "quadratic_with_maker_fees": 17_500}  # the fee types that are this formula
CENT = 10_000  # micro-dollars


class Charge(msgspec.Struct, frozen=True):
    """What a series says of its fees, or an event in its place; None: nothing of its own."""

    fee_type: str | None = None
    multiplier: float | None = None

    def over(self, below: "Charge") -> "Charge":
        """This, and where it says nothing what is below it."""
        multiplier = below.multiplier if self.multiplier is None else self.multiplier
        return Charge(self.fee_type or below.fee_type, multiplier)


class FeeChange(msgspec.Struct, frozen=True):
    """A series or an event says something else from a moment on."""

    name: str
    charge: Charge
    at: datetime


class FeeTable(msgspec.Struct, frozen=True):
    """What is known when events are read: by series, and by event where one has a word of its own."""

    series: Mapping[str, Charge]
    events: Mapping[str, Charge] = {}

    def charge(self, listed: ListedEvent) -> Charge | None:
        """What an event's markets charge; None when nobody has told what its series does."""
        series = self.series.get(listed.event.series)
        if series is None:
            return None
        own = Charge(listed.fee_type, listed.fee_multiplier)
        return own.over(self.events.get(listed.id, Charge())).over(series)


NOTHING_TOLD = FeeTable({})


def with_fees(listed: ListedEvent, table: FeeTable) -> Event:
    """The event, its markets with what they charge as far as that is known."""
    charge, markets = table.charge(listed), listed.event.markets
    if charge is None or not markets:
        return listed.event
    usual = schedule_of(charge, None)
    priced = (
        msgspec.structs.replace(market, fees=schedule_of(charge, waiver) if waiver else usual)
        for market in markets
        for waiver in (listed.waivers.get(market.id),)
    )
    return msgspec.structs.replace(listed.event, markets=tuple(priced))


def schedule_of(charge: Charge | None, waiver: str | None) -> FeeSchedule | None:
    """A market's fees; None for a fee type with another formula, and for a multiplier that makes no sense."""
    if charge is None or charge.fee_type not in MAKERS or charge.multiplier is None:
        return None
    multiplier = charge.multiplier
    if not 0 <= TAKER * multiplier <= RATE_UNITS:
        return None
    return FeeSchedule(
        taker=_rate(TAKER, multiplier),
        maker=_rate(MAKERS[charge.fee_type], multiplier),
        step=CENT,
        waived_until=_waived_until(waiver),
        source=f"{charge.fee_type} x {multiplier:g}",
    )


def series_charge(payload: bytes) -> Charge:
    """The answer of `/series/{ticker}`. Raises PayloadRefused."""
    told = decode(payload, wire.SERIES).series
    return Charge(told.fee_type, read_number(told.fee_multiplier))


def series_changes_page(payload: bytes) -> Page[FeeChange]:
    """The answer of `/series/fee_changes`. Raises PayloadRefused."""
    told = decode(payload, wire.FEE_CHANGES)
    if told.series_fee_change_arr is None:
        raise PayloadRefused("series_fee_change_arr: missing")
    return Page(_changes(told.series_fee_change_arr), told.cursor or "")


def event_changes_page(payload: bytes) -> Page[FeeChange]:
    """A page of `/events/fee_changes`. Raises PayloadRefused."""
    told = decode(payload, wire.FEE_CHANGES)
    if told.event_fee_changes is None:
        raise PayloadRefused("event_fee_changes: missing")
    return Page(_changes(told.event_fee_changes), told.cursor or "")


def in_force(changes: Iterable[FeeChange], now: datetime) -> dict[str, Charge]:
    """Of each name the last word that counts by now; an event may have taken back what it said."""
    past = sorted((change for change in changes if change.at <= now), key=lambda change: change.at)
    return {change.name: change.charge for change in past}


def _changes(raws: Sequence[msgspec.Raw]) -> Iterator[FeeChange | Refusal]:
    for index, raw in enumerate(raws):
        where = f"fee_changes[{index}]"
        told = decode_element(raw, wire.FEE_CHANGE, where)
        yield told if isinstance(told, Refusal) else refused_where(where, partial(_change, told))


def _change(told: wire.FeeChange) -> FeeChange:
    name = told.event_ticker or told.series_ticker
    if not name:
        raise WrongField("series_ticker")
    if told.event_ticker:
        charge = Charge(told.fee_type_override, read_number(told.fee_multiplier_override))
    else:
        charge = Charge(told.fee_type, read_number(told.fee_multiplier))
    return FeeChange(name, charge, _moment(told.scheduled_ts, "scheduled_ts"))


def _moment(written: str | float | None, field: str) -> datetime:
    """ISO 8601, or seconds since 1970."""
    if written is None:
        raise WrongField(field)
    if isinstance(written, str):
        return read_moment(written, field)
    try:
        return EPOCH + timedelta(seconds=written)
    except (OverflowError, ValueError):
        raise WrongField(field, f"{written} is no moment") from None


def _rate(whole: int, multiplier: float) -> int:
    return math.ceil(round(whole * multiplier, 6))


def _waived_until(waiver: str | None) -> int:
    """Nanoseconds UTC. One that cannot be read is none: what is charged for nothing is found out too late."""
    if not waiver:
        return 0
    try:
        return nanos_of(read_moment(waiver, "fee_waiver_expiration_time"))
    except WrongField:
        return 0
