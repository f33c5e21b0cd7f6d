"""What the API answers of a trace: each stage with its moment, and how long it took beside its budget."""

from typing import Self

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.prices import MILLISECOND
from app.domain.traces import BUDGET, Stage, StageName, Trace
from routers.amounts import MomentOrNever
from routers.answers import Answer

HOPED_FOR = (8.0, 18.0)  # milliseconds over seven services, as the owner hoped

STAGE: JsonDict = {
    "name": "durable",
    "at": "2026-01-09T01:12:05.003612Z",
    "took_ms": 0.612,
    "budget_ms": 1.0,
    "venue": "kalshi",
    "order_id": "3f9a1c07be-41-0",
    "leg": 0,
}
TRACE: JsonDict = {"stages": [STAGE], "ours_ms": 2.1, "budget_ms": BUDGET, "hoped_for_ms": list(HOPED_FOR)}


class StageAnswer(Answer):
    """One stage."""

    name: StageName = Field(description="`venue` and `filled` are by the venue's clock, all others by ours.")
    at: MomentOrNever = Field(description="Null: nobody noted it, or it has not happened.")
    took_ms: float | None = Field(description="Since the stage before that was noted.")
    budget_ms: float | None = Field(description="What it may take of ours; null: it is the venue's, or waits.")
    venue: str | None
    order_id: str | None
    leg: int | None

    @classmethod
    def of(cls, stage: Stage) -> Self:
        """With milliseconds."""
        told = {name: getattr(stage, name) for name in ("name", "at", "venue", "order_id", "leg")}
        took = None if stage.took is None else round(stage.took / MILLISECOND, 3)
        return cls.model_validate({**told, "took_ms": took, "budget_ms": stage.budget})


class TraceAnswer(Answer):
    """From the venue's word to the fill that was told on /ws."""

    model_config = ConfigDict(json_schema_extra={"example": TRACE})

    stages: list[StageAnswer] = Field(description="In order; those of orders once for each order.")
    ours_ms: float = Field(description="Of all stages that have a budget: without the way to the venue and back.")
    budget_ms: float = BUDGET
    hoped_for_ms: tuple[float, float] = Field(HOPED_FOR, description="What an opportunity was hoped to take in all.")

    @classmethod
    def of(cls, trace: Trace) -> Self:
        """All stages."""
        return cls(stages=[StageAnswer.of(stage) for stage in trace.stages], ours_ms=round(trace.ours, 3))
