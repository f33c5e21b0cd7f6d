"""Whether a run on paper is fit to be trusted: the owner's acceptance, rule by rule.

Nothing but a stop, a halt, an unwind or a person sells within 15 s of a purchase; nothing is bought for more than 0.85;
no settlement says the reverse of what the link said; and in the end there is more than before.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from app.domain.money import Money, Price
from app.domain.prices import SECOND
from app.domain.reports import Coverage, Facts, FilledOrder, IncidentSeen, LinkCount, Settled

HOLD = 15 * SECOND
DEAREST = Price(8_500)
AT_ONCE = frozenset({"stop", "halt", "manual"})  # rules that may sell at once


class QuickExit(msgspec.Struct, frozen=True):
    """Sold soon after it was bought. `seconds`: between the two fills."""

    order_id: str
    account: str
    contract_id: str
    why: str  # the rule, or what the order was for
    seconds: float


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `early`: sold too soon, without a reason that may; `soon`: with one; `dear`: bought for too much;
    `wrong`: settled the other way round; `profit`: of all accounts, realised or not."""

    early: Sequence[QuickExit]
    soon: Sequence[QuickExit]
    dear: Sequence[FilledOrder]
    wrong: Sequence[Settled]
    contradictions: Sequence[IncidentSeen]
    coverage: Sequence[Coverage]
    links: Sequence[LinkCount]
    purchases: int
    sales: int
    settlements: int
    profit: Money

    @property
    def is_breached(self) -> bool:
        """A rule was not kept."""
        return bool(self.early or self.dear or self.wrong or self.contradictions)

    @property
    def exit_code(self) -> int:
        """0: all well; 1: a rule was not kept; 2: nothing was earned."""
        if self.is_breached:
            return 1
        return 0 if self.profit > 0 else 2


def validate(facts: Facts, profit: Money) -> Validation:
    """Judge a period. `profit`: of all accounts in it."""
    quick = list(_quick_exits(facts.filled))
    return Validation(
        early=[each for each in quick if not _may(each)],
        soon=[each for each in quick if _may(each)],
        dear=[each for each in facts.filled if each.side == "buy" and each.dearest > DEAREST],
        wrong=[each for each in facts.settled if _is_reversed(each)],
        contradictions=[each for each in facts.incidents if each.kind == "contradiction"],
        coverage=facts.games,
        links=facts.links,
        purchases=sum(each.side == "buy" for each in facts.filled),
        sales=sum(each.side == "sell" for each in facts.filled),
        settlements=len(facts.settled),
        profit=profit,
    )


def _quick_exits(filled: Iterable[FilledOrder]) -> Iterable[QuickExit]:
    """Every sale within `HOLD` of the last purchase of its contract by its account."""
    bought: defaultdict[tuple[str, str], list[FilledOrder]] = defaultdict(list)
    for order in sorted(filled, key=lambda each: each.filled_at):
        key = order.account, order.contract_id
        if order.side == "buy":
            bought[key].append(order)
        elif bought[key] and order.filled_at - bought[key][-1].filled_at < HOLD:
            seconds = (order.filled_at - bought[key][-1].filled_at) / SECOND
            why = order.rule or order.purpose
            yield QuickExit(order.id, order.account, order.contract_id, why, round(seconds, 3))


def _may(exit_: QuickExit) -> bool:
    return exit_.why in AT_ONCE or exit_.why == "unwind"


def _is_reversed(settled: Settled) -> bool:
    return settled.expected is not None and {settled.pays, settled.expected} == {Price(0), Price(10_000)}
