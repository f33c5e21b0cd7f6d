"""What a market asks of orders, looked at before one is sent: a venue would refuse it, and that takes longer."""

from collections.abc import Callable
from typing import NamedTuple

from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, price_text, size_text
from app.domain.orders import Order
from app.domain.prices import Grid
from app.errors import OrderRejected


def untold(_: ContractId) -> Handling | None:
    """Where nobody says what is asked."""
    return None


def ungridded(_: VenueId, __: MarketId) -> Grid | None:
    """Where nobody says where prices lie."""
    return None


class Demands(NamedTuple):
    """Who says what is asked of orders for a contract, and where the prices of a market lie."""

    handling: Callable[[ContractId], Handling | None] = untold
    grid: Callable[[VenueId, MarketId], Grid | None] = ungridded

    def refuse_unfit(self, order: Order) -> None:
        """Raises OrderRejected for what does not fit; what is not told is for the venue to say."""
        if not 0 < order.limit < ONE_DOLLAR or order.size <= 0:
            raise OrderRejected("an order is for something, at a price between nothing and a dollar")
        grid = self.grid(order.venue, order.market_id)
        if grid is not None and not grid.holds(order.limit):
            raise OrderRejected(f"{price_text(order.limit)} is no price of this market")
        handling = self.handling(order.contract_id)
        if handling is None:
            return
        if order.size % handling.step:
            raise OrderRejected(f"{size_text(order.size)} contracts are no multiple of {size_text(handling.step)}")
        if order.size < handling.least:
            raise OrderRejected(f"{size_text(order.size)} contracts are fewer than {size_text(handling.least)}")


UNTOLD = Demands()
