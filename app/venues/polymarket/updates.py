"""Frames of the market channel → inputs of the trading core, straight from the socket's callback."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.domain.inputs import Cut, Doubted, Heard, Named, Regridded, Replaced, Snapshot, Traded
from app.domain.markets import MarketId
from app.domain.parsing import NOT_READABLE, Refusal
from app.domain.prices import MILLISECOND, LaneId, Level, Nanos, complement
from app.errors import BadInput
from app.ports import Put
from app.venues.polymarket import wire
from app.venues.polymarket.amounts import IS_BID, Amounts
from app.venues.polymarket.hashes import has_its_hash, is_hash
from app.venues.polymarket.pairs import NOT_NAMED, Names, Pair
from app.venues.polymarket.wire import LevelChange, PriceChange

PONG = b"PONG"
MOST_REFUSALS = 20  # of one connection, kept until somebody looks
NOT_TOLD = LevelChange(asset_id="", price="", size="", side="")


class Reader:
    """Tells the core what one connection says. The first token's book is the market's; the second token's own is the
    same liquidity, and only shows whether both mirror each other."""

    def __init__(
        self, lane: LaneId, pairs: Mapping[str, Pair], put: Put, amounts: Amounts, counts: Counter[str]
    ) -> None:
        self._decode = wire.UPDATE.decode
        self.lane = lane
        self._pairs = pairs  # by token; its keeper adds and takes away
        self._put = put
        self._prices, self._sizes = amounts.prices, amounts.sizes
        self._best, self._mirrored = amounts.best, amounts.mirrored
        self.counts = counts
        self.frames = 0
        self.heard_at = self.ponged_at = Nanos(0)
        self.refusals: deque[Refusal] = deque(maxlen=MOST_REFUSALS)
        self.on_resolved: Callable[[Pair], object] = lambda pair: None
        self._readings: Mapping[type, Callable[[Any, Nanos], None]] = {
            wire.PriceChange: self._change,
            wire.Book: self._load,
            wire.LastTradePrice: self._trade,
            wire.TickSizeChange: self._regrid,
            wire.BestBidAsk: self._name_best,
            wire.NewMarket: self._note_new,
            wire.MarketResolved: self._resolve,
        }

    def read(self, payload: bytes, received_at: Nanos) -> None:
        """Take in a frame. What cannot be read is refused, and what it may have been about is in doubt."""
        self.frames += 1
        try:
            update = self._decode(payload)
        except NOT_READABLE as error:
            self._read_what_can_be(payload, received_at, error)
            return
        if type(update) is PriceChange:
            try:
                self._change(update, received_at)
            except BadInput as error:
                self._refuse(msgspec.json.encode(update), received_at, error)
        elif isinstance(update, list):
            for one in update:
                self._take(one, received_at)
        else:
            self._take(update, received_at)

    def _take(self, update: wire.Update, received_at: Nanos) -> None:
        try:
            self._readings[type(update)](update, received_at)
        except BadInput as error:  # it decodes, and a price, a size, a time or a side in it says nothing
            self._refuse(msgspec.json.encode(update), received_at, error)

    # The hot path

    def _change(self, update: PriceChange, received_at: Nanos) -> None:
        venue_time: Nanos = update.timestamp * MILLISECOND  # type: ignore[assignment]  # a call costs more than all else
        pair: Pair | None = None
        first: LevelChange | None = None
        second: LevelChange | None = None
        changes = update.price_changes
        for change in changes if changes is not None else _old_form(update):
            token = change.asset_id
            if pair is None and (pair := self._pairs.get(token)) is None:
                continue
            if token == pair.first:
                if first is not None:
                    self._put(self._replaced(pair, first, venue_time, received_at))
                first = change
            elif token == pair.second:
                second = change
            elif token in self._pairs:
                raise BadInput("price_changes: of several markets")
        if pair is None:
            return
        self.heard_at = received_at
        if first is not None:
            self._close(pair, first, second, venue_time, received_at)
        elif second is not None:
            self._compare_alone(pair, second, venue_time, received_at)

    def _close(
        self, pair: Pair, first: LevelChange, second: LevelChange | None, venue_time: Nanos, received_at: Nanos
    ) -> None:
        """The last change of a message, and the best prices that both tokens have then."""
        is_bid, price, size = IS_BID[first.side], self._prices[first.price], self._sizes[first.size]
        self._put(Replaced(pair.book_id, is_bid, price, size, venue_time, received_at, 0, first.hash or ""))
        other = second if second is not None else NOT_TOLD
        names = first.best_bid, first.best_ask, other.best_bid, other.best_ask
        if names != pair.names:  # those that stand are told once: the core keeps what it cannot agree to
            pair.names = names
            self._name(pair, names, venue_time, received_at)

    def _name(self, pair: Pair, names: Names, venue_time: Nanos, received_at: Nanos) -> None:
        """The best prices that both tokens have after a message. What the second names is told when it is no mirror of
        what the first one names, and until it is one again."""
        best_bid, best_ask, its_bid, its_ask = names
        if not best_bid or not best_ask:
            return
        bid, ask = self._best[best_bid], self._best[best_ask]
        self._put(Named(pair.book_id, bid, ask, venue_time, received_at, True))
        if its_bid and its_ask:
            mirrored = self._mirrored[its_ask], self._mirrored[its_bid]
            is_like = mirrored == (bid, ask)
            if not is_like or pair.is_unlike:
                pair.is_unlike = not is_like
                self._put(Named(pair.book_id, *mirrored, venue_time, received_at, False, True))

    def _compare_alone(self, pair: Pair, second: LevelChange, venue_time: Nanos, received_at: Nanos) -> None:
        """A message that speaks of the second token only."""
        if second.best_bid and second.best_ask:
            bid, ask = self._mirrored[second.best_ask], self._mirrored[second.best_bid]
            self._put(Named(pair.book_id, bid, ask, venue_time, received_at, False, True))
        else:
            self._put(Heard(self.lane, received_at))

    def _replaced(self, pair: Pair, change: LevelChange, venue_time: Nanos, received_at: Nanos) -> Replaced:
        """A change that is not the message's last of this book."""
        is_bid, price, size = IS_BID[change.side], self._prices[change.price], self._sizes[change.size]
        return Replaced(pair.book_id, is_bid, price, size, venue_time, received_at, 0, change.hash or "", True)

    # The others

    def _load(self, book: wire.Book, received_at: Nanos) -> None:
        pair = self._pairs.get(book.asset_id)
        if pair is None:
            return self._note_other()
        venue_time, bids, asks = Nanos(book.timestamp * MILLISECOND), self._levels(book.bids), self._levels(book.asks)
        self.heard_at = received_at
        if book.tick_size is not None:
            self._note_tick(pair, str(book.tick_size), received_at)
        if book.asset_id == pair.first:
            if is_hash(book.hash):
                self.counts["hashes_reproduced" if has_its_hash(book) else "hashes_not_reproduced"] += 1
            pair.has_book, pair.asked, pair.names = True, 0, NOT_NAMED
            self._put(Snapshot(pair.book_id, self.lane, bids, asks, venue_time, received_at, 0, book.hash or ""))
        elif pair.has_book:
            bid = complement(min((price for price, size in asks if size), default=None))
            ask = complement(max((price for price, size in bids if size), default=None))
            self._put(Named(pair.book_id, bid, ask, venue_time, received_at, False, True))
        return None

    def _levels(self, levels: list[wire.Level]) -> tuple[Level, ...]:
        prices, sizes = self._prices, self._sizes
        return tuple((prices[level.price], sizes[level.size]) for level in levels)

    def _trade(self, trade: wire.LastTradePrice, received_at: Nanos) -> None:
        pair = self._pairs.get(trade.asset_id)
        if pair is None:
            return self._note_other()
        price, size, is_buy = self._prices[trade.price], self._sizes[trade.size], IS_BID[trade.side]
        self.heard_at = received_at
        if trade.asset_id == pair.first:
            self._put(Traded(pair.book_id, price, size, is_buy, Nanos(trade.timestamp * MILLISECOND), received_at))
        else:
            self._put(Heard(self.lane, received_at))
        return None

    def _regrid(self, change: wire.TickSizeChange, received_at: Nanos) -> None:
        pair = self._pairs.get(change.asset_id)
        if pair is None:
            return self._note_other()
        self.heard_at = received_at
        self._note_tick(pair, change.new_tick_size, received_at)
        self._put(Heard(self.lane, received_at))
        return None

    def _note_tick(self, pair: Pair, told: str, received_at: Nanos) -> None:
        if pair.take_tick(self._prices[told]):
            self._put(Regridded(pair.book_id, pair.grid, received_at))

    def _name_best(self, update: wire.BestBidAsk, received_at: Nanos) -> None:
        pair = self._pairs.get(update.asset_id)
        if pair is None:
            return self._note_other()
        self.heard_at = received_at
        if not pair.has_book:
            return None
        is_mirrored = update.asset_id != pair.first
        bid, ask = self._best[update.best_bid], self._best[update.best_ask]
        if is_mirrored:
            bid, ask = complement(ask), complement(bid)
        self._put(Named(pair.book_id, bid, ask, Nanos(update.timestamp * MILLISECOND), received_at, False, is_mirrored))
        return None

    def _note_new(self, update: wire.NewMarket, received_at: Nanos) -> None:
        """Told of every market of the venue: that it comes does not show that books do."""
        self.counts["new_markets"] += 1

    def _resolve(self, update: wire.MarketResolved, received_at: Nanos) -> None:
        self.counts["markets_resolved"] += 1
        resolved = {pair.book_id: pair for token in update.assets_ids if (pair := self._pairs.get(token))}
        for pair in resolved.values():
            self.on_resolved(pair)

    def _note_other(self) -> None:
        """About something that is followed no longer."""
        self.counts["not_followed"] += 1

    # What cannot be read

    def _read_what_can_be(self, payload: bytes, received_at: Nanos, error: Exception) -> None:
        """One element costs the others nothing."""
        if payload == PONG:
            self.ponged_at = received_at
            return
        if not payload.lstrip().startswith(b"["):
            self._refuse(payload, received_at, error)
            return
        try:
            elements = wire.ELEMENTS.decode(payload)
        except NOT_READABLE as unreadable:
            self._refuse(payload, received_at, unreadable)
            return
        for element in elements:
            try:
                update = wire.ONE_UPDATE.decode(element)
            except NOT_READABLE as wrong:
                self._refuse(bytes(element), received_at, wrong)
            else:
                self._take(update, received_at)

    def _refuse(self, element: bytes, received_at: Nanos, error: Exception) -> None:
        try:
            about = wire.ABOUT.decode(element)
        except NOT_READABLE:
            about = None
        kind = about.event_type if about and isinstance(about.event_type, str) else ""
        self._note_refused(kind, error)
        if kind and kind not in wire.BOOK_TYPES:
            return  # says nothing of books
        concerned = {pair.book_id: pair for pair in self._meant(about)} if about else {}
        for pair in concerned.values():
            self._put(Doubted(pair.book_id, "garbage", received_at))
        if not concerned and not (about and _names_something(about)):
            self._put(Cut(self.lane, "garbage", received_at))

    def _note_refused(self, kind: str, error: Exception) -> None:
        known = kind in wire.BOOK_TYPES or kind in wire.OTHER_TYPES
        self.counts[f"refused_{kind}" if known else "refused_unknown_type" if kind else "refused_unreadable"] += 1
        detail = f"{type(error).__name__}: {error}"[:200]
        self.refusals.append(Refusal("market channel", kind[:40], detail))

    def _meant(self, about: wire.About) -> Iterator[Pair]:
        names = [about.asset_id, about.market]
        if isinstance(about.price_changes, list):
            names += [change.get("asset_id") for change in about.price_changes if isinstance(change, dict)]
        named = {name for name in names if isinstance(name, str)}
        yield from (pair for name in named if (pair := self._pairs.get(name)))
        of_markets = {MarketId(name) for name in named}
        yield from (pair for pair in self._pairs.values() if pair.listed.market_id in of_markets)


def _names_something(about: wire.About) -> bool:
    return isinstance(about.asset_id, str) or isinstance(about.market, str)


def _old_form(update: PriceChange) -> Sequence[LevelChange]:
    """The form before 2025 holds one change in its own fields. Raises BadInput."""
    if update.asset_id is None or update.price is None or update.size is None or update.side is None:
        raise BadInput("price_changes: missing")
    asset_id, price, size, side = update.asset_id, update.price, update.size, update.side
    return (LevelChange(asset_id=asset_id, price=price, size=size, side=side, hash=update.hash),)
