"""A listing as somebody describes it — a title, a ticker, a slug — read by the venue's own translation.

The description is put into the venue's own payload form, so that what a bot asks about and what discovery finds are
read by the same code.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, Event, EventId, Market, MarketId, Outcome, VenueId
from app.domain.parsing import Parsed
from app.errors import BadInput, PayloadRefused
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.slugs import read_slug
from app.venues.polymarket.translate import events_from as polymarket_events

UNNAMED = VenueId("described")
EVENT_PARTS = 2  # series and game; a third part names the market


class Description(msgspec.Struct, frozen=True):
    """Whatever is known of one listing; at least one of the first four."""

    title: str = ""
    question: str = ""
    ticker: str = ""
    slug: str = ""
    outcome: str = ""
    league: LeagueCode | None = None
    start: datetime | None = None


def event_described(said: Description) -> Event:
    """The event that is described, with one market. Raises BadInput for a ticker or slug that is none."""
    event = _by_ticker(said) if said.ticker else _by_slug(said) if said.slug else _by_title(said)
    event = msgspec.structs.replace(event, league=said.league or event.league)
    if said.start is None:
        return event
    return msgspec.structs.replace(event, start=said.start, start_source="start_field")


def _by_ticker(said: Description) -> Event:
    parts = said.ticker.upper().split("-")
    event_ticker = "-".join(parts[:EVENT_PARTS])
    event: dict[str, object] = {"event_ticker": event_ticker, "series_ticker": parts[0], "title": said.title}
    if len(parts) > EVENT_PARTS:
        market = {"ticker": said.ticker.upper(), "title": said.question or said.title, "yes_sub_title": said.outcome}
        event["markets"] = [{**market, "event_ticker": event_ticker, "status": "active"}]
    return _only(kalshi_events, event, f"ticker '{said.ticker}'")


def _by_slug(said: Description) -> Event:
    slug = read_slug(said.slug.lower())
    if slug is None:
        raise BadInput(
            f"'{said.slug}' is not a game's slug", remedy="Slugs read like nba-nyk-bos-2026-10-08-total-220pt5."
        )
    whole = said.slug.lower().removesuffix(f"-{slug.part}") if slug.part else said.slug.lower()
    labels = ("Over", "Under") if "total" in slug.part else (slug.first.upper(), slug.second.upper())
    market = {
        "conditionId": said.slug,
        "slug": said.slug.lower(),
        "question": said.question or said.title,
        "outcomes": labels,
        "clobTokenIds": [f"{said.slug}:{label}" for label in labels],
        "active": True,
    }
    event = {"id": whole, "slug": whole, "title": said.title or said.question, "markets": [market]}
    return _only(polymarket_events, event, f"slug '{said.slug}'")


def _by_title(said: Description) -> Event:
    words = said.question or said.title
    outcomes = tuple(Outcome(ContractId(f"{UNNAMED}:{side.lower()}"), side) for side in ("Yes", "No"))
    market = Market(
        venue=UNNAMED,
        event_id=EventId(words),
        id=MarketId(words),
        title=words,
        subject=said.outcome,
        outcomes=outcomes,
    )
    return Event(
        venue=UNNAMED, id=EventId(words), title=said.title or said.question, league=said.league, markets=(market,)
    )


def _only(read: Callable[[bytes], Parsed[Event]], event: Mapping[str, object], what: str) -> Event:
    try:
        found = read(msgspec.json.encode({"events": [event]}))
    except PayloadRefused as refused:
        raise BadInput(f"{what} cannot be read: {refused}") from None
    if not found.items:
        detail = "; ".join(f"{refusal.field}: {refusal.detail}" for refusal in found.refused)
        raise BadInput(f"{what} cannot be read: {detail}")
    return found.items[0]
