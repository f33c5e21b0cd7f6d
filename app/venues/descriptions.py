"""A listing as somebody describes it — a title, a ticker, a slug — read by the venue's own translation.

The description is put into the venue's own payload form, so that what a bot asks about and what discovery finds are
read by the same code.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from app.domain.leagues import LEAGUES, LeagueCode
from app.domain.markets import ContractId, Event, EventId, Market, MarketId, Outcome, VenueId
from app.domain.parsing import Parsed
from app.errors import BadInput, PayloadRefused
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.slugs import Slug, read_part, read_slug
from app.venues.polymarket.translate import events_from as polymarket_events

UNNAMED = VenueId("described")
EVENT_PARTS = 2  # series and game; a third part names the market
_SAYS_A_LINE = re.compile(r"\bo/u\b|\b(over|under|spread|total)\b|\([+-]\d", re.IGNORECASE)


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
    asked = _asked(said, slug)
    whole = said.slug.lower().removesuffix(f"-{slug.part}") if slug.part else said.slug.lower()
    market = {
        "conditionId": said.slug,
        "slug": said.slug.lower(),
        "question": asked.question,
        "outcomes": asked.labels,
        "clobTokenIds": [f"{said.slug}:{label}" for label in asked.labels],
        "line": asked.line,
        "active": True,
    }
    event = {"id": whole, "slug": whole, "title": said.title or said.question, "markets": [market]}
    return _only(polymarket_events, event, f"slug '{said.slug}'")


class _Asked(NamedTuple):
    question: str
    labels: tuple[str, str]
    line: float | None = None


def _asked(said: Description, slug: Slug) -> _Asked:
    """What a market's slug asks, as Gamma writes it: the side that gives the points first, its line below zero. What
    was said is never replaced, so that a question of another line than the slug's is found out."""
    codes = (slug.first.upper(), slug.second.upper())
    part, words = read_part(slug.part), said.question or said.title
    has_line = bool(said.question or _SAYS_A_LINE.search(words))
    if part is None or part.kind not in ("spread", "total"):
        return _Asked(words, codes)
    span = f"{slug.part.split('-')[0].upper()} " if part.scope else ""
    if part.kind == "total":
        teams = said.title or " vs. ".join(codes)
        total = f"{teams}: {span}O/U {part.line:g}" if part.line is not None else words
        return _Asked(words if has_line else total, ("Over", "Under"), part.line)
    league = said.league or slug.league
    giver = slug.code_of(part.side, LEAGUES[league]).upper() if league else ""
    if not giver or part.line is None:
        return _Asked(words, codes)
    labels = codes if giver == codes[0] else (codes[1], codes[0])
    return _Asked(words if has_line else f"{span}Spread: {giver} (-{part.line:g})", labels, -part.line)


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
