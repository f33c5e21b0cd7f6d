"""What Kalshi has of one account, as it tells over REST."""

from collections.abc import Sequence

from app.domain.money import Money
from app.domain.prices import SECOND, Nanos
from app.errors import BadInput, FeedUnavailable
from app.fetching import MOST_PAGES
from app.venues.calls import Caller
from app.venues.kalshi import trading_wire as wire
from app.venues.kalshi.orders import balance_of

ORDERS_A_PAGE = 200
FILLS_A_PAGE = 200
POSITIONS_A_PAGE = 1000
CLOCKS_DIFFER_BY = 60 * SECOND  # at most; it tells times in whole seconds, too

Params = dict[str, str | int]


class Portfolio:
    """Every method raises FeedUnavailable, and nothing else."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def order(self, ref: str) -> wire.PlacedOrder | None:
        """By Kalshi's own name; None where it knows none of it."""
        try:
            return (await self._caller.read(f"/portfolio/orders/{ref}", wire.ONE_ORDER)).order
        except FeedUnavailable as error:
            if error.status == 404:
                return None
            raise

    async def orders(self, **asked: str | int) -> Sequence[wire.PlacedOrder]:
        """All that fit, the newest first."""
        found: list[wire.PlacedOrder] = []
        params: Params = {**asked, "limit": ORDERS_A_PAGE}
        for _ in range(MOST_PAGES):
            page = await self._caller.read("/portfolio/orders", wire.ORDERS, params)
            found += page.orders
            if not page.cursor:
                break
            params["cursor"] = page.cursor
        return found

    async def fills(self, **asked: str | int) -> Sequence[wire.Fill]:
        """All that fit, the newest first."""
        found: list[wire.Fill] = []
        params: Params = {**asked, "limit": FILLS_A_PAGE}
        for _ in range(MOST_PAGES):
            page = await self._caller.read("/portfolio/fills", wire.FILLS, params)
            found += page.fills
            if not page.cursor:
                break
            params["cursor"] = page.cursor
        return found

    async def positions(self) -> Sequence[wire.Held]:
        """All that hold something."""
        found: list[wire.Held] = []
        params: Params = {"count_filter": "position", "limit": POSITIONS_A_PAGE}
        for _ in range(MOST_PAGES):
            page = await self._caller.read("/portfolio/positions", wire.POSITIONS, params)
            found += page.market_positions
            if not page.cursor:
                break
            params["cursor"] = page.cursor
        return found

    async def balance(self) -> Money:
        """What can be spent."""
        try:
            return balance_of(await self._caller.read("/portfolio/balance", wire.BALANCE))
        except BadInput as error:
            raise FeedUnavailable(f"the balance cannot be read: {error}") from None

    async def is_trading(self) -> bool:
        """Whether the exchange takes orders now."""
        status = await self._caller.read("/exchange/status", wire.EXCHANGE_STATUS)
        return status.exchange_active and status.trading_active


def seconds_before(moment: Nanos) -> int:
    """Unix seconds, early enough for clocks that differ."""
    return max(0, (moment - CLOCKS_DIFFER_BY) // SECOND)
