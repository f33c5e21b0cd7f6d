"""Some seconds of what `make fuzz` does for ten minutes."""

from pathlib import Path

import pytest

from tests.routers.fuzzing import fuzzed, settings_without_venues
from tests.routers.houses import open_house, settings_for


@pytest.mark.timeout(180)
async def test_no_call_that_the_document_allows_or_forbids_meets_a_bug(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path
) -> None:
    bugs: list[str] = []
    settings = settings_without_venues(settings_for(fresh_database_url, fresh_redis_url, tmp_path))
    async with open_house(settings) as house:
        statuses = await fuzzed(house, iter([0]), 2, bugs.append)
    assert bugs == []
    assert statuses.total() > 50
    assert statuses[200]
