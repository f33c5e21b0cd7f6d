"""What something here is about is wanted for a while, and whoever needs to know it waits for that, but not for long."""

import asyncio

import pytest

import app.followings
from app.domain.games import GameId
from app.domain.inputs import GameTaken
from app.domain.prices import SECOND, Nanos
from app.followings import KEPT, Followings
from tests.app.pipeline.cores import a_game

ONE, OTHER = GameId("401"), GameId("402")


class Place:
    """Followings by a clock that a test moves."""

    def __init__(self) -> None:
        self.now = Nanos(10 * SECOND)
        self.taken: dict[GameId, GameTaken] = {}
        self.followings = Followings(self.taken, lambda: self.now)
        self.followings.is_heeded = True

    async def is_known_at_once(self, *game_ids: GameId) -> bool:
        waiting = asyncio.create_task(self.followings.know(game_ids))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        done = waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return done


@pytest.fixture
async def place() -> Place:
    return Place()


async def test_a_game_is_wanted_for_a_while_since_it_was_wanted_last(place: Place) -> None:
    place.followings.want([ONE, OTHER])
    place.now = Nanos(place.now + KEPT - SECOND)
    place.followings.want([OTHER])
    place.now = Nanos(place.now + 2 * SECOND)
    assert place.followings.wanted() == [OTHER]
    assert (ONE in place.followings, OTHER in place.followings) == (False, True)


async def test_a_clock_that_is_set_back_keeps_nothing_for_longer(place: Place) -> None:
    place.now = Nanos(5000 * SECOND)
    place.followings.want([ONE])
    place.now = Nanos(10 * SECOND)
    assert place.followings.wanted() == [ONE]
    place.now = Nanos(place.now + KEPT)
    assert place.followings.wanted() == []


async def test_only_what_was_not_wanted_is_news(place: Place) -> None:
    place.followings.want([ONE])
    assert place.followings.news.is_set()
    place.followings.news.clear()
    place.followings.want([ONE])
    assert not place.followings.news.is_set()


async def test_whoever_needs_a_game_waits_until_somebody_has_looked(place: Place) -> None:
    waiting = asyncio.create_task(place.followings.know([ONE]))
    await asyncio.sleep(0)
    place.followings.note([OTHER])
    await asyncio.sleep(0.01)
    assert not waiting.done()
    place.followings.note([ONE])
    await asyncio.wait_for(waiting, 5)
    assert await place.is_known_at_once(ONE)


async def test_nobody_waits_for_what_is_worked_on_here(place: Place) -> None:
    place.taken[ONE] = GameTaken(a_game(), (), place.now)
    assert await place.is_known_at_once(ONE)
    place.taken[ONE] = GameTaken(a_game(), (), place.now, is_followed=True)
    assert not await place.is_known_at_once(ONE)


async def test_nobody_waits_where_nobody_follows_games(place: Place) -> None:
    place.followings.is_heeded = False
    assert await place.is_known_at_once(ONE)
    assert ONE not in place.followings


async def test_nobody_waits_for_long(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.followings, "KNOWN_WITHIN", 0.01)
    await asyncio.wait_for(place.followings.know([ONE]), 5)
