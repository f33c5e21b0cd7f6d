"""What may be risked: the limits, which people change, and what is halted."""

from typing import Literal

import msgspec

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.prices import Nanos

Account = Literal["arbitrage", "model"]  # apart, so that one cannot hide what the other does
HaltScope = Literal["all", "venue", "league", "game"]

DOLLAR = 1_000_000  # Money
CONTRACT = 1_000_000  # Size


class RiskLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of the limits; each change makes another one. Version 0 is built in."""

    version: int = 0
    # what counts as an edge
    max_age_ms: int = 2_000  # of each leg's last proof
    max_skew_ms: int = 1_500  # between the proofs of two legs
    min_edge: Price = Price(50)  # a contract, after fees, at the last level that is taken
    min_size: Size = Size(5 * CONTRACT)
    min_profit: Money = Money(DOLLAR // 4)
    max_entry_price: Price = Price(8_500)  # of each leg
    cash_rate: float = 0.04  # a year: what the money would earn elsewhere
    signal_life_ms: int = 2_000
    again_after_ms: int = 2_000  # the same edge is signalled again
    # how much of it is taken
    bankroll: Money = Money(100_000 * DOLLAR)  # of the account `arbitrage`, until it has a balance of its own
    model_bankroll: Money = Money(10_000 * DOLLAR)
    kelly_fraction: float = 0.25
    shrinkage: float = 0.5  # 0: our probability as it is; 1: the market's
    max_stake: Money = Money(250 * DOLLAR)  # a signal
    max_tail_loss: Money = Money(250 * DOLLAR)  # a signal, in the worst scenario
    max_per_market: Money = Money(1_000 * DOLLAR)
    max_per_game: Money = Money(2_500 * DOLLAR)
    max_per_league: Money = Money(25_000 * DOLLAR)
    max_per_venue: Money = Money(50_000 * DOLLAR)
    max_open: Money = Money(50_000 * DOLLAR)  # everything together
    max_per_day: Money = Money(500_000 * DOLLAR)
    max_orders_per_minute: int = 1_200
    # when to stop
    soft_drawdown: float = 0.05  # from the peak of equity: stakes are halved
    hard_drawdown: float = 0.10  # nothing is opened any more
    cool_down_s: int = 300  # after a loss, for its league at its venue


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is opened there until somebody resumes it. `name`: of the venue, league or game; empty for `all`."""

    scope: HaltScope
    name: str = ""
    reason: str
    halted_by: str
    halted_at: str  # ISO 8601, UTC


class Loss(msgspec.Struct, frozen=True):
    """A position that was closed with a loss."""

    league: LeagueCode
    venue: VenueId
    at: Nanos


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has at stake now, by what its limits speak of; money that was paid and not come back yet."""

    account: Account
    equity: Money
    peak: Money  # of equity
    by_market: dict[MarketId, Money] = {}
    by_game: dict[GameId, Money] = {}
    by_league: dict[LeagueCode, Money] = {}
    by_venue: dict[VenueId, Money] = {}
    contracts: dict[ContractId, MarketId] = {}  # those that it has, and the market of each
    spent_today: Money = Money(0)
    losses: tuple[Loss, ...] = ()  # those of the last hour
