"""What the API answers about signals: each figure with what it was made of."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

import msgspec
from pydantic import ConfigDict, Field

from app.domain.money import Money, Price, Size, money
from app.domain.prices import MILLISECOND, Doubt
from app.domain.propositions import Polarity, Proposition
from app.domain.settlements import Ending, RulesVerdict
from app.domain.signals import Detector, Estimate, Haircut, Leg, Reach, Signal, Stage
from app.domain.teams import Team, TeamId
from app.domain.traces import Trace
from app.history.signals import OFFERED, Kept
from app.history.tables import SignalRow
from app.signals.walks import reaches
from routers.amounts import Moment, MomentOrNever, MoneyText, PriceText, RateText, SizeText
from routers.answers import Answer, PropositionAnswer
from routers.signal_examples import ROW, SIGNAL
from routers.trace_answers import TraceAnswer

TeamOf = Callable[[TeamId], Team | None]

LIKE_IT = "How many were refused in the same place (stage, reason, game) since the one before this, and only counted."
SIMULATED = "True: of the sandbox; nothing of it has happened."


class LegBrief(Answer):
    """One order of it."""

    venue: str
    market_id: str
    contract_id: str
    outcome: str
    proposition: PropositionAnswer
    polarity: Polarity = Field(description="`yes`: pays when the proposition is true; `no`: when it is false.")
    limit: PriceText = Field(description="The most that is paid for a contract.")


class SignalRowAnswer(Answer):
    """A signal in brief, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"example": ROW})

    id: str
    detector: str
    account: str
    game_id: str
    league: str
    stage: str = Field(description="`sent`: everything was passed; else where it was let go.")
    reason: str = Field(description="`offered`: found, and nobody has had the last word on it (yet).")
    detail: str
    found_at: datetime
    size: SizeText = Field(description="Contracts of each leg.")
    cost: MoneyText
    fees: MoneyText
    profit: MoneyText = Field(description="When the game is played: for sure; of a fair value on average.")
    unit_edge: MoneyText = Field(description="Of one contract of each leg at the best prices, after fees.")
    rules: str
    worst: MoneyText = Field(description="What remains, or is lost, in the worst of all scenarios.")
    legs: list[LegBrief]
    limits_version: int
    like_it: int = Field(description=LIKE_IT)
    simulated: bool = Field(description=SIMULATED)

    @classmethod
    def of(cls, row: SignalRow, team_of: TeamOf) -> Self:
        """`team_of`: to call the sides by their names."""
        record = _brief(row.record)
        told = {name: getattr(row, name) for name in cls.model_fields if name in SignalRow.model_fields}
        told |= {name: money(str(getattr(row, name))) for name in ("cost", "fees", "profit")}
        told |= {name: getattr(record.signal, name) for name in ("size", "unit_edge", "rules", "worst")}
        return cls.model_validate(
            told
            | {
                "detail": record.detail,
                "legs": [_brief_leg(leg, team_of) for leg in record.signal.legs],
                "limits_version": row.limits,
                "like_it": record.like_it,
                "simulated": row.world == "simulated",
            }
        )


class FeeAnswer(Answer):
    """What the market charged: `rate x contracts x (p (1 - p))^exponent`, rounded up to `step` for each order."""

    taker: RateText
    maker: RateText
    exponent: int
    step: MoneyText
    least: MoneyText = Field(description="A smaller fee is none.")
    waived_until: MomentOrNever
    source: str = Field(description="Where it was read.")


class LegQuote(Answer):
    """Best bid and ask of the contract when the signal was found."""

    bid: PriceText | None
    bid_size: SizeText
    ask: PriceText | None
    ask_size: SizeText
    venue_time: MomentOrNever = Field(description="When the venue says that it became so.")
    received_at: MomentOrNever = Field(description="When we heard of it.")
    proved_at: MomentOrNever = Field(description="When the venue had last shown that it is still so.")
    doubt: Doubt | None
    sequence: int
    mark: str
    lane: str


class LegAnswer(LegBrief):
    """One order, the book that it was to meet, the link that it rests on, and its fee."""

    verdict: str = Field(description="Of the link.")
    confidence: float
    rules_hash: str = Field(description="Of the market's rules text; GET /rules tells what was read in it.")
    size: SizeText
    cost: MoneyText = Field(description="Without the fee.")
    fee: MoneyText
    quote: LegQuote
    age_ms: int = Field(description="Since the venue last showed that the book is so.")
    schedule: FeeAnswer

    @classmethod
    def of(cls, leg: Leg, team_of: TeamOf) -> Self:
        told = {name: getattr(leg, name) for name in cls.model_fields if name in Leg.__struct_fields__}
        own = {"proposition": _said(leg.proposition, team_of), "age_ms": leg.age // MILLISECOND}
        return cls.model_validate(told | own)


class ReachAnswer(Answer):
    """What the books hold for so much money."""

    stake: MoneyText | None = Field(description="Null: everything that has an edge.")
    size: SizeText
    cost: MoneyText
    fees: MoneyText
    profit: MoneyText


class ScenarioAnswer(Answer):
    """One way in which everything may end, and what one contract of each leg pays then."""

    name: str
    ending: Ending
    pays: list[PriceText] = Field(description="In the order of the legs.")
    total: PriceText
    is_worst: bool


class TailAnswer(Answer):
    """An ending in which less may be paid than when the game is played."""

    ending: Ending
    chance: float = Field(description="How often, by the league's base rate.")
    worst: str = Field(description="Its worst scenario.")
    expects: list[PriceText | None] = Field(description="What each leg pays on average; null: what it has cost.")


class RulesAnswer(Answer):
    """What the legs pay in every ending, by the rules of their markets."""

    verdict: RulesVerdict
    scenarios: list[ScenarioAnswer]
    tails: list[TailAnswer]
    tail_cost: MoneyText = Field(description="What the tails cost on average, at this size.")
    worst: MoneyText
    worst_scenario: str

    @classmethod
    def of(cls, signal: Signal) -> Self:
        worst = signal.worst_scenario
        return cls.model_validate(
            {
                "verdict": signal.rules,
                "scenarios": [
                    {**msgspec.structs.asdict(each), "total": each.total, "is_worst": each.name == worst}
                    for each in signal.scenarios
                ],
                "tails": [{**msgspec.structs.asdict(each), "worst": each.worst.name} for each in signal.tails],
                "tail_cost": signal.tail_cost,
                "worst": signal.worst,
                "worst_scenario": worst,
            }
        )


class CheckAnswer(Answer):
    """One control, and what it said."""

    name: str
    is_passed: bool
    detail: str


class EstimateAnswer(Answer):
    """A probability that somebody else than the market gives, and the score that it was made of."""

    probability: float
    source: str
    home_score: int | None
    away_score: int | None
    period: int
    status: str

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        home, away, period, status = estimate.score
        score = {"home_score": home, "away_score": away, "period": period, "status": status}
        return cls.model_validate({"probability": estimate.probability, "source": estimate.source, **score})


class HaircutAnswer(Answer):
    """How much of the edge was believed, by what signals of the same detector had promised and brought before."""

    factor: float = Field(description="The share of it that is believed; Kelly reckons with that.")
    trades: int = Field(description="By which it was measured.")
    reason: str
    profit: MoneyText = Field(description="So much of it is believed.")
    unit_edge: MoneyText = Field(description="Likewise, of one contract of each leg.")

    @classmethod
    def of(cls, haircut: Haircut, signal: Signal) -> Self:
        names = ("profit", "unit_edge")
        believed = {name: _believed(getattr(signal, name), haircut.factor) for name in names}
        told = {"factor": haircut.factor, "trades": haircut.n, "reason": haircut.reason}
        return cls.model_validate(told | believed)


class SignalAnswer(Answer):
    """The whole record of a signal, kept or refused: every figure can be reckoned again from it."""

    model_config = ConfigDict(json_schema_extra={"example": SIGNAL})

    id: str = Field(description="Also its trace id: in the log, in orders and in fills.")
    stage: Stage
    reason: str = Field(description="`offered`: found, and nobody has had the last word on it (yet).")
    detail: str
    is_final: bool = Field(description="By the process that has the last word; else it was only offered to that one.")
    judged_at: Moment
    detector: Detector = Field(examples=["cross_venue"])
    account: str
    game_id: str
    league: str
    legs: list[LegAnswer]
    size: SizeText
    cost: MoneyText
    fees: MoneyText
    stake: MoneyText = Field(description="Cost and fees.")
    profit: MoneyText = Field(description="When the game is played: for sure; of a fair value on average.")
    unit_edge: MoneyText = Field(description="Of one contract of each leg at the best prices, after fees.")
    reaches: list[ReachAnswer]
    rules: RulesAnswer
    estimate: EstimateAnswer | None
    haircut: HaircutAnswer | None = Field(description="Null: nobody had measured that detector yet.")
    skew_ms: int = Field(description="Between the proofs of its legs.")
    found_at: Moment
    expires_at: Moment
    locked_until: Moment
    return_per_day: float = Field(description="On the stake, until `locked_until`.")
    checks: list[CheckAnswer] = Field(description="In the order in which they were made.")
    limits_version: int = Field(description="Of the risk limits; GET /risk has them.")
    like_it: int = Field(description=LIKE_IT)
    trace: TraceAnswer
    simulated: bool = Field(description=SIMULATED)

    @classmethod
    def of(cls, kept: Kept, trace: Trace, team_of: TeamOf) -> Self:
        """`team_of`: to call the sides by their names."""
        judged, signal = kept.judged, kept.judged.signal
        told = {name: getattr(signal, name) for name in cls.model_fields if hasattr(signal, name)}
        told |= {name: getattr(judged, name) for name in ("stage", "reason", "detail", "is_final", "checks")}
        return cls.model_validate(
            told
            | {
                "reason": judged.reason if judged.is_final or judged.stage != "sent" else OFFERED,
                "judged_at": judged.at,
                "legs": [LegAnswer.of(leg, team_of) for leg in signal.legs],
                "reaches": [msgspec.structs.asdict(reach) for reach in _reaches(signal)],
                "rules": RulesAnswer.of(signal),
                "estimate": None if signal.estimate is None else EstimateAnswer.of(signal.estimate),
                "haircut": None if judged.haircut is None else HaircutAnswer.of(judged.haircut, signal),
                "skew_ms": signal.skew // MILLISECOND,
                "limits_version": judged.limits,
                "like_it": kept.like_it,
                "trace": TraceAnswer.of(trace),
                "simulated": kept.world == "simulated",
            }
        )


def _believed(amount: Money, factor: float) -> Money:
    """A loss is believed as it is."""
    return Money(round(amount * factor)) if amount > 0 else amount


class _Leg(msgspec.Struct):
    venue: str
    market_id: str
    contract_id: str
    outcome: str
    proposition: Proposition
    polarity: Polarity
    limit: Price


class _Signal(msgspec.Struct):
    legs: tuple[_Leg, ...] = ()
    size: Size = Size(0)
    unit_edge: Money = Money(0)
    rules: str = ""
    worst: Money = Money(0)


class _Brief(msgspec.Struct):
    """The little that a list shows of a record, also of one that an earlier version has written."""

    detail: str = ""
    like_it: int = 0
    signal: _Signal = msgspec.field(default_factory=_Signal)


def _brief(record: object) -> _Brief:
    try:
        return msgspec.convert(record, _Brief)
    except msgspec.ValidationError:
        return _Brief()


def _brief_leg(leg: _Leg, team_of: TeamOf) -> LegBrief:
    said = _said(leg.proposition, team_of)
    return LegBrief.model_validate({**msgspec.structs.asdict(leg), "proposition": said})


def _reaches(signal: Signal) -> Sequence[Reach]:
    return reaches(signal.steps, [leg.schedule for leg in signal.legs], signal.worth, signal.expires_at)


def _said(proposition: Proposition, team_of: TeamOf) -> PropositionAnswer:
    team = team_of(proposition.team_id) if proposition.team_id else None
    return PropositionAnswer.of(proposition, [team] if team else [])
