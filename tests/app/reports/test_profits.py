"""Where a period's profit came from: days add up to the week, causes to the whole."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.folds import Dealt, dealings
from app.domain.money import Money, Price, Size
from app.domain.orders import FillId, Purpose
from app.domain.reports import PaidOut, Period, Touched
from app.reports.profits import AccountProfit, profits_of, total_of
from tests.app.analytics.reported import BEGIN, NOTHING

HOURS = 72
MICROS = int(BEGIN.timestamp()) * 1_000_000
PURPOSES: list[Purpose] = ["entry", "chase", "exit", "unwind"]


@st.composite
def touched(draw: st.DrawFn) -> list[Touched]:
    """Fills of two contracts over three days."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        at = MICROS + draw(st.integers(0, HOURS * 3_600_000_000 - 1))
        price, size = Price(draw(st.integers(1, 9_999))), Size(draw(st.integers(1, 10**9)))
        dealt = Dealt(at, FillId(f"f{number}"), draw(st.booleans()), price, size, Money(draw(st.integers(0, 10**6))))
        contract, quoted = draw(st.sampled_from(["a", "b"])), Price(draw(st.integers(1, 9_999)))
        purpose = draw(st.sampled_from(PURPOSES))
        found.append(Touched("model", contract, "nba", "kalshi", "fair_value", dealt, quoted, purpose))
    return sorted(found, key=lambda each: (each.contract_id, each.dealt))


def within(told: list[Touched], paid: list[PaidOut], begin: datetime, end: datetime) -> list[AccountProfit]:
    """As Postgres would be asked: everything up to the end."""
    until = int(end.timestamp()) * 1_000_000
    known = [each for each in told if each.dealt.at < until]
    period = Period(begin, end)
    return profits_of(NOTHING._replace(period=period, touched=known, paid=[each for each in paid if each.at < until]))


@given(touched(), st.booleans(), st.integers(0, 10_000))
def test_days_add_up_to_all_of_them(told: list[Touched], is_paid: bool, pays: int) -> None:
    last = max(each.dealt.at for each in told)
    paid = [PaidOut("model", "a", last + 1, Price(pays), None)] if is_paid else []
    ends = [BEGIN + timedelta(hours=24 * day) for day in range(5)]
    days = [total_of(within(told, paid, begin, end)) for begin, end in pairwise(ends)]
    (whole,) = within(told, paid, ends[0], ends[-1])
    assert sum(days) == whole.profit.realised
    parts = (whole.profit.edge, whole.profit.slippage, whole.profit.fees, whole.profit.leg_miss, whole.profit.mismatch)
    assert sum(parts) == whole.profit.realised
    assert sum(place.profit.realised for place in whole.places) == whole.profit.realised


@given(touched())
def test_what_is_realised_is_what_the_ledger_folds(told: list[Touched]) -> None:
    (whole,) = within(told, [], BEGIN, BEGIN + timedelta(hours=HOURS))
    holdings = [dealings([each.dealt for each in told if each.contract_id == name]).holding for name in ("a", "b")]
    assert whole.profit.realised == sum(each.realised - each.fees for each in holdings)


def test_what_an_account_is_worth_more_is_what_it_gained() -> None:
    told = NOTHING._replace(before={"model": Money(5)}, after={"model": Money(12), "manual": Money(0)})
    manual, model = profits_of(told)
    assert (model.gained, model.unrealised, manual.gained) == (7, 7, 0)
    assert total_of([manual, model]) == 7
