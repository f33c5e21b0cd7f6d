"""What a follower makes of what it is told; that it resumes over a socket is seen wherever it follows a platform."""

from tests.soaks.tellings import AT, WAITED, a_fill, told, update


def test_it_keeps_every_fill_and_how_long_each_took() -> None:
    follower = told(a_fill(1), a_fill(2))
    assert (list(follower.fills), follower.faults) == (["kalshi:f-1", "kalshi:f-2"], [])
    assert follower.waits == [WAITED, WAITED]


def test_one_that_was_left_out_is_a_fault() -> None:
    follower = told(a_fill(1))
    follower.take(update(9, 7, a_fill(2)), AT)
    assert follower.faults == ["told of fill 9 after 1, 7 was left out"]


def test_one_told_twice_counts_once() -> None:
    follower = told(a_fill(1))
    follower.take(update(1, 0, a_fill(1)), AT)
    assert (len(follower.fills), follower.twice, follower.faults) == (1, 1, [])


def test_what_is_gone_for_ever_is_a_fault() -> None:
    follower = told(a_fill(1))
    follower.take({"type": "missing", "epoch": 1, "first": 2, "last": 5, "remedy": ""}, AT)
    assert len(follower.faults) == 1
