"""The owner's acceptance: each rule finds what breaks it, and nothing else."""

import pytest

from app.analytics.validation import validate
from app.domain.money import Money
from app.domain.reports import FilledOrder
from tests.app.analytics.reported import NOTHING, purchase, sale, settled

EARNED = Money(1)


@pytest.mark.parametrize(
    ("sold", "is_breach"),
    [
        (sale(14.9, rule="take_profit"), True),
        (sale(15.1, rule="take_profit"), False),
        (sale(1, rule="stop"), False),
        (sale(1, rule="halt"), False),
        (sale(1, rule="manual"), False),
        (sale(1, purpose="unwind"), False),
        (sale(1, purpose="manual"), False),
        (sale(1, rule="time", account="model"), False),  # another account has bought
        (sale(1, rule="time", contract_id="kalshi:KX-NYK:yes"), False),
    ],
)
def test_nothing_is_sold_within_fifteen_seconds_without_a_reason(sold: FilledOrder, is_breach: bool) -> None:
    found = validate(NOTHING._replace(filled=[purchase(), sold]), EARNED)
    assert [each.order_id for each in found.early] == (["o-2"] if is_breach else [])
    assert found.exit_code == (1 if is_breach else 0)


def test_what_was_sold_soon_with_a_reason_is_listed() -> None:
    found = validate(NOTHING._replace(filled=[purchase(), sale(2.5, rule="stop")]), EARNED)
    assert [(each.why, each.seconds) for each in found.soon] == [("stop", 2.5)]


def test_the_last_purchase_counts_not_the_first() -> None:
    again = purchase(id="o-3", filled_at=sale(60).filled_at)
    found = validate(NOTHING._replace(filled=[purchase(), again, sale(70, rule="time")]), EARNED)
    assert [each.seconds for each in found.early] == [10.0]


@pytest.mark.parametrize(("dearest", "is_breach"), [(8_500, False), (8_501, True)])
def test_nothing_is_bought_for_more_than_85_cents(dearest: int, is_breach: bool) -> None:
    found = validate(NOTHING._replace(filled=[purchase(dearest=dearest)]), EARNED)
    assert (len(found.dear) == 1) is found.is_breached is is_breach
    assert not validate(NOTHING._replace(filled=[sale(60, dearest=9_900)]), EARNED).is_breached


@pytest.mark.parametrize(
    ("pays", "expected", "is_breach"),
    [(0, 10_000, True), (10_000, 0, True), (10_000, 10_000, False), (5_000, 10_000, False), (0, None, False)],
)
def test_a_settlement_the_other_way_round_is_a_wrong_position(pays: int, expected: int | None, is_breach: bool) -> None:
    assert validate(NOTHING._replace(settled=[settled(pays, expected)]), EARNED).is_breached is is_breach


@pytest.mark.parametrize(("profit", "code"), [(1, 0), (0, 2), (-1, 2)])
def test_without_a_breach_the_profit_decides(profit: int, code: int) -> None:
    assert validate(NOTHING, Money(profit)).exit_code == code
