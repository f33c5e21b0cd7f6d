"""A book kept in the plainest way there is, to compare with."""

from app.domain.money import ONE_DOLLAR
from app.domain.prices import Level


class PlainBook:
    """Two dictionaries; the best is looked for each time."""

    def __init__(self) -> None:
        self.sides: dict[bool, dict[int, int]] = {True: {}, False: {}}

    def load(self, bids: tuple[Level, ...], asks: tuple[Level, ...]) -> None:
        self.sides = {True: dict(bids), False: dict(asks)}
        self._forget_the_empty()

    def replace(self, is_bid: bool, price: int, size: int) -> None:
        self.sides[is_bid][price] = size
        self._forget_the_empty()

    def add(self, is_bid: bool, price: int, change: int) -> None:
        self.replace(is_bid, price, self.sides[is_bid].get(price, 0) + change)

    @property
    def is_possible(self) -> bool:
        return all(size > 0 for side in self.sides.values() for size in side.values())

    @property
    def is_crossed(self) -> bool:
        return max(self.sides[True], default=-1) >= min(self.sides[False], default=ONE_DOLLAR + 1)

    @property
    def bids(self) -> tuple[tuple[int, int], ...]:
        return tuple(sorted(self.sides[True].items(), reverse=True))

    @property
    def asks(self) -> tuple[tuple[int, int], ...]:
        return tuple(sorted(self.sides[False].items()))

    def _forget_the_empty(self) -> None:
        self.sides = {is_bid: {at: n for at, n in side.items() if n} for is_bid, side in self.sides.items()}
