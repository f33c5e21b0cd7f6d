"""An archiver in a process of its own, to be killed: `python -m tests.workers.archiving FOLDER` prints after each round
how many inputs are on the tape."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from app.clock import nanos_clock, wall_clock
from app.intake import Intake
from app.pipeline import Pipeline
from app.resources import Resources
from app.settings import Settings, TapeSettings
from tests.app.prices.boards import added, followed, levels, snapshot
from workers.archiver import archiver


async def main(folder: Path) -> None:
    """Until somebody ends it."""
    settings = Settings(_env_file=None, data_dir=folder, tape=TapeSettings(write_every=0.02))
    intake = Intake(Pipeline(10**12), nanos_clock(wall_clock))
    own = SimpleNamespace(settings=settings, clock=wall_clock, intake=intake)  # all that an archiver uses
    telling = asyncio.create_task(tell(intake))
    written = 0
    async with aclosing(archiver(cast(Resources, own))) as rounds:
        async for done in rounds:
            written += done.counts["inputs"]
            print(written, flush=True)
    telling.cancel()


async def tell(intake: Intake) -> None:
    """Something each millisecond."""
    for told in story():
        intake.put(told)
        await asyncio.sleep(0.001)


def story() -> Iterator[object]:
    yield followed()
    yield snapshot(levels((40, 10)), levels((45, 10)), now=1)
    for number in range(10**9):
        yield added(True, 40 + number % 4, 1, now=number)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
