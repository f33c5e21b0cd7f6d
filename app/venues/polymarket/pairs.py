"""The two tokens of a followed market: one book, told from two sides."""

from app.domain.markets import ContractId
from app.domain.prices import FINEST_GRID, Grid, Listed, Nanos, even_grid
from app.venues.polymarket.markets import POLYMARKET

_PREFIX = f"{POLYMARKET}:"

Names = tuple[str | None, str | None, str | None, str | None]  # best bid and ask of the first token, and of the second
NOT_NAMED: Names = (None, None, None, None)


class Pair:
    """A followed market, and what was heard of it."""

    __slots__ = (
        "asked",
        "book_id",
        "compared_at",
        "first",
        "has_book",
        "is_shown",
        "is_unlike",
        "listed",
        "names",
        "second",
        "tick",
    )

    def __init__(self, listed: Listed) -> None:
        self.listed = listed
        self.book_id = listed.book_id
        self.first = token_of(listed.first)
        self.second = token_of(listed.second) if listed.second else ""
        self.tick = 0  # 1/10,000 dollar; 0: not told
        self.has_book = False  # over the connection that it is on now
        self.names = NOT_NAMED  # since the last snapshot
        self.is_unlike = False  # the second token's best was no mirror of the first one's when both were told last
        self.is_shown = False  # over REST, when that was asked for last
        self.asked = 0  # times that a snapshot was asked for and did not come
        self.compared_at = Nanos(0)  # when it was last asked for over REST

    @property
    def tokens(self) -> tuple[str, ...]:
        return (self.first, self.second) if self.second else (self.first,)

    @property
    def grid(self) -> Grid:
        """Where prices may lie, as far as it is told."""
        return even_grid(self.tick) if self.tick else FINEST_GRID

    def take_tick(self, tick: int) -> bool:
        """The market's step, in 1/10,000 dollar; whether that is news."""
        is_news = tick > 0 and tick != self.tick
        self.tick = tick or self.tick
        return is_news


def token_of(contract: ContractId) -> str:
    """The venue's own id of an outcome."""
    return contract.removeprefix(_PREFIX)
