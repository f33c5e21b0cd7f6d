"""Positions: what is held, what it is worth, what would sell it; selling it now, and the rules of its exits."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.domain.orders import AccountId
from app.domain.prices import SECOND
from app.errors import BadInput, NotFound
from app.history.exit_rules import keep_exit_rules
from app.history.trading_reads import (
    FILLS,
    ORDERS,
    POSITIONS,
    find_position,
    find_settlement,
    is_held,
)
from app.history.trading_tables import PositionRow
from app.resources import Resources
from app.valuations import Marking, position_of, rules_of
from app.wishes import account_named, ask_close, word_on
from routers.access import needs
from routers.cursors import Cursor, Limit, Page
from routers.dependencies import Opened
from routers.errors import problems
from routers.fills import Account, GameAsked, League, Venue
from routers.instructions import LATER, WORD_WITHIN, Key, is_later, later, who_asks
from routers.order_questions import CloseQuestion, ExitsQuestion
from routers.places import read_page
from routers.position_answers import PositionAnswer, PositionWholeAnswer, Valued
from routers.trading_answers import FillAnswer, InstructionAnswer, OrderAnswer, contracts_of
from routers.trading_examples import POSITION_ID

router = APIRouter(prefix="/positions", tags=["money"])

MOST_SHOWN = 200  # orders and fills of one position

PositionPath = Annotated[str, Path(max_length=300, description="`{account}:{contract_id}`.", examples=[POSITION_ID])]

_WHERE = "GET /positions lists those there are; an id is the account, a colon, and the contract."


@router.get("", summary="Positions", responses=problems(422, 503), dependencies=[needs("read")])
async def list_positions(
    opened: Opened,
    held: Annotated[bool | None, Query(description="Only those that hold something, or only closed ones.")] = None,
    account: Account = None,
    contract: Annotated[str | None, Query(max_length=200, description="Only of this contract.")] = None,
    game: GameAsked = None,
    venue: Venue = None,
    sport: League = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[PositionAnswer]:
    """The last opened first, marked at what is paid for them now."""
    wanted = POSITIONS.equal(account=account, contract_id=contract, game_id=game, venue=venue, league=sport)
    wanted += is_held(asked=held)
    rows, total, next_cursor = await read_page(POSITIONS, opened.history, wanted, cursor, limit)
    contracts = await contracts_of(opened, [row.contract_id for row in rows])
    items = [PositionAnswer.of(each, contracts) for each in await worth(opened, rows)]
    return Page(items=items, total=total, next_cursor=next_cursor)


@router.get("/{position_id}", summary="One position", responses=problems(404, 422, 503), dependencies=[needs("read")])
async def read_position(position_id: PositionPath, opened: Opened) -> PositionWholeAnswer:
    """With its orders, every fill behind its figures, and how it was settled."""
    row = await _find(opened, position_id)
    return await _whole(opened, row)


@router.post(
    "/{position_id}/close",
    summary="Sell a position",
    response_model=PositionWholeAnswer | InstructionAnswer,
    responses={**LATER, **problems(401, 403, 404, 409, 422, 503)},
    dependencies=[needs("live", "paper")],
)
async def close_position(
    position_id: PositionPath,
    opened: Opened,
    request: Request,
    response: Response,
    question: CloseQuestion | None = None,
    key: Key = "",
) -> PositionWholeAnswer | InstructionAnswer:
    """All of it, or some; at what is paid now, or for at least a limit. Answered with the position as it is then, or
    with 202 and where to look."""
    row = await _find(opened, position_id)
    account = await account_named(opened.history, row.account)
    who = who_asks(request, opened, account.kind, key, position_id)
    wanted = (question or CloseQuestion()).wanted(row.contract_id)
    asked = await ask_close(opened.hot, opened.history, AccountId(row.account), wanted, who)
    said = await word_on(opened.history, asked, WORD_WITHIN)
    return later(said, response) if is_later(said) else await _whole(opened, await _find(opened, position_id))


@router.put(
    "/{position_id}/exits",
    summary="Change when a position is sold",
    responses=problems(401, 403, 404, 422, 503),
    dependencies=[needs("live", "paper")],
)
async def change_exits(
    position_id: PositionPath, question: ExitsQuestion, opened: Opened, request: Request
) -> PositionAnswer:
    """Those that are named; the others stay as they are. With `is_default` it goes back to the rules of its kind of
    bet. Watched by from the next second on; written to the audit."""
    row = await _find(opened, position_id)
    account = await account_named(opened.history, row.account)
    who = who_asks(request, opened, account.kind)
    await keep_exit_rules(opened.history, row, question.changed(rules_of(row)), who.name, who.at)
    changed = await _find(opened, position_id)
    (found,) = await worth(opened, [changed])
    return PositionAnswer.of(found, await contracts_of(opened, [row.contract_id]))


def marking_of(opened: Resources) -> Marking:
    """By what positions are marked now."""
    fresh_within = round(opened.settings.prices.fresh * SECOND)
    now, here = opened.intake.now(), opened.intake.pipeline.quote
    return Marking(opened.hot, opened.history, opened.marks, here, now, fresh_within)


async def worth(opened: Resources, rows: Sequence[PositionRow]) -> Sequence[Valued]:
    """These positions as they are worth now. Raises HotStoreUnavailable."""
    positions = [position_of(row) for row in rows]
    held = [(each.account, each.contract_id, each.game_id) for each in positions if not each.closed_at]
    marks = await marking_of(opened).marks(held)
    pairs = zip(rows, positions, strict=True)
    return [Valued(row, each, marks.get((each.account, each.contract_id))) for row, each in pairs]


async def _find(opened: Resources, position_id: str) -> PositionRow:
    account, mark, contract_id = position_id.partition(":")
    if not mark:
        raise BadInput(f"'{position_id[:100]}' is no id of a position", remedy=_WHERE)
    row = await find_position(opened.history, account, contract_id)
    if row is None:
        raise NotFound(f"{account} has had nothing of {contract_id}", remedy=_WHERE)
    return row


async def _whole(opened: Resources, row: PositionRow) -> PositionWholeAnswer:
    history, this = opened.history, {"account": row.account, "contract_id": row.contract_id}
    orders = await ORDERS.page(history, ORDERS.equal(**this), MOST_SHOWN)
    fills = await FILLS.page(history, FILLS.equal(**this), MOST_SHOWN)
    settlement = await find_settlement(history, row.account, row.contract_id)
    contracts = await contracts_of(opened, [row.contract_id])
    (held,) = await worth(opened, [row])
    orders_told = [OrderAnswer.of(each, contracts) for each in orders]
    fills_told = [FillAnswer.of(each, contracts) for each in fills]
    return PositionWholeAnswer.whole(held, orders_told, fills_told, settlement, contracts)
