"""Limits as people write them: read back as they were shown, and never outside what makes sense."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.limits import Written, limits_changed, limits_shown
from app.domain.money import Money
from app.domain.questions import QuestionRefused
from app.domain.risks import RiskLimits

SHOWN = limits_shown(RiskLimits())


def test_every_limit_is_shown_and_the_built_in_ones_make_sense() -> None:
    assert {*SHOWN, "version"} == set(RiskLimits.__struct_fields__)
    assert limits_changed(RiskLimits(), SHOWN) == RiskLimits(version=1)


def test_what_does_not_change_stays_and_the_version_counts() -> None:
    before = RiskLimits(version=7, max_open=Money(5))
    after = limits_changed(before, {"max_stake": 12})
    assert after == msgspec.structs.replace(before, version=8, max_stake=Money(12_000_000))


@given(st.integers(0, 10**15), st.floats(0, 1))
def test_what_is_written_is_read_back(units: int, share: float) -> None:
    said = limits_changed(RiskLimits(), {"max_open": f"{units // 10**6}.{units % 10**6:06d}", "kelly_fraction": share})
    assert said.max_open == units
    assert limits_changed(RiskLimits(), limits_shown(said)) == said


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("value", [-1, "-1", math.nan, math.inf, 1e30, "", "x", "1e5", "\u0663", True, "9" * 400])
def test_nothing_else_is_a_limit(name: str, value: Written) -> None:
    with pytest.raises(QuestionRefused) as caught:
        limits_changed(RiskLimits(), {name: value})
    (fault,) = caught.value.faults
    assert fault.field == f"limits.{name}"


@pytest.mark.parametrize(("soft", "hard"), [(0.2, 0.1), (0.11, 0.1)])
def test_the_soft_drawdown_comes_first(soft: float, hard: float) -> None:
    with pytest.raises(QuestionRefused):
        limits_changed(RiskLimits(), {"soft_drawdown": soft, "hard_drawdown": hard})
    assert limits_changed(RiskLimits(), {"soft_drawdown": hard, "hard_drawdown": hard}).soft_drawdown == hard
