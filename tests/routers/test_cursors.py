"""Pages of a list that changes between two calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from routers.cursors import cut_page


def pages(items: list[str], limit: int) -> list[list[str]]:
    found, cursor = [], None
    while True:
        page, _, cursor = cut_page(items, lambda item: (item,), cursor, limit)
        found.append(page)
        if cursor is None:
            return found


@given(st.sets(st.text(max_size=5)), st.integers(1, 7))
def test_pages_together_are_the_sorted_list(items: set[str], limit: int) -> None:
    found = pages(list(items), limit)
    assert [item for page in found for item in page] == sorted(items)
    assert all(len(page) == limit for page in found[:-1])


def test_what_comes_and_goes_in_between_is_neither_skipped_nor_shown_twice() -> None:
    first, total, cursor = cut_page(["b", "d", "f"], lambda item: (item,), None, 2)
    assert (first, total) == (["b", "d"], 3)
    second, _, cursor = cut_page(["a", "e", "f"], lambda item: (item,), cursor, 2)
    assert (second, cursor) == (["e", "f"], None)


@pytest.mark.parametrize("cursor", ["!", "bm90IGpzb24", "e30", "WzFd", "ü"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        cut_page(["a"], lambda item: (item,), cursor, 1)
