"""ESPN asked over HTTP: days, groups, and what one failure costs."""

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
import respx

from app.domain.games import WinProbability
from app.domain.leagues import LEAGUES, LeagueCode
from app.errors import FeedUnavailable, PayloadRefused
from app.fetching import Fetcher
from app.ports import GamesIncomplete
from app.settings import FeedSettings
from app.sources.espn.boards import BOARDS
from app.sources.espn.client import Espn
from app.sources.espn.translate import games_from

BASE = "https://espn.example/sports"
DAYS = [date(2026, 11, 22), date(2026, 11, 23)]
ESPORTS = {"lol", "cs2", "valorant"}
Json = dict[str, object]


def event(number: int, start: str = "2026-11-23T00:30Z") -> Json:
    team = {"id": "2", "displayName": "Boston Celtics"}
    other = {"id": "13", "displayName": "Los Angeles Lakers"}
    competition: Json = {
        "id": str(number),
        "date": start,
        "status": {"type": {"name": "STATUS_SCHEDULED", "state": "pre"}},
        "competitors": [{"homeAway": "home", "team": team}, {"homeAway": "away", "team": other}],
    }
    return {"id": str(number), "competitions": [competition]}


def fight(number: int, start: str) -> Json:
    sides = [{"id": str(one), "athlete": {"displayName": f"Fighter {one}"}} for one in (1, 2)]
    status = {"type": {"name": "STATUS_PRE_FIGHT", "state": "pre"}}
    return {"id": str(number), "date": start, "status": status, "competitors": sides}


@pytest.fixture
def router() -> respx.MockRouter:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


@pytest.fixture
async def espn() -> AsyncIterator[Espn]:
    async def do_not_sleep(_: float) -> None:
        return None

    async with httpx.AsyncClient() as client:
        yield Espn(Fetcher(client, BASE, FeedSettings(per_second=1000, tries=2), sleep=do_not_sleep))


def test_every_league_with_a_scoreboard_is_known() -> None:
    assert set(BOARDS) == set(LEAGUES) - ESPORTS


async def test_each_day_is_asked_by_itself(router: respx.MockRouter, espn: Espn) -> None:
    route = router.get("/basketball/nba/scoreboard").mock(
        side_effect=[
            httpx.Response(200, json={"events": [event(1)]}),
            httpx.Response(200, json={"events": [event(1), event(2, "2026-11-24T00:30Z")]}),
        ]
    )
    games = await espn.games(LeagueCode("nba"), DAYS)
    assert {game.id for game in games} == {"1", "2"}
    assert [call.request.url.params["dates"] for call in route.calls] == ["20261122", "20261123"]


async def test_college_groups_are_united(router: respx.MockRouter, espn: Espn) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        numbers = {"80": (1, 2), "81": (2, 3)}[request.url.params["groups"]]
        return httpx.Response(200, json={"events": [event(number) for number in numbers]})

    router.get("/football/college-football/scoreboard").mock(side_effect=answer)
    games = await espn.games(LeagueCode("ncaaf"), DAYS[:1])
    assert sorted(game.id for game in games) == ["1", "2", "3"]


BAD_ANSWERS = [httpx.Response(503), httpx.Response(404), httpx.Response(200, text="<html>")]


@pytest.mark.parametrize("bad", BAD_ANSWERS)
async def test_a_bad_day_is_said_with_the_games_of_the_other(
    router: respx.MockRouter, espn: Espn, bad: httpx.Response
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_bad = request.url.params["dates"] == "20261122"
        return bad if is_bad else httpx.Response(200, json={"events": [event(1)]})

    router.get("/basketball/nba/scoreboard").mock(side_effect=answer)
    with pytest.raises(GamesIncomplete, match=r"1 of 2 scoreboards failed: espn\.example/basketball") as caught:
        await espn.games(LeagueCode("nba"), DAYS)
    assert [game.id for game in caught.value.games] == ["1"]


@pytest.mark.parametrize(("status", "is_complete"), [(404, True), (503, False)])
async def test_one_of_several_boards_may_be_unknown_but_not_down(
    router: respx.MockRouter, espn: Espn, status: int, is_complete: bool
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_bad = request.url.params["groups"] == "81"
        return httpx.Response(status) if is_bad else httpx.Response(200, json={"events": [event(1)]})

    router.get("/football/college-football/scoreboard").mock(side_effect=answer)
    try:
        games, said = await espn.games(LeagueCode("ncaaf"), DAYS[:1]), True
    except GamesIncomplete as incomplete:
        games, said = incomplete.games, False
    assert ([game.id for game in games], said) == (["1"], is_complete)


async def test_when_every_day_fails_it_says_so(router: respx.MockRouter, espn: Espn) -> None:
    router.get("/basketball/nba/scoreboard").mock(return_value=httpx.Response(503))
    with pytest.raises(FeedUnavailable, match=r"espn\.example/basketball/nba/scoreboard: answered 503"):
        await espn.games(LeagueCode("nba"), DAYS)
    router.get("/basketball/nba/scoreboard").mock(return_value=httpx.Response(200, json={"code": 400}))
    with pytest.raises(PayloadRefused, match="events: missing"):
        await espn.games(LeagueCode("nba"), DAYS)


async def test_a_card_gives_only_the_fights_of_the_days_asked(router: respx.MockRouter, espn: Espn) -> None:
    card = {"id": "9", "competitions": [fight(1, "2026-11-23T02:00Z"), fight(2, "2026-11-30T02:00Z")]}
    router.get("/mma/ufc/scoreboard").mock(return_value=httpx.Response(200, json={"events": [card]}))
    assert [game.id for game in await espn.games(LeagueCode("ufc"), DAYS[:1])] == ["1"]


async def test_teams_of_both_college_groups(router: respx.MockRouter, espn: Espn) -> None:
    listed = {"sports": [{"leagues": [{"teams": [{"team": {"id": "194", "displayName": "Ohio State Buckeyes"}}]}]}]}
    route = router.get("/football/college-football/teams").mock(return_value=httpx.Response(200, json=listed))
    assert [team.id for team in await espn.teams(LeagueCode("ncaaf"))] == ["ncaaf:194"]
    assert [dict(call.request.url.params) for call in route.calls] == [
        {"groups": "80", "limit": "1000"},
        {"groups": "81", "limit": "1000"},
    ]


@pytest.mark.parametrize("league", ["tennis", "ufc", "soccer", "lol"])
async def test_where_there_is_no_team_list_nobody_is_asked(espn: Espn, league: str) -> None:
    assert await espn.teams(LeagueCode(league)) == ()
    assert espn.counts == {}


async def test_a_game_s_page_says_who_wins(router: respx.MockRouter, espn: Espn) -> None:
    page = event(7)
    competition = page["competitions"][0]  # type: ignore[index]
    competition["status"] = {"period": 3, "type": {"name": "STATUS_IN_PROGRESS", "state": "in"}}
    for side, score in zip(competition["competitors"], ("70", "66"), strict=True):
        side["score"] = score
    chances = [{"homeWinPercentage": 0.5}, {"homeWinPercentage": 0.71}]
    route = router.get("/basketball/nba/summary").mock(
        side_effect=[
            httpx.Response(200, json={"header": page, "winprobability": chances}),
            httpx.Response(200, json={"header": page}),
            httpx.Response(404),
        ]
    )
    (game,) = games_from(httpx.Response(200, json={"events": [page]}).content, LeagueCode("nba")).items
    assert await espn.win_probability(game) == WinProbability(0.71, 70, 66)
    assert await espn.win_probability(game) is None
    with pytest.raises(FeedUnavailable, match="404"):
        await espn.win_probability(game)
    assert {call.request.url.params["event"] for call in route.calls} == {"7"}


def test_pages_are_asked_for_in_leagues_with_a_scoreboard(espn: Espn) -> None:
    assert set(espn.leagues_with_pages) < set(espn.leagues)
