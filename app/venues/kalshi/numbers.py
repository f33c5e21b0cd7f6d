"""Kalshi's decimals → exact integers. They stand in quotes, now and then not; the same ones come again and again, so
their meaning is remembered."""

import re
from collections.abc import Callable
from typing import TypeVar

from app.domain.money import ONE_DOLLAR, Price, Size, price, size
from app.domain.prices import Level
from app.errors import BadInput
from app.venues.kalshi.wire import Levels, Number

MOST_REMEMBERED = 8_000  # of a kind; sizes come again now and then, prices always
LONGEST = 24  # characters of a number
LONGEST_PLAIN = 16  # of one that is read without further questions: twelve digits, a sign, and cents
_PLAIN = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_HUNDREDTH = 10_000  # of a contract, in units of Size

Units = TypeVar("Units", bound=int)


class Meanings(dict[Number, Units]):
    """What was written → what it means. Raises BadInput for what means nothing."""

    def __init__(self, read: Callable[[Number], Units]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, written: Number) -> Units:
        meaning = self._read(written)
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[written] = meaning
        return meaning


def read_price(written: Number) -> Price:
    """Dollars → price."""
    return price(_plain(written))


def read_mirrored(written: Number) -> Price:
    """Dollars that somebody bids for NO → the price at which that is an offer of YES."""
    return Price(ONE_DOLLAR - price(_plain(written)))


def read_change(written: Number) -> int:
    """Contracts, more or less → units of Size, signed."""
    if isinstance(written, str) and written[-3:-2] == "." and len(written) <= LONGEST_PLAIN:  # as nearly all are
        digits = written[:-3] + written[-2:]
        if digits.isascii() and digits.removeprefix("-").isdigit():
            return int(digits) * _HUNDREDTH
    plain = _plain(written)
    return -size(plain.removeprefix("-")) if plain.startswith("-") else size(plain)


PRICES = Meanings(read_price)
MIRRORED = Meanings(read_mirrored)
CHANGES = Meanings(read_change)


def read_bids(written: Levels | None) -> tuple[Level, ...]:
    """What is bid for YES. Raises BadInput."""
    return tuple((PRICES[dollars], _size(count)) for dollars, count in written or ())


def read_asks(written: Levels | None) -> tuple[Level, ...]:
    """What is bid for NO, as offers of YES. Raises BadInput."""
    return tuple((MIRRORED[dollars], _size(count)) for dollars, count in written or ())


def _size(written: Number) -> Size:
    units = CHANGES[written]
    if units < 0:
        raise BadInput(f"size {written} is negative")
    return Size(units)


def _plain(written: Number) -> str:
    """The text of a number: digits and a point. An exponent would be a short way to write a million of them."""
    text = str(written)
    if len(text) > LONGEST or not _PLAIN.fullmatch(text):
        raise BadInput(f"{text[:LONGEST]!r} is no number of dollars or contracts")
    return text
