"""The queue at one price, as far as sizes tell."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prices import SECOND, Nanos
from app.venues.paper.queues import Place

# what lay there, the share, what is then seen (s) or traded (t) with its second; what is ahead in the end, what is ours
STORIES = [
    ("trades", 10, 0.5, ["t4@0"], 6, 0),
    ("more than lies ahead", 10, 0.5, ["t4@0", "t9@0"], 0, 3),
    ("half of what is cancelled", 10, 0.5, ["s12@0", "s8@9"], 8, 0),
    ("no more is ahead than lies there", 10, 0.0, ["s3@0"], 3, 0),
    ("book first, trade after", 10, 0.5, ["s20@0", "s14@9", "t6@9"], 4, 0),
    ("trade first, book after", 10, 0.5, ["s20@0", "t6@9", "s14@9"], 4, 0),
    ("a trade long after is another one", 10, 0.5, ["s20@0", "s14@9", "t6@12"], 1, 0),
    ("what goes long after was cancelled", 10, 0.5, ["s20@0", "t6@9", "s14@12"], 1, 0),
]


@pytest.mark.parametrize(("lies", "share", "told", "ahead", "ours"), [each[1:] for each in STORIES])
def test_the_queue_moves(lies: int, share: float, told: Sequence[str], ahead: int, ours: int) -> None:
    place, got = Place(lies, share), 0
    for each in told:
        size, second = each[1:].split("@")
        now = Nanos((100 + int(second)) * SECOND)
        if each.startswith("t"):
            got += place.serve(int(size), now)
        else:
            place.see(int(size), now)
    assert (place.ahead, got) == (ahead, ours)


@given(st.integers(0, 50), st.floats(0, 1), st.lists(st.tuples(st.booleans(), st.integers(0, 50), st.integers(0, 3))))
def test_nobody_gets_more_than_was_traded_and_the_queue_never_grows(
    lies: int, share: float, told: list[tuple[bool, int, int]]
) -> None:
    place, now = Place(lies, share), Nanos(0)
    for is_trade, size, wait in told:
        now, before = Nanos(now + wait * SECOND), place.ahead
        if is_trade:
            assert 0 <= place.serve(size, now) <= size
        else:
            place.see(size, now)
            assert place.ahead <= size
        assert 0 <= place.ahead <= before
