"""Our linker at the benchmark's listings: each is put into its venue's own payload and read by the venue's own code."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

import msgspec

from app.domain.games import Game, GameId
from app.domain.leagues import LEAGUES, LeagueCode, Pool
from app.domain.links import Link
from app.domain.markets import Event
from app.domain.propositions import points
from app.domain.teams import Team, TeamId
from app.matching.linking import link_event
from app.matching.matcher import resolve_team
from app.matching.registry import Registry
from app.matching.schedule import GameIndex
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.translate import events_from as polymarket_events
from benchmarks.matching.listings import Candidate, Claim, Listing

BEFORE_START = timedelta(hours=2)


def link_listing(listing: Listing) -> Claim:
    """What `link_event` says of the outcome that is held; rejected links and provisional games are none."""
    games = {GameId(candidate.id): _game(candidate) for candidate in listing.games}
    now = min(game.start for game in games.values()) - BEFORE_START
    linked = link_event(_event(listing), GameIndex(games.values()), _registry(), now)
    found = (link for link in linked.links if link.outcome == listing.outcome and link.verdict != "rejected")
    link = next(found, None)
    return Claim() if link is None or link.game_id not in games else _claim(link, games[link.game_id])


def _claim(link: Link, game: Game) -> Claim:
    said = link.proposition
    teams = {team.id: team.name for team in (game.home, game.away)}
    return Claim(
        game=game.id,
        kind=said.kind,
        period=said.scope,
        team=teams.get(said.team_id, "") if said.team_id else "",
        line=None if said.line is None else points(said.line),
        pays=link.polarity or "yes",
    )


@cache
def _registry() -> Registry:
    return Registry.load()


@cache
def _team(name: str, league: str) -> Team:
    """The team as the slate names it; one that the registry has not met is taken as it is."""
    found = resolve_team(_registry(), name, LEAGUES[LeagueCode(league)]).team
    pool = Pool(LEAGUES[LeagueCode(league)].pool)
    known = found or Team(id=TeamId(f"{pool}:{name}"), pool=pool, name=name)
    return msgspec.structs.replace(known, name=name)


@cache
def _game(candidate: Candidate) -> Game:
    return Game(
        id=GameId(candidate.id),
        league=LeagueCode(candidate.league),
        home=_team(candidate.home, candidate.league),
        away=_team(candidate.away, candidate.league),
        start=datetime.fromisoformat(candidate.start),
        number=candidate.number,
    )


def _event(listing: Listing) -> Event:
    read, payload = (
        (kalshi_events, _kalshi_payload(listing))
        if listing.venue == "kalshi"
        else (polymarket_events, _polymarket_payload(listing))
    )
    found = read(msgspec.json.encode(payload)).items
    assert len(found) == 1, listing.id
    return found[0]


def _kalshi_payload(listing: Listing) -> Mapping[str, object]:
    market = {
        "ticker": listing.market,
        "event_ticker": listing.event,
        "title": listing.question,
        "yes_sub_title": listing.subtitle,
        "floor_strike": listing.line,
        "status": "active",
    }
    series = listing.event.split("-")[0]
    event = {
        "event_ticker": listing.event,
        "series_ticker": series,
        "title": listing.title,
        "markets": [market],
    }
    return {"events": [event], "milestones": [_milestone(listing)] if listing.start else []}


def _milestone(listing: Listing) -> Mapping[str, object]:
    """Where Kalshi tells the start of a game."""
    return {
        "id": listing.event,
        "start_date": listing.start,
        "related_event_tickers": [listing.event],
        "primary_event_tickers": [listing.event],
    }


def _polymarket_payload(listing: Listing) -> Mapping[str, object]:
    labels = msgspec.json.encode(listing.outcomes).decode()
    market = {
        "conditionId": listing.market,
        "slug": listing.market,
        "question": listing.question,
        "outcomes": labels,
        "clobTokenIds": labels,
        "sportsMarketType": listing.market_type or None,
        "line": listing.line,
        "gameStartTime": listing.market_start or None,
        "active": True,
        "acceptingOrders": True,
        "enableOrderBook": True,
    }
    event = {"id": listing.event, "slug": listing.event, "title": listing.title, "markets": [market]}
    return {"events": [event | {"startTime": listing.start or None}]}
