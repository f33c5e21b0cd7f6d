"""What Polymarket asks about a game: moneyline, three-way, spreads, totals, halves, player points."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from app.sandbox.claims import Claim, fixed
from app.sandbox.games import Contest
from app.sandbox.gamma_rules import (
    half_spread_rules,
    half_total_rules,
    half_winner_rules,
    points_rules,
    spread_rules,
    three_way_rules,
    total_rules,
    winner_rules,
)
from app.sandbox.gamma_titles import eastern_start, event_slug, ordered, sides, title
from app.sandbox.lines import favourite_is_home, spread_lines, total_lines
from app.sandbox.players import players_of
from app.sandbox.quirks import Quirk


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One market: its question, its two outcomes, and the first of them as arithmetic."""

    kind: str  # sportsMarketType
    slug: str
    question: str
    group_title: str
    outcomes: tuple[str, str]
    rules: str
    claim: Claim
    line: float | None = None
    is_settled: bool = False
    start: datetime | None = None  # when the market says another start than the event


@lru_cache(maxsize=1024)  # words that stay as they are while the game goes on
def offers_on(contest: Contest) -> tuple[Offer, ...]:
    """Everything that is asked about a game."""
    return tuple(_offers(contest))


def _offers(contest: Contest) -> Iterator[Offer]:
    if contest.league.is_soccer:
        yield from _three_way(contest)
    else:
        yield _moneyline(contest)
    yield from _spreads(contest)
    yield from _totals(contest)
    if contest.has(Quirk.HALVES):
        yield _moneyline(contest, half=True)
        yield from _spreads(contest, half=True)
        yield from _totals(contest, half=True)
    if contest.has(Quirk.PROPS):
        yield from _points(contest)


def _three_way(contest: Contest) -> Iterator[Offer]:
    slug, day = event_slug(contest), eastern_start(contest).date().isoformat()
    for team, claim in ((contest.home, Claim("home", 0.5)), (contest.away, Claim("away", 0.5))):
        yield Offer(
            kind="moneyline",
            slug=f"{slug}-{team.polymarket_code}",
            question=f"Will {team.polymarket_name} win on {day}?",
            group_title=team.polymarket_name,
            outcomes=("Yes", "No"),
            rules=three_way_rules(contest, team),
            claim=claim,
        )
    yield Offer(
        kind="moneyline",
        slug=f"{slug}-draw",
        question=f"Will {title(contest)} end in a draw?",
        group_title=f"Draw ({title(contest)})",
        outcomes=("Yes", "No"),
        rules=three_way_rules(contest, None),
        claim=Claim("draw"),
    )


def _moneyline(contest: Contest, half: bool = False) -> Offer:
    first, second = ordered(contest)
    is_turned = contest.has(Quirk.INVERTED_PRICES) and not half
    return Offer(
        kind="first_half_moneyline" if half else "moneyline",
        slug=event_slug(contest) + ("-1h-moneyline" if half else ""),
        question=title(contest) + (": 1H Moneyline" if half else ""),
        group_title="1H Moneyline" if half else "",
        outcomes=(first.polymarket_name, second.polymarket_name),
        rules=half_winner_rules(contest) if half else winner_rules(contest),
        claim=Claim("home" if (first == contest.home) != is_turned else "away", 0.0, half),
    )


def _spreads(contest: Contest, half: bool = False) -> Iterator[Offer]:
    lines = spread_lines(contest, "polymarket", 0.5 if half else 1.0)
    for number, line in enumerate(lines):
        offer = _spread(contest, line, half)
        is_last = number == len(lines) - 1 and not half
        if is_last and contest.has(Quirk.SETTLED_LINE):
            offer = msgspec.structs.replace(offer, is_settled=True, claim=fixed(0.0))
        if is_last and contest.has(Quirk.WRONG_START):
            offer = msgspec.structs.replace(offer, start=contest.start + timedelta(days=96))
        yield offer
    if contest.has(Quirk.PUSH_LINES) and not half:
        yield _spread(contest, lines[0] + 0.5, half)


def _spread(contest: Contest, line: float, half: bool) -> Offer:
    home_leads = favourite_is_home(contest)
    favourite, other = (contest.home, contest.away) if home_leads else (contest.away, contest.home)
    side = "home" if favourite == sides(contest)[0] else "away"
    prefix = "1H " if half else ""
    name = favourite.polymarket_name
    return Offer(
        kind="first_half_spreads" if half else "spreads",
        slug=f"{event_slug(contest)}-{'1h-' if half else ''}spread-{side}-{_slugged(line)}",
        question=f"{prefix}Spread: {name} (-{_shown(line)})",
        group_title=f"{prefix}Spread -{_shown(line)}",
        outcomes=(name, other.polymarket_name),
        rules=(half_spread_rules if half else spread_rules)(contest, favourite, other, int(line) + 1),
        claim=Claim("home" if home_leads else "away", line, half),
        line=line if half else -line,  # as recorded: a first-half line has the other sign than its question
    )


def _totals(contest: Contest, half: bool = False) -> Iterator[Offer]:
    lines = total_lines(contest, "polymarket", 0.5 if half else 1.0)
    if contest.has(Quirk.PUSH_LINES) and not half:
        lines = (*lines, lines[0] + 0.5)
    for line in lines:
        yield _total(contest, line, half)


def _total(contest: Contest, line: float, half: bool) -> Offer:
    prefix = "1H " if half else ""
    return Offer(
        kind="first_half_totals" if half else "totals",
        slug=f"{event_slug(contest)}-{'1h-' if half else ''}total-{_slugged(line)}",
        question=f"{title(contest)}: {prefix}O/U {_shown(line)}",
        group_title=f"{prefix}O/U {_shown(line)}",
        outcomes=("Over", "Under"),
        rules=(half_total_rules if half else total_rules)(contest, int(line) + 1),
        claim=Claim("over", line, half),
        line=line,
    )


def _points(contest: Contest) -> Iterator[Offer]:
    for player in players_of(contest):
        name = "-".join(player.name.lower().encode("ascii", "ignore").decode().split())
        yield Offer(
            kind="points",
            slug=f"{event_slug(contest)}-points-{name}-{_slugged(player.points)}",
            question=f"{player.name}: Points Over {player.points}",
            group_title=f"Points O/U {player.points}",
            outcomes=("Yes", "No"),
            rules=points_rules(contest, player.name, player.points),
            claim=fixed(0.5),
            line=player.points,
        )


def _slugged(line: float) -> str:
    return _shown(line).replace(".", "pt")


def _shown(line: float) -> str:
    return f"{line:g}"
