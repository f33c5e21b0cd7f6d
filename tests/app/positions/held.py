"""Positions to sell, mark and settle."""

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import money, size
from app.domain.orders import AccountId, TradeId
from app.domain.positions import Position
from app.domain.prices import SECOND, Nanos

OPENED = Nanos(1_800_000_000 * SECOND)
FREE = FeeSchedule(0)
KALSHI_FEES = FeeSchedule(taker=70_000, step=10_000)


def position(number: int = 1, *, contracts: str = "100", cost: str = "50", **more: object) -> Position:
    """A hundred contracts that have cost fifty dollars, of a bet on a model's word."""
    made = Position(
        account=AccountId("model"),
        contract_id=ContractId(f"kalshi:M{number}:yes"),
        venue=VenueId("kalshi"),
        market_id=MarketId(f"M{number}"),
        game_id=GameId("401"),
        league=LeagueCode("mlb"),
        size=size(contracts),
        cost=money(cost),
        trade_id=TradeId("t1"),
        detector="fair_value",
        opened_at=OPENED,
        changed_at=OPENED,
        version=1,
    )
    return msgspec.structs.replace(made, **more)


def after(seconds: float) -> Nanos:
    return Nanos(OPENED + round(seconds * SECOND))
