"""Is it alive, is it ready, how are the workers?"""

import asyncio
import math
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.errors import Unavailable
from app.resources import Resources
from routers.access import needs
from routers.beats import KALSHI, POLLER, Expected, FeedAnswer, WorkerAnswer, feed_answers, troubles_of, worker_answers
from routers.dependencies import ExpectedWorkers, Hot, Opened
from routers.errors import ProblemResponse, problem_for, problems
from routers.price_feeds import PRICES, PriceFeedAnswer, price_feed_answers

router = APIRouter(prefix="/health", tags=["health"])

SELDOM = 3600.0  # seconds
PATIENCE = 2.0  # seconds for a store to answer
NOT_READY_REMEDY = (
    "Stores are tried again by themselves and workers are restarted; GET /health/workers shows each one's last error."
)


Mode = Literal["simulated", "paper", "live"]


class LiveAnswer(BaseModel):
    """This process answers."""

    status: Literal["alive"] = "alive"
    version: str = Field(examples=["0.1.0"])
    mode: Mode = Field(description="`simulated`: the slate is not the real one.")
    now: datetime = Field(description="Its clock; a recorded slate has its own.", examples=["2026-01-09T00:30:00Z"])


class CheckAnswer(BaseModel):
    """One thing that readiness needs."""

    name: str = Field(examples=["redis"])
    is_well: bool
    detail: str = ""


class ReadyAnswer(BaseModel):
    """Everything that answers need is there."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "is_ready": True,
                "checks": [
                    {"name": name, "is_well": True, "detail": ""} for name in ("redis", "postgres", "publisher")
                ],
            }
        }
    )

    is_ready: Literal[True] = True
    checks: list[CheckAnswer]


class WorkersAnswer(BaseModel):
    """Every worker in the order of the pipeline."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "now": "2026-01-09T00:30:04Z",
                "oldest_feed": 4.2,
                "workers": [POLLER],
                "feeds": [KALSHI],
                "prices": [PRICES],
            }
        }
    )

    now: datetime
    oldest_feed: float | None = Field(
        description="Seconds since the worker that is longest silent ended a round; null when one is missing."
    )
    workers: list[WorkerAnswer]
    feeds: list[FeedAnswer]
    prices: list[PriceFeedAnswer]


@router.get("/live", summary="Is this process alive?", responses=problems())
async def live(request: Request, opened: Opened) -> LiveAnswer:
    """Asks nobody else, and needs no key from anywhere."""
    return LiveAnswer(version=request.app.version, mode=mode_of(opened), now=opened.clock())


@router.get(
    "/ready",
    summary="Can it do its work?",
    responses=problems(503),
    response_model=ReadyAnswer,
    dependencies=[needs("read")],
)
async def ready(request: Request, opened: Opened, expected: ExpectedWorkers) -> ReadyAnswer | Response:
    """Redis, Postgres, and a fresh beat of every worker; 503 says what is missing."""
    redis, postgres = await asyncio.gather(
        _check("redis", opened.hot.ping()), _check("postgres", opened.history.ping())
    )
    workers = await _check_workers(opened, expected, is_heard=redis.is_well)
    checks = [redis, postgres, *workers, *await _check_books(opened, is_heard=redis.is_well)]
    wrong = [check.detail for check in checks if not check.is_well]
    if not wrong:
        return ReadyAnswer(checks=checks)
    return ProblemResponse(
        problem_for(503, "; ".join(wrong), request.url.path, NOT_READY_REMEDY, "not-ready"), {"retry-after": "5"}
    )


@router.get("/workers", summary="How is each worker?", responses=problems(503), dependencies=[needs("read")])
async def list_workers(hot: Hot, opened: Opened, expected: ExpectedWorkers) -> WorkersAnswer:
    """Beats in the order of the roster, with what the feeds met; a missing worker is shown as missing, one that runs in
    several processes once for each."""
    now, beats = opened.clock(), await hot.beats()
    venues = [venue.venue for venue in opened.venues]
    feeds = (opened.source.name, *venues)
    workers = worker_answers(expected, beats, now, feeds)
    return WorkersAnswer(
        now=now,
        oldest_feed=_oldest(workers),
        workers=workers,
        feeds=feed_answers(feeds, beats),
        prices=price_feed_answers(venues, beats, now),
    )


def mode_of(opened: Resources) -> Mode:
    """Whose money it is."""
    return "simulated" if opened.settings.simulation.is_on else opened.settings.trading.mode


def _oldest(workers: Sequence[WorkerAnswer]) -> float | None:
    """The age of the round that is longest ago; a daily round's says nothing about the feeds, and of a worker that runs
    in several processes the youngest counts."""
    ages: dict[str, float] = {}
    for each in workers:
        if each.every < SELDOM:
            age = math.inf if each.age is None else each.age
            ages[each.worker] = min(age, ages.get(each.worker, age))
    oldest = max(ages.values(), default=math.inf)
    return None if oldest == math.inf else oldest


async def _check_workers(opened: Resources, expected: Sequence[Expected], *, is_heard: bool) -> list[CheckAnswer]:
    """Beats come through Redis: without it nobody knows, and nobody is called silent."""
    if not is_heard:
        return [CheckAnswer(name="workers", is_well=False, detail="workers: unknown while Redis does not answer")]
    answers = worker_answers(expected, await opened.hot.beats(), opened.clock())
    return [
        CheckAnswer(name=worker, is_well=not trouble, detail=trouble)
        for worker, trouble in troubles_of(answers).items()
    ]


async def _check_books(opened: Resources, *, is_heard: bool) -> list[CheckAnswer]:
    """Whether what we have is what the venues have; said by whoever executes, and not there while nobody does."""
    shown = await opened.hot.reconciled() if is_heard else None
    if shown is None:
        return []
    differing = [f"{where}: {words}" for where, several in shown.differences.items() for words in several]
    told = "; ".join(differing[:3]) + (f" (and {len(differing) - 3} more)" if len(differing) > 3 else "")
    detail = "" if shown.is_clean else f"reconciliation: {told or 'not everything could be compared yet'}"
    return [CheckAnswer(name="reconciliation", is_well=shown.is_clean, detail=detail)]


async def _check(name: str, answered: Awaitable[None]) -> CheckAnswer:
    try:
        async with asyncio.timeout(PATIENCE):
            await answered
    except Unavailable as error:
        return CheckAnswer(name=name, is_well=False, detail=f"{name}: {error}")
    except TimeoutError:
        return CheckAnswer(name=name, is_well=False, detail=f"{name}: no answer within {PATIENCE:g} s")
    return CheckAnswer(name=name, is_well=True)
