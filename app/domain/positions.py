"""Positions: contracts that an account holds, what they have cost, and when they are to be sold."""

from typing import Literal

import msgspec

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.orders import AccountId, TradeId
from app.domain.prices import Nanos
from app.domain.signals import Detector

ExitRule = Literal[
    "stop", "trailing_stop", "take_profit", "time", "edge_gone", "game_state", "before_close", "halt", "manual"
]
Settled = Literal["win", "lose", "half", "fair"]
Incident = Literal["mismatch", "contradiction", "overdue", "disputed", "exposed", "orphan", "ghost", "drift"]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has of one contract. `cost`: of what it holds now, without fees. `realised`: what sales and
    settlement have brought, less what was paid for it, without fees; `fees`: all of them. `version`: one more with each
    change, so that no writer overlooks another."""

    account: AccountId
    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    game_id: GameId
    league: LeagueCode
    size: Size = Size(0)
    cost: Money = Money(0)
    fees: Money = Money(0)
    realised: Money = Money(0)
    trade_id: TradeId  # that has opened it
    detector: Detector | None = None  # None: somebody's own order
    opened_at: Nanos
    changed_at: Nanos
    closed_at: Nanos = Nanos(0)  # 0: it holds something
    version: int = 0

    @property
    def average(self) -> Price | None:
        """What one contract of it has cost, rounded down to 1/10,000 dollar."""
        return Price(self.cost * 10_000 // self.size) if self.size > 0 else None


class ExitRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a position is sold before its game ends; None: not for that reason. Shares of what it has cost (0.2: when a
    fifth is lost, or won), of what could be had for it now. `hold`: seconds after the entry in which only `stop` and a
    halt sell. `slip`: how much below the best bid is taken, at most a fifth of it; a loss of no more stops nothing."""

    stop: float | None = None
    trailing_stop: float | None = None  # below the best that could be had for it since
    take_profit: float | None = None
    after_s: int | None = None
    edge_gone: float | None = None  # what it should be worth now lies so much below what could be had for it
    on_game_states: tuple[str, ...] = ()  # "postponed", "suspended", "cancelled"
    before_close_s: int | None = None
    hold_s: int = 15
    slip: Price = Price(200)


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """A venue has turned a contract to cash, at so much each. `expected`: what score and rules had said before, None
    where they said nothing."""

    account: AccountId
    contract_id: ContractId
    pays: Price
    size: Size
    at: Nanos
    expected: Price | None = None
    source: str = ""  # the venue's own words: "finalized yes", "resolved 1,0"


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue says of a market's end. `pays`: of each of its contracts, once that is certain."""

    venue: VenueId
    market_id: MarketId
    status: Literal["open", "closed", "determined", "disputed", "final"]
    pays: dict[ContractId, Price] = {}
    at: Nanos
    words: str = ""
