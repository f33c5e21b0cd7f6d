"""The plainest books there can be, to hold the quick ones against: a level is an entry of a dict, a size a Decimal."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from app.domain.inputs import Added, Cut, Doubted, Dropped, Followed, Input, Shown, Snapshot
from app.domain.money import ONE_DOLLAR, SIZE_UNITS
from app.domain.prices import BookId, Level

Sides = dict[str, dict[Decimal, Decimal]]  # "yes" and "no": what is bid, by price in dollars
Asks = dict[int, int]


class ReferenceBooks:
    """What Kalshi's documentation says to do with each frame, done to the letter."""

    def __init__(self) -> None:
        self.books: dict[str, Sides] = {}

    def apply(self, frame: dict) -> None:
        told = frame.get("msg", {})
        if frame["type"] == "orderbook_snapshot":
            self.books[told["market_ticker"]] = {
                side: {Decimal(price): Decimal(size) for price, size in told.get(f"{side}_dollars_fp") or ()}
                for side in ("yes", "no")
            }
        elif frame["type"] == "orderbook_delta":
            levels = self.books[told["market_ticker"]][told["side"]]
            price = Decimal(told["price_dollars"])
            levels[price] = levels.get(price, Decimal(0)) + Decimal(told["delta_fp"])
            assert levels[price] >= 0
            if not levels[price]:
                del levels[price]

    def bids(self, ticker: str) -> dict[int, int]:
        """Price in 1/10,000 dollar → size in 1/1,000,000 contract."""
        return {int(price * ONE_DOLLAR): int(size * SIZE_UNITS) for price, size in self.books[ticker]["yes"].items()}

    def asks(self, ticker: str) -> dict[int, int]:
        """What is bid for NO, as offers of YES."""
        levels = self.books[ticker]["no"].items()
        return {int((1 - price) * ONE_DOLLAR): int(size * SIZE_UNITS) for price, size in levels}


class FoldedBooks:
    """The books that whoever believes every input comes to; None: in doubt."""

    def __init__(self) -> None:
        self.told: list[Input] = []
        self.books: dict[BookId, tuple[dict[int, int], dict[int, int]] | None] = {}
        self._lanes: defaultdict[str, set[BookId]] = defaultdict(set)

    def __call__(self, told: Input) -> None:
        self.told.append(told)
        match told:
            case Followed():
                self.books.setdefault(told.listed.book_id, None)
            case Dropped():
                del self.books[told.book_id]
            case Snapshot():
                for books in self._lanes.values():
                    books.discard(told.book_id)
                self._lanes[told.lane].add(told.book_id)
                self.books[told.book_id] = (_as_dict(told.bids), _as_dict(told.asks))
            case Added():
                self._add(told)
            case Cut():
                for book_id in self._lanes[told.lane]:
                    self.books[book_id] = None
            case Doubted():
                self.books[told.book_id] = None
            case _:
                pass

    def kinds(self) -> list[str]:
        """What was told, by name."""
        return [type(one).__name__ for one in self.told]

    def shown(self) -> list[Shown]:
        return [one for one in self.told if isinstance(one, Shown)]

    def _add(self, told: Added) -> None:
        book = self.books[told.book_id]
        assert book is not None, "a book in doubt was changed"
        levels = book[0 if told.is_bid else 1]
        levels[told.price] = levels.get(told.price, 0) + told.size
        assert levels[told.price] >= 0, "more was taken than was there"
        if not levels[told.price]:
            del levels[told.price]


def _as_dict(levels: Iterable[Level]) -> dict[int, int]:
    return {price: size for price, size in levels if size}
