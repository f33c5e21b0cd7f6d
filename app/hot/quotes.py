"""The mirror of one process's prices for all others: quotes, books, and when their lanes were last proved.

Whoever reads gets the newest, never a backlog. Everything expires by itself when nobody holds the sockets any more.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId, VenueId
from app.domain.parsing import NOT_READABLE
from app.domain.prices import BookId, LaneId, Nanos
from app.hot.connections import Door
from app.hot.fences import Words, obey, take_fence
from app.hot.hearings import hearing
from app.hot.hints import PriceHints
from app.hot.keys import (
    LANES,
    PRICES_LIFETIME,
    book_key,
    books_channel,
    prices_channel,
    quote_key,
    view_key,
    views_channel,
)
from app.hot.lines import Message
from app.hot.shelves import expire_command, set_command
from app.hot.shown import BookShown, LanesUpdate, PricesUpdate, QuoteShown

_ENCODER = msgspec.json.Encoder()
_BOOK = msgspec.json.Decoder(BookShown)
_LANES = msgspec.json.Decoder(LanesUpdate)

Told = tuple[GameId, bytes]


class PricesMirror:
    """Writes what one venue says. Opened once by whoever holds the venue's sockets; the one before is refused then."""

    def __init__(self, door: Door, venue: VenueId, fence: int) -> None:
        self._door = door
        self._venue = venue
        self._subject = subject_of(venue)
        self._fence = fence
        self._flush = fence  # a later taker begins far beyond it: a fence counts microseconds
        self._lanes: set[LaneId] = set()

    def next_flush(self) -> int:
        """The number of what is written next."""
        self._flush += 1
        return self._flush

    async def write(self, books: Iterable[BookShown], quotes: Sequence[QuoteShown], at: datetime | None) -> None:
        """The newest of these, in one round trip. `at`: tell the listeners now; None: they know it, it is kept alive.
        Raises Superseded and HotStoreUnavailable."""
        commands: list[Words] = []
        for book in books:
            body = _text(book)
            commands.append(set_command(book_key(book.book_id), body, PRICES_LIFETIME))
            if at is not None:
                commands.append(("PUBLISH", books_channel(book.game_id), body))
        for quote in quotes:
            key = quote_key(quote.contract_id)
            commands += [("HSET", key, *_fields(quote)), expire_command(key, PRICES_LIFETIME)]
        if at is not None:
            commands += [_publish(update) for update in _updates(quotes, at)]
        if commands:
            await obey(self._door, self._subject, self._fence, commands)

    async def write_lanes(self, lanes: Mapping[LaneId, Nanos], at: datetime) -> None:
        """When each lane was proved; those that are no more are forgotten. Raises Superseded and
        HotStoreUnavailable."""
        gone = self._lanes - lanes.keys()
        update = LanesUpdate(self._venue, at, self.next_flush(), lanes)
        commands: list[Words] = [("HDEL", LANES, *gone)] if gone else []
        if lanes:
            commands.append(("HSET", LANES, *(word for lane, at in lanes.items() for word in (lane, str(at)))))
            commands.append(expire_command(LANES, PRICES_LIFETIME))
        commands.append(("PUBLISH", LANES, _text(update)))
        await obey(self._door, self._subject, self._fence, commands)
        self._lanes = set(lanes)


class Prices(PriceHints):
    """What every process reads of prices. `shown.seen` says how old it is by now."""

    async def open_mirror(self, venue: VenueId) -> PricesMirror:
        """Speak for a venue from now on."""
        mirror = PricesMirror(self._door, venue, await take_fence(self._door, subject_of(venue)))
        await self._forget_lanes(venue)
        return mirror

    async def quotes(self, contract_ids: Sequence[ContractId]) -> dict[ContractId, QuoteShown]:
        """The newest quote of each contract that has one, as it was written; of others what their listing says."""
        if not contract_ids:
            return {}
        answers = await self._door.try_each(*(("HGETALL", quote_key(contract_id)) for contract_id in contract_ids))
        found = (_quote(answer) for answer in answers)
        quotes = {quote.contract_id: quote for quote in found if quote is not None}
        return {**quotes, **await self.hints([each for each in contract_ids if each not in quotes])}

    async def book(self, book_id: BookId) -> BookShown | None:
        """A market's book as it was written last."""
        return (await self.books([book_id])).get(book_id)

    async def books(self, book_ids: Sequence[BookId]) -> dict[BookId, BookShown]:
        """Those that anybody holds."""
        found = await self._door.values([book_key(book_id) for book_id in book_ids])
        books = (read_book(body) for body in found if body is not None)
        return {book.book_id: book for book in books if book is not None}

    async def lanes(self) -> dict[LaneId, Nanos]:
        """When each lane last carried data."""
        (answer,) = await self._door.try_each(("HGETALL", LANES))
        if not isinstance(answer, Mapping):
            return {}
        return {LaneId(lane.decode()): Nanos(int(at)) for lane, at in answer.items() if at.isdigit()}

    async def view(self, game_id: GameId) -> bytes | None:
        """The JSON of a game's view by the shard that works on it."""
        return (await self._door.values([view_key(game_id)]))[0]

    @asynccontextmanager
    async def hear_prices(self, game_id: str = "*") -> AsyncGenerator[AsyncIterator[Told]]:
        """Each `PricesUpdate` from the moment of entering, as its game and its JSON. The iteration raises
        HotStoreUnavailable when the connection is lost, and what was said meanwhile is not repeated."""
        async with hearing(self._door, prices_channel(game_id)) as messages:
            yield _by_game(messages)

    @asynccontextmanager
    async def hear_books(self, game_id: str = "*") -> AsyncGenerator[AsyncIterator[Told]]:
        """The same of each changed `BookShown`."""
        async with hearing(self._door, books_channel(game_id)) as messages:
            yield _by_game(messages)

    @asynccontextmanager
    async def hear_views(self, game_id: str = "*") -> AsyncGenerator[AsyncIterator[Told]]:
        """The same of each changed view."""
        async with hearing(self._door, views_channel(game_id)) as messages:
            yield _by_game(messages)

    @asynccontextmanager
    async def hear_lanes(self) -> AsyncGenerator[AsyncIterator[LanesUpdate]]:
        """The proofs of every venue's lanes, once a second."""
        async with hearing(self._door, LANES) as messages:
            yield _lanes(messages)

    async def _forget_lanes(self, venue: VenueId) -> None:
        """Of the process before."""
        gone = [lane for lane in await self.lanes() if lane.startswith(f"{venue}:")]
        if gone:
            await self._door.transact(("HDEL", LANES, *gone))


def subject_of(venue: VenueId) -> str:
    """The fence of a venue's prices."""
    return f"prices:{venue}"


def read_book(body: bytes) -> BookShown | None:
    """None for what is not ours: anyone may publish."""
    try:
        return _BOOK.decode(body)
    except NOT_READABLE:
        return None


def _text(told: msgspec.Struct) -> str:
    return _ENCODER.encode(told).decode()


def _fields(quote: QuoteShown) -> list[str]:
    fields: list[str] = []
    for name, value in msgspec.to_builtins(quote).items():
        fields += (name, "" if value is None else str(value))
    return fields


def _quote(answer: object) -> QuoteShown | None:
    if not isinstance(answer, Mapping) or not answer:
        return None
    fields = {name.decode(): value.decode() for name, value in answer.items() if value}
    try:
        return msgspec.convert(fields, QuoteShown, strict=False)
    except msgspec.ValidationError:
        return None  # a version that told it differently wrote it; it expires soon


def _updates(quotes: Sequence[QuoteShown], at: datetime) -> Iterable[PricesUpdate]:
    by_game: dict[GameId, list[QuoteShown]] = {}
    for quote in quotes:
        by_game.setdefault(quote.game_id, []).append(quote)
    return (PricesUpdate(game_id, at, told[-1].flush, told) for game_id, told in by_game.items())


def _publish(update: PricesUpdate) -> Words:
    return ("PUBLISH", prices_channel(update.game_id), _text(update))


async def _by_game(messages: AsyncIterator[Message]) -> AsyncIterator[Told]:
    async for channel, body in messages:
        yield GameId(channel.partition(":")[2]), body


async def _lanes(messages: AsyncIterator[Message]) -> AsyncIterator[LanesUpdate]:
    async for message in messages:
        try:
            yield _LANES.decode(message.body)
        except NOT_READABLE:
            continue
