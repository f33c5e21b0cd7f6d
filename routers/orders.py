"""Orders: what was asked and what came of it; asking for one, and taking it back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.domain.instructions import CancelWanted
from app.domain.orders import UNSETTLED, AccountId, State
from app.errors import NotFound
from app.history.trading_reads import FILLS, ORDERS, find_order, is_unsettled, order_events
from app.resources import Resources
from app.wishes import account_named, ask_cancel, ask_order, word_on
from routers.access import needs
from routers.cursors import Cursor, Limit, Page
from routers.dependencies import Opened
from routers.errors import problems
from routers.fills import Account, Contract, GameAsked, League, Venue
from routers.instructions import LATER, WORD_WITHIN, Key, is_later, later, who_asks
from routers.order_questions import OrderQuestion
from routers.places import read_page
from routers.trading_answers import InstructionAnswer, OrderAnswer, OrderWholeAnswer, contracts_of

router = APIRouter(prefix="/orders", tags=["orders"])

MOST_FILLS = 1_000  # of one order, that are shown with it

OrderPath = Annotated[str, Path(max_length=100, examples=["m-9f31c2aa07be-0"])]


@router.get("", summary="Orders", responses=problems(422, 503), dependencies=[needs("read")])
async def list_orders(
    opened: Opened,
    account: Account = None,
    state: Annotated[State | None, Query()] = None,
    unsettled: Annotated[bool | None, Query(description="Only those of which more may come, or only others.")] = None,
    trade: Annotated[str | None, Query(max_length=100, description="Only of this trade.")] = None,
    signal: Annotated[str | None, Query(max_length=100, description="Only of this signal.")] = None,
    contract: Contract = None,
    game: GameAsked = None,
    venue: Venue = None,
    sport: League = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[OrderAnswer]:
    """The newest first, as they stand."""
    of_whom = {"account": account, "trade_id": trade, "signal_id": signal}
    wanted = ORDERS.equal(state=state, contract_id=contract, game_id=game, venue=venue, league=sport, **of_whom)
    wanted += is_unsettled(asked=unsettled)
    rows, total, next_cursor = await read_page(ORDERS, opened.history, wanted, cursor, limit)
    contracts = await contracts_of(opened, [row.contract_id for row in rows])
    return Page(items=[OrderAnswer.of(row, contracts) for row in rows], total=total, next_cursor=next_cursor)


@router.post(
    "",
    summary="Ask for an order",
    status_code=201,
    response_model=OrderWholeAnswer | InstructionAnswer,
    responses={**LATER, **problems(401, 403, 404, 409, 422, 503)},
    dependencies=[needs("live", "paper")],
)
async def post_order(
    question: OrderQuestion, opened: Opened, request: Request, response: Response, key: Key = ""
) -> OrderWholeAnswer | InstructionAnswer:
    """Written down before anything is sent. Whoever trades for the account is waited for a second: 201 with the order
    as it stands then, or 202 with where to look. A paper account needs a key with `paper`, one of real money `live`."""
    account = await account_named(opened.history, question.account)
    who = who_asks(request, opened, account.kind, key)
    grid_of = opened.intake.pipeline.grid
    asked = await ask_order(opened.hot, opened.history, opened.matching, grid_of, question.wish(), who)
    said = await word_on(opened.history, asked, WORD_WITHIN)
    if said.order_id is None:
        is_later(said)
        return later(said, response)
    response.headers["location"] = f"/orders/{said.order_id}"
    return await _whole(opened, said.order_id)


@router.get("/{order_id}", summary="One order", responses=problems(404, 422, 503), dependencies=[needs("read")])
async def read_order(order_id: OrderPath, opened: Opened) -> OrderWholeAnswer:
    """With every transition that it has made and every fill that it has got."""
    return await _whole(opened, order_id)


@router.delete(
    "/{order_id}",
    summary="Take an order back",
    response_model=OrderWholeAnswer | InstructionAnswer,
    responses={**LATER, **problems(401, 403, 404, 409, 422, 503)},
    dependencies=[needs("live", "paper")],
)
async def cancel_order(
    order_id: OrderPath, opened: Opened, request: Request, response: Response, key: Key = ""
) -> OrderWholeAnswer | InstructionAnswer:
    """What is not filled of it. An order that is settled already is answered as it is."""
    found = await _whole(opened, order_id)
    who = who_asks(request, opened, found.kind, key, order_id)
    if found.state not in UNSETTLED:
        return found
    wanted = CancelWanted(order_id=order_id)
    asked = await ask_cancel(opened.hot, opened.history, AccountId(found.account), wanted, who)
    said = await word_on(opened.history, asked, WORD_WITHIN)
    return later(said, response) if is_later(said) else await _whole(opened, order_id)


async def _whole(opened: Resources, order_id: str) -> OrderWholeAnswer:
    row = await find_order(opened.history, order_id)
    if row is None:
        raise NotFound(f"no order {order_id} is written down", remedy="GET /orders lists those there are.")
    fills = await FILLS.page(opened.history, FILLS.equal(order_id=order_id), MOST_FILLS)
    changes = await order_events(opened.history, order_id)
    return OrderWholeAnswer.whole(row, changes, fills, await contracts_of(opened, [row.contract_id]))
