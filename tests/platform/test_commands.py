"""Every command speaks twice: tables for people, JSON for machines; and each says what it is for."""

import json
import select
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import COMMANDS, command
from app.cli.slates import free_port
from app.domain.answers import encode_match
from app.embedded import embedded_servers
from app.matching.registry import Registry
from app.matching.unified import TeamMatcher
from tests.platform.platforms import CROSSCOURT, PATIENCE, crosscourt, data_folder, environment


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """That of a platform that runs: its servers are shared."""
    with data_folder() as folder, embedded_servers(folder, postgres=True, valkey=True):
        yield folder


def said(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(command, [*map(str, arguments)], env={"COLUMNS": "160"})
    assert done.exit_code == code, done.output
    return done.output


def told(*arguments: object, code: int = 0) -> Any:
    """The one JSON value that a command writes, on one line."""
    (line,) = said(*arguments, "--json", code=code).splitlines()
    return json.loads(line)


@pytest.mark.parametrize(
    "arguments", [[], *([name] for name in COMMANDS), ["keys", "create"], ["keys", "link"], ["bench", "match"]]
)
def test_help_says_what_a_command_is_for_and_what_it_takes(arguments: list[str]) -> None:
    text = said(*arguments, "--help")
    assert "Usage: " in text
    assert len(text.splitlines()) < 60
    for name in COMMANDS if not arguments else ():
        assert f" {name} " in text


def test_unknown_command_is_named() -> None:
    assert "No such command 'trade'" in said("trade", code=2)


@pytest.mark.usefixtures("here")
def test_match_shows_each_field_that_was_compared() -> None:
    question = ("match", "Celtics", "Boston Celtics", "--sport", "nba")
    assert "the same team" in said(*question)
    assert "✓" in said(*question)
    answer = told(*question)
    assert answer["is_match"] is True
    assert answer["confidence"] >= 0.90
    assert {reason["finding"] for reason in answer["reasons"]} == {"agrees"}


@pytest.mark.usefixtures("here")
def test_match_names_those_that_an_ambiguous_name_could_be() -> None:
    question = ("match", "Miami", "Miami Hurricanes", "--sport", "cbb")
    assert "Could be" in said(*question)
    assert told(*question)["is_match"] is False
    assert told(*question, "--matched-side", "Miami Hurricanes")["reasons"]


@pytest.mark.usefixtures("here")
def test_unknown_sport_is_refused_with_those_there_are() -> None:
    assert "sport: must be one of nba, wnba" in said("match", "a", "b", "--sport", "chess", code=1)


@pytest.mark.usefixtures("here")
def test_match_answers_with_the_bytes_of_every_other_door() -> None:
    found = TeamMatcher(Registry.load()).match("Celtics", "Boston Celtics", "nba")
    assert said("match", "Celtics", "Boston Celtics", "--sport", "nba", "--json") == f"{encode_match(found).decode()}\n"


@pytest.mark.usefixtures("here")
def test_match_asks_a_platform_elsewhere() -> None:
    question = ("match", "Celtics", "Boston Celtics", "--sport", "nba", "--url", f"http://127.0.0.1:{free_port()}")
    assert "MatchingUnavailable: http: " in said(*question, code=1)
    assert "no date and time" in said(*question, "--start", "soon", code=1)
    assert "offset from UTC" in said(*question, "--start", "2026-02-07T17:00:00", code=1)


@pytest.mark.usefixtures("here")
def test_benches_measure_labelled_names(tmp_path: Path) -> None:
    pairs, queries = tmp_path / "pairs.jsonl", tmp_path / "queries.jsonl"
    pairs.write_text('{"sport": "nba", "a": "Celtics", "b": "Boston Celtics", "same": true, "kind": "nickname"}\n')
    queries.write_text('{"sport": "nba", "query": "Boston Celtics", "team_id": "2"}\n')
    keys = {"n", "accuracy", "precision", "recall", "f1", "by_sport", "by_kind", "us_per_pair"}
    scores = told("bench", "match", pairs)
    assert keys <= scores.keys()
    assert (scores["n"], scores["accuracy"]) == (1, 1.0)
    scores = told("bench", "resolve", queries)
    assert {"n", "top1", "wrong", "abstained", "by_sport", "us_per_query"} <= scores.keys()
    assert scores["top1"] == 1.0
    assert {"precision_by_sport", "recall_by_sport"} <= told("bench", "match", pairs).keys()
    assert "accuracy" in said("bench", "match", pairs)
    assert "top1" in said("bench", "resolve", queries)


@pytest.mark.usefixtures("here")
def test_benches_tell_names_of_several_teams_and_disputed_rows_apart(tmp_path: Path) -> None:
    names, pairs, disputed = (tmp_path / f"{name}.jsonl" for name in ("names", "pairs", "disputed"))
    names.write_text('{"sport": "cfb", "spelling": "Miami", "candidates": [{"team_id": "2390"}, {"team_id": "193"}]}\n')
    scores = told("bench", "ambiguous", names)
    assert (scores["n"], scores["abstained"], scores["named"]) == (1, 1.0, 1.0)
    row = {"sport": "nba", "a": "Celtics", "b": "Boston", "same": False}
    pairs.write_text(f"{json.dumps(row)}\n" * 2)
    disputed.write_text(json.dumps({**row, "evidence": "one team plays in Boston"}))
    assert "2 of 2 rows are disputed" in said("bench", "match", pairs, "--disputed", disputed, code=1)
    assert "Name the file of pairs" in said("bench", "match", "--disputed", disputed, code=1)
    more = [{**row, "b": f"Lakers {number}"} for number in range(300)]
    pairs.write_text("\n".join(map(json.dumps, [row, *more])))
    undisputed = told("bench", "match", pairs, "--disputed", disputed)["undisputed"]
    assert (undisputed["n"], undisputed["disputed"], undisputed["accuracy"]) == (300, 1, 1.0)


@pytest.mark.usefixtures("here")
def test_without_a_file_there_must_be_a_book(tmp_path: Path) -> None:
    assert "nothing was started" in said("bench", "match", "--data-dir", tmp_path / "unused", code=1)


@pytest.mark.usefixtures("here")
def test_names_are_taught_and_taken_back(data_dir: Path) -> None:
    where = ("--sport", "nba", "--data-dir", data_dir)
    taught = told("aliases", "add", "nba:2", "  The   Shamrocks ", *where)
    assert (taught["team_id"], taught["name"], taught["added_by"]) == ("nba:2", "The Shamrocks", "cli")
    assert "The Shamrocks" in said("aliases", "list", *where)
    assert told("bench", "match", "--data-dir", data_dir)["aliases"] == {"n": 1, "right": 1, "wrong": []}
    assert "Los Angeles Lakers" in said("aliases", "add", "nba:2", "Lakers", *where, code=1)
    assert "could be" in said("aliases", "add", "Los Angeles", "Angels of LA", *where, code=1)
    assert "no team nba:99999" in said("aliases", "add", "nba:99999", "Isotopes", *where, code=1)
    assert "two letters" in said("aliases", "add", "nba:2", "C", *where, code=1)
    assert told("aliases", "remove", "Boston Celtics", "The Shamrocks", *where)["team_id"] == "nba:2"
    assert "nobody taught" in said("aliases", "remove", "nba:2", "The Shamrocks", *where, code=1)
    assert told("aliases", "list", *where) == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("text", [None, "sport,team\nnba,nba:2\n", "sport,team,name\n\xff", 'sport,team,name\n"nba'])
def test_a_file_of_names_that_cannot_be_read_is_named(data_dir: Path, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "names.csv"
    if text is not None:
        file.write_bytes(text.encode("latin-1"))
    assert "names.csv" in said("aliases", "import", file, "--data-dir", data_dir, code=1)


@pytest.mark.usefixtures("here")
def test_what_nobody_said_or_decided_is_named(data_dir: Path) -> None:
    where = ("--data-dir", data_dir)
    assert told("overrides", "list", *where) == []
    assert told("unmatched", *where) == {"counts": {}, "items": []}
    assert "no contract nobody" in said("overrides", "set", "nobody", "rejected", "--reason", "x", *where, code=1)
    assert "'sold' is no verdict" in said("overrides", "set", "nobody", "sold", "--reason", "x", *where, code=1)
    assert "nobody has overridden" in said("overrides", "remove", "nobody", *where, code=1)
    assert "nothing was decided" in said("decisions", "nobody", *where, code=1)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("text", [None, "no json\n"])
def test_a_file_that_is_no_bench_is_named(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "pairs.jsonl"
    if text is not None:
        file.write_text(text)
    assert "pairs.jsonl" in said("bench", "match", file, code=1)


@pytest.mark.usefixtures("here")
def test_keys_are_made_shown_and_taken_back(data_dir: Path) -> None:
    where = ("--data-dir", data_dir)
    made = told("keys", "create", "bot", "--scopes", "read, match", *where)
    assert made["scopes"] == ["read", "match"]
    (listed,) = told("keys", "list", *where)
    assert (listed["name"], listed["scopes"], listed["revoked_at"]) == ("bot", ["read", "match"], None)
    assert made["key"] not in json.dumps(listed)
    assert "bot" in said("keys", "list", *where)
    assert told("keys", "revoke", listed["id"], *where) == {"revoked": listed["id"]}
    assert told("keys", "list", *where)[0]["revoked_at"]
    assert "there is no key" in said("keys", "revoke", "nobody", *where, code=1)
    assert "→ The scopes are read" in said("keys", "create", "bot", "--scope", "all", *where, code=1)
    assert told("keys", "link", "--port", 8123, *where)["url"].startswith("http://localhost:8123/open?code=")


@pytest.mark.usefixtures("here")
def test_doctor_finds_this_machine_well(data_dir: Path) -> None:
    findings = {each["check"]: each for each in told("doctor", "--data-dir", data_dir)}
    about = {"python", "crosscourt", "registry", "port", "data", "disk"}
    assert about | {"redis", "postgres", "clock", "world", "schema", "workers"} == findings.keys()
    assert {each["state"] for each in findings.values()} <= {"ok", "warning"}
    assert "postgres" in said("doctor", "--data-dir", data_dir)


@pytest.mark.usefixtures("here")
def test_looking_makes_no_stores(tmp_path: Path) -> None:
    unused = tmp_path / "unused"
    assert {each["state"] for each in told("doctor", "--data-dir", unused)} <= {"ok", "warning"}
    assert "nothing was started" in said("keys", "list", "--data-dir", unused, code=1)
    assert not unused.exists()


def test_doctor_says_of_every_host_that_cannot_be_reached_what_to_do(data_dir: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    given = {
        "ESPN__BASE_URL": nowhere,
        "POLYMARKET__GAMMA_URL": nowhere,
        "POLYMARKET__CLOB_URL": nowhere,
        "KALSHI__BASE_URL": nowhere,
        "HTTPS_PROXY": nowhere,  # the one host that no setting moves
    }
    done = crosscourt("doctor", "--venues", "--json", "--data-dir", data_dir, folder=data_dir.parent, given=given)
    assert done.returncode == 1, done.stderr
    failed = [each for each in json.loads(done.stdout) if each["state"] == "failed"]
    assert len(failed) == 6
    assert all(each["detail"] and each["remedy"] for each in failed)


def test_sandbox_says_where_it_is_and_ends_well_when_asked(tmp_path: Path) -> None:
    asked = [*CROSSCOURT, "sandbox", "--port", "0", "--json"]
    with subprocess.Popen(asked, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], PATIENCE)[0]
        url = json.loads(process.stdout.readline())["url"]
        assert httpx.get(f"{url}/clock").json()["simulated"] is True
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
