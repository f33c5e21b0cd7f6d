"""ESPN's endpoints over HTTP."""

from datetime import datetime, timedelta
from typing import Protocol

import httpx
import pytest

from app.sandbox.simulations import Simulation

PATH = "/espn/apis/site/v2/sports"
COLLEGE = f"{PATH}/basketball/mens-college-basketball/scoreboard"


class Held(Protocol):
    at: datetime

    def pass_time(self, **span: float) -> None: ...


async def events(sandbox: httpx.AsyncClient, url: str) -> list[dict]:
    answer = await sandbox.get(url)
    assert answer.status_code == 200
    return answer.json()["events"]


async def test_scoreboard_shows_the_eastern_day(sandbox: httpx.AsyncClient) -> None:
    today = await events(sandbox, f"{PATH}/basketball/nba/scoreboard?dates=20261122")
    assert today == await events(sandbox, f"{PATH}/basketball/nba/scoreboard")
    assert any(event["date"].startswith("2026-11-23") for event in today), "late games are on the next day in UTC"
    tomorrow = await events(sandbox, f"{PATH}/basketball/nba/scoreboard?dates=20261123")
    assert [event["name"] for event in tomorrow] == ["Philadelphia 76ers at Toronto Raptors"]
    both = await events(sandbox, f"{PATH}/basketball/nba/scoreboard?dates=20261122-20261123")
    assert len(both) == len(today) + len(tomorrow)


async def test_dates_have_no_seconds(sandbox: httpx.AsyncClient) -> None:
    for event in await events(sandbox, f"{PATH}/baseball/mlb/scoreboard"):
        datetime.strptime(event["date"], "%Y-%m-%dT%H:%MZ")


async def test_colleges_are_shown_whole_only_with_their_group(sandbox: httpx.AsyncClient) -> None:
    assert len(await events(sandbox, COLLEGE)) == 10
    assert len(await events(sandbox, f"{COLLEGE}?groups=50&limit=500")) == 12
    football = f"{PATH}/football/college-football/scoreboard"
    assert [event["name"] for event in await events(sandbox, f"{football}?groups=81")] == [
        "Towson Tigers at Villanova Wildcats"
    ]
    assert len(await events(sandbox, f"{football}?groups=80&limit=2")) == 2


async def test_league_without_games_answers_an_empty_day(sandbox: httpx.AsyncClient) -> None:
    assert await events(sandbox, f"{PATH}/soccer/ger.1/scoreboard") == []


@pytest.mark.parametrize(
    ("url", "status"), [("/chess/fide/scoreboard", 404), ("/basketball/nba/scoreboard?dates=x", 400)]
)
async def test_what_cannot_be_answered_is_refused(sandbox: httpx.AsyncClient, url: str, status: int) -> None:
    assert (await sandbox.get(PATH + url)).status_code == status


async def test_postponed_game_is_post_and_not_completed(sandbox: httpx.AsyncClient) -> None:
    board = await events(sandbox, f"{PATH}/basketball/nba/scoreboard")
    status = next(event["status"]["type"] for event in board if event["status"]["type"]["name"] == "STATUS_POSTPONED")
    assert (status["state"], status["completed"]) == ("post", False)


async def test_live_game_moves_and_ends(sandbox: httpx.AsyncClient, simulation: Simulation, clock: Held) -> None:
    live = next(
        contest
        for contest in simulation.slate.contests
        if simulation.slate.standing(contest, clock.at).phase == "playing"
    )
    url = f"{PATH}/{live.league.espn}/scoreboard?dates=20261122"
    seen = []
    for _ in range(40):
        event = next(event for event in await events(sandbox, url) if event["id"] == live.id)
        seen.append((event["status"]["type"]["state"], event["status"]["displayClock"], event["status"]["period"]))
        clock.pass_time(minutes=5)
    assert seen[0][0] == "in"
    assert seen[-1][0] == "post"
    assert len(set(seen)) > 5


async def test_unchanged_answer_is_304_and_a_changed_one_is_not(sandbox: httpx.AsyncClient, clock: Held) -> None:
    url = f"{PATH}/basketball/nba/scoreboard"
    first = await sandbox.get(url)
    held = {"If-None-Match": first.headers["etag"]}
    assert (await sandbox.get(url, headers=held)).status_code == 304
    assert (await sandbox.get(url, headers={"If-Modified-Since": first.headers["last-modified"]})).status_code == 304
    clock.at += timedelta(minutes=3)
    assert (await sandbox.get(url, headers=held)).status_code == 200


async def test_sides_carry_espns_ids_and_names(sandbox: httpx.AsyncClient) -> None:
    board = await events(sandbox, f"{PATH}/basketball/nba/scoreboard")
    game = next(event for event in board if event["shortName"] == "LAC @ LAL")
    sides = {side["homeAway"]: side["team"] for side in game["competitions"][0]["competitors"]}
    assert (sides["home"]["id"], sides["home"]["displayName"]) == ("13", "Los Angeles Lakers")
    assert (sides["away"]["id"], sides["away"]["displayName"]) == ("12", "LA Clippers")
