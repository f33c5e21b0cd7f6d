"""Pages are asked for where the scoreboard says nothing: few at once, and seldom."""

import msgspec
import pytest

from app.domain.games import Game, GameId, WinProbability
from app.errors import FeedError, FeedUnavailable
from app.resources import Resources
from tests.workers.shards import LIVE_GAME, save_game
from tests.workers.worlds import EPL, World
from workers.game_shard import Shard
from workers.win_probability_poller import MOST, Pages, win_probability_poller

SAID = WinProbability(0.62, 1, 2)  # at the score of LIVE_GAME


def live(number: int, **known: object) -> Game:
    return msgspec.structs.replace(LIVE_GAME, id=GameId(str(number)), **known)


async def rounds(world: World, pages: Pages, seconds: int) -> list[GameId]:
    """What was asked for meanwhile, with a round every five seconds."""
    before = len(world.source.pages_asked)
    for _ in range(seconds // 5):
        await pages.round()
        world.pass_time(5)
    return world.source.pages_asked[before:]


async def test_only_games_that_are_played_and_have_none_are_asked_for(world: World) -> None:
    await world.hot.save_games(
        [
            live(1),
            live(2, home_win_probability=0.5),
            live(3, status="scheduled"),
            live(4, status="final"),
            live(5, is_provisional=True),
            live(6, league=EPL),
        ]
    )
    world.source.pages[GameId("1")] = SAID
    done = await Pages(world.resources).round()
    assert world.source.pages_asked == ["1"]
    assert done.counts == {"games_without": 1, "pages_asked": 1, "probabilities": 1}


async def test_each_is_asked_for_every_fifteen_seconds_at_most(world: World) -> None:
    await world.hot.save_games([live(1)])
    world.source.pages[GameId("1")] = SAID
    assert len(await rounds(world, Pages(world.resources), 60)) == 4


async def test_many_games_take_turns(world: World) -> None:
    await world.hot.save_games([live(number) for number in range(10)])
    world.source.pages = {GameId(str(number)): SAID for number in range(10)}
    pages = Pages(world.resources)
    for _ in range(3):
        asked = await rounds(world, pages, 25)
        assert sorted(asked) == [str(number) for number in range(10)]
    assert len(asked) == 5 * MOST


@pytest.mark.parametrize("nothing", [None, FeedUnavailable("answered 404", status=404)])
async def test_a_game_without_one_is_left_alone_for_ten_minutes(world: World, nothing: FeedError | None) -> None:
    await world.hot.save_games([live(1)])
    world.source.pages[GameId("1")] = nothing
    pages = Pages(world.resources)
    assert await rounds(world, pages, 240) == ["1"]
    await world.hot.save_games([live(1)])
    assert (await pages.round()).trouble == ""
    world.pass_time(600)
    assert await rounds(world, pages, 5) == ["1"]


async def test_a_slate_has_no_pages(world: World) -> None:
    await world.hot.save_games([live(1)])
    simulation = {"clock_url": "http://127.0.0.1:9/clock"}
    done = await Pages(world.process(simulation=simulation)).round()
    assert (done.counts["games_without"], world.source.pages_asked) == (0, [])


async def test_a_source_in_trouble_is_asked_no_more_this_round(world: World) -> None:
    await world.hot.save_games([live(1), live(2)])
    world.source.pages = {GameId(name): FeedUnavailable("answered 503", status=503) for name in "12"}
    done = await Pages(world.resources).round()
    assert world.source.pages_asked == ["1"]
    assert done.trouble == "mlb: answered 503"


async def test_a_shard_tells_the_core_what_the_page_says(world: World) -> None:
    await save_game(world)
    await world.hot.hand_out([LIVE_GAME.id])
    world.source.pages[LIVE_GAME.id] = SAID
    work = win_probability_poller(world.resources)
    assert (await anext(work)).counts["probabilities"] == 1
    await work.aclose()
    shard = Shard(world.resources)
    await shard.round()
    assert chance(world.resources) == 0.62
    await world.hot.save_games([msgspec.structs.replace(LIVE_GAME, home_score=3)])
    await shard.round()
    assert chance(world.resources) is None  # it was of another score
    await shard.leave()


def chance(resources: Resources) -> float | None:
    return resources.intake.pipeline.taken[LIVE_GAME.id].game.home_win_probability
