"""What Kalshi lists of a fixture, as its titles, tickers and questions are written, and what each outcome says."""

from collections.abc import Iterator

from benchmarks.matching.fixtures import Fixture, Style, in_utc
from benchmarks.matching.listings import Claim
from benchmarks.matching.offers import Offer, opposite

LEAGUE_WORDS = {
    **{"nba": "NBA", "wnba": "WNBA", "nfl": "NFL", "nhl": "NHL", "mlb": "MLB"},
    **{"ncaab": "NCAAMB", "ncaaw": "NCAAWB", "ncaaf": "NCAAF"},
    **{"epl": "EPL", "laliga": "LALIGA", "bundesliga": "BUNDESLIGA", "mls": "MLS"},
    **{"tennis": "ATP", "ufc": "UFC", "cs2": "CS2"},
}
UNITS = {"mlb": "runs", "nhl": "goals", "epl": "goals", "laliga": "goals", "bundesliga": "goals", "mls": "goals"}
PARTS = {"mlb": ("F5", "First 5 Innings", "f5"), "nhl": ("1P", "First Period", "p1")}
HALF = ("1H", "First Half", "1h")
WINNER_WORDS = {"tennis": "MATCH", "ufc": "FIGHT"}
OUTCOMES = ("Yes", "No")


def kalshi_offers(fixture: Fixture, turn: int) -> Iterator[Offer]:
    """Winner, spread, total and a part of the game; in soccer the tie and both to score. `turn` varies the outcome."""
    yield from _winners(fixture, turn)
    if fixture.is_duel:
        return
    yield from _spreads(fixture)
    yield from _totals(fixture)
    yield from _soccer(fixture) if fixture.is_soccer else _parts(fixture, turn)


def kalshi_offer(
    fixture: Fixture,
    tests: str,
    word: str,
    suffix: str,
    question: str,
    subtitle: str,
    claim: Claim,
    *,
    outcome: str = "Yes",
    line: float | None = None,
    tail: str = "",
) -> Offer:
    """One YES or NO. `claim` is what YES says."""
    event = event_ticker(fixture, word)
    return Offer(
        league=fixture.league,
        tests=tests,
        venue="kalshi",
        title=matchup(fixture) + tail,
        event=event,
        market=f"{event}-{suffix}",
        question=question,
        subtitle=subtitle,
        line=line,
        outcomes=OUTCOMES,
        outcome=outcome,
        start="" if fixture.start.day % 2 else in_utc(fixture.start),  # a milestone is not always told
        answer=claim if outcome == "Yes" else opposite(claim),
    )


def event_ticker(fixture: Fixture, word: str, codes: str = "", number: str = "") -> str:
    """Baseball's tickers carry the hour, the others the Eastern day."""
    hour = fixture.start.strftime("%H%M") if fixture.league == "mlb" else ""
    day = fixture.start.strftime("%y%b%d").upper()
    pair = codes or f"{fixture.first.ticker}{fixture.second.ticker}"
    return f"KX{LEAGUE_WORDS[fixture.league]}{word}-{day}{hour}{pair}{number}"


def matchup(fixture: Fixture) -> str:
    return f"{fixture.first.kalshi} {'vs' if fixture.is_soccer or fixture.is_duel else 'at'} {fixture.second.kalshi}"


def winner(fixture: Fixture, style: Style, tests: str, outcome: str) -> Offer:
    """Will this side win?"""
    claim = Claim("game", "moneyline", fixture.whole, style.name)
    question = f"{matchup(fixture)} Winner?"
    return kalshi_offer(
        fixture,
        tests,
        WINNER_WORDS.get(fixture.league, "GAME"),
        style.ticker,
        question,
        style.kalshi,
        claim,
        outcome=outcome,
    )


def _winners(fixture: Fixture, turn: int) -> Iterator[Offer]:
    yield winner(fixture, fixture.second, "winner", "Yes")
    yield winner(fixture, fixture.first, "winner_no" if turn % 2 else "winner", "No" if turn % 2 else "Yes")


def _spreads(fixture: Fixture) -> Iterator[Offer]:
    line = abs(fixture.gives)
    yield _spread(fixture, fixture.giver, line, "spread", "Yes")
    yield _spread(fixture, fixture.giver, line + 1, "neighbouring_line", "No")
    yield _spread(fixture, fixture.taker, 1.5, "underdog_spread", "Yes")


def _spread(fixture: Fixture, style: Style, line: float, tests: str, outcome: str) -> Offer:
    says = f"{style.kalshi} wins by over {line:g} {unit(fixture)}"
    claim = Claim("game", "spread", fixture.whole, style.name, -line)
    suffix = f"{style.ticker}{round(line + 0.5)}"
    return kalshi_offer(
        fixture, tests, "SPREAD", suffix, f"{says}?", says, claim, outcome=outcome, line=line, tail=": Spread"
    )


def _totals(fixture: Fixture) -> Iterator[Offer]:
    for line, tests, outcome in ((fixture.total, "total", "Yes"), (fixture.total + 1, "neighbouring_line", "No")):
        says = f"Over {line:g} {unit(fixture)} scored"
        claim = Claim("game", "total", fixture.whole, "", line)
        question = f"{matchup(fixture)}: Total {unit(fixture).title()}"
        yield kalshi_offer(
            fixture, tests, "TOTAL", f"{round(line + 0.5)}", question, says, claim, outcome=outcome, line=line
        )


def _parts(fixture: Fixture, turn: int) -> Iterator[Offer]:
    word, name, period = PARTS.get(fixture.league, HALF)
    tail = f": {name} Winner"
    style = fixture.second if turn % 2 else fixture.first
    if fixture.league not in ("nhl", "ncaaw", "ncaaf"):
        winner_word = word if word == "F5" else f"{word}WINNER"
        claim = Claim("game", "moneyline", period, style.name)
        question = f"{matchup(fixture)}{tail}?"
        yield kalshi_offer(fixture, "part_of_game", winner_word, style.ticker, question, style.kalshi, claim, tail=tail)
    if fixture.league in ("nba", "wnba", "nfl", "mlb"):
        line = round(fixture.total / 2) + 0.5
        says = f"Over {line:g} {unit(fixture)} scored"
        claim = Claim("game", "total", period, "", line)
        question = f"{matchup(fixture)}: {name} Total {unit(fixture).title()}"
        suffix = f"{round(line + 0.5)}"
        yield kalshi_offer(
            fixture, "part_of_game", f"{word}TOTAL", suffix, question, says, claim, outcome="No", line=line
        )


def _soccer(fixture: Fixture) -> Iterator[Offer]:
    tie = Claim("game", "draw", "regulation")
    question = f"{matchup(fixture)} Winner?"
    for outcome in OUTCOMES:
        yield kalshi_offer(fixture, "draw", "GAME", "TIE", question, "Tie", tie, outcome=outcome)
    both = Claim("game", "both_to_score", "regulation")
    question = f"{matchup(fixture)}: Both Teams to Score"
    for outcome in OUTCOMES:
        yield kalshi_offer(
            fixture, "both_to_score", "BTTS", "BTTS", question, "Both Teams to Score", both, outcome=outcome
        )


def unit(fixture: Fixture) -> str:
    """What is counted."""
    return UNITS.get(fixture.league, "points")
