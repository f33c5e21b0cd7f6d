"""One for each process: hears Redis once, writes each message once, and tells it to all who follow.

All that has a newest leaves by one task, so that a snapshot is never overtaken by what it holds already; all that is
numbered leaves by another (`sequences`).
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import msgspec

from app.domain.games import GameId
from app.errors import HotStoreUnavailable
from app.hot.glances import read_glances
from app.hot.keys import DISCOVERY_UPDATES, GLANCES, LANES, MARKS, prices_channel, views_channel
from app.hot.lines import Message
from app.hot.marks import MarksUpdate
from app.hot.schemas import Update
from app.hot.shown import LanesUpdate, PricesUpdate
from app.hot.state import HotState
from app.hot.switchboards import Switchboard
from routers.sockets.clients import AWAY, NO_KEY, Client, as_message
from routers.sockets.messages import GAMES, PRICES, SLATE, Interrupted, Restored, SocketRefused, written
from routers.sockets.places import Places
from routers.sockets.sequences import Sequences
from routers.sockets.topics import (
    GamesTopic,
    Lanes,
    LanesTopic,
    Line,
    MarksTopic,
    Now,
    PricesTopic,
    SlateTopic,
    Topic,
    as_moment,
)

AT_ONCE = 64  # sent without letting anybody else have a turn: about a millisecond
BEAT = 1.0  # seconds
LANES_LATE = 1.5  # seconds: they are said every second, and looked at when they are
TRIES_EVERY = 0.5  # seconds, while Redis is away
KEYS_EVERY = 30.0  # seconds: so soon a revoked key stops listening
FALLEN_FOR = 1.0  # seconds
INTERRUPTED_REMEDY = "Wait: it is tried again by itself. Prices that you have may be older than they look."

log = logging.getLogger(__name__)

_PRICES = msgspec.json.Decoder(PricesUpdate)
_LANES = msgspec.json.Decoder(LanesUpdate)
_MARKS = msgspec.json.Decoder(MarksUpdate)
_CHANGE = msgspec.json.Decoder(Update)


class Hub:
    """The follow-up of everything by everybody who is connected to this process."""

    def __init__(self, hot: HotState, now: Now, fresh_within: int) -> None:
        """`fresh_within`: nanoseconds."""
        self.now = now
        self.places = Places()
        self.clients: dict[Client, set[str]] = {}  # and the topics that each follows
        self.sequences = Sequences(hot, self._say_absent, self._say_present)
        self._hot = hot
        self._fresh_within = fresh_within
        self._lanes = Lanes()
        self._lanes_topic = LanesTopic(self._lanes, now)
        self._marks_topic = MarksTopic(now)
        self._topics: dict[str, Topic] = {}
        self._board: Switchboard | None = None
        self._news = asyncio.Event()
        self._looked_at = 0.0
        self._absent: dict[str, str] = {}  # what does not answer, and what it says

    async def run(self) -> None:
        """Until cancelled; over every absence of Redis."""
        works = (self._hear, self._tell, self._beat, self._look_at_keys, self.sequences.run)
        await asyncio.gather(*(_keep_on(work) for work in works))

    def welcome(self, client: Client) -> None:
        self.clients[client] = set()

    def dismiss(self, client: Client) -> None:
        """It is told nothing more."""
        self.sequences.leave(client)
        self.leave_marks(client)
        for channel in tuple(self.clients.get(client, ())):
            self.leave(client, channel)
        self.clients.pop(client, None)

    @asynccontextmanager
    async def ready(self, channels: Iterable[str]) -> AsyncGenerator[None]:
        """Within, these can be followed, all of them. Raises SocketRefused and HotStoreUnavailable."""
        topics: list[Topic] = []
        try:
            for channel in channels:
                async with self.sequences.asking:
                    topic = self._topics.get(channel) or self._topics.setdefault(
                        channel, await self._new_topic(channel)
                    )
                    topic.awaited += 1
                    topics.append(topic)
                    if self._board is not None and not topic.is_ready:
                        await self._open(self._board, topic)
            yield
        finally:
            for topic in topics:
                topic.awaited -= 1
                self._drop_if_deserted(topic)

    def follow(self, client: Client, channel: str) -> None:
        """Tell it how this stands, soon, and then what changes. It is `ready`."""
        if channel in self.clients[client]:
            return
        self.clients[client].add(channel)
        self._topics[channel].newcomers[client] = None
        if channel.startswith(PRICES):
            self._lanes_topic.followers[client] = None
        self._news.set()

    def leave(self, client: Client, channel: str) -> None:
        """Tell it nothing more of this."""
        if channel not in self.clients[client]:
            return
        self.clients[client].remove(channel)
        topic = self._topics[channel]
        topic.followers.pop(client, None)
        topic.newcomers.pop(client, None)
        client.forget(topic)
        self._drop_if_deserted(topic)
        if not any(each.startswith(PRICES) for each in self.clients[client]):
            self._lanes_topic.followers.pop(client, None)
            client.forget(self._lanes_topic)

    def _drop_if_deserted(self, topic: Topic) -> None:
        if topic.is_deserted and self._topics.pop(topic.name, None) is not None and self._board is not None:
            for heard in topic.heard:
                self._board.leave(heard)

    def follow_marks(self, client: Client) -> None:
        """Tell it what positions are worth, whenever that is something else."""
        self._marks_topic.followers[client] = None

    def leave_marks(self, client: Client) -> None:
        """Tell it no longer."""
        self._marks_topic.followers.pop(client, None)
        client.forget(self._marks_topic)

    def show(self, client: Client, channel: str) -> None:
        """Tell it once more how this stands."""
        topic = self._topics.get(channel)
        if topic is not None and client in topic.followers:
            del topic.followers[client]
            topic.newcomers[client] = None
            client.forget(topic)
            self._news.set()

    def _prices(self) -> list[PricesTopic]:
        return [topic for topic in self._topics.values() if isinstance(topic, PricesTopic)]

    async def _topic(self, channel: str) -> Topic:
        return self._topics.get(channel) or self._topics.setdefault(channel, await self._new_topic(channel))

    async def _new_topic(self, channel: str) -> Topic:
        if channel == GAMES:
            return GamesTopic(self._lanes, self.now, self._fresh_within, views_channel("*"), DISCOVERY_UPDATES)
        if channel == SLATE:
            return SlateTopic(self.now, GLANCES)
        game_id = GameId(channel.removeprefix(PRICES))
        if await self._hot.game(game_id) is None:
            remedy = "GET /games lists the games that are followed now."
            raise SocketRefused("unknown_game", f"no game {game_id[:100]} is followed now", remedy)
        return PricesTopic(game_id, prices_channel(game_id), self._lanes, self.now, self._fresh_within)

    async def _open(self, board: Switchboard, topic: Topic) -> None:
        """First hear, then read: what is said between the two is known either way."""
        for heard in topic.heard:
            await board.listen(heard)
        await topic.prime(self._hot)
        topic.is_ready = True
        self._news.set()

    async def _hear(self) -> None:
        while True:
            try:
                async with self._hot.open_switchboard(self._take) as board:
                    await board.listen(LANES)
                    self._lanes.start(await self._hot.lanes())
                    self._board = board
                    for topic in list(self._topics.values()):
                        await self._open(board, topic)
                    await board.listen(MARKS)
                    self._say_present("prices")
                    await board.hold()
            except HotStoreUnavailable as error:
                self._say_absent("prices", str(error))
            finally:
                self._board = None
            for topic in self._topics.values():
                topic.start_over()
            await asyncio.sleep(TRIES_EVERY)

    def _take(self, message: Message) -> None:
        """Straight from the socket. What cannot be read is not ours: anyone may publish."""
        channel, body = message
        kind, _, name = channel.partition(":")
        with suppress(msgspec.MsgspecError):
            if kind == "prices":
                self._take_prices(f"{PRICES}{name}", body)
            elif channel == LANES:
                self._lanes.take(_LANES.decode(body))
                self._look()
            elif channel == GLANCES:
                self._take_glances(body)
            elif channel == MARKS:
                self._marks_topic.take(_MARKS.decode(body))
            else:
                self._take_game(kind, name, body)
        self._news.set()

    def _take_prices(self, channel: str, body: bytes) -> None:
        topic = self._topics.get(channel)
        if isinstance(topic, PricesTopic):
            topic.take(_PRICES.decode(body).quotes)

    def _take_glances(self, body: bytes) -> None:
        topic = self._topics.get(SLATE)
        if isinstance(topic, SlateTopic):
            topic.take(read_glances(body))

    def _take_game(self, kind: str, name: str, body: bytes) -> None:
        topic = self._topics.get(GAMES)
        if isinstance(topic, GamesTopic):
            if kind == "views":
                topic.take_view(GameId(name), body)
            else:
                topic.take_change(_CHANGE.decode(body))

    def _look(self) -> None:
        self._looked_at = asyncio.get_running_loop().time()
        for topic in self._prices():
            topic.look()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            if asyncio.get_running_loop().time() - self._looked_at > LANES_LATE:
                self._look()
            self._lanes_topic.change(("lanes",))
            self._marks_topic.look()
            self._news.set()

    async def _look_at_keys(self) -> None:
        while True:
            await asyncio.sleep(KEYS_EVERY)
            for client in tuple(self.clients):
                if not await client.is_welcome():
                    client.end(NO_KEY)

    async def _tell(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            for topic in (*self._topics.values(), self._lanes_topic, self._marks_topic):
                if topic.is_ready:
                    await self._tell_changes(topic)
                    await self._tell_newcomers(topic)

    async def _tell_changes(self, topic: Topic) -> None:
        now = asyncio.get_running_loop().time()
        if not topic.followers:
            topic.changed.clear()
        if not topic.changed or now < topic.rests_until:
            return
        for line in topic.lines(topic.take_changed()):
            await _tell_all(tuple(topic.followers), topic, line)
        if topic.rests_for:
            topic.rests_until = now + topic.rests_for
            asyncio.get_running_loop().call_later(topic.rests_for, self._news.set)

    async def _tell_newcomers(self, topic: Topic) -> None:
        """How it stands; what comes from now on is told to them as to all others."""
        newcomers = tuple(topic.newcomers)
        topic.newcomers.clear()
        topic.followers |= dict.fromkeys(newcomers)
        for line in topic.snapshot() if newcomers else ():
            await _tell_all(newcomers, topic, line)
            await asyncio.sleep(0)

    def _say_absent(self, what: str, why: str) -> None:
        if not self._absent:
            told = Interrupted(at=as_moment(self.now()), message=why, remedy=INTERRUPTED_REMEDY)
            self._say_to_all(written(told))
        self._absent[what] = why

    def _say_present(self, what: str) -> None:
        if self._absent.pop(what, None) is not None and not self._absent:
            self._say_to_all(written(Restored(at=as_moment(self.now()))))

    def _say_to_all(self, line: str) -> None:
        message = as_message(line)
        for client in tuple(self.clients):
            client.tell(message)

    def close(self) -> None:
        """Everybody is to come again."""
        for client in tuple(self.clients):
            client.end(AWAY)


async def _tell_all(clients: Iterable[Client], topic: Topic, line: Line) -> None:
    text, names = line
    message = as_message(text)
    topic.turn += 1
    for number, client in enumerate(clients, 1):
        if client in topic.followers:  # it may have left meanwhile
            client.offer(message, topic, names)
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)


async def _keep_on(work: Callable[[], Awaitable[None]]) -> None:
    """What falls by a bug of ours must not leave everybody without a word."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("the hub fell")
            await asyncio.sleep(FALLEN_FOR)


@asynccontextmanager
async def open_hub(hot: HotState, now: Now, fresh_within: int) -> AsyncGenerator[Hub]:
    """A hub that runs until the end."""
    hub = Hub(hot, now, fresh_within)
    running = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        hub.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
