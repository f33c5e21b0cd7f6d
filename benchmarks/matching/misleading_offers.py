"""Listings that mislead: sides the other way round, other days, contradictions, and questions that are not about who
wins, by how much or with how many points."""

from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.matching import kalshi_offers as kalshi
from benchmarks.matching import polymarket_offers as polymarket
from benchmarks.matching.fixtures import Fixture, in_utc
from benchmarks.matching.listings import Claim
from benchmarks.matching.offers import NOTHING, Offer, changed

MONTHS_OFF = timedelta(days=96)


def misleading_offers(fixture: Fixture, turn: int) -> Iterator[Offer]:
    """Every kind for every fixture, but for the questions beside the result, of which each gets some."""
    yield from _dates(fixture)
    yield from _turned_round(fixture)
    if fixture.is_duel:
        yield _season(fixture)
        return
    yield from _contradictions(fixture)
    yield from _beside_the_result(fixture, turn)
    if fixture.league == "mlb":
        yield from _doubleheaders(fixture)


def _dates(fixture: Fixture) -> Iterator[Offer]:
    base = _plain(fixture)
    yield from _utc_day(fixture, base)
    if fixture.is_duel:
        return  # matches of one against one are moved by days, and the two meet once
    yield from _delayed(fixture)
    yield from _other_dates(fixture)
    why = "only the next day's game is left"
    yield changed(base, tests="cancelled_game", without=("game",), answer=NOTHING, why=why)
    off = in_utc(fixture.start + MONTHS_OFF)
    yield changed(base, tests="months_off", market_start=off, answer=NOTHING, why="the market's own start")
    far = in_utc(fixture.start + timedelta(days=4))
    yield changed(base, tests="day_conflict", start=far, market_start=far, answer=NOTHING, why="slug against start")


def _other_dates(fixture: Fixture) -> Iterator[Offer]:
    elsewhere = fixture._replace(start=fixture.start + timedelta(days=3))
    why = "no game of the slate is on that day"
    yield changed(_plain(elsewhere), tests="other_date", answer=NOTHING, why=why)
    yield changed(kalshi.winner(elsewhere, fixture.second, "other_date", "Yes"), answer=NOTHING, why=why)
    next_day = fixture._replace(start=fixture.start + timedelta(days=1))
    claim = Claim("next_day", "moneyline", fixture.whole, fixture.first.name)
    yield changed(kalshi.winner(next_day, fixture.first, "next_day", "Yes"), answer=claim)


def _delayed(fixture: Fixture) -> Iterator[Offer]:
    """The game begins later than it was listed for."""
    listed = fixture._replace(start=fixture.start - timedelta(minutes=35))
    yield changed(_plain(listed), tests="delayed")
    yield kalshi.winner(listed, fixture.second, "delayed", "No")


def _utc_day(fixture: Fixture, base: Offer) -> Iterator[Offer]:
    """An evening game in New York is on the next day in UTC; Polymarket's slugs have had either."""
    utc_day = fixture.utc[:10]
    if utc_day != fixture.start.date().isoformat():
        event = polymarket.slug(fixture, utc_day)
        yield changed(base, tests="utc_day", event=event, market=base.market.replace(base.event, event))


def _turned_round(fixture: Fixture) -> Iterator[Offer]:
    """The sides in the other order: a neutral site, or a venue that does not care. The outcome's own name counts."""
    turned = fixture._replace(first=fixture.second, second=fixture.first, gives=-fixture.gives)
    yield kalshi.winner(turned, fixture.first, "inverted_sides", "Yes")
    yield changed(_plain(turned), tests="inverted_sides")
    if not fixture.is_soccer:
        straight = polymarket.winner(fixture, fixture.second, "inverted_outcomes")
        yield changed(straight, outcomes=(straight.outcomes[1], straight.outcomes[0]))


def _contradictions(fixture: Fixture) -> Iterator[Offer]:
    line = polymarket.total(fixture, fixture.total, "line_conflict", 0)
    yield changed(line, line=fixture.total + 10, answer=NOTHING, why="question and field name different lines")
    whole = polymarket.total(fixture, fixture.total + 0.5, "push_line", 0)
    yield changed(whole, answer=NOTHING, why="a whole number can push")
    kind = polymarket.total(fixture, fixture.total, "kind_conflict", 1)
    yield changed(kind, market_type="spreads", answer=NOTHING, why="question and field ask different things")
    quarter = polymarket.total(fixture, fixture.total - 0.25, "quarter_line", 0)
    yield changed(quarter, answer=NOTHING, why="a quarter line is two bets")
    if not fixture.is_soccer:
        strangers = polymarket.winner(fixture, fixture.first, "other_outcomes")
        pair = ("Wanderers", "Rovers")
        yield changed(strangers, outcomes=pair, outcome=pair[0], answer=NOTHING, why="outcomes of another game")


def _beside_the_result(fixture: Fixture, turn: int) -> Iterator[Offer]:
    teams, one = polymarket.matchup(fixture), fixture.first.label
    asked = [
        ("prop", f"{one}: first to score?", "first_to_score"),
        ("prop", f"{teams}: Will there be overtime?", "overtime"),
        ("margin", f"Will {one} win by 1 to 5?", "winning_margin"),
        ("race", f"{teams}: Race to 10 Points", "race_to"),
        ("combo", f"Will {one} win and the total go over {fixture.total:g}?", "parlays"),
        ("double_chance", f"{teams}: {one} or draw", "double_chance"),
        ("draw_no_bet", f"{teams}: Draw No Bet", "draw_no_bet"),
        ("advance", f"Will {one} advance?", "to_advance"),
        ("exact_score", f"{teams}: Exact score 2-1", "exact_score"),
        ("odd_even", f"{teams}: Total odd or even?", "odd_even"),
    ]
    base = _plain(fixture)
    for number in range(3):
        tests, question, market_type = asked[(turn * 3 + number) % len(asked)]
        market = f"{base.event}-{market_type.replace('_', '-')}"
        yield changed(
            base,
            tests=tests,
            market=market,
            question=question,
            market_type=market_type,
            outcomes=("Yes", "No"),
            outcome="Yes",
            answer=NOTHING,
        )
    yield _season(fixture)


def _season(fixture: Fixture) -> Offer:
    """A team's season is no game, whatever the team plays on that day."""
    word = f"KX{kalshi.LEAGUE_WORDS[fixture.league]}-{fixture.start:%y}"
    return Offer(
        league=fixture.league,
        tests="future",
        venue="kalshi",
        title=f"{fixture.start.year} champion",
        event=word,
        market=f"{word}-{fixture.first.ticker}",
        question=f"Will {fixture.first.kalshi} win the {fixture.start.year} championship?",
        subtitle=fixture.first.kalshi,
        outcomes=kalshi.OUTCOMES,
        outcome="Yes",
        answer=NOTHING,
        why="a title, not a game",
    )


def _doubleheaders(fixture: Fixture) -> Iterator[Offer]:
    """Two games of one pair on one day: the hour in the ticker, the number behind it, or the start tell them apart."""
    first = fixture._replace(start=fixture.start.replace(hour=13, minute=5))
    for game, game_id, number in ((first, "early", "G1"), (fixture, "late", "G2")):
        claim = Claim(game_id, "moneyline", "game", fixture.first.name)
        by_hour = kalshi.winner(game, fixture.first, "doubleheader", "Yes")
        yield changed(by_hour, start="", doubleheader=True, answer=claim)
        event = kalshi.event_ticker(game, "GAME", number=number)
        market = f"{event}-{fixture.first.ticker}"
        yield changed(by_hour, start="", event=event, market=market, doubleheader=True, answer=claim)
        by_start = polymarket.winner(game, fixture.first, "doubleheader")
        yield changed(by_start, doubleheader=True, answer=claim)
    silent = changed(polymarket.winner(fixture, fixture.first, "doubleheader"), start="", market_start="")
    yield changed(silent, doubleheader=True, answer=NOTHING, why="which of the two games is not said")


def _plain(fixture: Fixture) -> Offer:
    """The winner as Polymarket asks it."""
    if not fixture.is_soccer:
        return polymarket.winner(fixture, fixture.first)
    day: date = fixture.start.date()
    claim = Claim("game", "moneyline", "regulation", fixture.first.name)
    question = f"Will {fixture.first.label} win on {day.isoformat()}?"
    return polymarket.polymarket_offer(
        fixture, "winner", fixture.first.slug, question, "moneyline", polymarket.YES_NO, claim
    )
