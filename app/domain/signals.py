"""Signals: claims of an edge, with everything that they were made of; and why others were not made."""

from typing import Literal, NamedTuple, NewType

import msgspec

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.links import Verdict
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.prices import Nanos, Quote
from app.domain.propositions import Polarity, Proposition
from app.domain.risks import Account
from app.domain.settlements import RulesVerdict, Scenario, Tail

SignalId = NewType("SignalId", str)  # "{run}-{number}": of one process since its start

Detector = NewType("Detector", str)  # its name on the roster: "cross_venue"
Stage = Literal["linked", "fresh", "edge", "depth", "rules", "risk", "sent"]  # in the order of the funnel
STAGES: tuple[Stage, ...] = ("linked", "fresh", "edge", "depth", "rules", "risk", "sent")

Score = tuple[int | None, int | None, int, str]  # home, away, period, status: what a fair value was made of


class Leg(msgspec.Struct, frozen=True, gc=False):
    """One order of a signal: buy so many contracts, at most at `limit` each. `cost` is without the `fee`; `quote` and
    `age` (nanoseconds since its last proof) are of the moment in which the signal was found."""

    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    outcome: str
    proposition: Proposition
    polarity: Polarity
    verdict: Verdict
    confidence: float
    rules_hash: str
    limit: Price
    size: Size
    cost: Money
    fee: Money
    quote: Quote
    age: int
    schedule: FeeSchedule


class Step(NamedTuple):
    """So many contracts of each leg lie at these prices. `cost`: micro-dollars of one contract of each leg, fees
    included and rounded up."""

    size: Size
    prices: tuple[Price, ...]
    cost: Money


class Reach(msgspec.Struct, frozen=True, gc=False):
    """What the books hold for so much money: `stake` None is everything that has an edge."""

    stake: Money | None
    size: Size
    cost: Money
    fees: Money
    profit: Money  # when the game is played: what is surely paid, less cost and fees


class Estimate(msgspec.Struct, frozen=True):
    """How likely the home side is to win, and where it is an outcome of its own a draw, by somebody else than the
    market. `source`: "espn", or the model and its version."""

    probability: float
    source: str
    score: Score
    draw: float = 0.0


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of edge, sized. Of an arbitrage `profit` is what remains in every scenario in which the game is played to
    its end; of a fair value it is expected. `worst`: what remains (or is lost) in the worst of all scenarios.

    `worth`: of one contract of each leg together, surely or on average; `steps`: what the books hold that costs less.
    `unit_edge`: of one contract of each leg at the best prices, after fees. `tail_cost`: what the tails cost on
    average, at this size. `return_per_day`: on what is locked up, until `locked_until`.
    """

    id: SignalId
    detector: Detector
    account: Account
    game_id: GameId
    league: LeagueCode
    legs: tuple[Leg, ...]
    size: Size
    cost: Money
    fees: Money
    profit: Money
    unit_edge: Money
    worth: Money
    steps: tuple[Step, ...]
    rules: RulesVerdict
    tail_cost: Money
    worst: Money
    worst_scenario: str
    scenarios: tuple[Scenario, ...]
    tails: tuple[Tail, ...]
    skew: int  # nanoseconds between the proofs of its legs
    found_at: Nanos
    expires_at: Nanos
    locked_until: Nanos
    return_per_day: float
    estimate: Estimate | None = None

    @property
    def stake(self) -> Money:
        """What is paid for it."""
        return Money(self.cost + self.fees)


class Check(msgspec.Struct, frozen=True):
    """One control and what it said. `limit` and `value` in words, for people."""

    name: str
    is_passed: bool
    detail: str = ""


class Haircut(msgspec.Struct, frozen=True):
    """How much of what a detector promises has come true. `factor`: the share of an edge that is believed, 0..1; `n`:
    the trades by which it was measured; `reason` in words, with the figures."""

    detector: Detector
    factor: float
    n: int
    reason: str

    def __str__(self) -> str:
        return f"{self.factor:.2f} of {self.n} trades"


class Judged(msgspec.Struct, frozen=True, kw_only=True, tag="judged", omit_defaults=True):
    """A signal and what became of it. `stage` "sent": everything was passed; else where it was let go, for which
    `reason`. `limits`: the version of the risk limits. The stakes that were cut are in the signal's size already.

    `is_final`: by the process that has the account; others offer what they have found to that one. `haircut`: how much
    of its edge was believed; None, and left out of what is written, when nobody had measured it."""

    signal: Signal
    stage: Stage
    reason: str
    detail: str
    checks: tuple[Check, ...]
    limits: int
    is_final: bool
    at: Nanos
    haircut: Haircut | None = None
