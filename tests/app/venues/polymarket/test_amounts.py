"""Numbers as the order books write them, read as exactly as by the slow and certain way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import price, size
from app.errors import BadInput
from app.venues.polymarket import amounts
from app.venues.polymarket.amounts import IS_BID, Amounts, Sizes


@given(st.integers(0, 10_000), st.integers(0, 4))
def test_a_price_is_what_the_certain_way_says(units: int, zeros: int) -> None:
    text = f"{units / 10_000:.4f}".rstrip("0") + "0" * zeros
    assert Amounts().prices[text] == price(text.rstrip(".") or "0")


@given(st.decimals(0, 100_000, places=6))
def test_a_size_is_what_the_certain_way_says(told: object) -> None:
    assert Amounts().sizes[f"{told:f}"] == size(f"{told:f}")


@pytest.mark.parametrize(
    "text", ["", ".", "-1", "+1", "1e2", "nan", "inf", "1,5", " 1", "1_0", "0x1", "1.2.3", "9" * 13]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    for read in (Amounts().prices, Amounts().sizes, Amounts().best, Amounts().mirrored):
        with pytest.raises(BadInput):
            read[text]


def test_prices_have_four_decimals_and_sizes_six() -> None:
    assert (Amounts().prices["0.51230"], Amounts().sizes["1.23456700"]) == (5_123, 1_234_567)
    for text in ("0.51234", "1.0001", "2"):
        with pytest.raises(BadInput):
            Amounts().prices[text]
    with pytest.raises(BadInput):
        Amounts().sizes["1.2345678"]


def test_the_best_of_an_empty_side_is_none() -> None:
    known = Amounts()
    assert [known.best[text] for text in ("0", "1", "0.4", ".48")] == [None, None, 4_000, 4_800]
    assert [known.mirrored[text] for text in ("0", "1", "0.4")] == [None, None, 6_000]


def test_a_side_is_one_of_two() -> None:
    assert (IS_BID["BUY"], IS_BID["SELL"]) == (True, False)
    with pytest.raises(BadInput):
        IS_BID["buy"]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amounts, "MOST_SIZES", 10)
    sizes = Sizes()
    assert [sizes[str(n)] for n in range(100)] == [n * 1_000_000 for n in range(100)]
    assert len(sizes) <= 10
