"""What came of reading a payload: the good elements, and each bad one with the field that was wrong.

A venue's `wire` decodes, its `translate` gives meaning; both refuse one element at a time through what is here.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Generic, Protocol, TypeVar

import msgspec

from app.errors import PayloadRefused

Item = TypeVar("Item")
Wire = TypeVar("Wire")


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Known = TypeVar("Known", bound=_Identified)

LATEST_MS = 9 * 10**12  # unix: in 2255. What comes later fits nowhere in nanoseconds
Milliseconds = Annotated[int, msgspec.Meta(ge=0, lt=LATEST_MS)]
Counted = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]  # one after the other, by a host

_BOM = b"\xef\xbb\xbf"
NOT_READABLE = (msgspec.DecodeError, UnicodeError, RecursionError)  # all that a decoder raises
_PLACE = re.compile(r"^(?P<detail>.*) - at `\$\.?(?P<field>.*)`$", re.DOTALL)
_YEARS = range(1970, 2200)  # before these no nanosecond is counted, and after them no game is meant


class Refusal(msgspec.Struct, frozen=True):
    """One element that could not be read."""

    where: str  # "events[3] 401816457"
    field: str  # "competitions[0].competitors[1].team.id"
    detail: str


class Parsed(msgspec.Struct, Generic[Item], frozen=True):
    """A bad element is refused by name and never costs the others."""

    items: tuple[Item, ...]
    refused: tuple[Refusal, ...] = ()


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """An opened payload: its elements are read one by one as they are taken, so that nobody has to wait for all."""

    elements: Iterator[Item | Refusal]
    cursor: str = ""  # of the next page; empty: this is the last


class WrongField(Exception):
    """A field decodes and still says nothing that can be used: it is missing, or no date, or no finite number."""

    def __init__(self, field: str, detail: str = "missing") -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


def parsed(elements: Iterable[Item | Refusal]) -> Parsed[Item]:
    """Read all the elements of a page."""
    items: list[Item] = []
    refused: list[Refusal] = []
    for element in elements:
        if isinstance(element, Refusal):
            refused.append(element)
        else:
            items.append(element)
    return Parsed(tuple(items), tuple(refused))


def decode(payload: bytes, decoder: msgspec.json.Decoder[Wire]) -> Wire:
    """The whole payload. Raises PayloadRefused with what was there instead."""
    if unlike := describe_other_than_json(payload):
        raise PayloadRefused(f"expected JSON, got {unlike}")
    try:
        return decoder.decode(payload.removeprefix(_BOM))
    except NOT_READABLE as error:
        field, detail = _explain(error)
        raise PayloadRefused(f"{field}: {detail}" if field else detail) from None


def decode_element(raw: msgspec.Raw, decoder: msgspec.json.Decoder[Wire], where: str) -> Wire | Refusal:
    """One element of a payload, or why not."""
    try:
        return decoder.decode(raw)
    except NOT_READABLE as error:
        return Refusal(f"{where} {_name_of(raw)}".rstrip(), *_explain(error))


def refused_where(where: str, read: Callable[[], Item]) -> Item | Refusal:
    """What `read` makes of an element, with a WrongField turned into a refusal of `where`."""
    try:
        return read()
    except WrongField as wrong:
        return Refusal(where, wrong.field, wrong.detail)


def first_of_each(elements: Iterable[Known | Refusal]) -> Iterator[Known | Refusal]:
    """Refuse what has the id of an element before it."""
    seen: set[str] = set()
    for element in elements:
        if isinstance(element, Refusal):
            yield element
        elif element.id in seen:
            yield Refusal(element.id, "id", "appears twice")
        else:
            seen.add(element.id)
            yield element


def read_number(written: object) -> float | None:
    """A number that may stand in quotes, or None when it is none: for what an element can be read without."""
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        return None
    try:
        number = float(written)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_moment(text: str, field: str) -> datetime:
    """ISO 8601 with or without seconds, `T` or a space; UTC where no zone is given. Raises WrongField."""
    try:
        told = datetime.fromisoformat(text.strip())
        moment = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except ValueError:
        raise WrongField(field, f"{text!r} is no date and time") from None
    except OverflowError:  # at the ends of the calendar another zone has no such day
        raise WrongField(field, f"{text!r} is not of our time") from None
    if moment.year not in _YEARS:
        raise WrongField(field, f"{text!r} is not of our time")
    return moment


def describe_other_than_json(payload: bytes) -> str:
    """Words for a payload that cannot be a JSON object or array, judged by its two ends; empty when it can."""
    body = payload.removeprefix(_BOM).strip()
    if not body:
        return "nothing"
    if body.startswith(b"<"):
        return f"an HTML or XML page of {len(payload)} bytes"
    if body[:1] not in (b"{", b"["):
        return f"text of {len(payload)} bytes"
    if body[-1:] not in (b"}", b"]"):
        return f"JSON cut off after {len(payload)} bytes"
    return ""


class _Named(msgspec.Struct):
    id: str | int | None = None
    slug: str | None = None
    event_ticker: str | None = None
    ticker: str | None = None


def _name_of(raw: msgspec.Raw) -> str:
    try:
        named = msgspec.json.decode(raw, type=_Named)
    except NOT_READABLE:
        return ""
    return str(named.slug or named.ticker or named.event_ticker or named.id or "")


def _explain(error: Exception) -> tuple[str, str]:
    found = _PLACE.match(str(error))
    return (found["field"], found["detail"]) if found else ("", str(error))
