"""Cursors of lists that Postgres keeps: the place of a page's last row, read back as the columns that order them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from app.errors import BadInput
from app.history.database import Database
from app.history.tables import Row
from app.history.trading_reads import Book, Condition, Key
from routers.cursors import LARGEST, cursor_after, place_after

Found = TypeVar("Found", bound=Row)

_REMEDY = "Give `next_cursor` as it was answered."


async def read_page(
    book: Book[Found], database: Database, wanted: Sequence[Condition], cursor: str | None, limit: int
) -> tuple[Sequence[Found], int, str | None]:
    """The rows of a page, how many there are in all, and the next cursor. Raises BadInput for a mangled one."""
    found = await book.page(database, wanted, limit + 1, _place(book, cursor))
    page = found[:limit]
    more = len(found) > limit
    next_cursor = cursor_after(tuple(_written(getattr(page[-1], name)) for name in book.order)) if more else None
    return page, await book.count(database, wanted), next_cursor


def _written(key: Key) -> str:
    return key.isoformat() if isinstance(key, datetime) else str(key)


def _place(book: Book[Found], cursor: str | None) -> Sequence[Key] | None:
    place = place_after(cursor, len(book.order))
    if place is None:
        return None
    try:
        return [
            _read(book.row.model_fields[name].annotation, part) for name, part in zip(book.order, place, strict=True)
        ]
    except (ValueError, OverflowError):
        raise BadInput("the cursor is of another list", remedy=_REMEDY) from None


def _read(kind: object, part: str) -> Key:
    if kind is datetime:
        return datetime.fromisoformat(part).astimezone(UTC)
    if kind is str:
        return part
    if not 0 <= (number := int(part)) <= LARGEST:
        raise ValueError
    return number
