"""What the markets said before the start is known while the game is played, whoever has it then."""

from datetime import timedelta

import msgspec
import pytest

from app.domain.games import Game, GameId
from app.domain.inputs import GameTaken
from app.domain.prices import Nanos
from app.domain.propositions import HalfPoints, Proposition, Scope
from app.domain.views import GameView, NoVig, PropositionView
from app.errors import HotStoreUnavailable
from app.history.database import Database
from app.hot.state import open_hot_state
from app.prices.glances import home_chance
from app.resources import Resources
from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME
from tests.servers import Server
from tests.workers.bots import until
from tests.workers.markets import Market
from tests.workers.shards import HOME_MARKET, save_game, working
from tests.workers.worlds import NOW, PADRES_GAME, World
from workers.game_poller import game_poller
from workers.game_shard import Shard, game_shard
from workers.pregames import Pregames, has_not_begun

LIVE = msgspec.structs.replace(PADRES_GAME, status="live", period=1, home_score=0, away_score=0)
ID = PADRES_GAME.id
START = Nanos(int(PADRES_GAME.start.timestamp()) * 1_000_000_000)


def view(game: Game, scope: Scope, chance: float) -> GameView:
    """Both sides and a total, each with a chance of its own."""
    wins = [Proposition(game.id, "moneyline", scope, None, team.id) for team in (game.away, game.home)]
    said = [Proposition(game.id, "total", scope, HalfPoints(17)), *wins]
    chances = (0.5, 1 - chance, chance)
    return GameView(
        game,
        tuple(PropositionView(one, (), NoVig(each, "mid", (), 0.01)) for one, each in zip(said, chances, strict=True)),
    )


def taken(resources: Resources) -> GameTaken | None:
    return resources.intake.pipeline.taken.get(ID)


def pregame(resources: Resources) -> float | None:
    told = taken(resources)
    return told.pregame if told else None


async def open_market(world: World, game: Game) -> Market:
    await save_game(world, game)
    await world.hot.hand_out([ID])
    market = Market(world.resources.intake, "kalshi", HOME_MARKET, ID)
    market.follow()
    market.load("0.53x120", "0.55x7")
    return market


async def seen(world: World) -> float | None:
    return (await world.hot.pregames([ID])).get(ID)


@pytest.mark.parametrize(
    ("game", "scope", "expected"),
    [
        (CELTICS_GAME, "game", 0.61),
        (CELTICS_GAME, "1h", None),
        (ARSENAL_GAME, "regulation", 0.61),
        (ARSENAL_GAME, "game", None),  # to advance, say: another question
    ],
)
def test_the_home_side_s_chance_is_that_of_the_league_s_winner_market(
    game: Game, scope: Scope, expected: float | None
) -> None:
    assert home_chance(view(game, scope, 0.61)) == expected


def test_a_game_has_begun_by_the_clock_before_the_source_says_so() -> None:
    replace = msgspec.structs.replace
    assert has_not_begun(PADRES_GAME, Nanos(START - 1))
    assert not has_not_begun(PADRES_GAME, START)
    assert not has_not_begun(LIVE, Nanos(START - 1))
    assert not has_not_begun(replace(PADRES_GAME, status="postponed"), Nanos(START - 1))
    assert has_not_begun(replace(PADRES_GAME, start_is_known=False), START)


async def test_the_newest_before_the_start_is_kept_and_none_after_it(world: World) -> None:
    pregames, before = Pregames(world.hot), Nanos(START - 1)
    for chance, game, now in [(0.6, PADRES_GAME, before), (0.62, PADRES_GAME, before), (0.8, PADRES_GAME, START)]:
        await pregames.note(view(game, "game", chance), now)
    await pregames.note(view(LIVE, "game", 0.9), before)
    assert (pregames.of(ID), await seen(world)) == (0.62, 0.62)
    pregames.forget(ID)
    assert pregames.of(ID) is None
    await pregames.recall([ID, GameId("other")])
    assert pregames.of(ID) == 0.62


async def test_a_shard_that_is_there_from_before_tells_the_core_when_the_game_begins(world: World) -> None:
    market = await open_market(world, PADRES_GAME)
    async with working(game_shard, world.resources):
        await until(lambda: pregame(world.resources) == 0.54)
        market.load("0.59x120", "0.61x7")
        await until(lambda: _is_seen(world, 0.6))
        begun = msgspec.structs.replace(PADRES_GAME, start=NOW - timedelta(seconds=1))  # and the source is late
        await world.hot.save_games([begun])
        await until(lambda: (told := taken(world.resources)) is not None and told.game == begun)
        market.load("0.79x120", "0.81x7")
        await until(lambda: _is_told(world, "0.7900"))
        await world.hot.save_games([msgspec.structs.replace(LIVE, start=begun.start)])
        await until(lambda: (told := taken(world.resources)) is not None and told.game.status == "live")
        assert (pregame(world.resources), await seen(world)) == (0.6, 0.6)


async def _is_told(world: World, bid: str) -> bool:
    body = await world.hot.view(ID)
    return body is not None and bid.encode() in body


async def _is_seen(world: World, chance: float) -> bool:
    return await seen(world) == chance


async def test_a_shard_that_takes_a_game_over_knows_what_others_saw(world: World) -> None:
    await open_market(world, LIVE)
    await world.hot.save_pregames({ID: 0.47})
    shard = Shard(world.resources)
    await shard.round()
    assert pregame(world.resources) == 0.47
    await shard.leave()


async def test_the_core_is_told_again_when_it_becomes_known(world: World) -> None:
    await open_market(world, LIVE)
    shard = Shard(world.resources)
    await shard.round()
    assert taken(world.resources) is not None
    assert pregame(world.resources) is None
    await world.hot.save_pregames({ID: 0.47})
    for _ in range(5):
        await shard.round()
    assert pregame(world.resources) == 0.47
    told = taken(world.resources)
    await shard.round()
    assert taken(world.resources) is told  # and not again and again
    await shard.leave()


async def test_another_slate_s_game_of_the_same_number_is_another_game(world: World) -> None:
    await game_poller(world.resources)
    await save_game(world, PADRES_GAME)
    await world.hot.save_pregames({ID: 0.47})
    world.resources.slate = "another"
    await game_poller(world.resources)
    assert await seen(world) is None


async def test_without_redis_nothing_is_known_of_before_and_what_is_seen_is_kept_here(
    server: Server, fresh_database_url: str
) -> None:
    history = Database(fresh_database_url, pool_size=2)
    async with open_hot_state(server.url) as hot:
        await hot.ping()
        pregames = Pregames(hot)
        server.stop()
        with pytest.raises(HotStoreUnavailable):
            await pregames.recall([ID])
        assert pregames.of(ID) is None
        with pytest.raises(HotStoreUnavailable):
            await pregames.note(view(PADRES_GAME, "game", 0.6), Nanos(START - 1))
        assert pregames.of(ID) == 0.6
    await history.close()
