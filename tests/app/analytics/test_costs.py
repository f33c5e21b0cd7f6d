"""What running costs, by the price list and the owner's months of 720 hours."""

import pytest

from app.analytics.costs import GIB, HOURS, OWNERS, cost_of, monthly, smallest_task
from app.domain.reports import Used


def test_seven_small_services_are_the_owners_62_dollars() -> None:
    assert round(7 * monthly(0.25, 0.5)) == OWNERS["seven services"] == 62
    assert HOURS == 720


@pytest.mark.parametrize(
    ("cores", "gb", "task"),
    [(0.0, 0.1, (0.25, 0.5)), (0.25, 0.5, (0.25, 0.5)), (0.26, 0.5, (0.5, 1)), (0.1, 2.1, (0.5, 3)), (5, 1, None)],
)
def test_the_smallest_task_holds_both(cores: float, gb: float, task: tuple[float, float] | None) -> None:
    assert smallest_task(cores, gb) == task


def test_all_processes_together_run_in_one_task() -> None:
    used = [Used("platform", 1_800.0, 3_600.0, 300 << 20), Used("servers", 900.0, 3_600.0, 100 << 20)]
    found = cost_of(used)
    assert found is not None
    assert (found.cores, found.vcpu, found.gb, found.hours) == (0.75, 1, 2, 1.0)
    assert found.dollars == round(720 * (0.04048 + 2 * 0.004445), 2)


def test_of_nothing_there_is_no_cost() -> None:
    assert cost_of([]) is None
    assert cost_of([Used("platform", 1.0, 0.0, 1)]) is None
    assert cost_of([Used("platform", 1.0, 1.0, 400 * GIB)]) is None
