"""What positions count as: at the best bid, which is what somebody pays. Where there is none that can be trusted the
last one counts, and before anybody has bid at all what was paid; which of these it is, is always said."""

from typing import Literal, NamedTuple

from app.domain.money import ONE_DOLLAR, Money, Price
from app.domain.positions import Position
from app.domain.prices import Nanos, Quote

Source = Literal[
    "bid",
    "last",  # the last bid: there is none now, or nobody knows
    "expected",  # its game is over, and by score and rules it is paid so much: won and not paid, or lost
    "cost",  # nobody has bid since somebody looks
]


class Mark(NamedTuple):
    """One contract counts as so much. `at`: when the bid was last proved."""

    price: Price
    source: Source = "cost"
    at: Nanos = Nanos(0)

    @property
    def is_unpaid(self) -> bool:
        """Won, by all that is known, and not paid yet."""
        return self.source == "expected" and self.price > 0


def first_mark(position: Position) -> Mark:
    """Of one that nobody has bid for yet. A process that has just begun knows no book: that is no loss."""
    return Mark(position.average or Price(0))


def mark_of(quote: Quote | None, before: Mark, expected: Price | None, now: Nanos, fresh_within: int) -> Mark:
    """What counts now. `expected`: what is paid, once the game is over and that is known; it ends the market's say."""
    if expected is not None:
        return Mark(expected, "expected", before.at)
    if quote is not None and quote.bid is not None and quote.state(now, fresh_within) == "fresh":
        return Mark(quote.bid, "bid", quote.proved_at)
    return Mark(before.price, "last", before.at) if before.source == "bid" else before


def value_of(position: Position, price: Price) -> Money:
    """All of it at so much each, rounded down."""
    return Money(position.size * price // ONE_DOLLAR)


def unrealised(position: Position, price: Price) -> Money:
    """What would be gained by selling it at that price, fees left out."""
    return Money(value_of(position, price) - position.cost)
