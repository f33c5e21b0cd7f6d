"""A shard works on its games, and on no other shard's, whatever becomes of either."""

import asyncio
from contextlib import AsyncExitStack

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId
from app.history.database import Database
from app.hot.state import open_hot_state
from app.resources import Resources
from tests.app.hot.samples import fence_of
from tests.servers import Server
from tests.workers.bots import until
from tests.workers.markets import Market
from tests.workers.shards import HOME_MARKET, LIVE_GAME, YES, save_game, view, working
from tests.workers.worlds import World
from workers.game_shard import Shard, game_shard

HASTY = {"keep_every": 0.1, "lost_after": 0.5}


def hasty(resources: Resources, **more: float) -> Resources:
    told = resources.settings.shards.model_copy(update={**HASTY, **more})
    resources.settings = resources.settings.model_copy(update={"shards": told})
    return resources


async def hand_out(world: World, *game_ids: str) -> None:
    for game_id in game_ids:
        await save_game(world, msgspec.structs.replace(LIVE_GAME, id=GameId(game_id)))
    await world.hot.hand_out([GameId(game_id) for game_id in game_ids])


def taken(resources: Resources) -> set[str]:
    return set(resources.intake.pipeline.taken)


async def speaks(world: World, resources: Resources) -> bool:
    """Is the game's view told under the fence of this process's shard?"""
    told, lease = await view(world), await fence_of(world.hot, f"view:{LIVE_GAME.id}")
    return told is not None and told.fence == lease and taken(resources) == {LIVE_GAME.id}


async def test_a_game_is_taken_with_its_score_and_links_and_told_of(world: World) -> None:
    await hand_out(world, "401")
    market = Market(world.resources.intake, "kalshi", HOME_MARKET, "401")
    market.follow()
    market.load("0.53x120", "0.55x7")
    async with working(game_shard, hasty(world.resources)) as rounds:
        await until(lambda: view(world))
        told = await view(world)
        assert told is not None
        (game,) = world.resources.intake.pipeline.taken.values()
        assert (game.game, len(game.links)) == (LIVE_GAME, 6)
        assert rounds[0].counts["taken"] == 1
    assert (told.status, told.period, told.home.score, told.away.score) == ("live", 3, 1, 2)
    quotes = {each.contract_id: each.quote for said in told.propositions for each in said.contracts}
    assert len(quotes) == 6
    quote = quotes[ContractId(YES)]
    assert quote is not None
    assert (quote.bid, quote.ask, quote.game_id) == ("0.5300", "0.5500", "401")
    assert sum(each is None for each in quotes.values()) == 4  # of markets that nobody follows here
    assert {said.no_vig.probability for said in told.propositions if said.no_vig} == {0.54}


async def test_a_score_a_price_and_a_link_that_change_are_told(world: World) -> None:
    await hand_out(world, "401")
    market = Market(world.resources.intake, "kalshi", HOME_MARKET, "401")
    market.follow()

    async def shows(score: int, bid: str, contracts: int) -> bool:
        told = await view(world)
        if told is None:
            return False
        views = [each for said in told.propositions for each in said.contracts]
        bids = {each.quote.bid for each in views if each.quote and each.contract_id == YES}
        return (told.home.score, bids, len(views)) == (score, {bid}, contracts)

    async with working(game_shard, hasty(world.resources)):
        market.load("0.53x120", "0.55x7")
        await until(lambda: shows(1, "0.5300", 6))
        market.load("0.54x120", "0.55x7")
        await until(lambda: shows(1, "0.5400", 6))
        await world.hot.save_games([msgspec.structs.replace(LIVE_GAME, home_score=5)])
        await until(lambda: shows(5, "0.5400", 6))
        await world.hot.save_links(LIVE_GAME.id, (await world.hot.links(LIVE_GAME.id))[:4])
        await until(lambda: shows(5, "0.5400", 4))
    assert taken(world.resources) == set()


async def test_a_shard_that_stops_gives_its_games_to_another_at_once(world: World) -> None:
    await hand_out(world, "401")
    first, second = hasty(world.resources, lost_after=60), hasty(world.process(), lost_after=60)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(working(game_shard, first))
        await until(lambda: taken(first) == {"401"})
        async with working(game_shard, second):
            await asyncio.sleep(0.3)
            assert taken(second) == set()
            await stack.aclose()
            assert taken(first) == set()
            await until(lambda: taken(second) == {"401"})
            await until(lambda: speaks(world, second))


async def test_a_shard_that_begins_later_gets_its_share(world: World) -> None:
    games = {str(number) for number in range(12)}
    await hand_out(world, *sorted(games))
    first, second = hasty(world.resources), hasty(world.process())
    async with working(game_shard, first):
        await until(lambda: taken(first) == games)
        async with working(game_shard, second):
            await until(lambda: (len(taken(first)), len(taken(second))) == (6, 6))
            assert taken(first) | taken(second) == games
        await until(lambda: taken(first) == games)


async def test_a_shard_takes_no_more_than_its_capacity(world: World) -> None:
    await hand_out(world, *"12345")
    async with working(game_shard, hasty(world.resources, capacity=3)) as rounds:
        await until(lambda: len(rounds) > 4)
        assert len(taken(world.resources)) == 3


async def test_a_game_that_is_over_is_left(world: World) -> None:
    await hand_out(world, "401", "402")
    async with working(game_shard, hasty(world.resources)):
        await until(lambda: taken(world.resources) == {"401", "402"})
        await world.hot.hand_out([GameId("402")])
        await until(lambda: taken(world.resources) == {"402"})


async def test_a_paused_shard_is_fenced_off_and_learns_that_it_lost_the_game(world: World) -> None:
    await hand_out(world, "401")
    paused = Shard(hasty(world.resources))
    await paused.round()
    await paused.views.turn()
    await until(lambda: speaks(world, world.resources))
    other = hasty(world.process())
    async with working(game_shard, other):
        await until(lambda: speaks(world, other))  # after half a second of silence
        told = await view(world)
        assert taken(world.resources) == {"401"}
        paused.views.take(GameId("401"), paused_fence(paused))  # it goes on where it was, with something to say
        await paused.views.turn()
        assert taken(world.resources) == set()
        await paused.round()
        assert taken(world.resources) == set()
        after = await view(world)
    assert told is not None
    assert after is not None
    assert (after.shard, after.fence) == (told.shard, told.fence)


async def test_it_goes_on_over_an_absence_of_redis_and_lets_go_after_a_long_one(
    server: Server, fresh_database_url: str
) -> None:
    history = Database(fresh_database_url, pool_size=2)
    async with open_hot_state(server.url) as hot:
        await hot.ping()
        world = World(hot, history)
        await hand_out(world, "401")
        async with working(game_shard, hasty(world.resources)) as rounds:
            await until(lambda: view(world))
            server.stop()
            await until(lambda: taken(world.resources) == set())
            assert rounds[-1].counts["hot_unavailable"]
            server.socket.unlink(missing_ok=True)
            server.start()
            await until(lambda: taken(world.resources) == {"401"})
    await history.close()


def paused_fence(shard: Shard) -> int:
    return shard._leases[GameId("401")].fence
