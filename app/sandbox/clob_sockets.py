"""Polymarket's market channel."""

from collections.abc import Awaitable, Callable, Iterable

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.sandbox import clob_frames as frames
from app.sandbox.books import Book, Change
from app.sandbox.clob_frames import Summaries
from app.sandbox.exchanges import Exchange
from app.sandbox.faults import Faults
from app.sandbox.grids import DOLLAR, Grid
from app.sandbox.makers import milliseconds
from app.sandbox.markets import Market
from app.sandbox.messages import Message
from app.sandbox.outlets import Outlet
from app.sandbox.wires import wire_of

BOOKS_A_FRAME = 50


class Wish(msgspec.Struct):
    """What a client says: first a subscription, then changes of it."""

    assets_ids: list[str] = []
    type: str = ""
    operation: str = ""
    custom_feature_enabled: bool | None = None
    initial_dump: bool = True


def clob_socket(exchange: Exchange, summaries: Summaries, faults: Faults) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint; everybody may listen."""

    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        outlet = Outlet(wire_of(socket), socket.url.path, faults)
        session = Session(exchange, summaries, outlet)
        try:
            while True:
                session.hear(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            session.close()
            outlet.close()

    return endpoint


class Session:
    """One client's tokens."""

    def __init__(self, exchange: Exchange, summaries: Summaries, outlet: Outlet) -> None:
        self._exchange = exchange
        self._summaries = summaries
        self._outlet = outlet
        self._sides: dict[str, set[int]] = {}  # by market: of which tokens the client wants books
        self._is_custom = False
        self._unsaid: list[Message] = []
        self._best: dict[str, tuple[int, int]] = {}
        self._resolved: set[str] = set()

    def hear(self, text: str) -> None:
        """One message of the client."""
        if text == "PING":
            self._outlet.answer_ping(b"PONG")
            return
        try:
            wish = msgspec.json.decode(text, type=Wish)
        except msgspec.DecodeError:
            self._outlet.say(b"INVALID OPERATION")
            return
        if wish.custom_feature_enabled is not None:
            self._is_custom = wish.custom_feature_enabled
        if wish.operation == "unsubscribe":
            self._leave(wish.assets_ids)
        elif wish.operation == "subscribe" or wish.type.lower() == "market":
            self._follow(wish.assets_ids, is_shown=wish.initial_dump)
        else:
            self._outlet.say(b"INVALID OPERATION")

    def close(self) -> None:
        for name in tuple(self._sides):
            self._forget(name)

    def level_changed(self, book: Book, change: Change, *, is_trade: bool) -> None:
        self._unsaid.append(self._summaries.price_change(book, change))
        if is_trade:
            self._unsaid.append(frames.last_trade(book, change))
            sides = self._sides[book.market.id]
            self._unsaid += [self._summaries.book_event(book, side) for side in sorted(sides)]
        crossing = book.crossing()
        if crossing and self._outlet.is_to_cross(book.market.id, *book.market.tokens):
            self._unsaid.append(self._summaries.price_change(book, crossing))

    def grid_changed(self, book: Book, before: Grid) -> None:
        for side in sorted(self._sides[book.market.id]):
            self._unsaid.append(frames.tick_size_change(book, side, before))

    def looked(self, book: Book) -> None:
        """Say what has gathered: one thing as it is, more in one array."""
        name = book.market.id
        if self._is_custom:
            self._say_best(book)
            self._say_resolution(book)
        if self._unsaid and not self._exchange.is_silent:
            said = self._unsaid[0] if len(self._unsaid) == 1 else self._unsaid
            self._outlet.say(frames.encode(said), name, *book.market.tokens)
        self._unsaid = []

    def _follow(self, tokens: Iterable[str], *, is_shown: bool) -> None:
        shown: list[tuple[Book, int]] = []
        looked_at = [(token, self._exchange.book(token)) for token in dict.fromkeys(tokens)]  # before any is followed
        for token, book in looked_at:
            if book is None or token not in book.market.tokens:
                continue
            side = book.market.tokens.index(token)
            sides = self._sides.setdefault(book.market.id, set())
            if not sides:
                self._exchange.follow(book.market, self)
                if self._is_resolved(book.market):
                    self._resolved.add(book.market.id)  # that is no news
            if side not in sides and book.is_open:
                shown.append((book, side))
            sides.add(side)
        if is_shown and not self._exchange.is_silent:
            for chunk in _chunks(shown):
                events = [self._summaries.book_event(book, side) for book, side in chunk]
                self._outlet.say(frames.encode(events))

    def _leave(self, tokens: Iterable[str]) -> None:
        for token in tokens:
            market = self._exchange.market(token)
            sides = self._sides.get(market.id) if market else None
            if market and sides:
                sides.discard(market.tokens.index(token))
                if not sides:
                    self._forget(market.id)

    def _forget(self, name: str) -> None:
        del self._sides[name]
        market = self._exchange.market(name)
        if market:
            self._exchange.leave(market, self)

    def _say_best(self, book: Book) -> None:
        best = book.best_bid, book.best_ask
        if self._best.get(book.market.id, best) != best:
            self._unsaid += [frames.best_bid_ask(book, side) for side in sorted(self._sides[book.market.id])]
        self._best[book.market.id] = best

    def _say_resolution(self, book: Book) -> None:
        market, now = book.market, milliseconds(self._exchange.clock())
        if market.id in self._resolved or not self._is_resolved(market):
            return
        self._resolved.add(market.id)
        pays = self._exchange.quoting.pays(market)
        if pays in (0, DOLLAR):  # of two halves none has won
            self._unsaid.append(frames.market_resolved(market, 0 if pays else 1, now))

    def _is_resolved(self, market: Market) -> bool:
        end = self._exchange.quoting.ending(market)
        return end is not None and milliseconds(self._exchange.clock()) >= end.final


def _chunks(shown: list[tuple[Book, int]]) -> Iterable[list[tuple[Book, int]]]:
    return (shown[first : first + BOOKS_A_FRAME] for first in range(0, len(shown), BOOKS_A_FRAME))
