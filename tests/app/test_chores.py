"""A command in a process of its own: behind everything else, told what is secret, gone with all that it has started."""

import asyncio
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

from app.chores import BEHIND, ChoreUnfinished, Done, do, same_stores
from app.settings import ArchiveSettings, DatabaseSettings, RedisSettings, Settings

ERRAND = "tests.app.errands"
HERE = {"PYTHONPATH": str(Path(__file__).parents[2])}
WITHIN = 60.0  # seconds


def told_in(file: Path) -> list[int]:
    """The errand and what it has started, once they are there."""
    told = file.read_text() if file.exists() else ""
    return [int(number) for number in told.split()] if told.endswith("\n") else []


async def begun(file: Path) -> list[int]:
    async with asyncio.timeout(WITHIN):
        while not (numbers := told_in(file)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return numbers


async def until_gone(numbers: list[int]) -> None:
    async with asyncio.timeout(WITHIN):
        while any(map(lives, numbers)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def lives(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_it_is_told_behind_everybodys_back_and_is_behind_everybody() -> None:
    done = await do((ERRAND, "show"), within=WITHIN, environment={**HERE, "SECRET": "s3cret"}, told=b"a study")
    assert done.said.decode() == f"a study s3cret {BEHIND} True ['show']\n"
    assert (done.code, done.trouble) == (0, "")


async def test_what_it_says_went_wrong_is_shown() -> None:
    done = await do((ERRAND, "fall"), within=WITHIN, environment=HERE)
    assert (done.code, done.trouble) == (3, "error: there is no such day")


def test_of_a_traceback_the_last_line_says_most() -> None:
    assert Done(1, b"", b"Traceback (most recent call last):\n  ...\nValueError: no\n").trouble == "ValueError: no"
    assert Done(-9, b"").trouble == "exit code -9"


async def test_after_its_time_it_goes_with_everything_that_it_has_started(tmp_path: Path) -> None:
    file = tmp_path / "who"
    running = asyncio.create_task(do((ERRAND, "linger"), within=5.0, environment={**HERE, "SAY_WHERE": str(file)}))
    with pytest.raises(ChoreUnfinished, match="it took longer than 5 s"):
        await running
    await until_gone(told_in(file))  # nobody, where a busy machine had not begun it


async def test_so_it_does_when_nobody_waits_any_more(tmp_path: Path) -> None:
    file = tmp_path / "who"
    running = asyncio.create_task(do((ERRAND, "linger"), within=600.0, environment={**HERE, "SAY_WHERE": str(file)}))
    numbers = await begun(file)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await until_gone(numbers)


async def test_what_cannot_be_begun_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(ChoreUnfinished, match="it cannot be begun"):
        await do((ERRAND, "show"), within=WITHIN)


def test_the_same_stores_are_settings_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database=DatabaseSettings(url=SecretStr("postgresql+asyncpg://u:p@h/d")),
        redis=RedisSettings(url=SecretStr("redis://h:1")),
        archive=ArchiveSettings(
            decisions=True, target=SecretStr("s3://bucket"), target_options=SecretStr('{"key":"k"}')
        ),
    )
    for name, value in same_stores(given).items():
        monkeypatch.setenv(name, value)
    again = Settings(_env_file=None)
    for name in ("data_dir", "database", "redis"):
        assert getattr(again, name) == getattr(given, name)
    for name in ("decisions", "keep_for", "keep", "target", "target_options"):
        assert getattr(again.archive, name) == getattr(given.archive, name)
