"""Pages of a list that may change between two calls: a cursor is the place of the last item, not a count."""

import base64
from collections.abc import Callable, Iterable
from typing import Annotated, Generic, TypeVar

import msgspec
from fastapi import Query
from pydantic import BaseModel, Field

from app.domain.parsing import NOT_READABLE
from app.errors import BadInput

Item = TypeVar("Item")
Place = tuple[str, ...]  # sorts the list, and is another for each item

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=500)]
Limit = Annotated[int, Query(ge=1, le=500, description="Items a page.")]

LARGEST = 2**63 - 1  # number of a row

_MANGLED, _REMEDY = "the cursor is not one of ours", "Give `next_cursor` as it was answered."
_decoder = msgspec.json.Decoder(tuple[str, ...])


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    total: int = Field(description="Items on all pages.", examples=[1])
    next_cursor: str | None = Field(description="Give it as `cursor` to see the next page; null on the last.")


def cut_page(
    items: Iterable[Item], place_of: Callable[[Item], Place], cursor: str | None, limit: int
) -> tuple[list[Item], int, str | None]:
    """The items of a page, how many there are in all, and the next cursor. Raises BadInput for a mangled cursor."""
    after = _read(cursor) if cursor else ()
    ordered = sorted(((place_of(item), index, item) for index, item in enumerate(items)), key=lambda each: each[:2])
    rest = [(place, item) for place, _, item in ordered if place > after]
    page = rest[:limit]
    more = len(rest) > limit
    return [item for _, item in page], len(ordered), _write(page[-1][0]) if more else None


def backwards(number: int) -> str:
    """A part of a place that puts the larger number first."""
    return f"{LARGEST - number:019d}"


def cursor_at(number: int) -> str:
    """The cursor of a list that Postgres itself keeps, newest first: the number of the page's last item."""
    return _write((str(number),))


def number_at(cursor: str | None) -> int | None:
    """The number that a cursor stands for. Raises BadInput for a mangled one."""
    if not cursor:
        return None
    place = _read(cursor)
    if len(place) != 1 or not place[0].isdecimal() or int(place[0]) > LARGEST:
        raise BadInput(_MANGLED, remedy=_REMEDY)
    return int(place[0])


def cursor_after(place: Place) -> str:
    """The same of a list that Postgres keeps by several columns: those of the page's last item."""
    return _write(place)


def place_after(cursor: str | None, parts: int) -> Place | None:
    """The place that a cursor stands for. Raises BadInput for a mangled one."""
    if not cursor:
        return None
    place = _read(cursor)
    if len(place) != parts or any("\0" in part for part in place):
        raise BadInput(_MANGLED, remedy=_REMEDY)
    return place


def _write(place: Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _read(cursor: str) -> Place:
    try:
        return _decoder.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, *NOT_READABLE):
        raise BadInput(_MANGLED, remedy=_REMEDY) from None
