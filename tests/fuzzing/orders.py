"""What venues say of orders with real money: answers to calls, and frames of the private channels. Whatever it is, a
gateway lets out only the errors that its methods name, and no report of what cannot be."""

import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import ONE_DOLLAR, Price, Size
from app.domain.orders import AccountId, AtVenue, Order, OrderChange, OrderId, Report, Standing, TradeId
from app.domain.prices import SECOND, Nanos
from app.errors import FeedUnavailable, OrderRejected, OutcomeUnknown
from app.settings import KalshiSettings, PolymarketSettings, TradingSettings
from app.venues.calls import Answer
from app.venues.demands import UNTOLD, Demands
from app.venues.kalshi.gateway import KalshiGateway
from app.venues.kalshi.private import PrivateChannel
from app.venues.known_orders import KnownOrders
from app.venues.permits import Permit
from app.venues.polymarket.gateway import PolymarketGateway
from app.venues.polymarket.private import UserChannel
from app.venues.polymarket.wallets import Credentials
from tests.fuzzing.cores import BEGAN, MOST
from tests.fuzzing.feeds import FIRST, LOOP, MARKET, A, Wire
from tests.fuzzing.payloads import NOBODY, Told, each_line

REF = "0x" + "ab" * 32
STATUSES = (200, 200, 200, 201, 400, 404, 409, 500)
OF_ORDERS = (OrderRejected, OutcomeUnknown, FeedUnavailable)
WALLET = "11" * 32
LONG_AGO = Nanos(BEGAN - 60 * SECOND)

_PACKED = msgspec.msgpack.Encoder()


def order_at(venue: str, market: str, contract: str) -> Order:
    return Order(
        id=OrderId("ours"),
        account=AccountId("manual"),
        kind="live",
        venue=VenueId(venue),
        market_id=MarketId(market),
        contract_id=ContractId(contract),
        game_id=GameId("1"),
        league=LeagueCode("nba"),
        side="buy",
        limit=Price(4_000),
        size=Size(10_000_000),
        time_in_force="ioc",
        purpose="manual",
        trade_id=TradeId("trade"),
        quoted=Price(4_000),
        fees=FeeSchedule(70_000),
        wanted_at=LONG_AGO,
        send_before=Nanos(BEGAN + 20 * SECOND),
    )


OF_KALSHI = order_at("kalshi", A, f"kalshi:{A}:yes")
OF_POLYMARKET = order_at("polymarket", MARKET, f"polymarket:{FIRST}")


def now() -> Nanos:
    return BEGAN


def answers(*payloads: bytes) -> tuple[bytes, ...]:
    """Each as a refusal and as a success: how long a payload is says which status it comes with."""
    return (*payloads, *(payload + b" " * (-len(payload) % len(STATUSES)) for payload in payloads))


def answer_kalshi(payload: bytes) -> None:
    """Every call of the gateway is answered so."""
    LOOP.run_until_complete(_call(payload, _kalshi(), OF_KALSHI))


def answer_polymarket(payload: bytes) -> None:
    """The same of the other one."""
    gateway, told = _polymarket(), Told(payload)
    gateway._account._positions = gateway._location = told
    LOOP.run_until_complete(_call(payload, gateway, OF_POLYMARKET))


def hear_kalshi(frames: bytes) -> None:
    """Frames of its private channels, one a line; REST says nothing."""
    LOOP.run_until_complete(_hear_kalshi(frames))


def hear_polymarket(frames: bytes) -> None:
    """Frames of its user channel, one a line."""
    LOOP.run_until_complete(_hear_polymarket(frames))


async def _call(payload: bytes, gateway: KalshiGateway | PolymarketGateway, order: Order) -> None:
    """By what the gateway hears, not by what it sends: httpx would cost twenty times as much."""
    answer = Answer(STATUSES[len(payload) % len(STATUSES)], payload)

    async def call(*_: object) -> Answer:
        return answer

    gateway._caller._call = call  # type: ignore[method-assign]
    standing = Standing(order, OrderChange(order_id=order.id, number=1, state="open", at=LONG_AGO, ref=REF))
    await _got(gateway.be_tried(5.0))
    gateway._permit.found.clear()
    gateway._permit.was_tried = True
    try:
        prepared = gateway.prepare(order)
    except OrderRejected:  # nobody has let us in
        prepared = None
    if prepared is not None:
        check_report(await _got(gateway.submit(prepared)))
    check_report(await _got(gateway.look_up(standing)))
    check_report(await _got(gateway.cancel(standing)))
    at_venue = await _got(gateway.at_venue(order.account, LONG_AGO))
    if isinstance(at_venue, AtVenue):
        _check_kept(at_venue)
    await _got(gateway.cancel_all(order.account))


async def _got(asking: Awaitable[object]) -> object:
    try:
        return await asking
    except OF_ORDERS:
        return None


async def _hear_kalshi(frames: bytes) -> None:
    gateway = _kalshi()
    gateway._known.note(OF_KALSHI, REF)
    gateway._caller._call = _nothing_there  # type: ignore[method-assign]
    heard: list[tuple] = []
    channel = PrivateChannel(Counter(), now, lambda *frame: heard.append(frame), _nobody)
    channel._opened(Wire())
    for frame in each_line(frames):
        channel._hear(frame, BEGAN)
    await _check_heard(gateway._reports.reports_of, heard)


async def _hear_polymarket(frames: bytes) -> None:
    gateway = _polymarket()
    gateway._known.note(OF_POLYMARKET, REF)
    heard: list[tuple] = []
    given = gateway._settings, Credentials("k", "cw==", "p"), Counter[str](), now
    channel = UserChannel(*given, lambda *event: heard.append(event), _nobody)
    channel._opened(Wire())
    for frame in each_line(frames):
        channel._hear(frame, BEGAN)
    await _check_heard(gateway._reports.reports_of, heard)


async def _nothing_there(*_: object) -> Answer:
    return Answer(404, b"")


def _nobody() -> None:
    """Nobody asks for what was missed."""


async def _check_heard(reports_of: Callable[..., Awaitable[Sequence[Report]]], heard: Sequence[tuple]) -> None:
    for each in heard:
        try:
            reports = await reports_of(*each)
        except FeedUnavailable:  # as `Hearing` takes it
            continue
        for report in reports:
            check_report(report)


def check_report(report: object) -> None:
    """It fits into the books."""
    if not isinstance(report, Report):
        return
    _check_kept(report)
    assert 0 <= report.filled < MOST
    for fill in report.fills:
        assert 0 <= fill.price <= ONE_DOLLAR
        assert 0 <= fill.size < MOST
        assert abs(fill.fee) < MOST
        assert 0 <= fill.venue_time < MOST


def _check_kept(value: msgspec.Struct) -> None:
    assert msgspec.msgpack.decode(_PACKED.encode(value), type=type(value)) == value


def _kalshi() -> KalshiGateway:
    settings = KalshiSettings(
        base_url="http://127.0.0.1:9/trade-api/v2",
        key_id="k",
        private_key_file=KEY_FILE,
        per_second=1e9,
        orders_per_second=1e9,
    )
    return KalshiGateway(settings, NOBODY, _permit(), KnownOrders(), UNTOLD, now)


def _polymarket() -> PolymarketGateway:
    settings = PolymarketSettings(
        clob_url="http://127.0.0.1:9",
        data_url="http://127.0.0.1:9",
        location_url="http://127.0.0.1:9",
        private_key=WALLET,
        per_second=1e9,
        orders_per_second=1e9,
        tries=1,
    )
    demands = Demands(lambda _: Handling(least=Size(5_000_000)))
    return PolymarketGateway(settings, NOBODY, _permit(), KnownOrders(), demands, now)


def _permit() -> Permit:
    return Permit(TradingSettings(max_stake=500, max_stake_a_day=500), lambda: True, now)


def _write_key() -> Path:
    file = Path(tempfile.mkdtemp(prefix="crosscourt-fuzz-")) / "kalshi.pem"
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    file.touch(0o600)
    file.write_bytes(pem)
    return file


KEY_FILE = _write_key()
