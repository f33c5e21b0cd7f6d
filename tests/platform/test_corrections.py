"""People correct the platform while it runs: names they teach and links they overrule, over REST and by command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import pytest
from typer.testing import CliRunner

from app import cli
from tests.platform.platforms import Platform, crosscourt, eventually
from tests.platform.viewings import browsing, let_in, looking, with_chromium

Found = TypeVar("Found")

CYCLE = 20.0  # seconds until another search is asked for
WITHIN = 6 * CYCLE  # what two busy cores may make of a cycle

pytestmark = pytest.mark.usefixtures("here")

MISSING = {  # trap → the reason under which what must be left out of its game is on the radar
    "unknown_name": "unknown_team",
    "wrong_start": "start_conflict",
    "push_lines": "push_line",
    "inverted": "side_conflict",
    "props": "prop",
}


@pytest.fixture(scope="module")
def traps(up: Platform) -> list[Any]:
    assert eventually(lambda: len(radar(up, "unknown_team")) >= 2)
    return list(httpx.get(f"{up.sandbox_url()}/traps", timeout=60).json()["traps"])


@pytest.fixture(scope="module")
def strange(traps: list[Any]) -> list[Any]:
    """The games whose home side is listed by a name that nobody knows: one on each venue."""
    return [trap for trap in traps if trap["trap"] == "unknown_name"]


def within_a_cycle(up: Platform, find: Callable[[], Found]) -> Found:
    """The first true answer, while one search after another is asked for."""

    def look() -> Found:
        up.refresh()
        return eventually(find, CYCLE)

    return eventually(look, WITHIN)


def command(up: Platform, *arguments: object, code: int = 0) -> Any:
    """What a command says in JSON, on the data directory of the running platform."""
    words = [*map(str, arguments), "--data-dir", str(up.data_dir), "--json"]
    done = CliRunner().invoke(cli.command, words, env={"COLUMNS": "200"})
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if done.stdout else done.stderr


def radar(up: Platform, code: str) -> list[Any]:
    return list(up.get(f"/match/unmatched?code={code}&limit=500")["items"])


def named_on_radar(up: Platform, trap: Any) -> list[Any]:
    return [item for item in radar(up, "unknown_team") if trap["alias"] in item["detail"]]


def linked(up: Platform, trap: Any) -> list[Any]:
    """The contracts of a trap's game."""
    return list(up.get(f"/games/{trap['game']}/links")["links"])


def winners_of(up: Platform, trap: Any) -> set[str]:
    """The teams that somebody may bet on to win it; listings come page by page."""
    links = (link["proposition"] for link in linked(up, trap))
    return {each["team"] for each in links if each["kind"] == "moneyline"}


def teach(up: Platform, trap: Any, **more: str) -> httpx.Response:
    asked = {"sport": trap["league"], "team": trap["team"], "name": trap["alias"], **more}
    return up.http.post("/match/aliases", json=asked, headers=up.key)


def test_a_command_asks_a_platform_with_a_key(up: Platform, tmp_path: Path) -> None:
    question = ("match", "Celtics", "BOS", "--sport", "nba", "--url", up.http.base_url, "--api-key")
    assert "the same team" in crosscourt(*question, up.key["X-API-Key"], folder=tmp_path).stdout
    refused = crosscourt(*question, "nobodys", folder=tmp_path)
    assert (refused.returncode, "nobody here knows the key" in refused.stderr) == (1, True)


def test_the_radar_names_the_missing_fact_of_each_planted_listing(
    up: Platform, traps: list[Any], strange: list[Any]
) -> None:
    planted = {trap["trap"] for trap in traps} & MISSING.keys()
    assert planted == MISSING.keys()
    for trap in traps:
        code = MISSING.get(trap["trap"], "")
        games = {item["game_id"] for item in radar(up, code)} if code else set()
        assert not code or trap in strange or trap["game"] in games, trap
    for trap in strange:
        items = named_on_radar(up, trap)
        assert items
        assert all("answers to no known team" in item["detail"] for item in items)
        assert linked(up, trap) == []


def test_a_name_that_is_taught_links_within_a_cycle(up: Platform, strange: list[Any]) -> None:
    trap = strange[0]
    assert teach(up, trap, name="Dodgers").status_code == 409
    assert teach(up, trap).status_code == 201
    assert within_a_cycle(up, lambda: trap["team"] in winners_of(up, trap))
    assert any(link["verdict"] == "tradable" for link in linked(up, trap))
    assert within_a_cycle(up, lambda: not named_on_radar(up, trap))
    assert command(up, "bench", "match")["aliases"] == {"n": 1, "right": 1, "wrong": []}


def test_a_name_taught_by_command_links_and_taken_back_unlinks_within_a_cycle(
    up: Platform, strange: list[Any], tmp_path: Path
) -> None:
    trap = strange[1]
    words = (trap["team"], trap["alias"], "--sport", trap["league"])
    assert "already means" in command(up, "aliases", "add", trap["team"], "Red Wings", "--sport", "nhl", code=1)
    file = tmp_path / "names.csv"
    file.write_text(f"sport,team,name\nnhl,{trap['team']},{trap['alias']}\nnhl,{trap['team']},Kraken\n")
    taken = command(up, "aliases", "import", file, code=1)
    assert (taken["taught"], [each["line"] for each in taken["refused"]]) == (1, [3])
    assert trap["alias"] in {each["name"] for each in command(up, "aliases", "list", "--sport", "nhl")}
    assert within_a_cycle(up, lambda: linked(up, trap))
    command(up, "aliases", "remove", *words)
    assert within_a_cycle(up, lambda: named_on_radar(up, trap) and not linked(up, trap))
    found = command(up, "unmatched", "--code", "unknown_team", "--sport", trap["league"])
    assert found["counts"] == {"unknown_team": len(found["items"])}
    assert trap["alias"] in found["items"][0]["detail"]


@with_chromium
def test_a_name_taught_on_the_page_links_what_was_unmatched(up: Platform, strange: list[Any]) -> None:
    trap = strange[1]
    link = command(up, "keys", "link", "--port", up.port)["url"]
    with browsing() as browser, looking(up, browser, let_in(up, browser, link)) as looked:
        looked.at("#/match", ".unmatched tr[data-key]").filter(has_text=trap["alias"]).first.click()
        form = looked.page.locator(".unmatched .detail form")
        assert form.get_by_label("Name").input_value() == trap["alias"]
        assert form.get_by_label("Sport").input_value() == trap["league"]
        form.get_by_label("Team").fill(trap["team"])
        form.get_by_role("button", name="Add alias").click()
        looked.page.locator(".aliases tr[data-key]", has_text=trap["alias"]).wait_for()
    assert within_a_cycle(up, lambda: linked(up, trap))
    assert within_a_cycle(up, lambda: not named_on_radar(up, trap))
    command(up, "aliases", "remove", trap["team"], trap["alias"], "--sport", trap["league"])  # others look for it


def a_link(up: Platform, verdict: str) -> Any:
    for game in up.get("/games?sport=nba&limit=500")["items"]:
        for link in up.get(f"/games/{game['id']}/links")["links"]:
            if link["verdict"] == verdict and not game["is_provisional"]:
                return link
    return None


def now_of(up: Platform, contract: str, game_id: str) -> Any:
    links = up.get(f"/games/{game_id}/links")["links"]
    return next(link for link in links if link["contract_id"] == contract)


def since_restored(up: Platform, contract: str) -> Any:
    decided = command(up, "decisions", contract)
    return decided if decided[0]["overridden_by"] == "" else None


def test_what_is_said_of_a_contract_holds_until_it_is_taken_back(up: Platform) -> None:
    link = eventually(lambda: a_link(up, "tradable"))
    contract = link["contract_id"]
    game_id = command(up, "decisions", contract)[0]["game_id"]
    path = f"/match/links/{quote(contract)}/override"
    said = up.http.post(path, json={"verdict": "rejected", "reason": "other rules"}, headers=up.key)
    assert said.status_code == 200, said.text
    assert now_of(up, contract, game_id)["verdict"] == "rejected"
    assert within_a_cycle(up, lambda: contract.encode() not in up.redis.hkeys(f"game:{game_id}:mapping"))
    (listed,) = command(up, "overrides", "list")
    assert (listed["contract_id"], listed["state"], listed["said_by"]) == (contract, "in_force", "key admin")
    command(up, "overrides", "set", contract, "watch", "--reason", "only look")
    assert within_a_cycle(up, lambda: now_of(up, contract, game_id)["verdict"] == "watch")
    command(up, "overrides", "remove", contract)
    assert within_a_cycle(up, lambda: now_of(up, contract, game_id)["verdict"] == "tradable")
    decided = within_a_cycle(up, lambda: since_restored(up, contract))
    assert [(each["verdict"], each["overridden_by"]) for each in decided[:2]] == [("tradable", ""), ("watch", "cli")]
    assert ("rejected", "key admin") in [(each["verdict"], each["overridden_by"]) for each in decided]
    assert "tradable already" in command(up, "overrides", "set", contract, "tradable", "--reason", "x", code=1)
    deeds = up.http.get("/audit?limit=20", headers=up.key).json()["items"]
    assert {"link.overridden", "link.restored", "alias.added", "alias.removed"} <= {each["what"] for each in deeds}
