"""What was taken is not there, however the book goes on."""

from collections.abc import Sequence

import pytest

from app.domain.money import Price, Size
from app.domain.prices import Ladder
from app.venues.paper.takings import Takings
from tests.app.prices.boards import BOOK, LISTED, at, levels

STORIES: list[tuple[str, Sequence[int], int]] = [  # contracts asked at 45 after four of ten were taken; what is left
    ("nothing happens", (10,), 6),
    ("more comes", (12,), 8),
    ("some goes, which may have been ours", (7,), 3),
    ("less is left than was taken", (3,), 0),
    ("less is left than was taken, and more comes", (3, 8), 5),
    ("all goes and comes again", (0, 10), 10),
    ("it flickers", (11, 10, 11, 10), 6),
]


def ladder(asked: int) -> Ladder:
    return Ladder(LISTED, levels((40, 10)), levels((45, asked), (46, 5)) if asked else levels((46, 5)), *[at(0)] * 3)


@pytest.mark.parametrize(("shown", "left"), [each[1:] for each in STORIES], ids=[each[0] for each in STORIES])
def test_what_is_left_of_a_level(shown: Sequence[int], left: int) -> None:
    takings = Takings()
    takings.take(BOOK, True, levels((45, 4)))
    for asked in shown:
        takings.see(ladder(asked))
    found = dict(takings.left(ladder(shown[-1]), True))
    assert found.get(Price(4_500), Size(0)) == left * 1_000_000
    assert found[Price(4_600)] == 5_000_000


def test_who_asks_takes_nothing_from_who_bids() -> None:
    takings = Takings()
    takings.take(BOOK, True, levels((40, 4)))
    takings.see(ladder(10))
    assert list(takings.left(ladder(10), False)) == list(levels((40, 10)))


def test_what_is_not_shown_any_more_is_not_remembered() -> None:
    takings = Takings()
    takings.take(BOOK, True, levels((45, 4)))
    assert takings.has(BOOK)
    takings.see(ladder(0))
    assert not takings.has(BOOK)
