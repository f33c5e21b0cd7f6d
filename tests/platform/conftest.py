"""Platforms that several tests look at."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.slates import free_port
from tests.platform.platforms import FINDERS, SMALL, Lasting, Platform, data_folder, eventually, platform

BRISK = {"KALSHI__TIMEOUT": "2", "KALSHI__TRIES": "2", "POLYMARKET__TRIES": "2", "ESPN__TRIES": "2"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for a busy machine may take longer here than elsewhere."""
    for item in items:
        if item.path.parent == Path(__file__).parent and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """For commands in this process: a folder and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if "__" in name or name == "DATA_DIR"]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="session")
def everyones() -> Iterator[Lasting]:
    """A simulated slate, searched by feeds that soon give up, for all files that need no other."""
    with data_folder() as data_dir, closing(Lasting(data_dir, "--sandbox", given=BRISK)) as lasting:
        yield lasting


@pytest.fixture(scope="module")
def up(everyones: Lasting) -> Platform:
    """It, once all is well. Whoever breaks something waits until it is well again, or ends it."""
    up = everyones.up()
    eventually(lambda: up.games() and up.http.get("/health/ready").status_code == 200)
    return up


@pytest.fixture(scope="session")
def offline() -> Iterator[Platform]:
    """One process that reaches no host, has learned no names, and knows no games."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    hosts = dict.fromkeys(("ESPN__BASE_URL", "POLYMARKET__GAMMA_URL", "KALSHI__BASE_URL"), nowhere)
    once = dict.fromkeys(("ESPN__TRIES", "POLYMARKET__TRIES", "KALSHI__TRIES"), "1")
    with platform("--workers", FINDERS, given=hosts | once) as up:
        yield up


@pytest.fixture(scope="session")
def small() -> Iterator[Platform]:
    """One with few games that go on quickly, for what nobody else should meet."""
    with platform(*SMALL, given={"REPORTS__EVERY": "120s"}) as up:
        yield up
