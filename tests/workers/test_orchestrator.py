"""Games come into the stream when somebody can trade or watch them, and leave it when they are over."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from app.domain.games import Game, GameId
from app.domain.questions import MatchRequest
from app.domain.teams import MatchContext, TeamMatch
from app.errors import BadInput, MatchingUnavailable
from tests.workers.shards import LIVE_GAME, links_of, save_game
from tests.workers.worlds import PADRES_GAME, World, on_kalshi, on_polymarket
from workers.orchestrator import Desk


class Away:
    """A matcher that nobody reaches."""

    async def match(self, target: str, candidate: str, sport: str, context: MatchContext | None = None) -> TeamMatch:
        raise MatchingUnavailable("nobody listens")

    async def match_many(self, asked: Sequence[MatchRequest]) -> Sequence[TeamMatch | BadInput]:
        raise MatchingUnavailable("nobody listens")


def another(game_id: str, **changed: object) -> Game:
    return msgspec.structs.replace(LIVE_GAME, id=GameId(game_id), **changed)


async def test_live_games_are_handed_out_first(world: World) -> None:
    await save_game(world, PADRES_GAME)
    await save_game(world, another("402", start=PADRES_GAME.start + timedelta(hours=1)))
    done = await Desk(world.resources).round()
    assert await world.hot.handed_out() == ["402", "401"]
    assert (done.counts["games"], done.counts["added"], done.troubles) == (2, 2, [])


@pytest.mark.parametrize(
    ("changed", "is_wanted"),
    [
        ({}, True),
        ({"status": "suspended"}, True),
        ({"status": "final"}, False),
        ({"status": "postponed"}, False),
        ({"is_provisional": True}, False),
        ({"status": "scheduled", "start": PADRES_GAME.start + timedelta(hours=9)}, False),
    ],
)
async def test_only_games_that_are_on_and_real_are_worked_on(
    world: World, changed: dict[str, object], is_wanted: bool
) -> None:
    await save_game(world, another("401", **changed))
    await Desk(world.resources).round()
    assert await world.hot.handed_out() == (["401"] if is_wanted else [])


async def test_a_game_needs_a_contract_that_may_be_used_or_watched(world: World) -> None:
    rejected = [msgspec.structs.replace(each, verdict="rejected") for each in links_of(on_kalshi())]
    bare = [msgspec.structs.replace(each, market_id=None, contract_id=None) for each in links_of(on_kalshi())]
    watched = [msgspec.structs.replace(each, verdict="watch") for each in links_of(on_kalshi())]
    for number, links in enumerate((rejected, bare, watched, [])):
        await save_game(world, another(str(number)), links)
    await Desk(world.resources).round()
    assert await world.hot.handed_out() == ["2"]


async def test_a_game_that_is_over_is_taken_back(world: World) -> None:
    desk = Desk(world.resources)
    await save_game(world)
    await desk.round()
    await world.hot.save_games([msgspec.structs.replace(LIVE_GAME, status="final")])
    done = await desk.round()
    assert (await world.hot.handed_out(), done.counts["taken_back"]) == ([], 1)


async def test_an_event_whose_teams_are_not_the_games_is_told_and_not_worked_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    named = [msgspec.structs.replace(each, reasons=tuple(_renamed(each.reasons))) for each in links_of(on_kalshi())]
    await save_game(world, LIVE_GAME, named)
    desk = Desk(world.resources)
    done = await desk.round()
    assert await world.hot.handed_out() == []
    assert done.counts["events_denied"] == 1
    assert "its teams are not those of game 401" in done.trouble
    assert [record.names for record in caplog.records if "not confirmed" in record.message] == [["New York Yankees"]]  # type: ignore[attr-defined]
    await save_game(world, LIVE_GAME, [*named, *links_of(on_polymarket())])  # the other venue's is right
    await desk.round()
    assert await world.hot.handed_out() == ["401"]


def _renamed(reasons):  # type: ignore[no-untyped-def]
    for reason in reasons:
        yield msgspec.structs.replace(reason, detail=reason.detail.replace("'Houston ", "'New York Yankees "))


async def test_the_matcher_is_asked_once_a_game_and_said_to_be_connected_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk = Desk(world.resources)
    await save_game(world)
    await desk.round()
    world.resources.team_matching = Away()  # nobody need be asked again
    done = await desk.round()
    assert (await world.hot.handed_out(), done.troubles) == (["401"], [])
    assert sum(record.message == "Connected to unified team matching service" for record in caplog.records) == 1


async def test_without_the_matcher_new_games_wait_and_those_that_are_worked_on_stay(world: World) -> None:
    await save_game(world)
    await Desk(world.resources).round()
    await save_game(world, another("402"))
    world.resources.team_matching = Away()
    done = await Desk(world.resources).round()  # another process, which has asked nobody yet
    assert await world.hot.handed_out() == ["401"]
    assert done.counts["matcher_unavailable"] == 2
    world.resources.team_matching = world.process().team_matching
    await Desk(world.resources).round()
    assert await world.hot.handed_out() == ["401", "402"]
