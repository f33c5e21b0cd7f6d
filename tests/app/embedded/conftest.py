"""Data directories and the processes that hold them; none may be left at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.embedded.processes import Holder, no_process_left

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
