"""Where the profit of a period came from, by account and league: the causes up to its end, less those up to its
beginning. So the days of a week add up to the week, to the micro-dollar."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import msgspec

from app.domain.money import Money
from app.domain.reports import Facts, PaidOut, Touched
from app.positions.causes import Causes, Did, Paid, causes_of

NOTHING = Money(0)


class Profit(msgspec.Struct, frozen=True, kw_only=True):
    """What was realised, by its causes; together they are `realised`, after fees."""

    realised: Money
    edge: Money
    slippage: Money
    fees: Money
    leg_miss: Money
    mismatch: Money


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Of one league at one venue by one detector."""

    league: str
    venue: str
    detector: str
    contracts: int
    profit: Profit


class AccountProfit(msgspec.Struct, frozen=True, kw_only=True):
    """`gained`: what the account is worth more than when the period began, beyond what was put in; `unrealised`: of it,
    what is not realised. Both None when nobody wrote down what it was worth."""

    account: str
    gained: Money | None
    unrealised: Money | None
    profit: Profit
    places: Sequence[Place]


class _Key(NamedTuple):
    account: str
    contract_id: str


def profits_of(facts: Facts) -> list[AccountProfit]:
    """Of every account with which something was done, or whose worth is known."""
    by_account: defaultdict[str, list[tuple[Touched, Causes]]] = defaultdict(list)
    paid = {_Key(each.account, each.contract_id): each for each in facts.paid}
    for key, several in groupby(facts.touched, key=lambda each: _Key(each.account, each.contract_id)):
        fills = list(several)
        by_account[key.account].append((fills[0], _causes_within(fills, paid.get(key), facts)))
    accounts = sorted({*by_account, *facts.after})
    return [_account(name, by_account[name], facts) for name in accounts]


def total_of(profits: Iterable[AccountProfit]) -> Money:
    """What all accounts have gained; of one whose worth nobody knows, what it has realised."""
    return Money(sum(each.profit.realised if each.gained is None else each.gained for each in profits))


def _account(name: str, told: Sequence[tuple[Touched, Causes]], facts: Facts) -> AccountProfit:
    causes = _together(each for _, each in told)
    gained = _gained(name, facts.before, facts.after)
    return AccountProfit(
        account=name,
        gained=gained,
        unrealised=None if gained is None else Money(gained - causes.total),
        profit=_profit(causes),
        places=_places(told),
    )


def _gained(name: str, before: Mapping[str, Money], after: Mapping[str, Money]) -> Money | None:
    return Money(after[name] - before.get(name, NOTHING)) if name in after else None


def _places(told: Sequence[tuple[Touched, Causes]]) -> list[Place]:
    found: defaultdict[tuple[str, str, str], list[Causes]] = defaultdict(list)
    for one, causes in told:
        found[one.league, one.venue, one.detector].append(causes)
    return [
        Place(league=league, venue=venue, detector=by, contracts=len(several), profit=_profit(_together(several)))
        for (league, venue, by), several in sorted(found.items())
    ]


def _causes_within(fills: Sequence[Touched], paid: PaidOut | None, facts: Facts) -> Causes:
    before, after = (_causes_until(fills, paid, at) for at in (facts.period.begin, facts.period.end))
    return Causes(*(Money(one - other) for one, other in zip(after, before, strict=True)))


def _causes_until(fills: Sequence[Touched], paid: PaidOut | None, end: datetime) -> Causes:
    until = round(end.timestamp() * 1_000_000)
    did = [Did(each.dealt, each.quoted, each.purpose) for each in fills if each.dealt.at < until]
    is_paid = paid is not None and paid.at < until
    return causes_of(did, Paid(paid.pays, paid.expected) if paid is not None and is_paid else None)


def _together(several: Iterable[Causes]) -> Causes:
    total = Causes()
    for each in several:
        total = total.plus(each)
    return total


def _profit(causes: Causes) -> Profit:
    return Profit(realised=causes.total, **causes._asdict())
