"""What positions count as: at the best bid, which is what somebody pays. Where there is none that can be trusted the
last one counts, and that is said; where there never was one nothing does."""

from typing import Literal, NamedTuple

from app.domain.money import ONE_DOLLAR, Money, Price
from app.domain.positions import Position
from app.domain.prices import Nanos, Quote

Source = Literal[
    "bid",
    "last",  # the last bid: there is none now, or nobody knows
    "expected",  # its game is over, and by score and rules it is paid so much: won and not paid, or lost
    "none",  # nobody has ever bid
]


class Mark(NamedTuple):
    """One contract counts as so much. `at`: when the bid was last proved."""

    price: Price = Price(0)
    source: Source = "none"
    at: Nanos = Nanos(0)

    @property
    def is_unpaid(self) -> bool:
        """Won, by all that is known, and not paid yet."""
        return self.source == "expected" and self.price > 0


NO_MARK = Mark()


def mark_of(quote: Quote | None, before: Mark, expected: Price | None, now: Nanos, fresh_within: int) -> Mark:
    """What counts now. `expected`: what is paid, once the game is over and that is known; it ends the market's say."""
    if expected is not None:
        return Mark(expected, "expected", before.at)
    if quote is not None and quote.bid is not None and quote.state(now, fresh_within) == "fresh":
        return Mark(quote.bid, "bid", quote.proved_at)
    return before if before.source == "none" else Mark(before.price, "last", before.at)


def value_of(position: Position, price: Price) -> Money:
    """All of it at so much each, rounded down."""
    return Money(position.size * price // ONE_DOLLAR)


def unrealised(position: Position, price: Price) -> Money:
    """What would be gained by selling it at that price, fees left out."""
    return Money(value_of(position, price) - position.cost)
