"""The ledger: every entry of every posting, as CSV for a spreadsheet, and line by line behind each figure."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Annotated, get_args

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.domain.ledgers import Book, PostingKind
from app.domain.money import money, money_text
from app.errors import BadInput
from app.history.entries import Asked, Line, all_lines, count_lines, list_lines
from routers.access import needs
from routers.cursors import LARGEST, Cursor, Limit, Page, cursor_after, place_after
from routers.dependencies import History, Opened
from routers.errors import problems
from routers.fills import Account, Contract
from routers.trading_answers import EntryAnswer

router = APIRouter(prefix="/ledger", tags=["money"], dependencies=[needs("read")])

COLUMNS = ("number", "at", "account", "kind", "posting", "book", "contract", "amount", "note", "world")
BOOKS: tuple[Book, ...] = get_args(Book)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for one

BookAsked = Annotated[Book | None, Query(description=f"Only of this book: {', '.join(BOOKS)}.")]
KindAsked = Annotated[PostingKind | None, Query(description="Only postings of this kind.")]


@router.get(
    "",
    summary="The ledger as CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **problems(422, 503)},
)
async def export(
    opened: Opened,
    account: Account = None,
    book: BookAsked = None,
    contract: Contract = None,
    kind: KindAsked = None,
) -> StreamingResponse:
    """Every entry, the oldest first, told as it is read: what is added meanwhile is not in it. The amounts of one
    posting add up to nothing."""
    asked = Asked(account, book, contract, kind)
    world = opened.settings.simulation.world
    headers = {"content-disposition": f'attachment; filename="crosscourt-ledger-{world}.csv"'}
    pages = all_lines(opened.history, asked)
    return StreamingResponse(_csv(pages, world), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/entries", summary="The ledger line by line", responses=problems(422, 503))
async def list_entries(
    history: History,
    account: Account = None,
    book: BookAsked = None,
    contract: Contract = None,
    kind: KindAsked = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[EntryAnswer]:
    """The newest first. A balance is the sum of its book; what was deposited and earned stands negative, as that is
    where the money comes from."""
    asked = Asked(account, book, contract, kind)
    found = await list_lines(history, asked, limit + 1, _place(cursor))
    page = found[:limit]
    more = len(found) > limit
    return Page(
        items=[EntryAnswer.model_validate(line._asdict()) for line in page],
        total=await count_lines(history, asked),
        next_cursor=cursor_after((str(page[-1].number), str(page[-1].place))) if more else None,
    )


async def _csv(pages: AsyncIterator[Iterable[Line]], world: str) -> AsyncIterator[str]:
    yield _written([COLUMNS])
    async for page in pages:
        yield _written([*_fields(line), world] for line in page)


def _written(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _fields(line: Line) -> list[object]:
    amount = money_text(money(str(line.amount)))
    named = (line.account, line.kind, line.posting_id, line.book, line.contract_id)
    return [line.number, _moment(line.at), *map(_harmless, named), amount, _harmless(line.note)]


def _harmless(text: str) -> str:
    """What somebody has written must not become a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _place(cursor: str | None) -> tuple[int, int] | None:
    place = place_after(cursor, 2)
    if place is None:
        return None
    if not all(part.isdecimal() and int(part) <= LARGEST for part in place):
        raise BadInput("the cursor is of another list", remedy="Give `next_cursor` as it was answered.")
    return int(place[0]), min(int(place[1]), 2**31 - 1)
