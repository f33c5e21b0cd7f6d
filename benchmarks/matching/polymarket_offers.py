"""What Polymarket lists of a fixture, as its slugs, questions and outcomes are written, with what each outcome says."""

from collections.abc import Iterator

from benchmarks.matching.fixtures import Fixture, Style
from benchmarks.matching.listings import Claim
from benchmarks.matching.offers import Offer, changed, opposite

PREFIXES = {"ncaab": "cbb", "ncaaw": "cwbb", "ncaaf": "cfb", "laliga": "lal", "bundesliga": "bun", "tennis": "atp"}
YES_NO = ("Yes", "No")
OVER_UNDER = ("Over", "Under")


def polymarket_offers(fixture: Fixture, turn: int) -> Iterator[Offer]:
    """Winner, spread, total, a half and a team's total; in soccer the draw and both to score."""
    yield from _soccer_winners(fixture, turn) if fixture.is_soccer else _winners(fixture)
    if fixture.is_duel:
        return
    yield from _spreads(fixture)
    yield from _totals(fixture, turn)
    if not fixture.is_soccer and fixture.league not in ("mlb", "nhl"):
        yield from _halves(fixture, turn)


def polymarket_offer(
    fixture: Fixture,
    tests: str,
    part: str,
    question: str,
    market_type: str,
    outcomes: tuple[str, str],
    claim: Claim,
    *,
    outcome: int = 0,
    line: float | None = None,
) -> Offer:
    """One outcome; `claim` is what the first one says, and the second one denies it."""
    event = slug(fixture)
    return Offer(
        league=fixture.league,
        tests=tests,
        venue="polymarket",
        title=matchup(fixture),
        event=event,
        market=f"{event}-{part}" if part else event,
        question=question,
        market_type=market_type,
        line=line,
        outcomes=outcomes,
        outcome=outcomes[outcome],
        start=fixture.utc,
        market_start=fixture.utc,
        answer=opposite(claim) if outcome else claim,
    )


def slug(fixture: Fixture, day: str = "") -> str:
    """`day`: as it is written, where it is not the Eastern one."""
    prefix = PREFIXES.get(fixture.league, fixture.league)
    return f"{prefix}-{fixture.first.slug}-{fixture.second.slug}-{day or fixture.start.date().isoformat()}"


def matchup(fixture: Fixture) -> str:
    return f"{fixture.first.label} vs. {fixture.second.label}"


def winner(fixture: Fixture, style: Style, tests: str = "winner") -> Offer:
    """The outcome named after a side, of the market with two of them."""
    outcomes = (fixture.first.label, fixture.second.label)
    claim = Claim("game", "moneyline", "game", style.name)
    offer = polymarket_offer(fixture, tests, "", matchup(fixture), "moneyline", outcomes, claim)
    return offer if style is fixture.first else changed(offer, outcome=style.label)


def total(fixture: Fixture, line: float, tests: str, outcome: int) -> Offer:
    """Over or under."""
    part = f"total-{_points(line)}"
    question = f"{matchup(fixture)}: O/U {line:g}"
    claim = Claim("game", "total", fixture.whole, "", line)
    return polymarket_offer(fixture, tests, part, question, "totals", OVER_UNDER, claim, outcome=outcome, line=line)


def _winners(fixture: Fixture) -> Iterator[Offer]:
    yield winner(fixture, fixture.first)
    yield winner(fixture, fixture.second)


def _soccer_winners(fixture: Fixture, turn: int) -> Iterator[Offer]:
    day = fixture.start.date().isoformat()
    for number, style in enumerate((fixture.first, fixture.second)):
        question = f"Will {style.label} win on {day}?"
        claim = Claim("game", "moneyline", "regulation", style.name)
        outcome = (number + turn) % 2
        tests = "winner_no" if outcome else "winner"
        yield polymarket_offer(fixture, tests, style.slug, question, "moneyline", YES_NO, claim, outcome=outcome)
    question = f"Will {matchup(fixture)} end in a draw?"
    draw = Claim("game", "draw", "regulation")
    for outcome in (0, 1):
        yield polymarket_offer(fixture, "draw", "draw", question, "moneyline", YES_NO, draw, outcome=outcome)
    question = f"{matchup(fixture)}: Both Teams to Score"
    both = Claim("game", "both_to_score", "regulation")
    for outcome in (0, 1):
        yield polymarket_offer(
            fixture, "both_to_score", "btts", question, "both_teams_to_score", YES_NO, both, outcome=outcome
        )


def _spreads(fixture: Fixture) -> Iterator[Offer]:
    line = abs(fixture.gives)
    asked = ((line, 0, "spread"), (line, 1, "underdog_spread"), (line + 1, 1, "neighbouring_line"))
    for points, outcome, tests in asked:
        side = "home" if fixture.giver is fixture.home else "away"
        question = f"Spread: {fixture.giver.label} (-{points:g})"
        claim = Claim("game", "spread", fixture.whole, fixture.giver.name, -points)
        labels = (fixture.giver.label, fixture.taker.label)
        part = f"spread-{side}-{_points(points)}"
        yield polymarket_offer(fixture, tests, part, question, "spreads", labels, claim, outcome=outcome, line=-points)


def _totals(fixture: Fixture, turn: int) -> Iterator[Offer]:
    yield total(fixture, fixture.total, "total", turn % 2)
    yield total(fixture, fixture.total - 1, "neighbouring_line", (turn + 1) % 2)
    if fixture.is_soccer:
        return
    style = fixture.second if turn % 2 else fixture.first
    line = round(fixture.total / 2) + 0.5
    question = f"{style.label} Team Total: O/U {line:g}"
    claim = Claim("game", "team_total", fixture.whole, style.name, line)
    side = "home" if style is fixture.home else "away"
    part = f"team-total-{side}-{_points(line)}"
    yield polymarket_offer(
        fixture, "team_total", part, question, "team_totals", OVER_UNDER, claim, outcome=turn % 2, line=line
    )


def _halves(fixture: Fixture, turn: int) -> Iterator[Offer]:
    style = fixture.second if turn % 2 else fixture.first
    labels = (fixture.first.label, fixture.second.label)
    claim = Claim("game", "moneyline", "1h", style.name)
    question = f"{matchup(fixture)}: 1H Moneyline"
    offer = polymarket_offer(fixture, "part_of_game", "1h-moneyline", question, "first_half_moneyline", labels, claim)
    yield offer if style is fixture.first else changed(offer, outcome=style.label)
    line = round(fixture.total / 2) + 0.5
    claim = Claim("game", "total", "1h", "", line)
    question = f"{matchup(fixture)}: 1H O/U {line:g}"
    part = f"1h-total-{_points(line)}"
    yield polymarket_offer(
        fixture, "part_of_game", part, question, "first_half_totals", OVER_UNDER, claim, outcome=turn % 2, line=line
    )


def _points(line: float) -> str:
    return f"{line:g}".replace(".", "pt")
