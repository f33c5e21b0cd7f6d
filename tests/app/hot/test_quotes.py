"""What one process says of prices, all others read as it was; and know by now how old it is."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
import pytest
from redis.asyncio import Redis

from app.domain.games import GameId
from app.domain.markets import ContractId, MarketId
from app.domain.money import price, size
from app.domain.prices import SECOND, Ladder, LaneId, Level, Listed, Nanos, Quote, book_id
from app.errors import HotStoreUnavailable, Superseded
from app.hot.keys import PRICES_LIFETIME, book_key, quote_key
from app.hot.quotes import read_book
from app.hot.shown import PricesUpdate, book_shown, levels_of, moment, nanos, quote_shown, seen
from app.hot.state import HotState, open_hot_state
from tests.app.hot.samples import KALSHI, life_of, put_text
from tests.servers import Server

Said = TypeVar("Said")

YES, NO = ContractId("kalshi:KXNBA-BOS:yes"), ContractId("kalshi:KXNBA-BOS:no")
LISTED = Listed(book_id(KALSHI, MarketId("KXNBA-BOS")), KALSHI, MarketId("KXNBA-BOS"), GameId("401810001"), YES, NO)
LANE = LaneId("kalshi:3")
AT = Nanos(1_786_000_000_123_456_000)
MOMENT = datetime.fromtimestamp(1_786_000_000, UTC)
FRESH = 2 * SECOND
QUOTE = Quote(
    YES, price("0.53"), size("120.5"), price("0.55"), size("7"), Nanos(AT - 5_000), AT, AT, 41, "s3", None, LANE
)


def levels(*pairs: str) -> tuple[Level, ...]:
    return tuple((price(a), size(b)) for a, b in (pair.split("x") for pair in pairs))


LADDER = Ladder(
    LISTED,
    levels("0.53x120.5", "0.52x3", "0.51x1"),
    levels("0.55x7", "0.5601x0.000001"),
    AT,
    AT,
    AT,
    41,
    "s3",
    None,
    LANE,
)


async def test_a_quote_and_a_book_come_back_exactly(hot: HotState, fresh_redis_url: str) -> None:
    mirror = await hot.open_mirror(KALSHI)
    flush = mirror.next_flush()
    shown = [quote_shown(LISTED, each, AT, FRESH, flush) for each in (QUOTE, QUOTE.mirrored(NO))]
    book = book_shown(LADDER, AT, FRESH, 2, flush)
    await mirror.write([book], shown, moment(AT))
    assert await hot.quotes([YES, ContractId("kalshi:none:yes"), NO]) == {YES: shown[0], NO: shown[1]}
    assert (shown[0].bid, shown[0].bid_size, shown[1].ask, shown[1].ask_size) == ("0.5300", "120.5", "0.4700", "120.5")
    assert await hot.book(LISTED.book_id) == book
    assert (book.bids_beyond, book.asks_beyond, book.asks[1]) == (1, 0, ("0.5601", "0.000001"))
    assert levels_of(book.bids) == LADDER.bids[:2]
    assert book.listed == LISTED
    assert nanos(book.received_at) == AT
    for key in (quote_key(YES), quote_key(NO), book_key(LISTED.book_id)):
        assert PRICES_LIFETIME - 5 < await life_of(fresh_redis_url, key) <= PRICES_LIFETIME


async def test_a_quote_of_an_empty_market_has_no_prices(hot: HotState) -> None:
    empty = Quote(YES, None, size(0), price("0.55"), size(1), Nanos(0), Nanos(0), Nanos(0), doubt="waiting")
    mirror = await hot.open_mirror(KALSHI)
    await mirror.write([], [quote_shown(LISTED, empty, AT, FRESH)], moment(AT))
    found = (await hot.quotes([YES]))[YES]
    assert (found.bid, found.bid_size, found.ask, found.state, found.doubt) == (
        None,
        None,
        "0.5500",
        "quarantined",
        "waiting",
    )
    assert (found.venue_time, found.received_at, found.proved_at, found.age_ms) == (None, None, None, None)


async def test_an_empty_side_replaces_one_that_was_there(hot: HotState) -> None:
    mirror = await hot.open_mirror(KALSHI)
    await mirror.write([], [quote_shown(LISTED, QUOTE, AT, FRESH)], None)
    gone = msgspec.structs.replace(QUOTE, bid=None)
    await mirror.write([], [quote_shown(LISTED, gone, AT, FRESH)], None)
    assert (await hot.quotes([YES]))[YES].bid is None


@pytest.mark.parametrize(
    ("lane_at", "now", "state", "age"),
    [
        (AT, AT + SECOND, "fresh", 1000),
        (AT, AT + 3 * SECOND, "stale", 3000),
        (AT + 3 * SECOND, AT + 4 * SECOND, "fresh", 1000),  # its lane has carried data since
        (AT - SECOND, AT + SECOND, "fresh", 1000),  # the quote's own proof is newer
    ],
)
def test_age_and_state_are_those_of_the_moment_of_reading(lane_at: int, now: int, state: str, age: int) -> None:
    shown = quote_shown(LISTED, QUOTE, AT, FRESH)
    read = seen(shown, {LANE: Nanos(lane_at)}, Nanos(now), FRESH)
    assert (read.state, read.age_ms) == (state, age)


def test_what_is_in_doubt_stays_so_however_fresh_its_lane_is() -> None:
    shown = quote_shown(LISTED, msgspec.structs.replace(QUOTE, doubt="gap"), AT, FRESH)
    assert seen(shown, {LANE: AT}, AT, FRESH).state == "quarantined"


async def test_listeners_hear_prices_and_books_of_every_game(hot: HotState) -> None:
    mirror = await hot.open_mirror(KALSHI)
    other = msgspec.structs.replace(LISTED, game_id=GameId("x:nba:2026-01-10:a-b"))
    async with hot.hear_prices() as prices, hot.hear_books() as books:
        shown = [quote_shown(each, QUOTE, AT, FRESH, 7) for each in (LISTED, other)]
        book = book_shown(LADDER, AT, FRESH, 20, 7)
        await mirror.write([book], shown, moment(AT))
        heard = [await next_of(prices) for _ in range(2)]
        told = await next_of(books)
    assert [game_id for game_id, _ in heard] == [LISTED.game_id, other.game_id]
    update = msgspec.json.decode(heard[0][1], type=PricesUpdate)
    assert (update.game_id, update.flush, update.quotes[0]) == (LISTED.game_id, 7, shown[0])
    assert json.loads(heard[0][1])["type"] == "prices"
    assert told[0] == LISTED.game_id
    assert read_book(told[1]) == book
    assert read_book(b"{}") is None


async def test_what_is_only_kept_alive_is_said_to_nobody(hot: HotState) -> None:
    mirror = await hot.open_mirror(KALSHI)
    async with hot.hear_prices() as prices:
        await mirror.write([], [quote_shown(LISTED, QUOTE, AT, FRESH, 1)], None)
        await mirror.write([], [quote_shown(LISTED, QUOTE, AT, FRESH, 2)], moment(AT))
        (_, body) = await next_of(prices)
    assert msgspec.json.decode(body, type=PricesUpdate).flush == 2


async def test_numbers_grow_over_a_restart_and_who_was_overtaken_is_refused(hot: HotState) -> None:
    first = await hot.open_mirror(KALSHI)
    before = [first.next_flush() for _ in range(3)]
    second = await hot.open_mirror(KALSHI)
    assert second.next_flush() > before[-1]
    await second.write([], [quote_shown(LISTED, QUOTE, AT, FRESH, 2)], None)
    with pytest.raises(Superseded):
        await first.write([], [quote_shown(LISTED, QUOTE, AT, FRESH, 1)], None)
    assert (await hot.quotes([YES]))[YES].flush == 2


async def test_lanes_are_those_that_are_told_last(hot: HotState) -> None:
    mirror = await hot.open_mirror(KALSHI)
    async with hot.hear_lanes() as heard:
        await mirror.write_lanes({LANE: AT, LaneId("kalshi:4"): AT}, at=MOMENT)
        assert (await next_of(heard)).lanes == {LANE: AT, "kalshi:4": AT}
        later = Nanos(AT + 1)
        await mirror.write_lanes({LANE: later}, at=MOMENT)
        assert await hot.lanes() == {LANE: later}
        await hot.open_mirror(KALSHI)  # another process: the lanes of the one before are no more
        assert await hot.lanes() == {}


async def test_a_lost_connection_ends_the_listening(server: Server) -> None:
    async with open_hot_state(server.url) as hot:
        await hot.ping()
        async with hot.hear_prices() as prices:
            waiting = asyncio.create_task(next_of(prices))
            await asyncio.sleep(0)
            server.stop()
            with pytest.raises(HotStoreUnavailable):
                await waiting


async def test_a_damaged_quote_is_passed_over(hot: HotState, fresh_redis_url: str) -> None:
    await put_text(fresh_redis_url, quote_key(NO), "not ours")
    async with Redis.from_url(fresh_redis_url) as redis:
        await redis.hset(quote_key(YES), "bid", "0.5")
    assert await hot.quotes([YES, NO]) == {}


async def next_of(said: AsyncIterator[Said]) -> Said:
    async with asyncio.timeout(10):
        return await anext(said)
