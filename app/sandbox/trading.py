"""Everything that accounts do, at both venues: one desk each, and the doors to it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from starlette.routing import Route
from starlette.websockets import WebSocket

from app.sandbox import clob_accounts, clob_doors, clob_orders, kalshi_doors, kalshi_orders
from app.sandbox.accounts import Stage
from app.sandbox.charges import KalshiCharges, PolymarketCharges
from app.sandbox.clob_user_sockets import user_socket
from app.sandbox.desks import Desk
from app.sandbox.exchanges import Exchange
from app.sandbox.faults import Faults
from app.sandbox.kalshi_portfolios import Portfolios
from app.sandbox.kalshi_sockets import kalshi_socket
from app.sandbox.marks import SequenceMarks
from app.sandbox.members import Members
from app.sandbox.signatures import PublicKey

KALSHI_PATH = "/kalshi/trade-api/v2/portfolio/events/orders"  # as faults name it
CLOB_PATH = "/clob/order"
MINING: tuple[tuple[Stage, int], ...] = (
    ("matched", 0),
    ("mined", 1_000),
    ("confirmed", 3_000),
)  # milliseconds after a trade

Socket = Callable[[WebSocket], Awaitable[None]]


class Trading:
    """The accounts of both venues, and every endpoint that is theirs alone."""

    def __init__(self, kalshi: Exchange, polymarket: Exchange, faults: Faults, clock: Callable[[], datetime]) -> None:
        self._faults, self._clock, self._polymarket = faults, clock, polymarket
        self._kalshi_charges = KalshiCharges(kalshi.quoting)
        self._clob_charges = PolymarketCharges(polymarket.quoting)
        self._kalshi_desk = Desk(kalshi, self._kalshi_charges, faults, KALSHI_PATH)
        self._clob_desk = Desk(polymarket, self._clob_charges, faults, CLOB_PATH, MINING, has_wipes=True)
        self._members = Members({"kalshi": self._kalshi_desk, "polymarket": self._clob_desk})
        self._kalshi_doors = kalshi_doors.Doors(self._members, self._kalshi_desk, clock)
        self._clob_doors = clob_doors.Doors(self._members, self._clob_desk, clock)

    def kalshi_routes(self) -> Sequence[Route]:
        """They stand beside Kalshi's public ones."""
        orders = kalshi_orders.Orders(self._kalshi_desk, self._kalshi_charges, self._kalshi_doors)
        return [*orders.routes(), *Portfolios(self._kalshi_desk, self._kalshi_doors).routes()]

    def clob_routes(self) -> Sequence[Route]:
        """They stand beside the CLOB's public ones."""
        orders = clob_orders.Orders(self._clob_desk, self._clob_charges, self._clob_doors)
        accounts = clob_accounts.Accounts(self._clob_desk, self._clob_doors)
        return [*self._clob_doors.routes(), *orders.routes(), *accounts.routes()]

    def data_routes(self) -> Sequence[Route]:
        """What another host of Polymarket's says of anybody."""
        return clob_accounts.position_routes(self._members, self._polymarket)

    def control_routes(self) -> Sequence[Route]:
        """The sandbox's own: accounts are opened there."""
        return self._members.routes()

    def kalshi_socket(self, marks: SequenceMarks, key: PublicKey | None) -> Socket:
        return kalshi_socket(self._kalshi_desk, marks, self._faults, self._clock, key, self._kalshi_doors)

    def user_socket(self) -> Socket:
        return user_socket(self._clob_desk, self._clob_doors, self._faults)
