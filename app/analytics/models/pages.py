"""A card for people: as Markdown, and as a page that needs nothing else."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import jinja2

from app.analytics.models.cards import Card, Comparison, Record, Side

NAMES = {"market": "the market", "espn": "ESPN", "built_in": "the built-in formula", "learned": "this model"}
LETTERS = {"better": "better than the market", "not_better": "not better than the market"}


def card_text(card: Card) -> str:
    """Markdown."""
    return "\n".join(_lines(card)) + "\n"


def card_page(card: Card) -> str:
    """HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("app.analytics.models", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )
    given = {"card": card, "names": NAMES, "verdict": verdict_words(card), "sides": _sides(card), "points": points}
    return environment.get_template("card.html").render(given)


def verdict_words(card: Card) -> str:
    """In a few words."""
    return LETTERS.get(card.verdict, "insufficient data")


def points(record: Record) -> Sequence[tuple[float, float, float, float, int]]:
    """Of a reliability diagram: what was said, what came, from where to where, and how many."""
    return [(each.said, each.came, each.came_low, each.came_high, each.n) for each in record.bins]


def _lines(card: Card) -> Iterator[str]:
    simulated = ", SIMULATED" if card.world == "simulated" else ""
    yield f"# Model {card.id}: {verdict_words(card)}{simulated}"
    yield ""
    yield f"{card.why}. Made {card.made_at}."
    yield ""
    origins = ", ".join(f"{n} of {origin}" for origin, n in card.origins.items()) or "none"
    yield f"- games: {card.games} ({origins}); with all that is needed: {card.compared_games}"
    for words in _sides(card):
        yield f"- {words}"
    yield f"- model: {card.model or 'none: too little to learn from'}; features: {', '.join(card.features)}"
    yield ""
    yield "| who | moments | games | Brier | log loss | off by |"
    yield "|---|---:|---:|---:|---:|---:|"
    for record in card.records:
        yield f"| {NAMES[record.forecaster]} | {record.n} | {record.games} | {_scores(record)} |"
    if card.comparisons:
        yield ""
        yield "On the same moments, Brier scores; the difference with its interval by games (95 %), below 0 is better:"
        yield ""
        yield "| whose | against | moments | games | Brier | theirs | difference | log loss | theirs |"
        yield "|---|---|---:|---:|---:|---:|---|---:|---:|"
        yield from map(_compared, card.comparisons)


def _sides(card: Card) -> Sequence[str]:
    learned, tested = card.learned_from, card.tested_on
    if not learned.games:
        return [f"compared on {_span(tested)}"]
    return [f"learned from {_span(learned)}", f"tested on {_span(tested)}"]


def _span(side: Side) -> str:
    days = "" if side.first is None or side.last is None else f", {_day(side.first)} to {_day(side.last)}"
    return f"{side.games} games, {side.moments} moments{days}"


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1e9, UTC):%Y-%m-%d %H:%M}"


def _scores(record: Record) -> str:
    return " | ".join("" if each is None else f"{each:.4f}" for each in (record.brier, record.log_loss, record.gap))


def _compared(each: Comparison) -> str:
    low, high = each.difference.low, each.difference.high
    span = "one game: no interval" if low is None or high is None else f"{low:+.4f} to {high:+.4f}"
    lies = f"{each.difference.mean:+.4f} ({span})"
    cells = (
        *(NAMES[each.ours], NAMES[each.theirs], each.n, each.games, f"{each.brier:.4f}", f"{each.their_brier:.4f}"),
        *(lies, f"{each.log_loss:.4f}", f"{each.their_log_loss:.4f}"),
    )
    return f"| {' | '.join(map(str, cells))} |"
