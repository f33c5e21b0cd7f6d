"""What another process works on is known here as soon as something is about it, with its books; and no edge is looked
for in it."""

import asyncio

import msgspec

from app.domain.inputs import GameTaken
from app.domain.money import price_text
from app.domain.prices import CENT_GRID
from app.resources import Resources
from tests.workers.bots import until
from tests.workers.markets import Market
from tests.workers.shards import HOME_MARKET, LIVE_GAME, save_game, working
from tests.workers.test_game_shard import hand_out, hasty
from tests.workers.worlds import KALSHI, World
from workers.game_follower import game_follower
from workers.game_shard import game_shard
from workers.mirrors import keep_mirrored


def taken(resources: Resources) -> GameTaken | None:
    return resources.intake.pipeline.taken.get(LIVE_GAME.id)


def is_followed(resources: Resources) -> bool:
    found = taken(resources)
    return found is not None and found.is_followed


class Holder:
    """A process that holds a venue's sockets."""

    def __init__(self, world: World) -> None:
        self.resources = world.process()
        self.market = Market(self.resources.intake, "kalshi", HOME_MARKET, LIVE_GAME.id)
        self.market.follow()
        self.market.load("0.53x120", "0.55x7")

    def bid(self, elsewhere: Resources) -> str | None:
        quote = elsewhere.intake.pipeline.quote(self.market.listed.first)
        return None if quote is None or quote.bid is None or quote.doubt else price_text(quote.bid)


async def test_whoever_waits_for_a_game_has_its_links_its_books_and_their_grid(world: World) -> None:
    await save_game(world)
    holder, trader = Holder(world), world.process()
    mirroring = asyncio.create_task(keep_mirrored(holder.resources, KALSHI))
    try:
        async with working(game_follower, trader):
            await until(lambda: holder.resources.hot.book(holder.market.listed.book_id))
            await trader.followings.know([LIVE_GAME.id])
            assert holder.bid(trader) == "0.5300"
            assert trader.intake.pipeline.grid(holder.market.listed.book_id) == CENT_GRID
            assert is_followed(trader)
            assert trader.intake.pipeline.funnel().games == 0
            holder.market.replace("0.54x9")
            await until(lambda: holder.bid(trader) == "0.5400")
    finally:
        mirroring.cancel()
        await asyncio.gather(mirroring, return_exceptions=True)
    assert trader.intake.pipeline.taken == {}
    assert trader.intake.pipeline.listed == {}


async def test_how_a_followed_game_stands_is_told_again_when_it_changes(world: World) -> None:
    await save_game(world)
    trader = world.process()
    async with working(game_follower, trader):
        await trader.followings.know([LIVE_GAME.id])
        await world.hot.save_games([msgspec.structs.replace(LIVE_GAME, home_score=5)])
        await until(lambda: (found := taken(trader)) is not None and found.game.home_score == 5)


async def test_a_game_that_is_let_go_by_those_who_find_games_is_followed_no_longer(world: World) -> None:
    await save_game(world)
    trader = world.process()
    async with working(game_follower, trader):
        trader.followings.want([LIVE_GAME.id])
        await until(lambda: is_followed(trader))
        await world.hot.drop_games([LIVE_GAME.id])
        await until(lambda: taken(trader) is None)
        assert LIVE_GAME.id in trader.followings


async def test_a_game_that_a_shard_loses_is_followed_while_something_is_about_it(world: World) -> None:
    await hand_out(world, "401")
    process = hasty(world.resources)
    async with working(game_follower, process):
        async with working(game_shard, process):
            await until(lambda: taken(process) is not None)
            assert not is_followed(process)
            process.followings.want([LIVE_GAME.id])
        assert is_followed(process)
        async with working(game_shard, process):
            await until(lambda: not is_followed(process))
            process.followings.want([LIVE_GAME.id])
            await world.hot.hand_out([])
            await until(lambda: is_followed(process))


async def test_books_of_a_shards_games_are_read_though_another_holds_them(world: World) -> None:
    await hand_out(world, "401")
    holder, process = Holder(world), hasty(world.process())
    mirroring = asyncio.create_task(keep_mirrored(holder.resources, KALSHI))
    try:
        async with working(game_follower, process), working(game_shard, process):
            await until(lambda: holder.bid(process) == "0.5300")
    finally:
        mirroring.cancel()
        await asyncio.gather(mirroring, return_exceptions=True)
