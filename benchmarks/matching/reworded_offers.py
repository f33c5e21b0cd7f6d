"""The same questions in other words and other orders, and some that sound like them and are not."""

from collections.abc import Iterator

from benchmarks.matching import kalshi_offers as kalshi
from benchmarks.matching import polymarket_offers as polymarket
from benchmarks.matching.fixtures import Fixture, Style
from benchmarks.matching.listings import Claim
from benchmarks.matching.offers import NOTHING, Offer, changed, opposite


def reworded_offers(fixture: Fixture, turn: int) -> Iterator[Offer]:
    """For every fixture of teams."""
    if fixture.is_duel:
        return
    yield from _titles(fixture, turn)
    yield from _orders(fixture)
    yield from _underdog(fixture)
    yield _under(fixture)
    yield from _sounds_alike(fixture, turn)


def _titles(fixture: Fixture, turn: int) -> Iterator[Offer]:
    """Full names, another word between the sides, something before or behind them."""
    one, two = fixture.first, fixture.second
    labels = (one.label, two.label)
    titles = (
        f"{one.name} vs. {two.name}",
        f"{one.label} @ {two.label}",
        f"{one.label} vs {two.label}",
        f"{one.label.upper()} vs. {two.label.upper()}",
        f"{one.name} at {two.name}",
    )
    title = titles[turn % len(titles)]
    if fixture.is_soccer:
        if " at " not in title and "@" not in title:  # in soccer the first side is at home
            offer = _yes_no(fixture, one, f"Will {one.name} win on {fixture.start.date().isoformat()}?")
            yield changed(offer, tests="other_title", title=title)
        return
    offer = changed(polymarket.winner(fixture, two, "other_title"), title=title, question=title, outcomes=labels)
    yield offer
    yield changed(_yes_no(fixture, one, f"Will the {one.label} beat the {two.label}?"), tests="yes_no_question")
    yield changed(_yes_no(fixture, two, f"Will the {two.name} win?"), tests="yes_no_question")
    yield changed(kalshi.winner(fixture, one, "other_title", "No"), title=f"Game 3: {kalshi.matchup(fixture)}")


def _yes_no(fixture: Fixture, style: Style, question: str) -> Offer:
    claim = Claim("game", "moneyline", fixture.whole, style.name)
    return polymarket.polymarket_offer(
        fixture, "yes_no_question", style.slug, question, "moneyline", polymarket.YES_NO, claim
    )


def _orders(fixture: Fixture) -> Iterator[Offer]:
    """The second outcome first: the label counts, not its place."""
    for outcome in (0, 1):
        offer = polymarket.total(fixture, fixture.total, "reversed_outcomes", outcome)
        yield changed(offer, outcomes=(offer.outcomes[1], offer.outcomes[0]))
    if fixture.is_soccer:
        claim = Claim("game", "draw", "regulation")
        question = f"Will {polymarket.matchup(fixture)} end in a draw?"
        yield polymarket.polymarket_offer(
            fixture, "reversed_outcomes", "draw", question, "moneyline", ("No", "Yes"), opposite(claim)
        )


def _underdog(fixture: Fixture) -> Iterator[Offer]:
    """The line as the side that is given points has it."""
    line = abs(fixture.gives)
    part = f"spread-{f'{line:g}'.replace('.', 'pt')}"  # whose line it is, only the question says
    question = f"Spread: {fixture.taker.label} (+{line:g})"
    claim = Claim("game", "spread", fixture.whole, fixture.taker.name, line)
    labels = (fixture.taker.label, fixture.giver.label)
    for outcome in (0, 1):
        yield polymarket.polymarket_offer(
            fixture, "underdog_line", part, question, "spreads", labels, claim, outcome=outcome, line=line
        )


def _under(fixture: Fixture) -> Offer:
    """YES is under."""
    line, unit = fixture.total, kalshi.unit(fixture)
    claim = Claim("game", "total", fixture.whole, "", line, "no")
    question = f"{kalshi.matchup(fixture)}: Total {unit.title()}"
    says = f"Under {line:g} {unit} scored"
    return kalshi.kalshi_offer(fixture, "under_is_yes", "TOTAL", "U", question, says, claim, line=line)


def _sounds_alike(fixture: Fixture, turn: int) -> Iterator[Offer]:
    one, two = fixture.first.label, fixture.second.label
    asked = (
        ("negated", f"Will {one} not win against {two}?"),
        ("negated", f"Will {one} lose to {two}?"),
        ("either", f"Will either {one} or {two} win?"),
        ("margin", f"Will {one} win by at least 3?"),
        ("margin", f"Will {one} beat {two} by exactly 1?"),
        ("comeback", f"Will {one} come back to win after trailing at the break?"),
        ("from_behind", f"Will {two} lead at the break and lose?"),
        ("highest", f"Will {one} vs. {two} be the highest scoring game of the day?"),
        ("series", f"Will {one} win the series against {two}?"),
        ("streak", f"Will {one} win their next 3 games?"),
        ("attendance", f"Will {one} vs. {two} be sold out?"),
        ("rescheduled", f"Will {one} vs. {two} be postponed?"),
    )
    for number in range(2):
        tests, question = asked[(turn * 2 + number) % len(asked)]
        offer = polymarket.polymarket_offer(
            fixture, tests, tests.replace("_", "-"), question, "", polymarket.YES_NO, NOTHING
        )
        yield changed(offer, answer=NOTHING)
