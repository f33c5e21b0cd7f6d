"""The door to Redis: one client that heals by itself, and one kind of error.

A restarting Redis is waited for within a call (about two seconds in all), a mute one a little longer; after that the
call raises HotStoreUnavailable, and the next call tries again. Nothing has to be opened anew.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.connection import UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError, ResponseError

from app.errors import HotStoreUnavailable, SettingsRefused
from app.hot.lines import Ear, Line, open_line

TRIES_AGAIN = 8
FIRST_WAIT = 0.01  # seconds, doubled each time
LONGEST_WAIT = 0.5  # seconds
CONNECT_WITHIN = 2.0  # seconds
ANSWER_WITHIN = 5.0  # seconds, of a whole call
PROVE_AFTER = 15.0  # seconds of silence, after which a connection is pinged before it is used
CONNECTIONS = 64

log = logging.getLogger(__name__)

Argument = str | bytes | int | float
Command = tuple[Argument, ...]

_REMEDY = (
    "Start Redis (or Valkey) there, or mend REDIS__URL; without REDIS__URL the embedded one is started. "
    "A running platform goes on by itself as soon as it answers."
)
_URL_REMEDY = "REDIS__URL is redis://host:6379/0, rediss://... for TLS, or unix:///path/to/socket."


def open_redis(url: str, tries_again: int = TRIES_AGAIN) -> Redis:
    """A client of the server at `redis://`, `rediss://` or `unix://`; connects at the first call.

    `tries_again`: within one call. Raises SettingsRefused when the URL cannot be read, without repeating it: it may
    hold a password.
    """
    try:
        return Redis.from_url(
            url,
            retry=Retry(ExponentialBackoff(cap=LONGEST_WAIT, base=FIRST_WAIT), tries_again),
            socket_connect_timeout=CONNECT_WITHIN,
            socket_timeout=None,  # the door's own: redis-py's swallows cancellations before Python 3.12
            health_check_interval=PROVE_AFTER,
            max_connections=CONNECTIONS,
            client_name="crosscourt",
        )
    except (ValueError, TypeError):
        raise SettingsRefused("REDIS__URL cannot be read as the address of a Redis.", remedy=_URL_REMEDY) from None


def name_of(redis: Redis) -> str:
    """Where a client is connected to, in words, never with a password."""
    given = redis.connection_pool.connection_kwargs
    if issubclass(redis.connection_pool.connection_class, UnixDomainSocketConnection):
        return f"socket {given.get('path')}"
    return f"{given.get('host', 'localhost')}:{given.get('port', 6379)}"


class Door:
    """The few things we ask of Redis, as commands. Every error of the library becomes HotStoreUnavailable here."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.name = name_of(redis)

    async def values(self, keys: Sequence[str]) -> list[bytes | None]:
        """The strings of many keys; None for a key that is absent or holds something else."""
        if not keys:
            return []
        async with self._answering():
            found = await self._redis.mget(keys)
            return [value if isinstance(value, bytes) else None for value in found]

    async def names(self, index: str) -> list[str]:
        """The members of a sorted set, lowest score first."""
        (found,) = await self.try_each(("ZRANGE", index, 0, -1))
        return [name.decode() for name in found if isinstance(name, bytes)] if isinstance(found, list) else []

    async def transact(self, *commands: Command) -> Sequence[object]:
        """All commands at once (MULTI), in one round trip; a refused one raises after the others are done.

        A key of ours that somebody filled with a value of another type is emptied, and the commands are given again."""
        answers = await self.try_each(*commands)
        damaged = {command[1] for command, answer in zip(commands, answers, strict=True) if _is_wrong_type(answer)}
        if damaged:
            log.warning("keys of another type are emptied", extra={"keys": sorted(map(str, damaged))})
            answers = (await self.try_each(("DEL", *damaged), *commands))[1:]
        with self._named_errors():
            for answer in answers:
                if isinstance(answer, RedisError):
                    raise answer
        return answers

    async def try_each(self, *commands: Command) -> Sequence[object]:
        """The same as it is, and the answer to a refused command is its ResponseError."""
        async with self._answering(), self._redis.pipeline(transaction=True) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            answers: Sequence[object] = await pipeline.execute(raise_on_error=False)
            return answers

    async def run_script(self, script: str, keys: Sequence[str], arguments: Sequence[Argument]) -> int:
        """The whole number that a Lua script answers."""
        async with self._answering():
            return int(await self._redis.eval(script, len(keys), *keys, *arguments))

    async def ask_script(self, script: str, keys: Sequence[str], arguments: Sequence[Argument]) -> Sequence[bytes]:
        """The list of strings that a Lua script answers."""
        async with self._answering():
            answer: Sequence[bytes] = await self._redis.eval(script, len(keys), *keys, *arguments)
            return answer

    async def ping(self) -> None:
        """Raises HotStoreUnavailable when there is no answer."""
        async with self._answering():
            await self._redis.ping()

    async def count_listeners(self, channel: str) -> int:
        """How many subscribe to a channel now, patterns left aside."""
        async with self._answering():
            (_, listeners), *_ = await self._redis.pubsub_numsub(channel)
            return int(listeners)

    async def open_line(self, ear: Ear) -> Line:
        """A connection of one's own that speaks and hears at once."""
        async with self._answering():
            await self._redis.ping()  # waits for a restarting server, and tells a wrong address or password
            return await open_line(self._redis, self.name, ear)

    @asynccontextmanager
    async def hearing(self, channel: str) -> AsyncGenerator[AsyncIterator[bytes]]:
        """The messages of a channel, from the moment of entering; goes on over a short absence of Redis."""
        heard = self._redis.pubsub(ignore_subscribe_messages=True)
        try:
            async with self._answering():
                await heard.subscribe(channel)
                await heard.get_message(ignore_subscribe_messages=True, timeout=ANSWER_WITHIN)  # the confirmation
            yield self._messages(heard)
        finally:
            await heard.aclose()  # type: ignore[no-untyped-call]

    async def _messages(self, heard: PubSub) -> AsyncIterator[bytes]:
        while True:
            with self._named_errors():
                message = await heard.get_message(ignore_subscribe_messages=True, timeout=PROVE_AFTER)
            if message is not None:
                yield message["data"]

    async def close(self) -> None:
        """Let the connections go."""
        await self._redis.aclose()

    @asynccontextmanager
    async def _answering(self) -> AsyncGenerator[None]:
        with self._named_errors():
            async with asyncio.timeout(ANSWER_WITHIN):
                yield

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            said = str(error) or f"no answer within {ANSWER_WITHIN:g} s"
            raise HotStoreUnavailable(f"Redis at {self.name} cannot be used: {said}", remedy=_REMEDY) from error


def _is_wrong_type(answer: object) -> bool:
    return isinstance(answer, ResponseError) and "WRONGTYPE" in str(answer)
