"""What `sizing.py` measures besides clients: CPU for each piece of work that games are, by production's own parts.

A monitor, a shard and Valkey, without a pause between two turns of theirs: what is counted is CPU, and of what happens
in a second there is as much as there would be. One thread does the work, so that its clock is theirs.
"""

import asyncio
import random
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from time import thread_time, time_ns

import redis
import ticks
from _games import House
from _loads import TURNS, Assumed, Units, frame, told_books

from app.domain.games import GameId
from app.domain.inputs import GameTaken
from app.domain.markets import VenueId
from app.hot.keys import books_channel
from app.hot.quotes import read_book
from app.resources import Resources
from workers.feeders import Feeder
from workers.game_views import Views
from workers.mirrors import Mirror
from workers.pregames import Pregames

VENUE = VenueId("kalshi")
KEPT = 3_600.0  # seconds
SECONDS = 6  # of an evening
ROUNDS = 16
FEW = 4  # frames between two turns
BY_TURNS = [False, True] * 2_000
AT_ONCE = 200
COPIES = 4  # who listen besides
QUIET = 0.03  # seconds without another message: all have been heard
MICRO = 1e6

Bodies = list[tuple[GameId, bytes]]


class Stage:
    """A monitor and a shard that hears it, over one Valkey, with games that have a book each that moves."""

    def __init__(self, monitor: Resources, shard: Resources, games: int) -> None:
        ticks.MARKETS = games  # `ticks.kalshi` makes a market for each
        self.games = games
        self.grown_kb = 0.0  # what it takes
        self.house = House(monitor.intake)
        self.hear, self.frames = ticks.kalshi(self.house, random.Random(1))
        self.mirror = Mirror(monitor, VENUE)
        monitor.mirrored.add(VENUE)
        self.shard = shard
        self.feeder = Feeder(shard)
        self.views = Views(shard, "benchmark", lambda _: None, Pregames(shard.hot))

    async def take(self) -> None:
        """The shard works on all of them, and knows their books."""
        taken = self.house.intake.pipeline.taken
        await self.shard.hot.save_games([each.game for each in taken.values()], KEPT)
        self.shard.intake.heed(self.views.heed)
        for game_id, each in taken.items():
            await self.shard.hot.save_links(game_id, each.links, KEPT)
            self.shard.intake.put(GameTaken(each.game, each.links, self.shard.intake.now()))
            self.views.take(game_id, time_ns() // 1_000)
        await self.mirror.turn()
        await self.feeder.read(taken)

    def feed(self, bodies: Bodies) -> None:
        """What the shard does with what it hears."""
        for _, body in bodies:
            book = read_book(body)
            assert book is not None
            self.feeder.feed(book)

    def frames_of(self, kinds: list[bool]) -> float:
        """CPU of each, in us."""
        payloads = self.frames(kinds)
        began = thread_time()
        for payload in payloads:
            self.hear(payload, self.house.now())
        spent = thread_time() - began
        self.house.intake.take_tape()
        return spent / len(payloads) * MICRO


async def cost_of_games(stage: Stage, url: str) -> Units:
    """Of a frame, a turn, a book told, heard and taken in, and a view; of this thread and of Valkey."""
    valkey = redis.Redis.from_url(url)
    process_id, clock = valkey.info("server")["process_id"], Stopwatch()
    stage.frames_of(BY_TURNS)  # uncounted
    behind, moving = (usual([stage.frames_of([moves] * 2_000) for _ in range(7)]) for moves in (False, True))
    heard: Bodies = []
    few = 0
    async with gathered(stage) as bodies:
        for _ in range(ROUNDS):
            few += await told_at_once(stage, FEW, bodies, clock("few"))
            with clock("few fed"):  # after a pause, as each of them is
                stage.feed(bodies)
            with clock("stored", process_id):
                await told_at_once(stage, stage.games * 3, bodies, clock("many"))
            with clock("fed"):
                stage.feed(bodies)
            with clock("viewed"):
                await stage.views.turn()
            heard += bodies
            stage.shard.intake.take_tape()
    overheard = await cost_of_hearing(stage.shard, url, heard)
    copied = cost_of_copies(valkey, process_id, heard)
    valkey.close()
    each = (clock.all("many") - clock.all("few")) / (len(heard) - few)
    fed = (clock.all("fed") - clock.all("few fed")) / (len(heard) - few)
    return Units(
        behind=behind,
        moving=moving,
        turn=max(0.0, clock.all("few") + clock.all("few fed") - few * (each + fed)) / ROUNDS * MICRO,
        mirrored=each * MICRO - overheard,  # it is heard in this thread, too
        stored=clock.all("stored") / len(heard) * MICRO,
        copied=copied,
        overheard=overheard,
        fed=fed * MICRO + overheard,
        viewed=clock.all("viewed") / ROUNDS / stage.games * MICRO,
    )


async def told_at_once(stage: Stage, frames: int, bodies: Bodies, clock: AbstractContextManager[None]) -> int:
    """How many books have changed by so many frames; the clock runs while they are told and heard."""
    stage.frames_of([True] * frames)
    bodies.clear()
    with clock:
        await stage.mirror.turn()
        await until_quiet(bodies)
    return len(bodies)


class Stopwatch:
    """CPU seconds, by what they were spent on. Whoever else is at work can only make it dearer, so of each kind the
    lower quartile counts."""

    def __init__(self) -> None:
        self._spent: defaultdict[str, list[float]] = defaultdict(list)

    @contextmanager
    def __call__(self, name: str, process_id: int | None = None) -> Iterator[None]:
        """Of this thread, or of another process."""
        read = thread_time if process_id is None else partial(_cpu, process_id)
        began = read()
        yield
        self._spent[name].append(read() - began)

    def all(self, name: str) -> float:
        """As many times as it was done."""
        return usual(self._spent[name]) * len(self._spent[name])


def usual(seen: Sequence[float]) -> float:
    """The lower quartile."""
    return sorted(seen)[len(seen) // 4]


def _cpu(process_id: int) -> float:
    spent = Path(f"/proc/{process_id}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in spent) / 1e9


@asynccontextmanager
async def gathered(stage: Stage) -> AsyncIterator[Bodies]:
    """Every book that is told meanwhile."""
    into: Bodies = []
    async with stage.shard.hot.hear_books() as books:

        async def gather() -> None:
            async for told in books:
                into.append(told)

        task = asyncio.create_task(gather())
        try:
            yield into
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until_quiet(bodies: Bodies) -> None:
    """All that was told has been heard."""
    many = -1
    while many != len(bodies) or not many:
        many = len(bodies)
        await asyncio.sleep(QUIET)


async def cost_of_hearing(shard: Resources, url: str, bodies: Bodies) -> float:
    """CPU of a book that is heard and is nobody's here, in us."""
    count, nobodys = 0, frozenset[GameId]()
    async with shard.hot.hear_books() as books:
        saying = threading.Thread(target=say, args=(url, bodies))
        began = thread_time()
        saying.start()
        async for game_id, _ in books:
            count += game_id not in nobodys
            if count == len(bodies):
                break
        spent = thread_time() - began
        saying.join()
    return spent / count * MICRO


def say(url: str, bodies: Bodies) -> None:
    with redis.Redis.from_url(url) as client:
        say_all(client, bodies)


def say_all(client: redis.Redis, bodies: Bodies) -> None:
    with client.pipeline(transaction=False) as pipeline:
        for number, (game_id, body) in enumerate(bodies, 1):
            pipeline.publish(books_channel(game_id), body)
            if number % AT_ONCE == 0 or number == len(bodies):
                pipeline.execute()


def cost_of_copies(valkey: redis.Redis, process_id: int, bodies: Bodies) -> float:
    """CPU of Valkey for one listener more, in us a message."""

    def publish() -> float:
        before = _cpu(process_id)
        say_all(valkey, bodies)
        return _cpu(process_id) - before

    bare = publish()
    listeners = [valkey.pubsub(ignore_subscribe_messages=True) for _ in range(COPIES)]
    drains = [threading.Thread(target=drain, args=(each, len(bodies))) for each in listeners]
    for each, draining in zip(listeners, drains, strict=True):
        each.psubscribe(books_channel("*"))
        each.get_message(timeout=5.0)
        draining.start()
    copied = publish()
    for draining in drains:
        draining.join()
    for each in listeners:
        each.close()
    return max(0.0, copied - bare) / COPIES / len(bodies) * MICRO


def drain(listener: redis.client.PubSub, many: int) -> None:
    heard = 0
    while heard < many and (message := listener.get_message(timeout=10.0)) is not None:
        heard += message["type"] == "pmessage"


async def evening(stage: Stage, of: Assumed) -> float:
    """CPU seconds a second of a monitor and a shard that work on these games: frames at their pace, and between them
    all that follows, as often as it does."""
    draw, clock = random.Random(3), Stopwatch()
    async with gathered(stage) as bodies:
        for _ in range(SECONDS):
            many = round(of.games * of.frames_a_game / TURNS)
            turns = [stage.frames(kinds_of(draw, many, of.moves_share)) for _ in range(TURNS)]
            with clock("second"):
                for payloads in turns:
                    for payload in payloads:
                        stage.hear(payload, stage.house.now())
                    bodies.clear()
                    await stage.mirror.turn()
                    await until_quiet(bodies)
                    stage.feed(bodies)
                await stage.views.turn()
            stage.house.intake.take_tape()
            stage.shard.intake.take_tape()
    return clock.all("second") / SECONDS


def foretold(of: Assumed, units: Units) -> float:
    """The same by the model."""
    told = told_books(of)
    a_game = of.frames_a_game * frame(of, units) + told * (units.mirrored + units.fed) + units.viewed
    return (of.games * a_game + TURNS * units.turn) / MICRO


def kinds_of(draw: random.Random, many: int, share: float) -> list[bool]:
    return [draw.random() < share for _ in range(many)]
