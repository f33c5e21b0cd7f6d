"""Data directories and the processes that hold them; none may be left at the end."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from app.embedded import embedded_servers
from tests.app.embedded.processes import Holder, execute, no_process_left

Hold = Callable[..., Holder]


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Start holders; the test's end is theirs."""
    started: list[Holder] = []

    def start(data_dir: Path, *names: str, **how: object) -> Holder:
        started.append(Holder(data_dir, *names, **how))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for holder in started:
        holder.leave()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data directory of one's own."""
    with no_process_left() as folder:
        yield folder / "data"


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A data directory with one row in the table `kept` and the key `kept`, its servers stopped. For copies only."""
    with no_process_left() as folder:
        with embedded_servers(folder / "made", postgres=True, valkey=True) as endpoints:
            execute(endpoints.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
            with redis.Redis.from_url(str(endpoints.redis_url)) as client:
                client.set("kept", "42")
        yield folder / "made"


@pytest.fixture
def copied(made: Path, data_dir: Path) -> Path:
    """A copy of `made`: ten times quicker than initdb."""
    shutil.copytree(made, data_dir)
    return data_dir
