"""Orders, fills and positions, as followers of the channels of these names are told of them: decimal strings, times in
RFC 3339. Each is told after Postgres has it, so whoever reads the collection then finds at least as much.
"""

from datetime import datetime

import msgspec
from msgspec.structs import asdict

from app.clock import moment_of
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import money_text, price_text, size_text
from app.domain.orders import (
    AccountId,
    AccountKind,
    Fill,
    FillId,
    Order,
    OrderId,
    Purpose,
    Side,
    Stage,
    Standing,
    State,
    TimeInForce,
    TradeId,
)
from app.domain.positions import Position
from app.domain.signals import Detector, SignalId
from app.hot.shown import moment


class OrderShown(msgspec.Struct, frozen=True, kw_only=True):
    """An order after one of its transitions; `number` counts them from 0, so that none is missed and none taken
    twice."""

    id: OrderId
    account: AccountId
    kind: AccountKind
    venue: VenueId
    market_id: MarketId
    contract_id: ContractId
    game_id: GameId
    league: LeagueCode
    side: Side
    limit: str
    size: str
    filled: str
    left: str
    time_in_force: TimeInForce
    purpose: Purpose
    trade_id: TradeId
    leg: int
    signal_id: SignalId | None
    rule: str
    quoted: str
    state: State
    number: int
    ref: str
    reason: str
    wanted_at: datetime
    changed_at: datetime
    simulated: bool


class FillShown(msgspec.Struct, frozen=True, kw_only=True):
    """What an order got, or no longer has (`stage` "undone")."""

    id: FillId
    order_id: OrderId
    account: AccountId
    kind: AccountKind
    venue: VenueId
    market_id: MarketId
    contract_id: ContractId
    game_id: GameId
    league: LeagueCode
    side: Side
    price: str
    size: str
    fee: str
    is_maker: bool
    stage: Stage
    purpose: Purpose
    rule: str
    trade_id: TradeId
    venue_time: datetime
    received_at: datetime
    simulated: bool


class PositionShown(msgspec.Struct, frozen=True, kw_only=True):
    """A position after a fill or a settlement. `version` grows with each change; `closed_at` null: it holds
    something."""

    id: str  # "{account}:{contract}"
    account: AccountId
    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    game_id: GameId
    league: LeagueCode
    size: str
    cost: str
    average: str | None
    fees: str
    realised: str
    trade_id: TradeId
    detector: Detector | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    version: int
    simulated: bool


def order_shown(standing: Standing, *, is_simulated: bool) -> OrderShown:
    """An order as it stands."""
    order, last = standing.order, standing.last
    told = {
        "limit": price_text(order.limit),
        "size": size_text(order.size),
        "filled": size_text(last.filled),
        "left": size_text(standing.left),
        "quoted": price_text(order.quoted),
        "state": last.state,
        "number": last.number,
        "ref": last.ref,
        "reason": last.reason,
        "wanted_at": moment_of(order.wanted_at),
        "changed_at": moment_of(last.at),
        "simulated": is_simulated,
    }
    return msgspec.convert({**asdict(order), **told}, OrderShown)


def fill_shown(order: Order, fill: Fill, *, is_simulated: bool) -> FillShown:
    """A fill of an order."""
    told = {
        "price": price_text(fill.price),
        "size": size_text(fill.size),
        "fee": money_text(fill.fee),
        "venue_time": moment_of(fill.venue_time),
        "received_at": moment_of(fill.received_at),
        "simulated": is_simulated,
    }
    return msgspec.convert({**asdict(order), **asdict(fill), **told}, FillShown)


def position_shown(position: Position, *, is_simulated: bool) -> PositionShown:
    """A position as it is."""
    told = {
        "id": f"{position.account}:{position.contract_id}",
        "size": size_text(position.size),
        "cost": money_text(position.cost),
        "average": None if position.average is None else price_text(position.average),
        "fees": money_text(position.fees),
        "realised": money_text(position.realised),
        "opened_at": moment_of(position.opened_at),
        "changed_at": moment_of(position.changed_at),
        "closed_at": moment(position.closed_at),
        "simulated": is_simulated,
    }
    return msgspec.convert({**asdict(position), **told}, PositionShown)
