"""What the platform uses is measured, and the report of a day is made by a process of its own."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.inputs import Discounted
from app.domain.reports import Period
from app.history.usage import find_report, read_usage
from tests.app.history.promised import Books
from tests.workers.worlds import World
from workers.analytics import HAIRCUTS_EVERY, Analytics
from workers.meters import Meter
from workers.risk_watcher import RiskWatch

BUSY = """
import time
until = time.process_time() + 0.3
while time.process_time() < until:
    pass
print("done", flush=True)
input()
"""


def test_cpu_and_memory_of_processes_that_we_have_started_are_ours(tmp_path: Path) -> None:
    meter = Meter(tmp_path)
    assert meter.read(0.0) == []  # from now on
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
        (used,) = (each for each in meter.read(10.0) if each.process == "platform")
        child.communicate("\n")
    assert used.cpu >= 0.3
    assert used.seconds == 10.0
    assert used.memory > 8 << 20


async def test_a_round_writes_down_what_was_used(world: World) -> None:
    work = Analytics(world.resources)
    await work.round()
    await work.round()
    now = world.resources.clock()
    used = await read_usage(world.resources.history, Period(now - timedelta(minutes=1), now + timedelta(minutes=1)))
    assert [each.process for each in used] == ["platform"]


@pytest.mark.timeout(120)
async def test_the_report_of_this_day_is_made_when_it_is_due(
    world: World, tmp_path: Path, fresh_database_url: str, fresh_redis_url: str
) -> None:
    stores = {"database": {"url": fresh_database_url}, "redis": {"url": fresh_redis_url}}
    resources = world.process(data_dir=tmp_path, **stores)
    assert await resources.hot.claim_world("simulated")
    work = Analytics(resources)
    assert "reports" not in (await work.round()).counts  # not in the first minutes
    world.now += resources.settings.reports.every + timedelta(seconds=1)
    done = await work.round()
    day = world.now.astimezone(UTC).date()
    assert (done.counts["reports"], done.trouble) == (2, "")  # of the day before, too: nobody has made it
    kept = await find_report(world.resources.history, day)
    assert kept is not None
    assert kept.body["world"] == "simulated"
    assert "SIMULATED" in (tmp_path / "reports" / f"{day}.html").read_text()


async def test_how_much_of_an_edge_to_believe_is_measured_and_told_to_the_core(
    world: World, tmp_path: Path, fresh_database_url: str, fresh_redis_url: str
) -> None:
    stores = {"database": {"url": fresh_database_url}, "redis": {"url": fresh_redis_url}}
    resources = world.process(data_dir=tmp_path, **stores)
    books = Books(resources.history, ended_at=datetime.now(UTC))
    await books.trade(1)  # and missed: it has brought nothing
    work, watch = Analytics(resources), RiskWatch(resources)
    assert "haircuts" not in (await work.round()).counts
    await watch.look()
    assert resources.intake.pipeline.desk.haircuts == {}
    world.now += HAIRCUTS_EVERY
    done = await work.round()
    assert (done.counts["haircuts"], done.trouble) == (1, "")
    await watch.look()
    (told,) = resources.intake.pipeline.desk.haircuts.values()
    assert (told.detector, told.n) == ("cross_venue", 1)
    assert told.factor == pytest.approx(16 / 17, abs=0.03)  # of one game little is believed
    taped = [each for each in resources.intake.take_tape().inputs if isinstance(each, Discounted)]
    await watch.look()
    assert [each.haircuts for each in taped] == [(told,)]
    assert not [each for each in resources.intake.take_tape().inputs if isinstance(each, Discounted)]
