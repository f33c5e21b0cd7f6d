"""The first minute: where to look, and the one line that says how it stands."""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.cli import welcome
from app.domain.funnels import Funnel, Stop
from app.domain.operations import Beat
from app.domain.prices import Nanos
from app.hot.state import open_hot_state
from app.settings import RedisSettings, Settings, SimulationSettings

NOW = datetime(2026, 1, 9, 1, 12, tzinfo=UTC)


def beat(worker: str, **counts: int) -> Beat:
    return Beat(
        worker=worker,
        process_id=os.getpid(),
        host=socket.gethostname(),
        started_at=NOW,
        at=NOW,
        every=1.0,
        counts=counts,
    )


@pytest.fixture
def settings(fresh_redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        redis=RedisSettings(url=SecretStr(fresh_redis_url)),
        simulation=SimulationSettings(clock_url="http://127.0.0.1:8100/clock"),
    )


async def said(settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is printed until the first status line is."""
    monkeypatch.setattr(welcome, "SETTLED", 0.0)
    greeting, lines = asyncio.create_task(welcome.greet(settings)), list[str]()
    async with asyncio.timeout(10):
        while not lines or "tradable contracts" not in lines[-1]:
            await asyncio.sleep(0.01)
            lines += capsys.readouterr().out.splitlines()
    greeting.cancel()
    with suppress(asyncio.CancelledError):
        await greeting
    return lines


async def test_the_first_minute_fits_a_glance_and_says_how_to_follow(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = await said(settings, capsys, monkeypatch)
    assert len(lines) < 15
    assert "SIMULATED" in lines[1]
    (follow,) = (line for line in lines if "Follow" in line)
    assert 'ws://localhost:8000/ws   (then type {"op":"subscribe","channels":["games"]})' in follow
    assert "books" not in lines[-1]  # nobody holds any
    assert "signal" not in lines[-1]  # nobody looks for any


async def test_the_status_line_says_how_many_books_are_fresh_and_how_many_in_doubt(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_hot_state(settings.redis.url.get_secret_value() if settings.redis.url else "") as hot:
        await hot.beat(
            beat(
                "kalshi_monitor", books=408, fresh=393, quarantined_paused=12, quarantined_gap=2, quarantined_crossed=1
            )
        )
        await hot.beat(beat("polymarket_monitor", books=293, fresh=293))
        lines = await said(settings, capsys, monkeypatch)
    assert lines[-1].endswith("· 686 of 701 books fresh, 12 paused, 3 quarantined")


@pytest.mark.parametrize(("counts", "said_of_it"), [((0,), "0 signals"), ((1,), "1 signal"), ((3, 4), "7 signals")])
async def test_the_status_line_says_how_many_signals_all_processes_have_kept(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    counts: Sequence[int],
    said_of_it: str,
) -> None:
    async with open_hot_state(settings.redis.url.get_secret_value() if settings.redis.url else "") as hot:
        for number, count in enumerate(counts):
            stops = (Stop("edge", "no_gap", 900, 12), Stop("sent", "sent", count, 0))
            await hot.save_funnel(f"process {number}", Funnel(4, 2, {}, stops, Nanos(0)))
        lines = await said(settings, capsys, monkeypatch)
    assert lines[-1].endswith(f"0 tradable contracts · {said_of_it}")


async def test_the_status_line_says_what_is_held_and_earned_and_that_it_is_simulated(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_hot_state(settings.redis.url.get_secret_value() if settings.redis.url else "") as hot:
        await hot.beat(beat("position_tracker", positions=1, profit_micro_dollars=-1_234_560_000))
        lines = await said(settings, capsys, monkeypatch)
    assert lines[-1].endswith("· 1 position · P&L −$1,234.56 (simulated)")
