"""Everything is killed, started again, and ended by Ctrl-C: what people said, and what the core was told, outlives it.

The last but one of the files that share a platform: the docs alone wait for another start, and cut its short tape.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import httpx
import psutil
import pytest

from tests.platform.cores import SELDOM, WHY, Cores, inputs_on
from tests.platform.platforms import PATIENCE, Json, Lasting, Platform, crosscourt, eventually, lives

WITHIN = 40.0  # seconds for a game's links, of a platform that has just begun
INPUTS, DECISIONS = 500, 100  # fewer would prove little of a tape


class Left(NamedTuple):
    """What was so when everything was killed."""

    at: float  # unix seconds
    key: dict[str, str]
    games: int  # in the history
    halt: Json
    contract: str  # that somebody has rejected


@pytest.fixture(scope="module")
def left(up: Platform) -> Left:
    """A name is taught, a contract rejected, everything halted; then nothing lives any more."""
    contract = eventually(lambda: tradable_contract(up))
    rejected = {"verdict": "rejected", "reason": "for good"}
    teach(up, strange_names(up)[0])
    said = up.http.post(f"/match/links/{quote(contract)}/override", json=rejected, headers=up.key)
    assert said.status_code == 200, said.text
    halted = up.http.post("/risk/halt", json={"scope": "all", "name": "", "reason": WHY}, headers=up.key)
    assert halted.status_code == 200, halted.text
    (halt,) = up.get("/risk")["halts"]
    was = Left(time.time(), up.key, up.count("games"), halt, contract)
    kill_everything(up)
    return was


def kill_everything(up: Platform) -> None:
    """At once and without a word: the platform, its children, its servers."""
    for victim in [*up.processes(), psutil.Process(up.process.pid)]:
        with suppress(psutil.Error):
            victim.kill()
    up.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def again(everyones: Lasting, left: Left) -> Iterator[Cores]:
    """On what is left."""
    with closing(Cores(everyones.up(), has_second=False)) as cores:
        assert eventually(cores.has_heard, every=SELDOM)
        yield cores


def strange_names(up: Platform) -> Sequence[Json]:
    """The games whose home side is listed by a name that nobody knows: one on each venue."""
    traps = httpx.get(f"{up.sandbox_url()}/traps", timeout=PATIENCE).json()["traps"]
    return [trap for trap in traps if trap["trap"] == "unknown_name"]


def teach(up: Platform, trap: Json) -> None:
    asked = {"sport": trap["league"], "team": trap["team"], "name": trap["alias"]}
    answer = up.http.post("/match/aliases", json=asked, headers=up.key)
    assert answer.status_code == 201, answer.text


def tradable_contract(up: Platform) -> str | None:
    games = [game for game in up.get("/games?sport=nba&limit=500")["items"] if not game["is_provisional"]]
    links = (link for game in games for link in up.get(f"/games/{game['id']}/links")["links"])
    return next((link["contract_id"] for link in links if link["verdict"] == "tradable"), None)


def test_a_halt_outlives_the_death_of_everything(again: Cores, left: Left) -> None:
    assert again.up.get("/risk")["halts"] == [left.halt]
    for process_id in again.ids:
        assert all("all" in each.names for each in again.told(process_id))
    assert eventually(lambda: again.signals(left.at, reason="halted")), "no edge came that could be refused"
    assert again.signals(left.at, stage="sent") == 0
    again.resume()
    assert eventually(lambda: again.knows(), every=SELDOM)
    assert eventually(lambda: again.signals(left.at, stage="sent"))


def test_what_people_taught_and_said_survives(again: Cores, left: Left) -> None:
    up = again.up
    taught, other = strange_names(up)
    assert eventually(lambda: links_of(up, taught), WITHIN)
    assert not is_on_radar(up, taught)
    assert is_on_radar(up, other)
    assert left.contract in {each["contract_id"] for each in up.get("/match/overrides")["items"]}


def links_of(up: Platform, trap: Json) -> Json:
    return up.get(f"/games/{trap['game']}/links")["links"]


def is_on_radar(up: Platform, trap: Json) -> bool:
    items = up.get("/match/unmatched?code=unknown_team&limit=500")["items"]
    return any(trap["alias"] in item["detail"] for item in items)


def test_the_next_start_finds_key_and_history(again: Cores, left: Left) -> None:
    assert again.up.key == left.key
    assert again.up.http.get("/access", headers=left.key).json()["scopes"] == ["admin"]
    assert again.up.count("games") >= left.games > 10


def test_ctrl_c_leaves_no_process_and_the_tape_replays_to_its_own_hash(again: Cores, tmp_path: Path) -> None:
    """That of each process, when there are several: test_deployments.py."""
    ((tape,),) = map(again.tapes, again.ids)
    assert eventually(lambda: inputs_on(tape) > 2 * INPUTS, every=SELDOM)
    processes = again.up.processes()
    assert again.up.interrupt() == 0
    assert eventually(lambda: not any(map(lives, processes)))
    assert "Traceback" not in again.up.said
    found = replayed(tape, tmp_path)
    assert found["same"] is True
    assert found["inputs"] > INPUTS
    assert found["decisions"] > DECISIONS


def replayed(tape: Path, folder: Path) -> Json:
    done = crosscourt("replay", tape, "--json", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)
