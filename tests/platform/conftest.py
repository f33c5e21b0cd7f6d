"""Platforms that several tests look at."""

from collections.abc import Iterator

import pytest

from tests.platform.platforms import Platform, eventually, platform

BRISK = {"KALSHI__TIMEOUT": "2", "KALSHI__TRIES": "2", "POLYMARKET__TRIES": "2", "ESPN__TRIES": "2"}


@pytest.fixture(scope="session")
def up() -> Iterator[Platform]:
    """A simulated slate, searched by feeds that soon give up. Whoever breaks something waits until it is well."""
    with platform("--sandbox", given=BRISK) as started:
        eventually(lambda: started.games() and started.http.get("/health/ready").status_code == 200)
        yield started
