"""The gain of context: how many listings are linked with it, as production does, and how many by names alone.

Context is what else is known of a listing: the other side, the schedule, the code beside the name, and that an outcome
can only be one of the two who play. Without it every name of a listing must be one team by itself in its whole league:
both sides, and each side that an outcome or a question names.

Listings are questions about the result of one game, of every recording under ../shared where it is, and of the
sandbox's own slate. The last sets ask for whole schedules by the bare names that each venue writes, city or nickname,
where it is known which game is the right one.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.cli.recordings import Recordings
from app.domain.games import Game, GameId
from app.domain.leagues import LEAGUES, League, LeagueCode
from app.domain.markets import Competitor, Event, EventId, Market, VenueId
from app.domain.parsing import Parsed
from app.domain.teams import Team
from app.errors import PayloadRefused
from app.matching.linking import link_event
from app.matching.matcher import resolve_team
from app.matching.registry import Registry
from app.matching.schedule import GameIndex
from app.matching.sides import find_sides
from app.matching.titles import read_question
from app.sandbox.leagues import LEAGUES as SIMULATED
from app.sandbox.simulations import Simulation
from app.sources.espn.translate import games_from
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.translate import events_from as polymarket_events

SHARED = Path(__file__).resolve().parents[2] / "shared"
SEEDS = range(1, 6)
OPENED = datetime(2026, 11, 22, 18, tzinfo=UTC)
HOPED = 12.0  # points, by the owner
CITY_WITH_INITIAL = frozenset({"nba", "wnba", "nfl", "mlb", "nhl"})  # "New York K": where two of a city play
UNSIDED = frozenset({"total", "draw", "both_to_score"})  # questions that name no side
PLAIN = frozenset({"yes", "no", "over", "under"})

DRAWN = tuple(LeagueCode(code) for code in ("nba", "nfl", "mlb", "nhl", "ncaab", "ncaaf", "soccer"))

Written = Callable[[Team, LeagueCode], str]

REGISTRY = Registry.load()


class Slate(msgspec.Struct):
    """What a moment's score source and venues told."""

    name: str
    games: Sequence[Game]
    events: Sequence[Event]
    now: datetime


class Count(msgspec.Struct):
    """Listings, and how many of them were linked either way; `wrong`: to another game than the one that is meant."""

    listings: int = 0
    with_context: int = 0
    without: int = 0
    wrong: int = 0

    def add(self, other: "Count") -> None:
        self.listings += other.listings
        self.with_context += other.with_context
        self.without += other.without
        self.wrong += other.wrong


def count_slate(slate: Slate) -> Count:
    """Every question of a slate about a game's result, linked both ways."""
    index, count = GameIndex(slate.games), Count()
    registry = REGISTRY.with_teams({team for game in slate.games for team in (game.home, game.away)})
    for event in slate.events:
        if event.league is None or event.topic != "game":
            continue
        league = LEAGUES[event.league]
        linked = {link.market_id for link in link_event(event, index, registry, slate.now).links}
        is_plain = _are_known_alone(event, league, registry)
        asked = [market for market in event.markets or () if market.topic == "game"]
        if event.markets is None and event.kind == "moneyline":
            count.add(Count(1, len(linked), int(bool(linked) and is_plain)))
        for market in asked:
            is_linked = market.id in linked
            count.add(Count(1, is_linked, is_linked and is_plain and _is_plain(market, league, registry)))
    return count


def _are_known_alone(event: Event, league: League, registry: Registry) -> bool:
    """Is each side one team by its name alone, or by its code where it has no name?"""
    sides = find_sides(event, league, registry)
    teams = [_known_alone(side.competitor.name or side.competitor.code, league, registry) for side in sides or ()]
    return len({team.id for team in teams if team}) == len(teams) > 0


def _is_plain(market: Market, league: League, registry: Registry) -> bool:
    """Is everyone whom the question is about one team by name alone?"""
    labels = [outcome.label for outcome in market.outcomes]
    if any(label.lower().split()[0] not in PLAIN for label in labels if label.strip()):
        return all(_known_alone(label, league, registry) for label in labels)
    if market.kind in UNSIDED:
        return True
    name = read_question(market.subject).subject or read_question(market.title).subject or market.subject
    return _known_alone(name, league, registry) is not None


def _known_alone(name: str, league: League, registry: Registry) -> Team | None:
    return resolve_team(registry, name, league).team if name else None


def count_names(slate: Sequence[Game], written: Written) -> Count:
    """Each game asked for by two bare names and its start, as a venue would list it."""
    count = Count()
    registry = REGISTRY.with_teams({team for game in slate for team in (game.home, game.away)})
    index = GameIndex(slate)
    for game in slate:
        away, home = (written(team, game.league) for team in (game.away, game.home))
        event = _listing(game, away, home)
        found = link_event(event, index, registry, game.start).game
        alone = [_known_alone(name, LEAGUES[game.league], registry) for name in (away, home)]
        is_right = found is not None and found.id == game.id
        is_known = is_right and [team.id for team in alone if team] == [game.away.id, game.home.id]
        count.add(Count(1, is_right, is_known, found is not None and not found.is_provisional and not is_right))
    return count


def by_city(team: Team, league: LeagueCode) -> str:
    """As Kalshi: the city, with an initial where two of it play; colleges by their school."""
    rivals = [other for other in REGISTRY.teams(LEAGUES[league].pool) if other.location == team.location]
    is_told_apart = league in CITY_WITH_INITIAL and len(rivals) > 1
    return f"{team.location} {team.nickname[:1]}" if is_told_apart else team.location or team.name


def by_nickname(team: Team, league: LeagueCode) -> str:
    """As Polymarket, which writes colleges by their school or by this."""
    return team.nickname if LEAGUES[league].sport != "soccer" and team.nickname else team.name


def by_code(team: Team, league: LeagueCode) -> str:
    """As tickers and slugs."""
    return team.abbreviation or team.name


def _listing(game: Game, away: str, home: str) -> Event:
    return Event(
        venue=VenueId("names"),
        id=EventId(game.id),
        title=f"{away} at {home}",
        league=game.league,
        competitors=(Competitor(away, side="away"), Competitor(home, side="home")),
        start=game.start,
        start_source="milestone",
        kind="moneyline",
    )


def simulated_slates() -> Iterator[Slate]:
    """The sandbox's, of a few seeds: colleges, and names that several teams bear."""
    for seed in SEEDS:
        stage = Simulation(seed, 1.0, lambda: OPENED)
        boards = [
            games_from(
                msgspec.json.encode(stage.scoreboard(league.espn, "50,80,81" if league.is_college else "")), code
            )
            for code, league in ((LeagueCode(code), league) for code, league in SIMULATED.items())
        ]
        told = {"events": stage.kalshi_events(), "milestones": stage.milestones()}
        events = (
            *polymarket_events(msgspec.json.encode(stage.gamma_events())).items,
            *kalshi_events(msgspec.json.encode(told)).items,
        )
        yield Slate("sandbox", [game for board in boards for game in board.items], events, OPENED)


RECORDED = (  # name, folder of scoreboards, Gamma's, Kalshi's, moment
    ("NBA, January 2026", "", "slates/nba-2026-01-09/polymarket", "slates/nba-2026-01-09/kalshi", "2026-01-09T20:15"),
    (
        "MLB and WNBA, August 2026",
        "slates/mlb-wnba-2026-08-09/espn",
        "",
        "slates/mlb-wnba-2026-08-09/kalshi",
        "2026-08-09T15:00",
    ),
    ("Kalshi's other recordings", "", "", "data/kalshi", "2026-08-09T15:00"),
    ("Polymarket's other recordings", "", "data/polymarket", "", "2026-08-17T15:00"),
)


def recorded_slates() -> Iterator[Slate]:
    """Every recording of listings, where there are any."""
    for name, espn, gamma, kalshi, now in RECORDED if SHARED.is_dir() else ():
        recorded = Recordings()
        recorded.add_scoreboards([SHARED / espn] if espn else [])
        events = [
            event
            for folder, read in ((gamma, polymarket_events), (kalshi, kalshi_events))
            for file in (sorted((SHARED / folder).rglob("*.json")) if folder else ())
            for event in _readable(file, read)
        ]
        moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
        yield Slate(name, recorded.games, list({(event.venue, event.id): event for event in events}.values()), moment)


def _readable(file: Path, read: Callable[[bytes], Parsed[Event]]) -> Sequence[Event]:
    """What a file lists; the folders also hold books, trades and frames."""
    try:
        return read(file.read_bytes()).items
    except PayloadRefused:
        return ()


def schedules() -> Iterator[tuple[str, list[Sequence[Game]]]]:
    """Days of real games, where there are any; the sandbox's; and every team of the registry drawn against another."""
    if SHARED.is_dir():
        recorded = Recordings()
        names = ("data/espn/scoreboards-2022", "data/espn/soccer-all-2026-03-21", "slates/mlb-wnba-2026-08-09/espn")
        recorded.add_scoreboards([SHARED / name for name in names])
        yield "recorded schedules", [list({game.id: game for game in recorded.games}.values())]
    yield "sandbox schedules", [slate.games for slate in simulated_slates()]
    yield "every team, drawn", [_drawn(code, random.Random(code)) for code in DRAWN]


def _drawn(code: LeagueCode, draw: random.Random) -> Sequence[Game]:
    teams = list(REGISTRY.teams(LEAGUES[code].pool))
    draw.shuffle(teams)
    pairs = zip(teams[::2], teams[1::2], strict=False)
    return [
        Game(id=GameId(f"{code}-{number}"), league=code, home=home, away=away, start=OPENED)
        for number, (home, away) in enumerate(pairs)
    ]


def report(what: str, count: Count) -> None:
    """A JSON line to standard output, a line for people to standard error."""
    if not count.listings:
        return
    shares = [round(100 * linked / count.listings, 2) for linked in (count.with_context, count.without)]
    gain = round(shares[0] - shares[1], 2)
    row = {
        "goal": "context",
        "what": what,
        "listings": count.listings,
        "linked_with": shares[0],
        "linked_without": shares[1],
        "gain": gain,
        "unit": "% of listings",
        "wrong": count.wrong,
        "hoped": HOPED,
    }
    print(json.dumps(row), flush=True)
    text = f"{what:44} {count.listings:6} listings: {shares[0]:6.2f} % with, {shares[1]:6.2f} % without"
    print(f"ctx  {text}: {gain:+.2f} points, {count.wrong} wrong", file=sys.stderr)


def main() -> None:
    """Print every set, and all listings together."""
    everything, simulated = Count(), Count()
    for slate in recorded_slates():
        counted = count_slate(slate)
        everything.add(counted)
        report(slate.name, counted)
    for slate in simulated_slates():
        simulated.add(count_slate(slate))
    everything.add(simulated)
    report(f"sandbox, {len(SEEDS)} seeds", simulated)
    report("all listings", everything)
    for name, slates in schedules():
        for written, write in (("cities and schools", by_city), ("nicknames", by_nickname), ("codes", by_code)):
            count = Count()
            for games in slates:
                count.add(count_names(games, write))
            report(f"{name}, by {written}", count)


if __name__ == "__main__":
    main()
