"""Why a combination that seems to be worth more than it costs is let go before anybody is asked what may be risked.

An ordered list of small named checks, stage by stage; the first that fails is the reason.
"""

from collections.abc import Callable, Sequence

from app.domain.games import Game
from app.domain.links import Link
from app.domain.money import ONE_DOLLAR, money_text, size_text
from app.domain.prices import MILLISECOND, Quote
from app.domain.signals import Check, Stage
from app.domain.teams import Reason
from app.pipeline.cases import Case

CLEAR = 1_000  # 1/10,000 dollar from even, and
MIRRORED = 1_000  # so far from being mirror images: two venues that seem to speak of opposite sides
_NAMES = {"price": "inverted", "status": "paused"}  # of the fields of a link's reasons; others name themselves

Look = Callable[[Case], str | None]  # what is wrong, in words


class Named:
    """A check, its place in the funnel, and what is said of it when nothing is wrong."""

    def __init__(self, stage: Stage, name: str, check: Look) -> None:
        self.stage = stage
        self.name = name
        self.check = check
        self.passed = Check(name, True)


def links_are_tradable(case: Case) -> str | None:
    """Its reason is what is in doubt: see `reason_of`."""
    for link in case.links:
        if link.verdict != "tradable":
            return f"{link.contract_id}: {_doubt(link)}"
    return None


def game_is_open(case: Case) -> str | None:
    standing = _standing(case.game)
    return None if standing in ("scheduled", "live") else f"the game is {standing}"


def is_one_question(case: Case) -> str | None:
    if case.made.detector != "middle":
        return None
    lines = " and ".join(f"{link.proposition.kind} {(link.proposition.line or 0) / 2:g}" for link in case.links)
    return f"different lines: {lines}"


def sides_are_right(case: Case) -> str | None:
    """Opposites that trade at one price, both far from even: one of them is on the wrong side."""
    if len(case.quotes) != 2:
        return None
    if case.links[0].venue == case.links[1].venue:
        return None
    first, second = [_middle(quote) or quote.ask or 0 for quote in case.quotes]  # one side alone speaks as well
    half = ONE_DOLLAR // 2
    is_clear = (first < half) == (second < half) and min(abs(first - half), abs(second - half)) >= CLEAR
    if not is_clear or abs(first - second) > MIRRORED:
        return None
    return f"opposites that trade at {first / ONE_DOLLAR:.2f} and {second / ONE_DOLLAR:.2f}"


def fees_are_known(case: Case) -> str | None:
    for link in case.links:
        if link.fees is None:
            return f"{link.contract_id}: the venue does not say what it charges"
    return None


def books_are_right(case: Case) -> str | None:
    for quote in case.quotes:
        if quote.doubt is not None:
            return f"{quote.contract_id} is in quarantine: {quote.doubt}"
    return None


def books_are_fresh(case: Case) -> str | None:
    oldest = max(case.ages)
    if min(case.ages) >= 0 and oldest <= case.limits.max_age_ms * MILLISECOND:
        return None
    return f"a leg was proved {oldest // MILLISECOND} ms ago, {case.limits.max_age_ms} are allowed"


def books_are_of_one_moment(case: Case) -> str | None:
    if case.skew <= case.limits.max_skew_ms * MILLISECOND:
        return None
    return f"the legs were proved {case.skew // MILLISECOND} ms apart, {case.limits.max_skew_ms} are allowed"


def edge_is_enough(case: Case) -> str | None:
    if case.good:
        return None
    best = case.made.worth - case.steps[0].cost
    return f"{best / 10_000:.2f} cents a contract after fees, {case.limits.min_edge / 100:.2f} are asked for"


def somebody_else_agrees(case: Case) -> str | None:
    """A fair value rests on the score feed, which is late: another venue must think that the price is too low, too."""
    if case.made.estimate is None:
        return None
    price = case.quotes[0].ask or 0
    for side in case.made.witnesses:
        quote = case.board.quote(side.contract_id)
        middle = None if quote is None or quote.doubt is not None else _middle(quote)
        is_fresh = quote is not None and 0 <= case.now - quote.proved_at <= case.limits.max_age_ms * MILLISECOND
        if middle is not None and is_fresh and middle > price:
            return None
    return "no other venue bears it out: the score feed alone may be late"


def there_is_enough(case: Case) -> str | None:
    most = case.most
    if most < case.limits.min_size:
        return f"{size_text(most)} contracts at these prices, {size_text(case.limits.min_size)} are asked for"
    profit = case.profit(case.take(most))
    if profit >= case.limits.min_profit:
        return None
    return f"${money_text(profit)} in all, ${money_text(case.limits.min_profit)} are asked for"


def rules_are_known(case: Case) -> str | None:
    unknown = case.payoffs.unknown if case.payoffs else ()
    return "; ".join(unknown[:3]) or None


def rules_are_complementary(case: Case) -> str | None:
    if case.payoffs is None or case.made.estimate is not None:
        return None
    least = case.payoffs.least * 100
    if least >= case.made.pays * 1_000_000:
        return None
    return f"at worst ${least / 1e6:.2f} are paid although the game is played: {case.payoffs.worst.name}"


def tails_cost_less(case: Case) -> str | None:
    """At the worst price that is taken, too."""
    lost, edge = case.unit_tail_cost, case.made.worth - case.taken_from[-1].cost
    if not lost or edge > lost:
        return None
    return f"{edge / 10_000:.2f} cents a contract when the game is played, {lost / 10_000:.2f} lost on average if not"


BEFORE_RULES: tuple[Named, ...] = (
    Named("linked", "game", game_is_open),
    Named("linked", "links", links_are_tradable),
    Named("linked", "other_line", is_one_question),
    Named("linked", "inverted", sides_are_right),
    Named("fresh", "quarantined", books_are_right),
    Named("fresh", "stale", books_are_fresh),
    Named("fresh", "skew", books_are_of_one_moment),
    Named("edge", "no_fees", fees_are_known),
    Named("edge", "min_edge", edge_is_enough),
    Named("edge", "feed_alone", somebody_else_agrees),
    Named("depth", "thin", there_is_enough),
)
OF_RULES: tuple[Named, ...] = (
    Named("rules", "unknown", rules_are_known),
    Named("rules", "not_complementary", rules_are_complementary),
    Named("rules", "tail_cost", tails_cost_less),
)


def reason_of(named: Named, case: Case) -> str:
    """The reason's short name: of a link what is in doubt, of a game how it stands."""
    if named.name == "links":
        return _field(next(link for link in case.links if link.verdict != "tradable"))
    return _standing(case.game) if named.name == "game" else named.name


def _standing(game: Game) -> str:
    return "delayed" if game.is_delayed else game.status


def _field(link: Link) -> str:
    if link.overridden_by:
        return "overruled"
    field = next((reason.field for reason in _against(link)), "watch")
    return _NAMES.get(field, field)


def _doubt(link: Link) -> str:
    return next((reason.detail for reason in _against(link)), f"is {link.verdict}")


def _against(link: Link) -> Sequence[Reason]:
    return sorted((each for each in link.reasons if each.finding != "agrees"), key=lambda each: each.finding)


def _middle(quote: Quote) -> int | None:
    return None if quote.bid is None or quote.ask is None else (quote.bid + quote.ask) // 2
