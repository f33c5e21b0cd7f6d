import pytest

from app.domain.exit_rules import OF_MODEL
from app.domain.money import money
from app.domain.prices import SECOND
from app.domain.questions import QuestionRefused
from app.domain.risks import RiskLimits
from app.replay.changes import Changes, changes_of, names


def test_limits_stay_as_the_tape_has_them_but_for_what_is_named() -> None:
    before = RiskLimits(version=7, max_stake=money("99"))
    after = changes_of(["risk.kelly=0.1", "risk.max_orders_per_minute=30", "risk.bankroll=500.5"]).limits(before)
    assert (after.version, after.max_stake) == (7, money("99"))
    assert (after.kelly_fraction, after.max_orders_per_minute, after.bankroll) == (0.1, 30, money("500.5"))


def test_other_groups_can_be_named() -> None:
    changes = changes_of(["paper.kalshi_ms=0", "exits.stop=none", "exits.slip=0.01", "prices.silence=9"])
    assert changes.paper.kalshi_ms == 0
    assert changes.exit_rules is not None
    assert (changes.exit_rules.stop, changes.exit_rules.slip) == (None, 100)
    assert changes.exit_rules.take_profit == OF_MODEL.take_profit
    assert changes.patience == 9 * SECOND


def test_nothing_said_changes_nothing() -> None:
    assert not Changes()
    assert Changes().limits(RiskLimits()) == RiskLimits()
    assert (Changes().exit_rules, Changes().patience) == (None, None)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("risk.kelly_faction=0.1", "there are: .*risk.kelly_fraction"),
        ("risk", "not `name=value`"),
        ("risk.kelly=2", "between 0 and 1"),
        ("risk.max_orders_per_minute=1.5", "no number"),
        ("risk.max_stake=much", "decimal"),
        ("paper.queue_share=7", "less than or equal to 1"),
        ("exits.hold_s=none", "whole number"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(written: str, said: str) -> None:
    with pytest.raises(QuestionRefused, match=said):
        changes_of([written])


def test_every_limit_can_be_named() -> None:
    assert {f"risk.{name}" for name in RiskLimits.__struct_fields__ if name != "version"} <= set(names())
