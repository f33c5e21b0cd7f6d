"""Platforms that several tests look at."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.platforms import Platform, eventually, platform

BRISK = {"KALSHI__TIMEOUT": "2", "KALSHI__TRIES": "2", "POLYMARKET__TRIES": "2", "ESPN__TRIES": "2"}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """For commands in this process: a folder and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if "__" in name or name == "DATA_DIR"]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="session")
def up() -> Iterator[Platform]:
    """A simulated slate, searched by feeds that soon give up. Whoever breaks something waits until it is well."""
    with platform("--sandbox", given=BRISK) as started:
        eventually(lambda: started.games() and started.http.get("/health/ready").status_code == 200)
        yield started
