"""Orders with real money, as tests write them."""

import itertools
import time

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import price, size
from app.domain.orders import AccountId, Order, OrderChange, OrderId, Report, Standing, State, TradeId
from app.domain.prices import SECOND, Nanos

NOW = time.time_ns
_names = itertools.count(1)


def order(contract_id: str, limit: str, count: str, *, name: str = "", **given: object) -> Order:
    """Buys at once what is there, unless told otherwise."""
    now = Nanos(NOW())
    said = {
        "id": OrderId(name or f"order-{now}-{next(_names)}"),
        "account": AccountId("manual"),
        "kind": "live",
        "venue": VenueId(contract_id.partition(":")[0]),
        "market_id": MarketId(contract_id.split(":")[1]),
        "contract_id": ContractId(contract_id),
        "game_id": GameId("1"),
        "league": LeagueCode("nba"),
        "side": "buy",
        "limit": price(limit),
        "size": size(count),
        "time_in_force": "ioc",
        "purpose": "manual",
        "trade_id": TradeId("trade"),
        "quoted": price(limit),
        "fees": FeeSchedule(70_000),
        "wanted_at": now,
        "send_before": Nanos(now + 20 * SECOND),
        **given,
    }
    return Order(**said)  # type: ignore[arg-type]


def standing(
    of: Order, report: Report | None = None, state: State = "sending", ago: int = 0, ref: str = ""
) -> Standing:
    """As the journal has it; after a report."""
    at = Nanos(NOW() - ago)
    change = OrderChange(order_id=of.id, number=1, state=state, at=at, ref=ref)
    if report:
        change = OrderChange(order_id=of.id, number=2, state=report.state, at=at, ref=report.ref, filled=report.filled)
    return Standing(of, change)
