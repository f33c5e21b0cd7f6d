"""`crosscourt link`: recorded payloads in, one line a contract out. No servers, no network."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from app.cli.output import AsJson, errors, print_lines, print_table, told
from app.cli.recordings import Recordings
from app.domain.games import Game, GameId
from app.domain.links import LeftOut, Link
from app.domain.markets import Event
from app.domain.parsing import WrongField, read_moment
from app.domain.propositions import Proposition, points
from app.errors import BadInput
from app.matching.linking import Linked, link_event
from app.matching.registry import Registry
from app.matching.schedule import GameIndex
from app.venues.kalshi.translate import events_from as kalshi_events
from app.venues.polymarket.translate import events_from as polymarket_events

Line = Mapping[str, object]


@told
def link(
    espn: Annotated[list[Path] | None, typer.Option(help="ESPN scoreboards: a file or a folder; repeatable.")] = None,
    gamma: Annotated[list[Path] | None, typer.Option("--polymarket", help="Gamma /events; repeatable.")] = None,
    kalshi: Annotated[list[Path] | None, typer.Option(help="Kalshi /events; repeatable.")] = None,
    now: Annotated[str, typer.Option(help="The moment the payloads were taken, ISO 8601; default: now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Link recorded listings to games, offline: one line for each contract, and one for each listing left out."""
    moment = _read_now(now)
    recorded = Recordings()
    recorded.add_scoreboards(espn or ())
    recorded.add_listings(gamma or (), polymarket_events)
    recorded.add_listings(kalshi or (), kalshi_events)
    for file, refusal in recorded.refused:
        said = f"refused: {file.name} {refusal.where} {refusal.field}: {refusal.detail}"
        errors.print(said, style="yellow", markup=False, soft_wrap=True)
    if not recorded.games and not recorded.events:
        raise BadInput("nothing to link", remedy="Name payloads with --espn, --polymarket and --kalshi.")
    lines = link_all(recorded.games, recorded.events, moment, show_progress=not as_json)
    print_lines(lines) if as_json else _print_summary(lines)


def link_all(
    games: Sequence[Game], events: Sequence[Event], now: datetime, *, show_progress: bool = False
) -> list[Line]:
    """Every contract as a line. Structured events come first: they give provisional games the better start."""
    registry = Registry.load().with_teams({team for game in games for team in (game.home, game.away)})
    index = GameIndex(games)
    ordered = sorted(events, key=lambda event: (event.start is None, event.venue, event.id))
    steps: Iterable[Event] = track(ordered, "Linking", console=errors, transient=True) if show_progress else ordered
    found = [link_event(event, index, registry, now) for event in steps]
    by_id = {game.id: game for game in index}
    return [line for linked in found for line in _lines(linked, by_id)]


def _lines(linked: Linked, games: Mapping[GameId, Game]) -> Iterator[Line]:
    game = games.get(linked.game.id, linked.game) if linked.game else None
    for link in linked.links:
        assert game is not None  # a link has a game
        yield _linked_line(link, game)
    for item in linked.left_out:
        yield _left_out_line(item, game)


def _linked_line(link: Link, game: Game) -> Line:
    return {
        **_game_fields(game),
        "venue": link.venue,
        "event": link.event_id,
        "market": link.market_id,
        "contract": link.contract_id,
        "outcome": link.outcome or None,
        "proposition": _proposition_fields(link.proposition, game),
        "polarity": link.polarity,
        "verdict": link.verdict,
        "confidence": link.confidence,
        "reasons": link.reasons,
        "title": link.title,
    }


def _left_out_line(item: LeftOut, game: Game | None) -> Line:
    return {
        **_game_fields(game),
        "venue": item.venue,
        "event": item.event_id,
        "market": item.market_id,
        "contract": None,
        "outcome": None,
        "proposition": None,
        "polarity": None,
        "verdict": "left_out",
        "confidence": 0.0,
        "reasons": [{"field": item.code, "finding": "differs", "detail": item.detail}],
        "title": item.title,
    }


def _game_fields(game: Game | None) -> Line:
    if game is None:
        return dict.fromkeys(("game_id", "league", "away", "home", "start"))
    return {
        "game_id": game.id,
        "league": game.league,
        "away": game.away.name,
        "home": game.home.name,
        "start": game.start,
    }


def _proposition_fields(proposition: Proposition, game: Game) -> Line:
    names = {team.id: team.name for team in (game.home, game.away)}
    return {
        "kind": proposition.kind,
        "period": proposition.scope,
        "line": points(proposition.line) if proposition.line is not None else None,
        "team": names.get(proposition.team_id) if proposition.team_id else None,
        "team_id": proposition.team_id,
    }


def _print_summary(lines: Sequence[Line]) -> None:
    linked = [line for line in lines if line["verdict"] != "left_out"]
    groups = Counter(
        (str(line["game_id"]), f"{line['away']} at {line['home']}", str(line["venue"]), str(line["verdict"]))
        for line in linked
    )
    rows = [(*group, number) for group, number in sorted(groups.items())]
    print_table("Linked contracts", ("game", "teams", "venue", "verdict", "contracts"), rows)
    reasons = Counter((str(line["venue"]), _reason_code(line)) for line in lines if line["verdict"] == "left_out")
    print_table("Left out", ("venue", "reason", "listings"), [(*key, n) for key, n in sorted(reasons.items())])


def _reason_code(line: Line) -> str:
    reasons = line["reasons"]
    assert isinstance(reasons, list)  # written by _left_out_line
    return str(reasons[0]["field"])


def _read_now(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        return read_moment(text, "--now")
    except WrongField:
        raise BadInput(f"--now {text!r} is not a moment", remedy="Write it like 2026-08-09T15:00:00Z.") from None
