"""What everything is worth, whether it is what the venues say, and how it came to be."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, get_args

from fastapi import APIRouter, Query

from app.domain.orders import AccountKind
from app.history.account_books import MOST_POINTS, OpenRow, read_books, read_curve
from app.history.accounts import list_accounts
from app.history.trading_tables import AccountRow
from app.resources import Resources
from app.valuations import value_at
from routers.access import needs
from routers.dependencies import Opened
from routers.errors import problems
from routers.health import mode_of
from routers.portfolio_answers import (
    Held,
    PointAnswer,
    PortfolioAnswer,
    Sums,
    TotalWorth,
    account_worth,
    added,
    place_answers,
    sums_of,
)
from routers.positions import marking_of
from routers.reconciled import read_reconciled

router = APIRouter(prefix="/portfolio", tags=["money"], dependencies=[needs("read")])

KINDS: tuple[AccountKind, ...] = get_args(AccountKind)
POINTS = 200
AT_ONCE = 500  # positions, before anybody else has a turn

Since = Annotated[datetime | None, Query(description="Since then; the last day, unless given.")]


@router.get("", summary="The portfolio", responses=problems(422, 503))
async def read_whole(
    opened: Opened,
    points: Annotated[int, Query(ge=0, le=MOST_POINTS, description="Of the last day's curve; 0: none.")] = POINTS,
) -> PortfolioAnswer:
    """By account and in total, all of one moment: every figure is a sum of the ledger, and `unrealised` what positions
    are marked at beyond their cost. `reconciled` says whether the venues have the same."""
    now = opened.clock()
    day = datetime.combine(now.astimezone(UTC).date(), datetime.min.time(), UTC)
    accounts = await list_accounts(opened.history)
    async with opened.attributions.turn:
        known = opened.attributions
        found = await read_books(opened.history, day, known.versions, known.since)
        causes = known.take(found)
    held = await _held(opened, found.positions)
    sums = {row.id: sums_of(row.id, found, held.get(row.id, ()), causes) for row in accounts}
    return PortfolioAnswer(
        at=now,
        mode=mode_of(opened),
        simulated=opened.settings.simulation.is_on,
        reconciled=await read_reconciled(opened.hot),
        totals=_totals(opened, accounts, sums),
        accounts=[account_worth(row, sums[row.id], is_simulated=_is_simulated(opened)) for row in accounts],
        places=place_answers(found.places, [each for several in held.values() for each in several]),
        curve=await _curve(opened, now - timedelta(days=1), points),
    )


@router.get("/curve", summary="What accounts were worth", responses=problems(422, 503))
async def read_points(
    opened: Opened,
    since: Since = None,
    points: Annotated[int, Query(ge=1, le=MOST_POINTS, description="Of each account, evenly spread.")] = POINTS,
) -> list[PointAnswer]:
    """The oldest first."""
    begin = opened.clock() - timedelta(days=1) if since is None else since.astimezone(UTC)
    return await _curve(opened, begin, points)


async def _held(opened: Resources, rows: Sequence[OpenRow]) -> Mapping[str, Sequence[Held]]:
    """By account."""
    marks = await marking_of(opened).marks([(row.account, row.contract_id, row.game_id) for row in rows])
    found = defaultdict[str, list[Held]](list)
    for number, row in enumerate(rows, 1):
        mark = marks.get((row.account, row.contract_id))
        found[row.account].append(Held(row, mark, value_at(mark, row.size, row.cost)))
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)  # prices do not wait for those who look
    return found


async def _curve(opened: Resources, since: datetime, points: int) -> list[PointAnswer]:
    return [PointAnswer.of(point) for point in await read_curve(opened.history, since, points)]


def _totals(opened: Resources, accounts: Sequence[AccountRow], sums: dict[str, Sums]) -> list[TotalWorth]:
    found = []
    for kind in KINDS:
        own = [sums[row.id] for row in accounts if row.kind == kind]
        if own:
            named = {"kind": kind, "simulated": _is_simulated(opened)}
            found.append(TotalWorth.model_validate({**named, **added(own).fields()}))
    return found


def _is_simulated(opened: Resources) -> bool:
    return opened.settings.simulation.is_on
