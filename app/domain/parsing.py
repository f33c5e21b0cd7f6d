"""What came of reading a payload: the good elements, and each bad one with the field that was wrong."""

from typing import Generic, TypeVar

import msgspec

Item = TypeVar("Item")


class Refusal(msgspec.Struct, frozen=True):
    """One element that could not be read."""

    where: str  # "events[3] 401816457"
    field: str  # "competitions[0].competitors[1].team.id"
    detail: str


class Parsed(msgspec.Struct, Generic[Item], frozen=True):
    """A bad element is refused by name and never costs the others."""

    items: tuple[Item, ...]
    refused: tuple[Refusal, ...] = ()
