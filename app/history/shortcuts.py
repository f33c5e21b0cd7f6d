"""The short way to Postgres, for what must be durable before anything goes on: one prepared statement, one round trip.

SQLAlchemy's pool proves a connection, begins and commits with a round trip each. Here a broken connection is found out
by the statement that meets it, and the next one opens another.
"""

import asyncio
from collections.abc import Sequence

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

LARGEST = 4  # connections, opened as they are needed


class Shortcut:
    """A few connections of their own, opened at the first use. One timer looks at all that wait for an answer: one for
    each statement would take a fifth of its time."""

    def __init__(self, address: URL, application: str, connect_within: float, answer_within: float) -> None:
        """Both in seconds; an answer may take a quarter more."""
        _, place = PGDialect_asyncpg().create_connect_args(address)  # type: ignore[no-untyped-call]
        self._options = {
            **place,
            "timeout": connect_within,
            "max_cached_statement_lifetime": 0,  # they stay prepared
            "max_cacheable_statement_size": 0,  # however long they are
            # a plan is the same for all values, so it is made once
            "server_settings": {"application_name": application, "plan_cache_mode": "force_generic_plan"},
        }
        self._answer_within = answer_within
        self._idle: list[asyncpg.Connection] = []
        self._asked_at: dict[asyncpg.Connection, float] = {}  # by the loop's clock
        self._watch: asyncio.TimerHandle | None = None
        self._free = asyncio.Semaphore(LARGEST)
        self._is_closed = False

    async def run(self, statement: str, values: Sequence[object]) -> Sequence[Sequence[object]]:
        """Its rows, committed. Raises what asyncpg raises."""
        async with self._free:
            connection = self._take() or await asyncpg.connect(**self._options)
            self._begin_waiting(connection)
            try:
                rows: Sequence[Sequence[object]] = await connection.fetch(statement, *values)
            except asyncpg.IntegrityConstraintViolationError:
                self._give_back(connection)
                raise
            except BaseException:  # cancelled, or broken, or nobody knows: what it still does is not heard
                connection.terminate()
                raise
            finally:
                del self._asked_at[connection]
            self._give_back(connection)
            return rows

    async def close(self) -> None:
        """Let the connections go; those in use as soon as they have done."""
        self._is_closed = True
        if self._watch is not None:
            self._watch.cancel()
        while self._idle:
            await self._idle.pop().close(timeout=1)

    def _take(self) -> asyncpg.Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    def _give_back(self, connection: asyncpg.Connection) -> None:
        if self._is_closed:
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append(connection)

    def _begin_waiting(self, connection: asyncpg.Connection) -> None:
        loop = asyncio.get_running_loop()
        self._asked_at[connection] = loop.time()
        if self._watch is None:
            self._watch = loop.call_later(self._answer_within / 4, self._cut_off)

    def _cut_off(self) -> None:
        """Those that have waited too long; who asked hears that the connection is lost."""
        loop, self._watch = asyncio.get_running_loop(), None
        for connection, asked_at in self._asked_at.items():
            if loop.time() - asked_at >= self._answer_within:
                connection.terminate()
        if self._asked_at:
            self._watch = loop.call_later(self._answer_within / 4, self._cut_off)
