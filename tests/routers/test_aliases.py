"""Names that people teach the matcher."""

import pytest

from app.history.audit import list_deeds
from tests.routers.houses import House

TAUGHT = {"sport": "nba", "team": "Boston Celtics", "name": "  The   Shamrocks "}


async def teach(house: House, **changes: object) -> tuple[int, dict[str, object]]:
    asked = {key: value for key, value in (TAUGHT | changes).items() if value is not None}
    answer = await house.ask.post("/match/aliases", json=asked, headers=house.as_admin)
    return answer.status_code, answer.json()


async def test_a_taught_name_is_known_at_once_and_kept(house: House) -> None:
    pair = {"target": "The Shamrocks", "candidate": "Celtics", "sport": "nba"}
    assert not (await house.ask.post("/match", json=pair)).json()["is_match"]
    status, alias = await teach(house)
    assert status == 201
    assert (alias["name"], alias["team"], alias["added_by"]) == ("The Shamrocks", "Boston Celtics", "key admin")
    assert (await house.ask.post("/match", json=pair)).json()["is_match"]
    (kept,) = (await house.ask.get("/match/aliases?sport=nba")).json()["items"]
    assert kept["name"] == "The Shamrocks"
    assert (await house.ask.get("/match/aliases?sport=nfl")).json()["items"] == []
    deed, *_ = await list_deeds(house.history)
    assert (deed.who, deed.what) == ("key admin", "alias.added")


@pytest.mark.parametrize("name", ["Lakers", "the lakers!", "Lakers (LA)", "Lakers Team", "NBA Lakers"])
async def test_a_name_of_another_team_is_not_taken(house: House, name: str) -> None:
    status, problem = await teach(house, name=name)
    assert status == 409
    assert "Los Angeles Lakers" in str(problem["detail"])
    assert (await house.ask.get("/match/aliases")).json()["total"] == 0


async def test_teaching_the_same_twice_changes_nothing(house: House) -> None:
    assert [(await teach(house))[0] for _ in range(2)] == [201, 201]
    assert (await house.ask.get("/match/aliases")).json()["total"] == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"team": None}, "either team_id or team"),
        ({"team_id": "nba:2"}, "either team_id or team"),
        ({"team": None, "team_id": "nfl:2"}, "no team nfl:2 in nba"),
        ({"team": None, "team_id": "nba:99999"}, "no team nba:99999 in nba"),
        ({"team": "Los Angeles"}, "could be"),
        ({"team": "Nowhere United"}, "no team of nba is called so"),
        ({"name": " "}, "must not be blank"),
        ({"name": "."}, "two letters or digits"),
        ({"name": "C"}, "two letters or digits"),
        ({"name": "Кельтик"}, "two letters or digits"),
        ({"name": "C's\0"}, "must not have control"),
        ({"name": "C's \u202e"}, "must not have control"),
    ],
)
async def test_a_team_that_is_not_certain_is_refused(house: House, changes: dict[str, object], words: str) -> None:
    status, problem = await teach(house, **changes)
    assert status == 422
    assert words in str(problem["detail"])


async def test_a_team_by_its_id(house: House) -> None:
    status, alias = await teach(house, team=None, team_id="nba:2")
    assert (status, alias["team"]) == (201, "Boston Celtics")


async def forget(house: House, **asked: str) -> tuple[int, dict[str, object]]:
    answer = await house.ask.delete("/match/aliases", params=asked, headers=house.as_admin)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("team", [{"team": "Boston Celtics"}, {"team_id": "nba:2"}])
async def test_a_taught_name_is_taken_back(house: House, team: dict[str, str]) -> None:
    await teach(house)
    status, forgotten = await forget(house, sport="nba", name="The Shamrocks", **team)
    assert (status, forgotten["team_id"], forgotten["name"]) == (200, "nba:2", "The Shamrocks")
    pair = {"target": "The Shamrocks", "candidate": "Celtics", "sport": "nba"}
    assert not (await house.ask.post("/match", json=pair)).json()["is_match"]
    assert (await house.ask.get("/match/aliases")).json()["total"] == 0
    deed, *_ = await list_deeds(house.history)
    assert (deed.who, deed.what) == ("key admin", "alias.removed")


async def test_only_a_taught_name_is_taken_back_and_only_with_a_key(house: House) -> None:
    asked = {"sport": "nba", "team_id": "nba:2", "name": "Celtics"}
    assert (await forget(house, **asked))[0] == 404
    assert (await forget(house, **asked | {"name": "a\0b"}))[0] == 404
    assert (await forget(house, sport="nba", name="Celtics"))[0] == 422
    assert (await house.ask.delete("/match/aliases", params=asked)).status_code == 401
