"""What would have become of a signal with another limit: then and now side by side."""

from typing import Self

import msgspec
from pydantic import ConfigDict, Field

from app.domain.signals import Judged, Stage
from app.history.signals import Kept
from app.replay.moments import Rejudged
from routers.amounts import Moment, MoneyText, SizeText
from routers.answers import Answer
from routers.signal_answers import SIMULATED, CheckAnswer
from routers.signal_examples import REPLAY


class JudgementAnswer(Answer):
    """What was said of it."""

    stage: Stage = Field(description="`sent`: everything was passed; else where it was let go.")
    reason: str
    detail: str
    checks: list[CheckAnswer] = Field(description="In the order in which they were made.")
    size: SizeText = Field(description="Contracts of each leg.")
    cost: MoneyText
    fees: MoneyText
    stake: MoneyText = Field(description="Cost and fees.")
    profit: MoneyText = Field(description="When the game is played: for sure; of a fair value on average.")
    worst: MoneyText = Field(description="What remains, or is lost, in the worst of all scenarios.")

    @classmethod
    def of(cls, judged: Judged) -> Self:
        told = {name: getattr(judged, name) for name in ("stage", "reason", "detail", "checks")}
        amounts = {name: getattr(judged.signal, name) for name in ("size", "cost", "fees", "stake", "profit", "worst")}
        return cls.model_validate(told | amounts)


class SettingAnswer(Answer):
    """A limit as it was then, and as it is asked for; as GET /risk writes it."""

    name: str
    then: str | int | float
    now: str | int | float


class SignalReplayAnswer(Answer):
    """That moment again."""

    model_config = ConfigDict(json_schema_extra={"example": REPLAY})

    signal_id: str
    found_at: Moment
    settings: list[SettingAnswer] = Field(description="What is another way; empty: nothing.")
    then: JudgementAnswer = Field(description="As it is recorded.")
    now: JudgementAnswer | None = Field(description="With the settings; null: nothing is said of it, for `why`.")
    why: str
    is_same: bool = Field(description="The replay without the settings gave the very same record.")
    differs: list[str] = Field(description="If not: the fields in which the two differ.")
    tape: str = Field(description="The run whose tape was played.")
    inputs: int = Field(description="So many things that the core was told until then, of this game.")
    simulated: bool = Field(description=SIMULATED)

    @classmethod
    def of(cls, kept: Kept, found: Rejudged) -> Self:
        signal = kept.judged.signal
        told = {name: getattr(found, name) for name in ("why", "differs", "tape", "inputs")}
        return cls.model_validate(
            told
            | {
                "signal_id": signal.id,
                "found_at": signal.found_at,
                "settings": [msgspec.structs.asdict(each) for each in found.settings],
                "then": JudgementAnswer.of(kept.judged),
                "now": None if found.now is None else JudgementAnswer.of(found.now),
                "is_same": not found.differs,
                "simulated": kept.world == "simulated",
            }
        )
