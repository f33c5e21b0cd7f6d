"""Games from the score source: kept, learned from, and asked for again at a fitting pace."""

import msgspec

from app.domain.leagues import Pool
from app.domain.teams import Team, TeamId
from app.errors import FeedUnavailable
from app.ports import GamesIncomplete
from tests.workers.worlds import EPL, MLB, PADRES_GAME, PROVISIONAL_ID, World
from workers.game_poller import game_poller

LIVE = msgspec.structs.replace(PADRES_GAME, status="live")
NEWCOMER = Team(TeamId("mlb:9001"), Pool("mlb"), "Nashville Stars", "Nashville", "Stars", "NSH")


async def polls_in(world: World, seconds: int) -> int:
    """How often the league is asked when there is a round every 15 seconds."""
    before = world.source.asked[MLB]
    for _ in range(seconds // 15):
        world.pass_time(15)
        await game_poller(world.resources)
    return world.source.asked[MLB] - before


async def test_a_league_that_fails_is_asked_more_and_more_seldom(world: World) -> None:
    world.source.down[MLB] = FeedUnavailable("answered 503", status=503)
    assert await polls_in(world, 15) == 1
    assert await polls_in(world, 240) == 4  # after 15, 30, 60 and 120 seconds
    assert await polls_in(world, 960) == 4
    del world.source.down[MLB]
    await polls_in(world, 240)
    assert (await game_poller(world.resources)).trouble == ""


async def test_a_failing_league_with_live_games_is_asked_every_minute(world: World) -> None:
    world.source.boards[MLB] = [LIVE]
    await game_poller(world.resources)
    world.source.down[MLB] = FeedUnavailable("answered 503", status=503)
    await polls_in(world, 120)
    assert await polls_in(world, 600) == 10


async def test_what_fails_is_told_while_others_are_polled(world: World) -> None:
    world.source.boards[EPL] = []
    world.source.down[MLB] = FeedUnavailable("answered 503", status=503)
    await polls_in(world, 240)
    world.resources.polling.ask_all_again()
    await game_poller(world.resources)
    world.resources.polling._next.pop(EPL)
    done = await game_poller(world.resources)
    assert done.counts["leagues_polled"] == 1
    assert done.trouble == "mlb: answered 503"


async def test_games_of_a_board_that_fell_short_are_kept_and_asked_for_again(world: World) -> None:
    world.source.down[MLB] = GamesIncomplete("1 of 2 scoreboards failed", [LIVE])
    done = await game_poller(world.resources)
    assert await world.hot.active_games() == [LIVE]
    assert done.trouble == "mlb: 1 of 2 scoreboards failed"
    assert await polls_in(world, 15) == 1


async def test_a_team_that_discovery_learns_is_known_to_every_process(world: World) -> None:
    other = world.process()
    assert other.matching.resolve("Nashville Stars", "mlb").team is None
    world.source.boards[MLB] = [msgspec.structs.replace(PADRES_GAME, home=NEWCOMER)]
    await game_poller(world.resources)
    await other.catch_up()
    assert other.matching.resolve("Nashville Stars", "mlb").team == NEWCOMER


async def test_another_slate_begins_without_the_games_of_the_one_before(world: World) -> None:
    provisional = msgspec.structs.replace(PADRES_GAME, id=PROVISIONAL_ID, is_provisional=True)
    await game_poller(world.resources)
    await world.hot.save_games([provisional])
    await game_poller(world.resources)
    assert await world.hot.active_games() == [provisional]
    world.resources.slate = "another"
    world.source.boards[MLB] = [PADRES_GAME]
    world.resources.polling.ask_all_again()
    await game_poller(world.resources)
    assert await world.hot.active_games() == [PADRES_GAME]
