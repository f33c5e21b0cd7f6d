"""What accounts have taken of the makers' levels. It is gone until the makers quote another size there."""

import msgspec

from app.sandbox.makers import Ladder


class Takings:
    """By market: what stood at a level when something of it was first taken, and how much is gone since."""

    def __init__(self) -> None:
        self._gone: dict[str, dict[tuple[bool, int], tuple[int, int]]] = {}
        self._at: dict[str, int] = {}

    def note(self, market_id: str, ladder: Ladder, *, is_bid: bool, price: int, size: int, at: int) -> None:
        """So much of a level was taken; the ladder, which is one that `left` gave, no longer has it."""
        levels = ladder.bids if is_bid else ladder.asks
        gone = self._gone.setdefault(market_id, {})
        stood, before = gone.get((is_bid, price), (levels[price], 0))
        gone[is_bid, price] = stood, before + size
        self._at[market_id] = at
        levels[price] -= size
        if not levels[price]:
            del levels[price]

    def left(self, market_id: str, ladder: Ladder) -> Ladder:
        """A ladder of the makers without what is gone, in dicts of its own."""
        sides = {True: dict(ladder.bids), False: dict(ladder.asks)}
        gone = self._gone.get(market_id, {})
        for (is_bid, price), (stood, size) in tuple(gone.items()):
            levels = sides[is_bid]
            if levels.get(price) != stood:
                del gone[is_bid, price]  # quoted anew
            elif stood > size:
                levels[price] = stood - size
            else:
                del levels[price]
        at = max(ladder.at, self._at.get(market_id, 0))
        return msgspec.structs.replace(ladder, bids=sides[True], asks=sides[False], at=at)
