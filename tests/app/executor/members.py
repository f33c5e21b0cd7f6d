"""What an executor needs to trade at a simulated venue: how it is known there, its gateway, how its orders look."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.fees import FeeSchedule
from app.domain.markets import Handling, VenueId
from app.domain.money import Size
from app.domain.prices import CENT_GRID, Nanos
from app.sandbox.server import CLOB, DATA, KALSHI, KALSHI_SOCKET, POLYMARKET, USER_SOCKET
from app.settings import KalshiSettings, PolymarketSettings, TradingSettings
from app.venues.demands import Demands
from app.venues.kalshi.gateway import KalshiGateway
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit
from app.venues.polymarket.gateway import PolymarketGateway
from app.venues.polymarket.wallets import Wallet
from tests.app.venues.kalshi.tills import KEY, write_key

KALSHI_ID, POLYMARKET_ID = VenueId("kalshi"), VenueId("polymarket")
GAMES = {"kalshi": "nba:NY@BOS", "polymarket": "nba:LAC@LAL"}
DEEP = {"bids": [["0.38", "100000"]], "asks": [["0.42", "100000"]]}
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


def join(sandbox: str, venue: VenueId, folder: Path, balance: str) -> Membership:
    """An account of this folder's own with so many dollars, and two contracts of a game whose ladders stand still."""
    with httpx.Client(base_url=sandbox, trust_env=False, timeout=10) as client:
        games = client.get("/games").json()["games"]
        listed = next(one[venue] for one in games if one["game"] == GAMES[venue])
        labels = sorted(label for label in listed if venue != "kalshi" or label.startswith("GAME-"))[:2]
        plan = [{"at": 0, "venue": venue, "game": GAMES[venue], "market": label, "ladder": DEEP} for label in labels]
        assert client.post("/plan", json=plan).status_code == 200
        first, second = (listed[label] for label in labels)
        contracts = (_contract(client, venue, first), _contract(client, venue, second))
        key, told = _key_of(venue, folder)
        assert client.post("/accounts", json={"venue": venue, "balance": balance, **told}).status_code == 200
    return Membership(venue, sandbox, key, str(write_key(folder)), contracts, (first, second))


def _key_of(venue: VenueId, folder: Path) -> tuple[str, Mapping[str, str]]:
    """Which key, and what the venue is told of it."""
    if venue == "kalshi":
        pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        return f"key-{folder.name}", {"key_id": f"key-{folder.name}", "public_key": pem}
    key = hashlib.sha256(str(folder).encode()).hexdigest()
    return key, {"address": Wallet(key).address}


def _contract(client: httpx.Client, venue: VenueId, market: str) -> str:
    if venue == "kalshi":
        return f"kalshi:{market}:yes"
    return f"polymarket:{client.get(f'/clob/clob-markets/{market}').json()['t'][0]['t']}"


def open_gateway(
    member: Membership, client: httpx.AsyncClient, known: KnownOrders, now: Callable[[], Nanos]
) -> KalshiGateway | PolymarketGateway:
    """The gateway of real money, pointed at the sandbox."""
    limits = TradingSettings(max_stake=1_000, max_stake_a_day=100_000)
    permit = Permit(limits, lambda: True, now)
    demands = Demands(lambda _: HANDLINGS[member.venue], lambda _, __: CENT_GRID)
    if member.venue == "kalshi":
        return KalshiGateway(at_kalshi(member), client, permit, known, demands, now)
    return PolymarketGateway(at_polymarket(member), client, permit, known, demands, now)


def at_kalshi(member: Membership) -> KalshiSettings:
    """As the platform would be pointed at it."""
    return KalshiSettings(
        base_url=member.sandbox + KALSHI,
        socket_url=member.sandbox.replace("http", "ws") + KALSHI_SOCKET,
        key_id=member.key,
        private_key_file=Path(member.key_file),
        **QUICK,
    )


def at_polymarket(member: Membership) -> PolymarketSettings:
    """The same."""
    return PolymarketSettings(
        clob_url=member.sandbox + CLOB,
        user_socket_url=member.sandbox.replace("http", "ws") + USER_SOCKET,
        data_url=member.sandbox + DATA,
        location_url=f"{member.sandbox}{POLYMARKET}/api/geoblock",
        private_key=member.key,
        **QUICK,
    )
