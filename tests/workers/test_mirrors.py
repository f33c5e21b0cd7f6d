"""What one process knows of prices, all others read a moment later; nobody waits for them."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

import workers.mirrors
from app.domain.inputs import Dropped
from app.domain.prices import SECOND
from app.errors import Superseded
from app.history.database import Database
from app.hot.keys import PRICES_LIFETIME, quote_key
from app.hot.shown import PricesUpdate, seen
from app.hot.state import HotState, open_hot_state
from app.resources import Resources
from tests.app.hot.samples import life_of
from tests.servers import Server
from tests.workers.bots import until
from tests.workers.markets import Market
from tests.workers.worlds import KALSHI, POLYMARKET, World
from workers.mirrors import BOOKS_A_WRITE, Mirror, keep_mirrored

PATIENCE = 20.0


def hurried(resources: Resources, **prices: float) -> Resources:
    told = resources.settings.prices.model_copy(update=prices)
    resources.settings = resources.settings.model_copy(update={"prices": told})
    return resources


def market(world: World, name: str = "BOS", venue: str = "kalshi", game_id: str = "401") -> Market:
    made = Market(world.resources.intake, venue, name, game_id)
    made.follow()
    return made


async def heard_by(told: AsyncIterator[tuple[str, bytes]]) -> PricesUpdate:
    async with asyncio.timeout(PATIENCE):
        return msgspec.json.decode((await anext(told))[1], type=PricesUpdate)


async def test_what_moved_is_told_once_and_as_it_stands_last(world: World) -> None:
    boston = market(world)
    boston.load("0.53x120 0.52x3", "0.55x7")
    boston.replace("0.54x9")
    mirror = Mirror(world.resources, KALSHI)
    async with world.hot.hear_prices() as told:
        await mirror.turn()
        await mirror.turn()
        boston.replace("0.54x0")
        await mirror.turn()
        first, second = await heard_by(told), await heard_by(told)
    assert [(quote.contract_id, quote.bid, quote.ask) for quote in first.quotes] == [
        (boston.listed.first, "0.5400", "0.5500"),
        (boston.listed.second, "0.4500", "0.4600"),
    ]
    assert (second.quotes[0].bid, second.quotes[0].sequence) == ("0.5300", 3)
    assert second.flush > first.flush
    book = await world.hot.book(boston.listed.book_id)
    assert book is not None
    assert (book.sequence, book.bids, book.listed) == (3, [("0.5300", "120"), ("0.5200", "3")], boston.listed)


async def test_a_mirror_tells_only_of_its_own_venue(world: World) -> None:
    boston, other = market(world), market(world, "0xcafe", "polymarket")
    for each in (boston, other):
        each.load("0.53x1", "0.55x1")
    await Mirror(world.resources, POLYMARKET).turn()
    assert set(await world.hot.quotes([boston.listed.first, other.listed.first])) == {other.listed.first}
    assert set(await world.hot.lanes()) == {"polymarket:1"}


async def test_a_state_that_changes_by_itself_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.mirrors, "LOOK_EVERY", 0)
    boston = market(world)
    boston.load("0.53x1", "0.55x1")
    mirror = Mirror(hurried(world.resources, fresh=0.2), KALSHI)
    async with world.hot.hear_prices() as told:
        await mirror.turn()
        states = [(await heard_by(told)).quotes[0].state]
        await asyncio.sleep(0.25)
        await mirror.turn()
        states.append((await heard_by(told)).quotes[0].state)
        boston.hear()
        await mirror.turn()
        states.append((await heard_by(told)).quotes[0].state)
        boston.cut()
        await mirror.turn()
        last = await heard_by(told)
    assert states == ["fresh", "stale", "fresh"]
    assert (last.quotes[0].state, last.quotes[0].doubt) == ("quarantined", "disconnected")


async def test_a_quiet_book_is_proved_by_its_lane_and_kept_alive(world: World, fresh_redis_url: str) -> None:
    boston = market(world)
    boston.load("0.53x1", "0.55x1")
    mirror = Mirror(hurried(world.resources, repeat_every=0.3), KALSHI)
    await mirror.turn()
    before = (await world.hot.quotes([boston.listed.first]))[boston.listed.first]
    life = await life_of(fresh_redis_url, quote_key(boston.listed.first))
    await asyncio.sleep(0.35)
    boston.hear()
    await mirror.turn()
    after = (await world.hot.quotes([boston.listed.first]))[boston.listed.first]
    assert (after.received_at, after.sequence) == (before.received_at, before.sequence)
    assert after.flush > before.flush
    assert life - 0.3 < await life_of(fresh_redis_url, quote_key(boston.listed.first)) <= PRICES_LIFETIME
    now = world.resources.intake.now()
    assert seen(after, await world.hot.lanes(), now, 2 * SECOND).state == "fresh"


async def test_a_book_that_is_followed_no_longer_is_not_proved_by_its_lane(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.mirrors, "LOOK_EVERY", 0)
    boston, other = market(world), market(world, "NYK")
    for each in (boston, other):
        each.load("0.53x1", "0.55x1")
    mirror = Mirror(world.resources, KALSHI)
    await mirror.turn()
    world.resources.intake.put(Dropped(boston.listed.book_id, world.resources.intake.now()))
    async with world.hot.hear_prices() as told:
        await mirror.turn()
        assert {(quote.state, quote.doubt) for quote in (await heard_by(told)).quotes} == {("quarantined", "lost")}
    other.hear()
    await mirror.turn()
    quotes, lanes = await world.hot.quotes([boston.listed.first]), await world.hot.lanes()
    shown = seen(quotes[boston.listed.first], lanes, world.resources.intake.now(), 2 * SECOND)
    assert (shown.state, shown.doubt, shown.bid) == ("quarantined", "lost", None)


async def test_a_lane_that_is_cut_is_told_at_once(world: World) -> None:
    boston = market(world)
    boston.load("0.53x1", "0.55x1")
    mirror = Mirror(world.resources, KALSHI)
    await mirror.turn()
    assert set(await world.hot.lanes()) == {"kalshi:1"}
    boston.cut()
    await mirror.turn()
    assert await world.hot.lanes() == {}


async def test_many_books_are_told_in_several_writings(world: World) -> None:
    markets = [market(world, f"M{number}") for number in range(BOOKS_A_WRITE * 2 + 1)]
    for each in markets:
        each.load("0.53x1", "0.55x1")
    await Mirror(world.resources, KALSHI).turn()
    assert len(await world.hot.quotes([each.listed.second for each in markets if each.listed.second])) == len(markets)


async def test_a_book_that_is_followed_no_longer_is_left_to_expire(world: World) -> None:
    boston = market(world)
    mirror = Mirror(hurried(world.resources, repeat_every=0.001), KALSHI)
    await mirror.turn()
    world.resources.intake.put(Dropped(boston.listed.book_id, world.resources.intake.now()))
    before = await world.hot.quotes([boston.listed.first])
    while before[boston.listed.first].doubt != "lost":  # a turn that Redis missed is made up for
        await mirror.turn()
        before = await world.hot.quotes([boston.listed.first])
    await mirror.turn()
    assert await world.hot.quotes([boston.listed.first]) == before


async def test_who_was_overtaken_stops(world: World) -> None:
    market(world)
    mirror = Mirror(world.resources, KALSHI)
    await mirror.turn()
    await world.hot.open_mirror(KALSHI)
    market(world, "LAL")
    with pytest.raises(Superseded):
        await mirror.turn()


async def test_it_goes_on_with_the_newest_when_redis_is_back(server: Server, fresh_database_url: str) -> None:
    history = Database(fresh_database_url, pool_size=2)
    async with open_hot_state(server.url) as hot:
        await hot.ping()
        world = World(hot, history)
        boston = market(world)
        boston.load("0.53x1", "0.55x1")
        mirroring = asyncio.create_task(keep_mirrored(world.resources, KALSHI))
        await until(lambda: has_bid(hot, boston, "0.5300"))
        assert world.resources.mirrored == {KALSHI}
        server.stop()
        for cents in range(40, 53):
            boston.load(f"0.{cents}x1", "0.55x1")
            await asyncio.sleep(0.02)
        server.socket.unlink(missing_ok=True)
        (server.folder / "appendonlydir").rename(server.folder / "gone")  # and what was told before is lost
        server.start()
        await until(lambda: has_bid(hot, boston, "0.5200"))
        mirroring.cancel()
        await asyncio.gather(mirroring, return_exceptions=True)
        assert world.resources.mirrored == set()
    await history.close()


async def has_bid(hot: HotState, at: Market, bid: str) -> bool:
    quote = (await hot.quotes([at.listed.first])).get(at.listed.first)
    return quote is not None and quote.bid == bid
