"""Platforms that several tests look at."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.platforms import Platform, eventually, platform

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
def everyones() -> Iterator[Platform]:
    """A simulated slate, searched by feeds that soon give up. Whoever breaks something waits until it is well."""
    with platform("--sandbox", given=BRISK) as started:
        eventually(lambda: started.games() and started.http.get("/health/ready").status_code == 200)
        yield started


@pytest.fixture(scope="module")
def up(everyones: Platform) -> Platform:
    """What a file does not start itself."""
    return everyones
