"""The toy venue's words → ours. Pure; one bad element never costs the others."""

from collections.abc import Iterator, Sequence
from functools import partial

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.inputs import Snapshot
from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import Competitor, ContractId, Event, EventId, Handling, Market, MarketId, Outcome, VenueId
from app.domain.money import price, size
from app.domain.parsing import Page, Refusal, WrongField, decode, decode_element, read_moment, refused_where
from app.domain.prices import MILLISECOND, LaneId, Level, Nanos, book_id
from app.venues.toy import wire

TOY = VenueId("toy")
FEES = FeeSchedule(taker=10_000, source="the toy venue charges a hundredth")
SIDES = ("yes", "no")


def contracts_of(market_id: str) -> tuple[ContractId, ContractId]:
    """YES and NO."""
    yes, no = (ContractId(f"{TOY}:{market_id}:{side}") for side in SIDES)
    return yes, no


def events_page(payload: bytes) -> Page[Event]:
    """A listing, to be read event by event. Raises PayloadRefused."""
    return Page(_events(decode(payload, wire.LISTING).events))


def _events(raws: Sequence[msgspec.Raw]) -> Iterator[Event | Refusal]:
    for index, raw in enumerate(raws):
        event = decode_element(raw, wire.EVENT, f"events[{index}]")
        yield event if isinstance(event, Refusal) else refused_where(event.id, partial(_event, event))


def _event(event: wire.Event) -> Event:
    league = LeagueCode(event.league)
    return Event(
        venue=TOY,
        id=EventId(event.id),
        title=f"{event.away} at {event.home}",
        league=league if league in LEAGUES else None,
        competitors=(Competitor(event.away, side="away"), Competitor(event.home, side="home")),
        start=read_moment(event.starts, "starts"),
        start_source="start_field",
        markets=tuple(_market(event, market) for market in event.markets),
    )


def _market(event: wire.Event, market: wire.Market) -> Market:
    if market.asks not in ("winner", "total"):
        raise WrongField("asks", f"{market.asks!r} is unknown")
    is_total = market.asks == "total"
    return Market(
        venue=TOY,
        event_id=EventId(event.id),
        id=MarketId(market.id),
        title=f"{event.away} at {event.home}: {'Total Points' if is_total else 'Winner?'}",
        outcomes=tuple(Outcome(each, side.title()) for each, side in zip(contracts_of(market.id), SIDES, strict=True)),
        kind="total" if is_total else "moneyline",
        scope="game",
        line=market.points,
        subject=f"Over {market.points:g} points scored" if is_total else market.subject,
        rules=market.rules,
        fees=FEES,
        handling=Handling(),
    )


def snapshot(book: wire.Book, lane: LaneId, received_at: Nanos) -> Snapshot:
    """A whole book. Raises ValueError for what is no price or size."""
    told_at = Nanos(book.at * MILLISECOND)
    bids, asks = _levels(book.bids), _levels(book.asks)
    return Snapshot(book_id(TOY, MarketId(book.market)), lane, bids, asks, told_at, received_at)


def _levels(told: Sequence[tuple[str, str]]) -> tuple[Level, ...]:
    return tuple((price(at), size(lies)) for at, lies in told)
