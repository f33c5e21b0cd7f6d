"""Pages and cursors."""

import base64
import binascii
from collections.abc import Sequence

import msgspec
from starlette.datastructures import QueryParams

from app.sandbox.messages import Message


class BadParameter(ValueError):
    """A parameter that the host refuses; the message says which."""


class Page(msgspec.Struct, frozen=True):
    """One page, and the cursor of the next; empty on the last."""

    items: Sequence[Message]
    cursor: str


def page_after(items: Sequence[Message], cursor: str, size: int) -> Page:
    """The page that a cursor points at. Raises BadParameter for a cursor that nobody gave out."""
    start = _position(cursor) if cursor else 0
    end = start + size
    return Page(items[start:end], _cursor(end) if end < len(items) else "")


def whole_number(params: QueryParams, name: str, default: int, least: int = 0) -> int:
    """A number among the parameters. Raises BadParameter."""
    written = params.get(name)
    if written is None or written == "":
        return default
    if not written.isdecimal() or int(written) < least:
        raise BadParameter(f"invalid {name}: {written}")
    return int(written)


def repeated(params: QueryParams, name: str) -> frozenset[str]:
    """Every value of a parameter that may be repeated."""
    return frozenset(value for value in params.getlist(name) if value)


def single(params: QueryParams, name: str) -> frozenset[str]:
    """The one value of a parameter; none when it is absent."""
    return frozenset({params[name]}) if params.get(name) else frozenset()


def separated(params: QueryParams, name: str) -> frozenset[str]:
    """Every value of a parameter that is a list with commas."""
    return frozenset(part for part in params.get(name, "").split(",") if part)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"after:{position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        word, _, position = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadParameter("invalid cursor") from error
    if word != "after" or not position.isdecimal():
        raise BadParameter("invalid cursor")
    return int(position)
