"""Links: contract → proposition and polarity, with a verdict and the reasons for it."""

from datetime import datetime
from typing import Literal

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.markets import ContractId, EventId, Handling, MarketId, VenueId
from app.domain.propositions import Polarity, Proposition
from app.domain.settlements import Terms
from app.domain.teams import Reason

Verdict = Literal["tradable", "watch", "rejected"]


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What one contract says about one game. Without proven orientation a link is never `tradable`."""

    venue: VenueId
    event_id: EventId
    market_id: MarketId | None  # None with `contract_id` None: the event is linked, its markets are not known yet
    contract_id: ContractId | None
    outcome: str
    proposition: Proposition
    polarity: Polarity | None
    verdict: Verdict
    confidence: float  # 0..1
    reasons: tuple[Reason, ...]
    rules_hash: str = ""
    title: str = ""
    liquidity: float = 0.0
    overridden_by: str = ""
    matched_verdict: Verdict | None = None  # the matcher's own, where a person has said something
    fees: FeeSchedule | None = None  # None: the venue has not said what it charges
    handling: Handling | None = None  # None: the venue does not say what it asks of orders
    terms: Terms | None = None  # what this contract pays when; None: its rules were not read

    @property
    def game_id(self) -> GameId:
        return self.proposition.game_id


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A listing that is tied to no proposition, and the fact that is missing or in the way."""

    venue: VenueId
    event_id: EventId
    market_id: MarketId | None
    contract_id: ContractId | None = None
    outcome: str = ""
    code: str  # "future", "prop", "unknown_team", "ambiguous_team", "other_day", ...
    detail: str
    game_id: GameId | None = None  # when the game is known and only the market is not
    title: str = ""
    start: datetime | None = None
