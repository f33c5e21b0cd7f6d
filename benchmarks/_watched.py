"""What `dashboard.py` measures: the API beside a busy core, in one process and one loop as production has them.

`python benchmarks/_watched.py PORT`, with its stores in the environment. For each line that it reads it takes frames at
a steady pace and writes what each took, and how late the loop was to take it.
"""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from statistics import quantiles
from time import perf_counter, process_time

import msgspec
import uvicorn
import uvloop
from _games import House
from ticks import Frames, Hear, kalshi

from app.cli.up import served
from app.domain.markets import VenueId
from app.main import create_app
from app.resources import Resources
from app.settings import load_settings
from workers.game_views import Views
from workers.mirrors import keep_mirrored
from workers.pregames import Pregames

VENUE = VenueId("kalshi")
FRAMES = 1_500  # a round
PACE = 0.001  # seconds between two of them
WARM = 100  # uncounted
KEPT = 3_600.0  # seconds that games are remembered
FIRST_FENCE = 1


class Took(msgspec.Struct):
    """Of one round, in microseconds: what a frame took, how late it was taken, and the CPU of the process for each."""

    frame: float
    late: float
    latest: float  # the 99th of a hundred
    cpu: float


async def take_frames(house: House, hear: Hear, payloads: Sequence[bytes]) -> Took:
    """Each at its time, or as soon after it as the loop comes to it."""
    took, late = [], []
    spent, due = process_time(), perf_counter()
    for number, payload in enumerate(payloads):
        due = max(due + PACE, perf_counter() - PACE)
        await asyncio.sleep(max(0.0, due - perf_counter()))
        began = perf_counter()
        hear(payload, house.now())
        if number >= WARM:
            took.append(perf_counter() - began)
            late.append(began - due)
    cpu = (process_time() - spent) / len(payloads)
    house.intake.take_tape()  # as the archiver does
    frames, waits = quantiles(took, n=100), quantiles(late, n=100)
    return Took(*(each * 1e6 for each in (frames[49], waits[49], waits[98], cpu)))


async def obey(house: House, hear: Hear, frames: Frames) -> None:
    """A round for each line; what is not measured is made before."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    draw = random.Random(2)
    while await reader.readline():
        payloads = frames([draw.random() < 0.5 for _ in range(FRAMES)])
        took = await take_frames(house, hear, payloads)
        sys.stdout.write(msgspec.json.encode(took).decode() + "\n")
        sys.stdout.flush()


async def tell_games(resources: Resources) -> Views:
    """Everybody may follow them, by game and on the slate."""
    taken = resources.intake.pipeline.taken
    await resources.hot.save_games([each.game for each in taken.values()], KEPT)
    views = Views(resources, "benchmark", lambda _: None, Pregames(resources.hot))
    for game_id, each in taken.items():
        await resources.hot.save_links(game_id, each.links, KEPT)
        views.take(game_id, FIRST_FENCE)
    return views


@asynccontextmanager
async def at_work(works: Sequence[asyncio.Task[None]]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)


async def serve(port: int) -> None:
    app = create_app(load_settings())
    async with app.router.lifespan_context(app) as state:
        assert state is not None
        resources = state["resources"]
        assert isinstance(resources, Resources)
        house = House(resources.intake)
        hear, frames = kalshi(house, random.Random(1))
        views = await tell_games(resources)

        @asynccontextmanager
        async def is_open(_: object) -> AsyncIterator[Mapping[str, object]]:
            yield state

        app.router.lifespan_context = is_open
        config = served(app)
        config.port = port
        works = (uvicorn.Server(config).serve(), keep_mirrored(resources, VENUE), views.keep_telling())
        async with at_work([asyncio.ensure_future(work) for work in works]):
            await obey(house, hear, frames)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
