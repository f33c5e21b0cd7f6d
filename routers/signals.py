"""Signals with everything that they were made of, and why there are no others."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from app.domain.risks import Account
from app.domain.signals import Detector, Stage
from app.errors import BadInput, NotFound
from app.history.signals import Kept, Place, Wanted, count_signals, find_signal, list_signals
from app.resources import Resources
from app.signals.roster import ROSTER
from app.traces import trace_of
from routers.access import needs
from routers.cursors import Cursor, Limit, Page, cursor_after, place_after
from routers.dependencies import Opened
from routers.errors import problems
from routers.funnels import FunnelAnswer, read_funnel
from routers.questions import Sport
from routers.signal_answers import SignalAnswer, SignalRowAnswer
from routers.signal_replays import SignalReplayAnswer


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a moment that UTC can tell") from None


def _on_the_roster(name: Detector) -> Detector:
    if name not in ROSTER:
        raise ValueError(f"there is no such detector; there are {', '.join(ROSTER)}")
    return name


Since = Annotated[AwareDatetime, AfterValidator(_in_utc)]
DetectorName = Annotated[Detector, AfterValidator(_on_the_roster), Field(json_schema_extra={"enum": [*ROSTER]})]

router = APIRouter(prefix="/signals", tags=["signals"], dependencies=[needs("read")])

_WHERE = "GET /signals lists those there are; refused ones are sampled when many are alike, and kept for three days."


@router.get("", summary="Signals, kept and refused", responses=problems(422, 503))
async def list_found(
    opened: Opened,
    kept: Annotated[bool | None, Query(description="Only those that were sent, or only those let go.")] = None,
    stage: Annotated[Stage | None, Query(description="`sent`, or where it was let go.")] = None,
    reason: Annotated[str | None, Query(max_length=60, examples=["max_per_game"])] = None,
    detector: Annotated[DetectorName | None, Query()] = None,
    account: Annotated[Account | None, Query()] = None,
    game: Annotated[str | None, Query(max_length=200, description="Only of this game.")] = None,
    sport: Annotated[Sport | None, Query(description="Only of games of this league.")] = None,
    since: Annotated[Since | None, Query(description="Found then or later.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[SignalRowAnswer]:
    """The newest first. Every one that was kept is here; of refused ones that are all alike some, and `like_it` says
    how many others there were."""
    wanted = Wanted(
        is_kept=kept,
        stage=stage,
        reason=reason,
        detector=detector,
        account=account,
        game_id=game,
        league=sport,
        since=since,
    )
    found = await list_signals(opened.history, wanted, limit + 1, _place(cursor))
    page = found[:limit]
    return Page(
        items=[SignalRowAnswer.of(row, opened.matching.registry.team) for row in page],
        total=await count_signals(opened.history, wanted),
        next_cursor=cursor_after((page[-1].found_at.isoformat(), page[-1].id)) if len(found) > limit else None,
    )


@router.get("/funnel", summary="Why there are no others", responses=problems(503))
async def funnel(opened: Opened) -> FunnelAnswer:
    """From games to links, freshness, edge, depth, rules and risk to what was sent: how much was let go at each stage,
    for which reason, with the last example. Counts begin anew with each process."""
    return await read_funnel(opened)


@router.get("/{signal_id}", summary="One signal, whole", responses=problems(404, 422, 503))
async def read_signal(
    signal_id: Annotated[str, Path(max_length=100, examples=["3f9a1c07be-41"])], opened: Opened
) -> SignalAnswer:
    """Quotes, links, rules, fees, limits and every control, as they were when it was judged; and `trace`, when what
    became of it, from the venue's word to the fill that was told."""
    kept = await _kept(opened, signal_id)
    trace = await trace_of(opened.history, opened.hot, kept.judged)
    return SignalAnswer.of(kept, trace, opened.matching.registry.team)


@router.get(
    "/{signal_id}/replay", summary="That moment again, with another limit", responses=problems(404, 409, 422, 503)
)
async def replay_signal(
    signal_id: Annotated[str, Path(max_length=100, examples=["3f9a1c07be-41"])],
    opened: Opened,
    changed: Annotated[
        list[Annotated[str, StringConstraints(max_length=100)]],
        Query(alias="set", max_length=20, description="`name=value`, repeatable; names as GET /risk has them."),
    ] = [],  # noqa: B006  # FastAPI makes a new one for each call
) -> SignalReplayAnswer:
    """What would have become of it, had a limit been another one: everything that mattered for its game is told to the
    core once more, from the tape, and only then the limit is changed. Without `set` it shows that the core says the
    same again. It takes some seconds, in a process of its own; 409 when the tape of that moment is gone."""
    kept = await _kept(opened, signal_id)
    return SignalReplayAnswer.of(kept, await opened.rejudging.ask(kept.judged, tuple(changed)))


async def _kept(opened: Resources, signal_id: str) -> Kept:
    try:
        kept = await find_signal(opened.history, signal_id)
    except msgspec.ValidationError:
        raise NotFound(f"signal {signal_id} was written by a version that told it otherwise", remedy=_WHERE) from None
    if kept is None:
        raise NotFound(f"no signal {signal_id} is written down", remedy=_WHERE)
    return kept


def _place(cursor: str | None) -> Place | None:
    """Raises BadInput for a mangled cursor."""
    place = place_after(cursor, 2)
    if place is None:
        return None
    try:
        return Place(datetime.fromisoformat(place[0]).astimezone(UTC), place[1])
    except (ValueError, OverflowError):
        raise BadInput("the cursor is of another list", remedy="Give `next_cursor` as it was answered.") from None
