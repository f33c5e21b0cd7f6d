"""Reports: what each day was like, how good fair values were, and whether a run is fit to be trusted."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from app.analytics.validation import Validation
from app.domain.drills import DrillVerdict
from app.domain.reports import Period
from app.errors import NotFound
from app.history.drills import list_drills
from app.history.tables import ReportRow
from app.history.usage import find_report, list_reports
from app.reports.outward import outward
from app.reports.validations import validation_of
from app.resources import Resources
from routers.access import needs
from routers.answers import Answer
from routers.cursors import Limit
from routers.dependencies import History, Opened
from routers.errors import problems

router = APIRouter(prefix="/analytics", tags=["reports"], dependencies=[needs("read")])

MOST_DAYS = 400
# Its library stands in it, and writes styles: so it is of no origin, sends nothing anywhere, and acts for nobody.
PAGE_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Report = dict[str, object]  # as `crosscourt report daily --json` prints it; money, prices and sizes are decimal text
Day = Annotated[date, InPath(description="UTC, as 2026-11-23.")]
Hours = Annotated[float, Query(gt=0, le=48, description="Until now.")]


class DayAnswer(BaseModel):
    """A day that has a report."""

    day: date
    made_at: datetime
    page: str | None = Field(description="Where it is as a page with plots; null: only as JSON.")


class DaysAnswer(BaseModel):
    """The days that have a report, the newest first."""

    simulated: bool = Field(description="Games, prices and money are: nothing of it is real.")
    made_every_s: float = Field(description="How often the report of this day is made anew; 0: it is not.")
    days: list[DayAnswer]


class DrillAnswer(Answer):
    """Something that was broken on purpose, on paper, and how soon it was safe again; `crosscourt drill`."""

    run: str = Field(description="Drills of one call belong together.")
    name: str = Field(examples=["mute_kalshi"])
    world: str = Field(description="`simulated`: nothing of it is real.")
    began_at: datetime
    verdict: DrillVerdict
    within: float = Field(description="Seconds in which it had to be safe.")
    safe_after: float | None = Field(description="Seconds from breaking it; null: it never was while it was watched.")
    whole_after: float | None = Field(description="From mending it to all being as before; null: nothing needs that.")
    means: str = Field(description="What safe is.")
    detail: str = Field(description="What was broken, and what was seen.")
    left_over: str = Field(description="What could not be put back; empty: nothing.")


@router.get("/daily", summary="Days that have a report", responses=problems(503))
async def list_days(opened: Opened) -> DaysAnswer:
    """That of this day is made anew every some minutes, by a process of its own; that of a day that is over once
    more."""
    settings = opened.settings
    found = await list_reports(opened.history, MOST_DAYS)
    return DaysAnswer(
        simulated=settings.simulation.is_on,
        made_every_s=settings.reports.every.total_seconds() if settings.reports.is_on else 0,
        days=[DayAnswer(day=day, made_at=made_at, page=_address(opened, day)) for day, made_at in found],
    )


@router.get("/daily/{day}", summary="The report of a day", responses=problems(404, 422, 503))
async def read_day(history: History, day: Day) -> Report:
    """Profit by cause, account, league and venue; what was let go and why; fills beside what was counted with;
    calibration; matching; incidents; cost. The causes of a day add up to its profit, to the micro-dollar."""
    return (await _report(history, day)).body


@router.get(
    "/daily/{day}/page",
    summary="The same as a page with plots",
    response_class=FileResponse,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}, **problems(404, 422, 503)},
)
async def read_page(opened: Opened, day: Day) -> FileResponse:
    """It needs nothing else: save it, and it opens anywhere."""
    await _report(opened.history, day)
    place = _place(opened, day)
    if not place.is_file():
        raise NotFound(f"the page of {day} is not here", remedy=f"crosscourt report daily --day {day} --page FILE")
    return FileResponse(place, media_type="text/html", headers={"content-security-policy": PAGE_POLICY})


@router.get("/calibration", summary="How good fair values were", responses=problems(404, 503))
async def read_calibration(history: History) -> Report:
    """Brier score, log loss and reliability of every source by league, beside the market's own price at the same
    moments; of the newest report."""
    found = await _report(history)
    named = ("begin", "end", "made_at", "world", "calibration")
    return {"day": found.day.isoformat(), **{name: found.body.get(name) for name in named}}


@router.get("/validation", summary="Whether a run is fit to be trusted", responses=problems(422, 503))
async def read_validation(opened: Opened, hours: Hours = 2.0) -> Report:
    """What was sold within 15 s of its purchase and why; what was bought for more than 0.85; what was settled the other
    way round; coverage, confidences, profit. `exit_code` 0: all well; 1: a rule was not kept; 2: nothing was earned."""
    now = opened.clock().astimezone(UTC)
    found = await validation_of(opened.history, Period(now - timedelta(hours=hours), now))
    told = outward(found, Validation)
    assert isinstance(told, dict)  # a struct's
    return {"simulated": opened.settings.simulation.is_on, "exit_code": found.exit_code, **told}


@router.get("/drills", summary="Drills that were run", responses=problems(422, 503))
async def read_drills(history: History, limit: Limit = 100) -> list[DrillAnswer]:
    """The newest first. The report of a day has those of that day."""
    return [DrillAnswer.model_validate(each) for each in await list_drills(history, limit)]


async def _report(history: History, day: date | None = None) -> ReportRow:
    found = await find_report(history, day)
    if found is None:
        asked = f"of {day}" if day else "yet"
        raise NotFound(
            f"there is no report {asked}",
            remedy="GET /analytics/daily lists those there are; `crosscourt report daily --keep` makes one now.",
        )
    return found


def _place(opened: Resources, day: date) -> Path:
    return opened.settings.data_dir / "reports" / f"{day}.html"


def _address(opened: Resources, day: date) -> str | None:
    return f"/analytics/daily/{day}/page" if _place(opened, day).is_file() else None
