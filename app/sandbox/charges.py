"""What the venues charge accounts for a fill: their formulas, and how each rounds. Money in micro-dollars."""

from collections.abc import Iterator

from app.sandbox.accounts import Order
from app.sandbox.exchanges import Quoting
from app.sandbox.fees import Fees, event_fees, market_fees, series_fees, waiver
from app.sandbox.grids import DOLLAR
from app.sandbox.markets import Market
from app.sandbox.messages import FIXED, Message, part

MILLION = 1_000_000
TAKER, MAKER = 70_000, 17_500  # of Kalshi, in millionths, before the multiplier
STEPS = {"cents": 10_000, "direct": 100}  # Kalshi's balances change by multiples of these
FIFTH_DECIMAL = 10


class KalshiCharges:
    """Balances move by whole steps: most members' by a cent for each order, direct ones' by $0.0001 for each fill."""

    def __init__(self, quoting: Quoting) -> None:
        self._quoting = quoting

    def __call__(self, order: Order, price: int, size: int, is_taker: bool) -> int:
        flow, exact = _flow(order, price, size), self._rate(order, is_taker) * size * price * (DOLLAR - price)
        order.exact_cost -= flow
        order.exact_fee += exact
        if order.account.rounding == "direct":
            return _up(-flow, exact, STEPS["direct"])
        charged = max(order.charged, _up(order.exact_cost, order.exact_fee, STEPS["cents"]))
        fee, order.charged = charged - order.charged, charged
        return fee

    def at_most(self, order: Order) -> int:
        """What an order that is not placed yet can be charged."""
        exact = self._rate(order, is_taker=True) * order.size * order.price * (DOLLAR - order.price)
        return _up(0, exact, STEPS[order.account.rounding])

    def _rate(self, order: Order, is_taker: bool) -> int:
        """Millionths."""
        market, at = order.market, order.changed
        event = market.id.rpartition("-")[0]
        usual = series_fees(event.partition("-")[0])
        kind = market.label.partition("-")[0]
        planned = self._quoting.fees(market, at)
        if market.contest and waiver(market.contest, kind, planned):
            return 0
        own = event_fees(market.contest, next(self._planned(event, at), None)) if market.contest else {}
        multiplier = own.get("fee_multiplier_override", usual["fee_multiplier"])
        rate = TAKER if is_taker else MAKER if usual["fee_type"] == "quadratic_with_maker_fees" else 0
        return round(rate * float(str(multiplier)))

    def _planned(self, event: str, at: int) -> Iterator[Fees]:
        for market in self._quoting.markets.values():
            if market.id.startswith(event) and (fees := self._quoting.fees(market, at)):
                yield fees


class PolymarketCharges:
    """Takers alone pay; five decimals, rounded up."""

    def __init__(self, quoting: Quoting) -> None:
        self._quoting = quoting

    def __call__(self, order: Order, price: int, size: int, is_taker: bool) -> int:
        schedule = self._schedule(order.market, order.changed)
        rate, exponent = round(float(str(schedule["rate"])) * MILLION), int(str(schedule["exponent"]))
        exact = size * rate * (price * (DOLLAR - price)) ** exponent if is_taker else 0
        whole = 10 ** (2 + 8 * exponent)  # size in hundredths, price squared in 1/10⁸
        fee = -(-exact // (whole * FIFTH_DECIMAL)) * FIFTH_DECIMAL
        return fee if exact >= whole * FIFTH_DECIMAL else 0

    def at_most(self, order: Order) -> int:
        """What an order that is not placed yet can be charged."""
        return self(order, order.price, order.size, is_taker=True) if order.is_buy else 0

    def _schedule(self, market: Market, at: int) -> Message:
        if market.contest is None:
            return part(FIXED["gamma_market"], "feeSchedule")
        kind = "totals" if market.label.startswith("total") else market.label
        return part(market_fees(market.contest, kind, self._quoting.fees(market, at)), "feeSchedule")


def _flow(order: Order, price: int, size: int) -> int:
    """Money that a fill brings, without fees; negative: that it takes."""
    held, value = order.account.holding(order.key).size, price if order.is_bid else DOLLAR - price
    closing = min(size, max(0, -held if order.is_bid else held))
    return closing * (DOLLAR - value) - (size - closing) * value


def _up(cost: int, exact: int, step: int) -> int:
    """The least fee that covers the exact one (in 1/10¹⁰ of micro-dollars) and takes cost and fee to a whole step."""
    fee = -(-exact // 10**10)
    return -(-(cost + fee) // step) * step - cost
