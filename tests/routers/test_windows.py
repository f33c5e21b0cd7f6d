"""How often one caller may call."""

import pytest

from app.errors import TooManyCalls
from routers.windows import CALLERS_KEPT, SWEPT_EVERY, Windows


def test_a_window_counts_down_and_starts_anew() -> None:
    windows = Windows(3)
    assert [windows.take("a", now).remaining for now in (0, 1, 2, 59.9)] == [2, 1, 0, -1]
    assert windows.take("a", 60).remaining == 2


def test_only_what_is_beyond_the_limit_is_refused() -> None:
    windows = Windows(1)
    assert not windows.take("a", 0).is_spent
    assert windows.take("a", 0).is_spent


def test_callers_do_not_pay_for_each_other() -> None:
    windows = Windows(1)
    windows.take("a", 0)
    assert not windows.take("b", 0).is_spent


def test_reset_is_never_less_than_a_second() -> None:
    windows = Windows(9)
    assert windows.take("a", 0).reset == 60
    assert windows.take("a", 59.99).reset == 1


def test_windows_that_are_over_are_forgotten() -> None:
    windows = Windows(9)
    for number in range(CALLERS_KEPT):
        windows.take(str(number), 0)
    windows.take("one more", 61)
    assert len(windows._windows) == 1


def test_many_callers_at_once_are_not_walked_over_for_each() -> None:
    windows = Windows(9)
    for number in range(CALLERS_KEPT + 1):
        windows.take(str(number), 0)
    windows.take("sweeps", 60 + SWEPT_EVERY)
    for number in range(CALLERS_KEPT):
        windows.take(str(number), 61 + SWEPT_EVERY / 2)
    assert len(windows._windows) == CALLERS_KEPT + 1  # what was over stayed for the moment


def test_a_look_says_what_a_call_would_leave_and_counts_nothing() -> None:
    windows = Windows(1)
    assert [windows.look("a", 0).remaining for _ in range(2)] == [0, 0]
    windows.take("a", 0)
    with pytest.raises(TooManyCalls, match="1 calls a minute"):
        windows.look("a", 1).refuse_if_spent()
    assert windows.look("a", 60).remaining == 0
