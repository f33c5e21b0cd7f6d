from datetime import timedelta

import msgspec
import pytest

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import VenueId
from app.errors import BadInput
from app.history.database import Database
from app.history.queries import Place, current_games, current_links, current_unmatched, unmatched_counts
from app.history.recorder import Recorder
from tests.app.history.samples import KALSHI, NBA, NOW, game, left_out, link

LATER = NOW + timedelta(hours=1)


async def test_games_come_page_by_page_by_start(history: Database) -> None:
    games = [msgspec.structs.replace(game(n), start=NOW + timedelta(minutes=n // 3)) for n in range(10)]
    await Recorder(history).record_games(games[::-1], NOW)
    seen: list[str] = []
    place: Place | None = None
    while place is not None or not seen:
        page = await current_games(history, NOW, after=place, limit=4)
        seen += [row.id for row in page.rows]
        place = page.next_place
    assert seen == [game.id for game in games]


async def test_a_game_that_appears_between_two_pages_neither_repeats_nor_hides_another(history: Database) -> None:
    recorder = Recorder(history)
    await recorder.record_games([game(n) for n in (2, 4, 6)], NOW)
    first = await current_games(history, NOW, limit=2)
    await recorder.record_games([game(1), game(5)], NOW)
    rest = await current_games(history, NOW, after=first.next_place, limit=9)
    assert [row.id for row in (*first.rows, *rest.rows)] == ["000002", "000004", "000005", "000006"]
    assert rest.next_place is None


async def test_games_are_chosen_by_league_and_by_when_they_were_seen(history: Database) -> None:
    recorder = Recorder(history)
    await recorder.record_games([game(1), msgspec.structs.replace(game(2), league=LeagueCode("wnba"))], NOW)
    await recorder.record_games([game(3)], LATER)
    assert [row.id for row in (await current_games(history, NOW, league=NBA)).rows] == ["000001", "000003"]
    assert [row.id for row in (await current_games(history, LATER)).rows] == ["000003"]


async def test_links_are_chosen_by_game_and_venue(history: Database) -> None:
    recorder = Recorder(history)
    await recorder.record_links([link(n) for n in range(5)], NOW)
    first = await current_links(history, NOW, game_id=GameId("000001"), venue=KALSHI, limit=3)
    rest = await current_links(history, NOW, game_id=GameId("000001"), venue=KALSHI, limit=3, after=first.next_place)
    assert [row.market_id for row in (*first.rows, *rest.rows)] == [f"EVENT-{n}" for n in range(5)]
    assert (await current_links(history, NOW, game_id=GameId("other"))).rows == []
    assert (await current_links(history, NOW, venue=VenueId("polymarket"))).rows == []
    assert (await current_links(history, LATER)).rows == []


async def test_the_radar_is_chosen_and_counted_by_reason(history: Database) -> None:
    recorder = Recorder(history)
    await recorder.record_left_out([left_out(1), left_out(2), left_out(3, "unknown_team")], NOW)
    assert await unmatched_counts(history, NOW) == {"prop": 2, "unknown_team": 1}
    page = await current_unmatched(history, NOW, venue=KALSHI, code="unknown_team")
    assert [(row.market_id, row.detail, row.start) for row in page.rows] == [("EVENT-3", "points of a player", NOW)]
    assert await unmatched_counts(history, LATER) == {}


@pytest.mark.parametrize("place", [("x",), ("yesterday", "1"), ("a", "b", "c")])
async def test_a_strange_place_is_refused(history: Database, place: Place) -> None:
    with pytest.raises(BadInput):
        await current_games(history, NOW, after=place)
    if len(place) == 1:
        with pytest.raises(BadInput):
            await current_links(history, NOW, after=place)
