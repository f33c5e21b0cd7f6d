import msgspec
import pytest

from app.domain.games import Game, GameId
from app.history.database import Database
from app.history.queries import recorded_game, recorded_links
from app.history.recorder import Recorder
from tests.app.history.samples import NOW, game, link

FINAL = msgspec.structs.replace(game(1), status="final", home_score=101, away_score=99, home_win_probability=1.0)


@pytest.mark.parametrize("told", [game(1), FINAL])
async def test_a_game_is_read_as_it_was_told(history: Database, told: Game) -> None:
    await Recorder(history).record_games([told, game(2)], NOW)
    assert await recorded_game(history, told.id) == told


@pytest.mark.parametrize("game_id", ["000002", "", "a\0b", "' OR 1=1 --"])
async def test_a_game_that_was_never_told_is_none(history: Database, game_id: str) -> None:
    await Recorder(history).record_games([game(1)], NOW)
    assert await recorded_game(history, GameId(game_id)) is None


async def test_links_are_read_as_they_were_decided(history: Database) -> None:
    whole = msgspec.structs.replace(link(3), market_id=None, contract_id=None)
    told = [whole, link(1), link(2, "watch")]
    await Recorder(history).record_links(told, NOW)
    assert await recorded_links(history, GameId("000001")) == told
    assert await recorded_links(history, GameId("000002")) == []
