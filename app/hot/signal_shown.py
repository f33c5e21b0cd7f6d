"""A signal in brief, as followers of the channel `signals` are told of it: decimal strings, times in RFC 3339."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.clock import moment_of
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import money_text, price_text, size_text
from app.domain.propositions import Polarity
from app.domain.risks import Account
from app.domain.settlements import RulesVerdict
from app.domain.signals import Detector, Leg, Signal, SignalId
from app.hot.schemas import Statement, statement_of


class LegShown(msgspec.Struct, frozen=True, kw_only=True):
    """One order of it. `cost` is without the `fee`."""

    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    outcome: str
    proposition: Statement
    polarity: Polarity
    limit: str
    size: str
    cost: str
    fee: str


class SignalShown(msgspec.Struct, frozen=True, kw_only=True):
    """What may be bought, what it costs with everything, and what comes of it when the game is played and at worst."""

    id: SignalId
    detector: Detector
    account: Account
    game_id: GameId
    league: LeagueCode
    legs: Sequence[LegShown]
    size: str  # contracts of each leg
    cost: str
    fees: str
    profit: str
    unit_edge: str
    rules: RulesVerdict
    worst: str
    worst_scenario: str
    found_at: datetime
    expires_at: datetime
    simulated: bool


def signal_shown(signal: Signal, *, is_simulated: bool) -> SignalShown:
    """The brief of a signal."""
    return SignalShown(
        id=signal.id,
        detector=signal.detector,
        account=signal.account,
        game_id=signal.game_id,
        league=signal.league,
        legs=[_leg_shown(leg) for leg in signal.legs],
        size=size_text(signal.size),
        cost=money_text(signal.cost),
        fees=money_text(signal.fees),
        profit=money_text(signal.profit),
        unit_edge=money_text(signal.unit_edge),
        rules=signal.rules,
        worst=money_text(signal.worst),
        worst_scenario=signal.worst_scenario,
        found_at=moment_of(signal.found_at),
        expires_at=moment_of(signal.expires_at),
        simulated=is_simulated,
    )


def _leg_shown(leg: Leg) -> LegShown:
    return LegShown(
        contract_id=leg.contract_id,
        venue=leg.venue,
        market_id=leg.market_id,
        outcome=leg.outcome,
        proposition=statement_of(leg.proposition),
        polarity=leg.polarity,
        limit=price_text(leg.limit),
        size=size_text(leg.size),
        cost=money_text(leg.cost),
        fee=money_text(leg.fee),
    )
