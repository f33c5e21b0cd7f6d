"""What an order costs, and may yet cost."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.fees import order_fee
from app.domain.money import Price, Size
from app.domain.prices import Nanos
from app.venues.paper.placings import Placing, cost_of
from tests.app.venues.paper.rooms import FEES, Room

NOW = Nanos(0)
LEVELS = st.lists(st.tuples(st.integers(1, 99), st.integers(1, 4_000)), min_size=1, max_size=6)


def spent(placing: Placing) -> int:
    return sum(cost_of(fill.price, fill.size) + fill.fee for fill in placing.fills)


def test_a_better_price_may_cost_more_with_its_fee_rounded() -> None:
    placing = Placing(Room().order("buy 0.57x0.58 ioc"), NOW)
    at_limit = cost_of(Price(5_700), Size(580_000)) + order_fee(FEES["kalshi"], [(Price(5_700), Size(580_000))])
    assert placing.needed == 350_600 == at_limit + 10_000
    placing.fill((Price(5_600), Size(580_000)), NOW, is_maker=False)
    assert (at_limit, spent(placing), placing.needed) == (340_600, 344_800, 0)


@given(st.sampled_from(["kalshi", "polymarket"]), st.integers(1, 99), LEVELS, st.data())
def test_no_order_costs_more_than_was_held_for_it(
    venue: str, limit: int, levels: list[tuple[int, int]], data: st.DataObject
) -> None:
    whole = sum(size for _, size in levels)
    placing = Placing(Room(venue).order(f"buy 0.{limit:02d}x{whole / 100} gtc"), NOW)
    held = placing.needed
    for cents, size in levels:
        price, is_maker = Price(100 * min(cents, limit)), data.draw(st.booleans())
        placing.fill((Price(100 * limit) if is_maker else price, Size(size * 10_000)), NOW, is_maker=is_maker)
        assert spent(placing) <= held
        assert spent(placing) + placing.needed <= held + placing.order.fees.step
