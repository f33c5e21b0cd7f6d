"""Each fault does to a client what its name says, over a real socket."""

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

BOARD = "/espn/apis/site/v2/sports/basketball/nba/scoreboard"
PROGRAM = """
from app.sandbox.server import serve
serve("127.0.0.1", 0, seed=7, ready=lambda url: print(url, flush=True))
"""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
        process.wait(10)


@pytest.fixture
def sandbox(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, timeout=5) as client:
        client.delete("/faults")
        yield client
        client.delete("/faults")


def plant(sandbox: httpx.Client, kind: str, **more: object) -> None:
    assert sandbox.post("/faults", json={"match": "/espn", "kind": kind, **more}).status_code == 200


def events(sandbox: httpx.Client) -> list[dict]:
    return sandbox.get(BOARD).json()["events"]


def test_faults_are_shown_used_up_and_cleared(sandbox: httpx.Client) -> None:
    plant(sandbox, "500", count=2)
    assert [sandbox.get(BOARD).status_code for _ in range(3)] == [500, 500, 200]
    plant(sandbox, "503", for_seconds=60)
    assert [one["fault"]["kind"] for one in sandbox.get("/faults").json()["faults"]] == ["503"]
    assert sandbox.get(BOARD).status_code == 503
    sandbox.delete("/faults")
    assert sandbox.get(BOARD).status_code == 200


def test_fault_without_count_or_time_strikes_once_and_only_where_it_matches(sandbox: httpx.Client) -> None:
    plant(sandbox, "429", retry_after=3)
    assert sandbox.get("/gamma/sports").status_code == 200
    answer = sandbox.get(BOARD)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert sandbox.get(BOARD).status_code == 200


def test_fault_that_ran_out_of_time_is_gone(sandbox: httpx.Client) -> None:
    plant(sandbox, "500", for_seconds=0.01)
    time.sleep(0.05)
    assert sandbox.get(BOARD).status_code == 200


def test_html_comes_instead_of_json(sandbox: httpx.Client) -> None:
    plant(sandbox, "html")
    answer = sandbox.get(BOARD)
    assert answer.headers["content-type"] == "text/html"
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("kind", ["cut", "garbage"])
def test_body_is_no_json(sandbox: httpx.Client, kind: str) -> None:
    plant(sandbox, kind)
    with pytest.raises(ValueError):
        sandbox.get(BOARD).json()


def test_connection_breaks_in_the_middle(sandbox: httpx.Client) -> None:
    plant(sandbox, "disconnect")
    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.get(BOARD)
    assert sandbox.get(BOARD).status_code == 200


def test_slow_answers_late_and_timeout_later_than_anyone_waits(sandbox: httpx.Client) -> None:
    plant(sandbox, "slow", seconds=0.2)
    began = time.monotonic()
    assert sandbox.get(BOARD).status_code == 200
    assert time.monotonic() - began >= 0.2
    plant(sandbox, "timeout", seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        sandbox.get(BOARD, timeout=0.2)


def test_first_element_is_spoilt_and_the_others_are_not(sandbox: httpx.Client) -> None:
    whole = events(sandbox)
    plant(sandbox, "missing_field", field="competitions")
    spoilt = events(sandbox)
    assert "competitions" not in spoilt[0]
    assert [event["id"] for event in spoilt] == [event["id"] for event in whole]
    plant(sandbox, "wrong_type", field="date")
    assert isinstance(events(sandbox)[0]["date"], dict)
    plant(sandbox, "duplicate")
    twice = [event["id"] for event in events(sandbox)]
    assert twice == [*(event["id"] for event in whole), whole[0]["id"]]


def test_conditional_request_cannot_hide_a_spoilt_answer(sandbox: httpx.Client) -> None:
    tag = sandbox.get(BOARD).headers["etag"]
    plant(sandbox, "cut")
    assert sandbox.get(BOARD, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("body", ['{"kind":"500"}', '{"match":"/","kind":"earthquake"}', "no json"])
def test_fault_that_is_not_understood_is_refused(sandbox: httpx.Client, body: str) -> None:
    assert sandbox.post("/faults", content=body).status_code == 422
