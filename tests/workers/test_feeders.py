"""A process that works on games knows the prices of venues that another process holds: as exactly, and no longer."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

import workers.feeders
from app.domain.inputs import Doubted, Dropped, GameLeft, GameTaken
from app.domain.prices import SECOND, Quote, mirrored_levels
from app.hot.shown import book_shown
from app.resources import Resources
from tests.workers.bots import until
from tests.workers.markets import Market
from tests.workers.shards import HOME_MARKET, LIVE_GAME, links_of
from tests.workers.worlds import KALSHI, World, on_kalshi, on_polymarket
from workers.feeders import Feeder
from workers.mirrors import keep_mirrored

FRESH = 2 * SECOND


class Split:
    """One process with a venue's sockets, and one that works on the game."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.monitor = world.resources
        self.shard = self.process()
        self.feeder = Feeder(self.shard)
        self.market = Market(self.monitor.intake, "kalshi", HOME_MARKET, "401")

    def process(self) -> Resources:
        """Another one, by the same clock."""
        made = self.world.process()
        made.intake.now = self.monitor.intake.now
        return made

    def take(self) -> None:
        links = tuple(links_of(on_kalshi(), on_polymarket()))
        self.shard.intake.put(GameTaken(LIVE_GAME, links, self.shard.intake.now()))

    def quote(self) -> Quote | None:
        return self.shard.intake.pipeline.quote(self.market.listed.first)

    def bid(self) -> int | None:
        quote = self.quote()
        return quote.bid if quote else None

    def has(self, state: str, bid: int | None = None, doubt: str | None = None) -> bool:
        quote = self.quote()
        if quote is None or quote.state(self.shard.intake.now(), FRESH) != state:
            return False
        return (bid is None or quote.bid == bid) and quote.doubt == doubt


@pytest.fixture
async def split(world: World) -> Split:
    split = Split(world)
    split.market.follow()
    split.market.load("0.53x120 0.52x3", "0.55x7")
    split.take()
    return split


@pytest.fixture
async def feeding(split: Split) -> AsyncIterator[asyncio.Task[None]]:
    """The monitor's mirror, to be cancelled as a death; the feeder runs until the end."""
    holding = asyncio.create_task(keep_mirrored(split.monitor, KALSHI))
    feeding = asyncio.create_task(split.feeder.run())
    yield holding
    for task in (holding, feeding):
        task.cancel()
    await asyncio.gather(holding, feeding, return_exceptions=True)


async def test_a_book_comes_over_with_its_marks_and_times(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    there = split.monitor.intake.pipeline.ladder(split.market.listed.book_id)
    here = split.shard.intake.pipeline.ladder(split.market.listed.book_id)
    assert there is not None
    assert here is not None
    assert (here.bids, here.asks, here.listed) == (there.bids, there.asks, there.listed)
    assert (here.sequence, here.mark, here.lane) == (there.sequence, there.mark, there.lane)
    assert (here.received_at // 1000, here.venue_time // 1000) == (there.received_at // 1000, there.venue_time // 1000)


async def test_what_moves_there_moves_here(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    split.market.replace("0.54x9")
    await until(lambda: split.has("fresh", 5400))
    split.market.replace("0.54x0")
    await until(lambda: split.has("fresh", 5300))


async def test_a_quiet_book_stays_fresh_while_its_lane_is_proved(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    for _ in range(12):
        split.market.hear()
        await asyncio.sleep(0.25)
    assert split.has("fresh", 5300)


async def test_a_doubt_there_is_a_doubt_here_until_it_is_healed(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    split.market.cut("gap")
    await until(lambda: split.has("quarantined", doubt="gap"))
    split.market.load("0.51x1", "0.55x7")
    await until(lambda: split.has("fresh", 5100))


async def test_a_book_that_waits_again_there_is_not_right_here(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    split.monitor.intake.put(Doubted(split.market.listed.book_id, "waiting", split.monitor.intake.now()))
    await until(lambda: split.has("quarantined", doubt="waiting"))
    split.market.load("0.51x1", "0.55x7")
    await until(lambda: split.has("fresh", 5100))


async def test_a_book_that_is_followed_no_longer_there_is_none_here(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    split.monitor.intake.put(Dropped(split.market.listed.book_id, split.monitor.intake.now()))
    await until(lambda: split.quote() is None)
    split.market.follow()
    split.market.load("0.51x1", "0.55x7")
    await until(lambda: split.has("fresh", 5100))


async def test_a_book_that_is_told_in_terms_of_the_other_contract_is_not_turned_round(split: Split) -> None:
    now, listed = split.monitor.intake.now(), split.market.listed
    ladder = split.monitor.intake.pipeline.ladder(listed.book_id)
    assert ladder is not None
    split.feeder.feed(book_shown(ladder, now, FRESH, 20, flush=1))
    assert listed.second is not None
    turned = msgspec.structs.replace(listed, first=listed.second, second=listed.first)
    bids, asks = mirrored_levels(ladder.asks), mirrored_levels(ladder.bids)
    other = msgspec.structs.replace(ladder, listed=turned, bids=bids, asks=asks)
    split.feeder.feed(book_shown(other, now, FRESH, 20, flush=2))
    assert split.bid() == 5300


async def test_a_dead_holder_is_noticed_and_another_one_heals(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    feeding.cancel()
    await until(lambda: split.has("quarantined", doubt="lost"))
    successor = split.process()
    market = Market(successor.intake, "kalshi", HOME_MARKET, "401", lane="2")
    market.follow()
    market.load("0.50x1", "0.55x7")
    mirroring = asyncio.create_task(keep_mirrored(successor, KALSHI))
    await until(lambda: split.has("fresh", 5000))
    mirroring.cancel()
    await asyncio.gather(mirroring, return_exceptions=True)


async def test_a_holder_that_was_only_silent_heals_although_nothing_moved(
    split: Split, feeding: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.feeders, "LOST_AFTER", SECOND // 10)  # less than it takes to say so again
    await until(lambda: split.has("quarantined", doubt="lost"))
    monkeypatch.undo()
    split.market.hear()
    await until(lambda: split.has("fresh", 5300))


async def test_a_process_that_holds_the_sockets_itself_is_not_fed(split: Split, feeding: asyncio.Task[None]) -> None:
    split.shard.mirrored.add(KALSHI)
    split.market.replace("0.54x9")
    await asyncio.sleep(0.5)
    assert split.quote() is None


async def test_a_process_that_begins_to_hold_them_is_left_alone(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    split.shard.mirrored.add(KALSHI)
    feeding.cancel()
    own = Market(split.shard.intake, "kalshi", HOME_MARKET, "401", lane="9")
    own.follow()
    own.load("0.47x1", "0.55x7")
    for _ in range(8):  # longer than a silence that means a death
        own.hear()
        await asyncio.sleep(0.5)
    assert split.has("fresh", 4700)


async def test_a_game_that_is_left_is_forgotten(split: Split, feeding: asyncio.Task[None]) -> None:
    await until(lambda: split.has("fresh", 5300))
    split.shard.intake.put(GameLeft(LIVE_GAME.id, split.shard.intake.now()))
    split.feeder.forget_all_but(())
    assert split.quote() is None
    split.market.replace("0.54x9")
    await asyncio.sleep(0.3)
    assert split.quote() is None
    split.take()
    await split.feeder.read([LIVE_GAME.id])
    assert split.has("fresh", 5400)


async def test_an_older_writing_changes_nothing(split: Split) -> None:
    task = asyncio.create_task(keep_mirrored(split.monitor, KALSHI))
    await until(lambda: book_is_there(split))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    book = await split.world.hot.book(split.market.listed.book_id)
    assert book is not None
    newer = msgspec.structs.replace(book, bids=[("0.5000", "1")], flush=book.flush + 5)
    split.feeder.feed(newer)
    split.feeder.feed(book)
    assert split.bid() == 5000


async def book_is_there(split: Split) -> bool:
    return await split.world.hot.book(split.market.listed.book_id) is not None
