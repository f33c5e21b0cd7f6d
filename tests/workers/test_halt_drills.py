"""A person's halt takes back what rests, everywhere. `python -m tests.workers.halt_drills` measures the same a hundred
times."""

from pathlib import Path

import pytest

from tests.app.sandbox.servers import running
from tests.workers.halt_drills import drilled, furnished, table

DRILLS = 3  # at each place
SOON = 20.0  # seconds, on a busy machine


@pytest.mark.timeout(120)
async def test_after_a_halt_nothing_rests_at_any_venue(
    fresh_database_url: str, fresh_redis_url: str, tmp_path: Path
) -> None:
    with running(seed=7, speed=1) as sandbox:
        async with furnished(sandbox, tmp_path, fresh_database_url, fresh_redis_url) as drills:
            took = await drilled(drills, DRILLS)
    print(f"\n{table(took)}")
    assert set(took) == {"paper", "kalshi", "polymarket"}
    assert all(seconds < SOON for each in took.values() for seconds in each)
