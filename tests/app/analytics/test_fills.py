"""Slippage and the band of paper: signs, sums, and what a harsher market would have given."""

from hypothesis import given
from hypothesis import strategies as st

from app.analytics.fills import bands_of, slippage_of, slipped_by
from app.domain.money import ONE_DOLLAR
from tests.app.analytics.reported import purchase, sale


def test_what_is_paid_above_what_was_counted_with_is_slippage() -> None:
    assert slipped_by(purchase()) == 100_000  # ten contracts at 46 cents instead of 45
    assert slipped_by(sale(60, paid=4_600_000)) == -100_000  # sold for a cent more


def test_groups_are_by_detector_venue_and_purpose() -> None:
    told = [purchase(), purchase(id="o-3", venue="polymarket"), sale(60, paid=4_500_000), purchase(id="o-4", paid=0)]
    found = {(each.venue, each.purpose): each for each in slippage_of(told)}
    assert set(found) == {("kalshi", "entry"), ("kalshi", "exit"), ("polymarket", "entry")}
    both = found["kalshi", "entry"]
    assert (both.orders, both.contracts, both.slippage, both.filled_share) == (2, 20_000_000, -4_400_000, 0.5)
    assert (both.milliseconds, both.fees, both.per_contract) == (40.0, 360_000, -0.22)


def test_a_resting_order_is_sure_of_what_was_traded_through_its_price() -> None:
    outlook = "cancelled; outlook 20 if touched, 10 by the queue, 4.5 if traded through"
    (band,) = bands_of([purchase(outlook=outlook)])
    assert (band.asked, band.likely, band.pessimistic) == (20_000_000, 10_000_000, 4_500_000)
    (other,) = bands_of([purchase()])
    assert other.pessimistic == other.likely


@given(st.integers(1, 9_000), st.integers(0, 900), st.integers(1, 10**9), st.integers(0, 1_000))
def test_the_band_encloses_what_was_booked(quoted: int, better: int, filled: int, worse: int) -> None:
    price = min(max(quoted + worse - better, 1), quoted + worse)
    paid = -(-price * filled // ONE_DOLLAR)
    (band,) = bands_of([purchase(quoted=min(quoted, price), limit=quoted + worse, filled=filled, paid=paid)])
    assert band.cost_optimistic <= band.cost_likely <= band.cost_pessimistic
