"""What an executor needs to trade at a simulated venue: how it is known there, its gateway, how its orders look."""

from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from app.domain.fees import FeeSchedule
from app.domain.markets import Handling, VenueId
from app.domain.money import Size
from app.domain.prices import CENT_GRID, Nanos
from app.ports import Gateway
from app.sandbox.server import CLOB, DATA, KALSHI, KALSHI_SOCKET, POLYMARKET, USER_SOCKET
from app.settings import KalshiSettings, PolymarketSettings, TradingSettings
from app.venues.demands import Demands
from app.venues.kalshi.gateway import KalshiGateway
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit
from app.venues.polymarket.gateway import PolymarketGateway

WHOLE = 1_000_000  # a contract
HANDLINGS = {"kalshi": Handling(), "polymarket": Handling(least=Size(5 * WHOLE))}
FEES = {"kalshi": FeeSchedule(taker=70_000, step=10_000), "polymarket": FeeSchedule(50_000, step=10, least=10)}
LEAST = {"kalshi": Size(WHOLE), "polymarket": Size(5 * WHOLE)}  # that tests order
QUICK = {"timeout": 5.0, "per_second": 500, "orders_per_second": 500}


class Membership(msgspec.Struct, frozen=True):
    """One account at one venue of a sandbox. `key`: Kalshi's key id, with the key itself in `key_file`; or the key of
    a wallet. `contracts` with the `markets` that they belong to."""

    venue: VenueId
    sandbox: str
    key: str
    key_file: str
    contracts: tuple[str, str]
    markets: tuple[str, str]


def open_gateway(
    member: Membership, client: httpx.AsyncClient, known: KnownOrders, now: Callable[[], Nanos]
) -> Gateway:
    """The gateway of real money, pointed at the sandbox."""
    limits = TradingSettings(max_stake=1_000, max_stake_a_day=100_000)
    permit = Permit(limits, lambda: True, now)
    demands = Demands(lambda _: HANDLINGS[member.venue], lambda _, __: CENT_GRID)
    if member.venue == "kalshi":
        return KalshiGateway(_at_kalshi(member), client, permit, known, demands, now)
    return PolymarketGateway(_at_polymarket(member), client, permit, known, demands, now)


def _at_kalshi(member: Membership) -> KalshiSettings:
    return KalshiSettings(
        base_url=member.sandbox + KALSHI,
        socket_url=member.sandbox.replace("http", "ws") + KALSHI_SOCKET,
        key_id=member.key,
        private_key_file=Path(member.key_file),
        **QUICK,
    )


def _at_polymarket(member: Membership) -> PolymarketSettings:
    return PolymarketSettings(
        clob_url=member.sandbox + CLOB,
        user_socket_url=member.sandbox.replace("http", "ws") + USER_SOCKET,
        data_url=member.sandbox + DATA,
        location_url=f"{member.sandbox}{POLYMARKET}/api/geoblock",
        private_key=member.key,
        **QUICK,
    )
