"""Every drill against a platform that runs: the scorecard is kept, stands in the report, and says what failed."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx
import pytest

from app.drills.roster import DRILLS
from tests.platform.platforms import (
    CROSSCOURT,
    PATIENCE,
    Json,
    Platform,
    crosscourt,
    environment,
    eventually,
)

PATIENTLY = 120.0  # seconds: two cores may be busy with other things; docs/drills.md has the limits that count
LONGEST = 600.0  # of one command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def up(small: Platform) -> Platform:
    """An alarm that stands for ten minutes is not everyone's."""
    assert eventually(lambda: small.games() and small.http.get("/health/ready").status_code == 200)
    return small


def command(up: Platform, *arguments: object) -> list[str]:
    where = ("--data-dir", up.data_dir, "--url", up.http.base_url, "--json")
    return [*map(str, (*CROSSCOURT, "drill", *arguments, *where))]


def drilled(up: Platform, *arguments: object, code: int) -> list[Json]:
    """The scorecard of a command."""
    done = subprocess.run(
        command(up, *arguments),
        cwd=up.data_dir.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return list(json.loads(done.stdout))


@contextmanager
def searching(up: Platform) -> Iterator[None]:
    """Somebody asks for another search of the listings all the time: the alarm need not wait for its minute."""
    is_over = Event()

    def ask() -> None:
        while not is_over.wait(3):
            httpx.post(f"{up.http.base_url}/discovery/refresh", headers=up.key, timeout=30)

    thread = Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_each_drill_ends_safe_and_everything_is_as_it_was(up: Platform) -> None:
    halts = up.get("/risk")["halts"]
    with searching(up):
        found = drilled(up, "--limit", PATIENTLY, code=0)
    assert [each["name"] for each in found] == [each.name for each in DRILLS]
    for each in found:
        print(
            f"{each['name']}: safe after {each['safe_after']} s, whole after {each['whole_after']} s; {each['detail']}"
        )
        assert (each["verdict"], each["left_over"], each["world"]) == ("safe", "", "simulated")
        assert 0 < each["safe_after"] < PATIENTLY
    assert up.get("/risk")["halts"] == halts
    assert up.get("/positions?account=drills&held=true")["items"] == []
    assert eventually(lambda: up.get("/orders?account=drills&unsettled=true")["total"] == 0)
    kept = up.get(f"/analytics/drills?limit={len(found)}")
    assert [each["name"] for each in reversed(kept)] == [each["name"] for each in found]


def test_a_drill_that_is_late_has_failed_and_the_report_says_so(up: Platform) -> None:
    (late,) = drilled(up, "--only", "kill_switch", "--limit", "0", code=1)
    assert (late["verdict"], late["within"], late["left_over"]) == ("failed", 0.0, "")
    assert late["safe_after"] > 0
    page = up.data_dir.parent / "day.html"
    where = ("--data-dir", up.data_dir, "--json")
    made = crosscourt("report", "daily", "--last", "1h", "--page", page, *where, folder=up.data_dir.parent)
    told = json.loads(made.stdout)["drills"]
    assert (told[-1]["name"], told[-1]["verdict"]) == ("kill_switch", "failed")
    assert "✗ failed" in page.read_text()
    assert up.get("/risk")["halts"] == []


def test_whoever_interrupts_a_drill_finds_it_mended(up: Platform) -> None:
    words, sandbox = command(up, "--only", "mute_kalshi", "--limit", PATIENTLY), up.sandbox_url()
    with subprocess.Popen(words, cwd=up.data_dir.parent, env=environment(), stdout=subprocess.PIPE, text=True) as drill:
        assert eventually(lambda: httpx.get(f"{sandbox}/faults").json()["faults"])
        drill.send_signal(signal.SIGINT)
        said, _ = drill.communicate(timeout=PATIENCE)
    (stopped,) = json.loads(said)
    assert (drill.returncode, stopped["left_over"]) == (1, "") or stopped["verdict"] == "safe"
    assert httpx.get(f"{sandbox}/faults").json()["faults"] == []
