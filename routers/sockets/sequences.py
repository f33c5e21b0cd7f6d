"""What is numbered: signals, orders, fills, positions. Read from the stream once, told to all who follow, in order; who
comes back is told from the stream itself until it has caught up with the others."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

from app.errors import HotStoreUnavailable
from app.hot.state import HotState
from app.hot.updates import Cursor, Said, Stretch
from routers.sockets.clients import Client, as_message
from routers.sockets.messages import CursorTold, Live, SocketRefused, epoch_told, missing_told, written, written_update

AT_ONCE = 64  # sent without letting anybody else have a turn
TRIES_EVERY = 0.5  # seconds, while Redis is away
BEGINS_WITHIN = 5.0  # seconds
CURSOR_EVERY = 1.0  # seconds
AT_A_TIME = 16  # of those who come, all at once after a restart, may ask Redis
NOT_CAUGHT_UP = 0.05  # seconds before a reader that is ahead of the others looks again

WHAT = "updates"
NO_SUCH_SINCE = "Subscribe without `since` for what comes now, or with one that you were told."


class Sequences:
    """Followers by channel. `cursor`: the last update that was told, or is being told; None before the first look."""

    def __init__(
        self, hot: HotState, say_absent: Callable[[str, str], None], say_present: Callable[[str], None]
    ) -> None:
        self.cursor: Cursor | None = None
        self.asking = asyncio.Semaphore(AT_A_TIME)
        self._hot = hot
        self._say_absent = say_absent
        self._say_present = say_present
        self._followers: dict[str, dict[Client, None]] = {}
        self._has_begun = asyncio.Event()
        self._epoch = 0  # that was told last as new
        self._cursor_told_at = 0.0

    async def run(self) -> None:
        """Hear the stream until cancelled; over every absence of Redis."""
        while True:
            try:
                if self.cursor is None:
                    self.cursor = await self._hot.updates_end()
                    self._has_begun.set()
                async with self._hot.hear_updates(self.cursor) as heard:
                    self._say_present(WHAT)
                    async for stretch in heard:
                        await self._tell(stretch)
            except HotStoreUnavailable as error:
                self._say_absent(WHAT, str(error))
                await asyncio.sleep(TRIES_EVERY)

    async def end(self) -> Cursor:
        """Where who comes now begins: whoever hears the stream may be a moment behind. Raises HotStoreUnavailable."""
        try:
            async with asyncio.timeout(BEGINS_WITHIN):
                await self._has_begun.wait()
        except TimeoutError:
            raise HotStoreUnavailable from None
        async with self.asking:
            return await self._hot.updates_end()

    def join(self, client: Client, channels: Iterable[str], end: Cursor) -> bool:
        """Tell it what happens there from now on. False for one that follows others, and so may not have been told yet
        what was told to all: it is to `resume`, from the end."""
        if self.is_followed_by(client):
            return False
        client.after = end if self.cursor is None else max(end, self.cursor)
        for channel in channels:
            self._followers.setdefault(channel, {})[client] = None
        return True

    def leave(self, client: Client, channels: Iterable[str] | None = None) -> None:
        """Tell it nothing more of these, or of any."""
        for channel in tuple(self._followers) if channels is None else channels:
            self._followers.get(channel, {}).pop(client, None)

    def is_followed_by(self, client: Client) -> bool:
        return any(client in followers for followers in self._followers.values())

    def begin_at(self, since: int, epoch: int | None, end: Cursor) -> Cursor:
        """The cursor that somebody names. Raises SocketRefused for one that nobody can have."""
        cursor = Cursor(end.epoch if epoch is None else epoch, since)
        if cursor.epoch == end.epoch and cursor.seq > end.seq:
            raise SocketRefused("bad_since", f"the last update is {end.seq} of epoch {end.epoch}", NO_SUCH_SINCE)
        return cursor

    async def resume(self, client: Client, channels: Sequence[str], since: Cursor) -> None:
        """Tell it all that it has missed there, and then what happens. Redis may go away and come back meanwhile."""
        await client.is_drained()
        before = [channel for channel, followers in self._followers.items() if client in followers]
        marks = dict.fromkeys(before, client.after) | dict.fromkeys(channels, since)
        client.is_resuming = True
        for channel in channels:
            self._followers.setdefault(channel, {})[client] = None
        try:
            client.after = await self._catch_up(client, marks)
        finally:
            client.is_resuming = False
        client.tell(as_message(written(Live(epoch=client.after.epoch, seq=client.after.seq))))

    async def _catch_up(self, client: Client, marks: dict[str, Cursor]) -> Cursor:
        """Returns without another turn of anybody's as soon as the client is where the others are."""
        cursor, epoch = min(marks.values()), 0
        while client.ending is None:
            page = await self._page(cursor)
            if page.is_lost and page.newest.epoch != epoch:
                epoch = page.newest.epoch
                await client.say(epoch_told(epoch, cursor))
                marks = {channel: min(mark, Cursor(epoch, 0)) for channel, mark in marks.items()}
            if page.missing:
                await client.say(missing_told(page.missing, page.newest.epoch))
            for said in page.updates:
                if said.channel in marks and said.cursor > marks[said.channel]:
                    await client.say(written_update(said))
            cursor = page.updates[-1].cursor if page.updates else page.newest
            if self.cursor is not None and cursor >= self.cursor:
                break
            if not page.updates:
                await asyncio.sleep(NOT_CAUGHT_UP)
        return cursor

    async def _page(self, cursor: Cursor) -> Stretch:
        while True:
            try:
                async with self.asking:
                    return await self._hot.updates_since(*cursor)
            except HotStoreUnavailable:
                await asyncio.sleep(TRIES_EVERY)

    async def _tell(self, stretch: Stretch) -> None:
        self._tell_of_loss(stretch)
        for said in stretch.updates:
            self.cursor = said.cursor  # whoever catches up meanwhile is told of this one by itself
            await self._tell_all(said)
        if not stretch.updates:
            self.cursor = stretch.newest
        self._tell_cursor()

    async def _tell_all(self, said: Said) -> None:
        followers = tuple(self._followers.get(said.channel, ()))
        if not followers:
            return
        message = as_message(written_update(said))
        for number, client in enumerate(followers, 1):
            if not client.is_resuming and client.after < said.cursor and client in self._followers[said.channel]:
                client.after = said.cursor
                client.tell(message)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _tell_of_loss(self, stretch: Stretch) -> None:
        is_new = stretch.is_lost and stretch.newest.epoch != self._epoch
        for client in self._listening() if is_new or stretch.missing else ():
            if is_new:
                client.tell(as_message(epoch_told(stretch.newest.epoch, client.after)))
                client.after = min(client.after, Cursor(stretch.newest.epoch, 0))
            if stretch.missing:
                client.tell(as_message(missing_told(stretch.missing, stretch.newest.epoch)))
        if is_new:
            self._epoch = stretch.newest.epoch

    def _tell_cursor(self) -> None:
        """Who follows little is told how far the numbers are, lest it resume from where nothing is left."""
        now = time.monotonic()
        if self.cursor is None or now - self._cursor_told_at < CURSOR_EVERY:
            return
        self._cursor_told_at = now
        message = as_message(written(CursorTold(epoch=self.cursor.epoch, seq=self.cursor.seq)))
        for client in self._listening():
            if client.after < self.cursor:
                client.after = self.cursor
                client.tell(message)

    def _listening(self) -> list[Client]:
        """Those who are told by us, each once."""
        everybody = {client: None for followers in self._followers.values() for client in followers}
        return [client for client in everybody if not client.is_resuming]
