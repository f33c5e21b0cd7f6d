"""What orders got, and the trades that they belong to."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.history.trading_reads import FILLS, INCIDENTS, TRADES, is_going_on
from routers.access import needs
from routers.cursors import Cursor, Limit, Page
from routers.dependencies import Opened
from routers.errors import problems
from routers.places import read_page
from routers.questions import Sport
from routers.trading_answers import FillAnswer, IncidentAnswer, TradeAnswer, contracts_of

router = APIRouter(tags=["orders"], dependencies=[needs("read")])

Account = Annotated[str | None, Query(max_length=60, description="Only of this account.")]
GameAsked = Annotated[str | None, Query(max_length=200, description="Only of this game.")]
Contract = Annotated[str | None, Query(max_length=200, description="Only of this contract.")]
Venue = Annotated[str | None, Query(max_length=40, description="Only at this venue.")]
League = Annotated[Sport | None, Query(description="Only of games of this league.")]


@router.get("/fills", summary="Fills", responses=problems(422, 503))
async def list_fills(
    opened: Opened,
    account: Account = None,
    order: Annotated[str | None, Query(max_length=100, description="Only of this order.")] = None,
    contract: Contract = None,
    game: GameAsked = None,
    venue: Venue = None,
    sport: League = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[FillAnswer]:
    """The last booked first; those that a venue took back are here, too, as `undone`."""
    wanted = FILLS.equal(account=account, order_id=order, contract_id=contract, game_id=game, venue=venue, league=sport)
    rows, total, next_cursor = await read_page(FILLS, opened.history, wanted, cursor, limit)
    contracts = await contracts_of(opened, [row.contract_id for row in rows])
    return Page(items=[FillAnswer.of(row, contracts) for row in rows], total=total, next_cursor=next_cursor)


@router.get("/trades", summary="Trades", responses=problems(422, 503))
async def list_trades(
    opened: Opened,
    account: Account = None,
    status: Annotated[str | None, Query(max_length=40, examples=["exposed"])] = None,
    signal: Annotated[str | None, Query(max_length=100, description="Only of this signal.")] = None,
    game: GameAsked = None,
    sport: League = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[TradeAnswer]:
    """Orders that belong together: those of one signal, or of one wish. The newest first."""
    wanted = TRADES.equal(account=account, status=status, signal_id=signal, game_id=game, league=sport)
    rows, total, next_cursor = await read_page(TRADES, opened.history, wanted, cursor, limit)
    is_simulated = opened.settings.simulation.is_on
    items = [TradeAnswer.of(row, is_simulated=is_simulated) for row in rows]
    return Page(items=items, total=total, next_cursor=next_cursor)


@router.get("/incidents", summary="Incidents", responses=problems(422, 503))
async def list_incidents(
    opened: Opened,
    kind: Annotated[str | None, Query(max_length=40, examples=["exposed"])] = None,
    going_on: Annotated[bool | None, Query(description="Only those that are not over, or only those that are.")] = None,
    account: Account = None,
    venue: Venue = None,
    game: GameAsked = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[IncidentAnswer]:
    """What should not be: a settlement that contradicts the link, a hedge with one leg, an order that only the venue
    knows. Shown and never smoothed over; the newest first."""
    wanted = INCIDENTS.equal(kind=kind, account=account, venue=venue, game_id=game)
    rows, total, next_cursor = await read_page(
        INCIDENTS, opened.history, [*wanted, *is_going_on(asked=going_on)], cursor, limit
    )
    return Page(items=[IncidentAnswer.model_validate(row) for row in rows], total=total, next_cursor=next_cursor)
