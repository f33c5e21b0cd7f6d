"""Frames of the market channel as the venue writes them, and a book kept in the plainest way to compare with."""

import json
from collections.abc import Mapping, Sequence

from app.domain.games import GameId
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.prices import BookId, Listed, Nanos
from app.venues.polymarket.pairs import Pair

MARKET, FIRST, SECOND_TOKEN = "0xa1", "71321", "52114"
BOOK = BookId(f"polymarket:{MARKET}")
Side = Mapping[str, str]  # price → size, as they are written


def listed(number: int = 0) -> Listed:
    """A market; its tokens and id differ by number."""
    market, first, second = names(number)
    book = BookId(f"polymarket:{market}")
    contracts = ContractId(f"polymarket:{first}"), ContractId(f"polymarket:{second}")
    return Listed(book, VenueId("polymarket"), MarketId(market), GameId("401"), *contracts)


def names(number: int) -> tuple[str, str, str]:
    return (f"{MARKET}{number or ''}", f"{FIRST}{number or ''}", f"{SECOND_TOKEN}{number or ''}")


def pair_of(*tokens: str, market: str = MARKET) -> Pair:
    contracts = [ContractId(f"polymarket:{token}") for token in tokens]
    key = BookId(f"polymarket:{market}")
    return Pair(Listed(key, VenueId("polymarket"), MarketId(market), GameId("401"), *contracts))


def book(bids: Side, asks: Side, token: str = FIRST, market: str = MARKET, **more: object) -> dict[str, object]:
    levels = [[{"price": price, "size": size} for price, size in side.items()] for side in (bids, asks)]
    given = {"market": market, "asset_id": token, "timestamp": "1763850000000", "bids": levels[0], "asks": levels[1]}
    return {"event_type": "book", **given, **more}


def change(
    side: str, price: str, size: str, best: tuple[str, str] | None = None, token: str = FIRST, mark: str = "h"
) -> dict[str, object]:
    named = {} if best is None else {"best_bid": best[0], "best_ask": best[1]}
    return {"asset_id": token, "price": price, "size": size, "side": side, "hash": mark, **named}


def changes(*each: Mapping[str, object], market: str = MARKET, at: int = 1763850001000) -> dict[str, object]:
    return {"event_type": "price_change", "market": market, "timestamp": str(at), "price_changes": list(each)}


def frame(*updates: Mapping[str, object]) -> bytes:
    """One object, or an array of several."""
    return json.dumps(updates[0] if len(updates) == 1 else updates).encode()


class PlainBook:
    """Two dictionaries of decimal numbers as they are written; every question is answered by looking at all of them."""

    def __init__(self) -> None:
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}

    def load(self, bids: Sequence[Mapping[str, str]], asks: Sequence[Mapping[str, str]]) -> None:
        self.bids = {_units(one["price"], 4): _units(one["size"], 6) for one in bids}
        self.asks = {_units(one["price"], 4): _units(one["size"], 6) for one in asks}

    def change(self, side: str, price: str, size: str) -> None:
        levels = self.bids if side == "BUY" else self.asks
        levels[_units(price, 4)] = _units(size, 6)

    @property
    def best(self) -> tuple[int | None, int | None]:
        bids = [price for price, size in self.bids.items() if size]
        asks = [price for price, size in self.asks.items() if size]
        return max(bids, default=None), min(asks, default=None)

    @property
    def levels(self) -> tuple[dict[int, int], dict[int, int]]:
        bids, asks = ({price: size for price, size in side.items() if size} for side in (self.bids, self.asks))
        return bids, asks


def _units(text: str, places: int) -> int:
    """By shifting the point, digit by digit."""
    whole, _, part = text.partition(".")
    return int((whole or "0") + (part + "0" * places)[:places])


NOW = Nanos(1_763_850_010_000_000_000)
