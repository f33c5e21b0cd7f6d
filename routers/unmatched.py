"""The unmatched radar: what venues list that is tied to nothing, with the fact that is missing."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.domain.leagues import LeagueCode
from app.domain.links import LeftOut
from app.domain.markets import VenueId
from routers.access import needs
from routers.answers import LeftOutAnswer
from routers.cursors import Cursor, Limit, Page, Place, cut_page
from routers.dependencies import Hot
from routers.errors import problems
from routers.questions import Sport

router = APIRouter(prefix="/match/unmatched", tags=["match"], dependencies=[needs("read", "match")])


class UnmatchedAnswer(Page[LeftOutAnswer]):
    """A page of the radar."""

    counts: dict[str, int] = Field(
        description="All that were left out, by reason; of a frequent reason only some are kept as items.",
        examples=[{"future": 212, "ambiguous_team": 1}],
    )


@router.get("", summary="Listings that are tied to nothing", responses=problems(422, 503))
async def list_unmatched(
    hot: Hot,
    venue: Annotated[str | None, Query(max_length=60, description="Only listings of this venue.")] = None,
    code: Annotated[str | None, Query(max_length=60, description="Only those left out for this reason.")] = None,
    sport: Annotated[Sport | None, Query(description="Only listings of this league.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> UnmatchedAnswer:
    """As of the last search of each venue and league, by reason; `counts` says how rare each is."""
    chosen_venue = VenueId(venue) if venue else None
    league = LeagueCode(sport) if sport else None
    counts = await hot.left_out_counts(chosen_venue, league)
    found = [item for item in await hot.left_out(chosen_venue, league) if code in (None, item.code)]

    page, total, next_cursor = cut_page(found, _place, cursor, limit)
    shown = counts if code is None else {code: counts.get(code, 0)}
    return UnmatchedAnswer(
        items=[LeftOutAnswer.of(item) for item in page], total=total, next_cursor=next_cursor, counts=shown
    )


def _place(item: LeftOut) -> Place:
    """Nothing that changes while pages are turned."""
    return item.code, item.venue, item.event_id, item.market_id or "", item.outcome
