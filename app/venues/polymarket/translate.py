"""Gamma's answers → events and markets. Pure: fills in what structured fields say and leaves titles to the matcher."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Literal

import msgspec

from app.domain.leagues import LEAGUES, League, LeagueCode
from app.domain.markets import Competitor, Event, EventId, Market, StartSource, Topic
from app.domain.parsing import (
    Page,
    Parsed,
    Refusal,
    WrongField,
    decode,
    decode_element,
    first_of_each,
    parsed,
    read_moment,
    refused_where,
)
from app.errors import PayloadRefused
from app.venues.polymarket import wire
from app.venues.polymarket.markets import POLYMARKET, Setting, translate_market
from app.venues.polymarket.slugs import Slug, home_is_first, league_of, read_slug

ANY_SOCCER = LEAGUES[LeagueCode("soccer")]
_GAMES_TAG = "100639"


def events_from(payload: bytes) -> Parsed[Event]:
    """Every event of a page, of a bare array, or the one of a single event's or market's answer. Raises
    PayloadRefused when it is none of them."""
    return parsed(events_page(payload).elements)


def events_page(payload: bytes) -> Page[Event]:
    """The same, to be read event by event; refused markets are told before the event they are missing from."""
    opened: list[msgspec.Raw] | wire.Envelope = decode(payload, wire.PAGE)
    if isinstance(opened, list):
        return Page(first_of_each(_events(opened)))
    if opened.condition_id is None and opened.question is None and opened.events is not None:
        return Page(first_of_each(_events(opened.events)), opened.next_cursor or "")
    if opened.slug is None and opened.id is None and opened.condition_id is None:
        raise PayloadRefused("events: missing")
    return Page(first_of_each(_events([msgspec.Raw(payload)])))


def series_from(payload: bytes) -> dict[LeagueCode, tuple[str, ...]]:
    """The series of each league of ours in an answer of /sports. Raises PayloadRefused."""
    found: dict[LeagueCode, tuple[str, ...]] = {}
    listed: list[msgspec.Raw] = decode(payload, wire.SPORTS)
    for index, raw in enumerate(listed):
        sport = decode_element(raw, wire.SPORT, f"[{index}]")
        league = None if isinstance(sport, Refusal) else league_of(sport.sport or "")
        if league is None or isinstance(sport, Refusal):
            continue
        ids = tuple(one.strip() for one in str(sport.series or "").split(",") if one.strip())
        found[league] = tuple(dict.fromkeys((*found.get(league, ()), *ids)))
    return found


def _events(raws: Sequence[msgspec.Raw]) -> Iterator[Event | Refusal]:
    for index, raw in enumerate(raws):
        where = f"events[{index}]"
        event = decode_element(raw, wire.EVENT, where)
        if isinstance(event, Refusal):
            yield event
        elif event.condition_id is not None or event.question is not None:
            yield from _event_of_market(raw, where)
        else:
            yield from _event(event, event.markets, f"{where} {event.slug or event.id or ''}".rstrip())


def _event_of_market(raw: msgspec.Raw, where: str) -> Iterator[Event | Refusal]:
    market = decode_element(raw, wire.MARKET, where)
    if isinstance(market, Refusal):
        yield market
        return
    parent: wire.Event | Refusal = wire.Event(slug=market.slug)
    if market.events:
        parent = decode_element(market.events[0], wire.EVENT, f"{where}.events[0]")
    if isinstance(parent, Refusal):
        yield parent
    else:
        yield from _event(parent, [raw], f"{where} {market.slug or ''}".rstrip())


def _event(event: wire.Event, raw_markets: Sequence[msgspec.Raw] | None, where: str) -> Iterator[Event | Refusal]:
    slug = read_slug(event.slug or "")
    setting = Setting(event.slug or "", slug, _league(event, slug), _topic(event, slug))
    markets: list[Market] = []
    for market in first_of_each(_markets(raw_markets or (), setting, where)):
        if isinstance(market, Refusal):
            yield market
        else:
            markets.append(market)
    yield refused_where(where, partial(_assemble, event, setting, None if raw_markets is None else tuple(markets)))


def _assemble(event: wire.Event, setting: Setting, markets: tuple[Market, ...] | None) -> Event:
    if not event.slug:
        raise WrongField("slug")
    slug = setting.slug
    start, source = _start(event, markets or ())
    return Event(
        venue=POLYMARKET,
        id=EventId(event.slug),
        title=event.title or "",
        slug=event.slug,
        series=event.series_slug or next((one.slug for one in event.series or () if one.slug), ""),
        topic="game" if any(market.topic == "game" for market in markets or ()) else setting.topic,
        league=setting.league.code if setting.league else None,
        competitors=_competitors(event, slug, setting.league),
        start=start,
        start_source=source,
        day=_day(event, slug, source),
        day_may_be_utc=True,
        is_over=bool(event.ended or event.closed),
        markets=markets,
    )


def _league(event: wire.Event, slug: Slug | None) -> League | None:
    """By the slug; where that is no game's, by the series or a tag. A game with a word of its own is at most soccer:
    the tag of a league is also on its youth and summer games."""
    if slug and slug.league:
        return LEAGUES[slug.league]
    tags = [tag.slug for tag in event.tags or () if tag.slug]
    if slug:
        return ANY_SOCCER if ANY_SOCCER.code in tags else None
    series = [name for name in (event.series_slug, *(one.slug for one in event.series or ())) if name]
    words = [word for name in series for word in (name.split("-")[0], name.split("-")[-1])]
    leagues = [LEAGUES[code] for word in (*words, *tags) if (code := league_of(word))]
    return next((league for league in leagues if league != ANY_SOCCER), ANY_SOCCER if leagues else None)


def _topic(event: wire.Event, slug: Slug | None) -> Topic:
    if slug or event.game_id is not None or any(str(tag.id) == _GAMES_TAG for tag in event.tags or ()):
        return "game"
    return "future" if any(tag.slug == "sports" for tag in event.tags or ()) else "not_sports"


def _start(event: wire.Event, markets: Sequence[Market]) -> tuple[datetime | None, StartSource]:
    if event.start_time:
        return read_moment(event.start_time, "startTime"), "start_field"
    said = next((market.start for market in markets if market.start), None)
    return (said, "start_field") if said else (None, "date_only")


def _day(event: wire.Event, slug: Slug | None, source: StartSource) -> date | None:
    """A game that makes up for another may keep the other's day in its slug: its start alone counts."""
    if slug:
        return None if event.rescheduled_from_game_id and source == "start_field" else slug.day
    try:
        return date.fromisoformat(event.event_date) if event.event_date else None
    except ValueError:
        raise WrongField("eventDate", f"{event.event_date!r} is no date") from None


def _competitors(event: wire.Event, slug: Slug | None, league: League | None) -> tuple[Competitor, ...]:
    """In the order of the slug. Sides are nominal, and unknown among single competitors."""
    if event.teams:
        return tuple(
            Competitor(team.name or "", team.abbreviation or "", str(team.id or ""), _side(team.ordering))
            for team in event.teams
        )
    if slug is None:
        return ()
    if league is None or not league.has_teams:
        return (Competitor(code=slug.first), Competitor(code=slug.second))
    home = Competitor(event.home_team_name or "", slug.code_of("home", league), side="home")
    away = Competitor(event.away_team_name or "", slug.code_of("away", league), side="away")
    return (home, away) if home_is_first(league) else (away, home)


def _side(ordering: str | None) -> Literal["home", "away", ""]:
    return "home" if ordering == "home" else "away" if ordering == "away" else ""


def _markets(raws: Sequence[msgspec.Raw], setting: Setting, where: str) -> Iterator[Market | Refusal]:
    for index, raw in enumerate(raws):
        place = f"{where} markets[{index}]"
        market = decode_element(raw, wire.MARKET, place)
        if isinstance(market, Refusal):
            yield market
        else:
            place = f"{place} {market.slug or market.id or ''}".rstrip()
            yield refused_where(place, partial(translate_market, market, setting))
