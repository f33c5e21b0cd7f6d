"""The door to Postgres: one pool that heals by itself, one kind of error, and the schema brought up to date.

A connection is proved before it is used, so a restarted Postgres costs at most the calls made while it was away.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar, cast

from asyncpg import InterfaceError as ClientInterfaceError  # type: ignore[import-untyped]
from asyncpg import InternalClientError, PostgresError
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql import Executable, text
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import HistoryUnavailable
from app.history.addresses import name_of, read_url
from app.history.migrations import Age, age_of, upgrade
from app.history.shortcuts import Shortcut

Found = TypeVar("Found")

CONNECT_WITHIN = 5.0  # seconds
ANSWER_WITHIN = 60.0  # seconds, of one statement
FREE_WITHIN = 10.0  # seconds until a connection of the pool is free
APPLICATION = "crosscourt"  # as Postgres shows its connections

# Classes of SQLSTATE that say something of the server and nothing of the statement: connection, authorization, no such
# database, resources, an operator who shut it down, the system.
SERVER_TROUBLES = frozenset({"08", "28", "3D", "53", "57", "58"})

# What is raised when Postgres is away: TimeoutError is an OSError, and InternalClientError comes of a connection that
# broke in the midst of a word. The others say other things besides.
AWAY = (
    *(OperationalError, InterfaceError, DisconnectionError, NoneFree, OSError),
    *(ClientInterfaceError, InternalClientError),
)
TROUBLES = (*AWAY, DBAPIError, PostgresError)

_REMEDY = (
    "Start Postgres there, or mend DATABASE__URL; without DATABASE__URL the embedded one is started. "
    "A running platform goes on by itself as soon as it answers."
)


class PoolUse(NamedTuple):
    """Connections of the pool: those in use, those that wait for one to use them, and how many there may be."""

    used: int
    idle: int
    limit: int


class Database:
    """One Postgres database. Every use raises HistoryUnavailable when it does not answer; a statement that Postgres
    refuses is a mistake of ours, and stays the error it is."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        """Connects at the first use. Raises SettingsRefused when the URL cannot be read."""
        address = read_url(url)
        self.name = name_of(address)
        self._engine = create_async_engine(
            address,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=FREE_WITHIN,
            pool_pre_ping=True,
            pool_use_lifo=True,  # what each has prepared costs Postgres megabytes: those for a rush stay small
            hide_parameters=True,
            connect_args={
                "timeout": CONNECT_WITHIN,
                "command_timeout": ANSWER_WITHIN,
                "server_settings": {"application_name": APPLICATION},
            },
        )
        self._shortcut = Shortcut(address, APPLICATION, CONNECT_WITHIN, ANSWER_WITHIN)

    @property
    def pool(self) -> PoolUse:
        """How busy this process's connections are."""
        pool = cast(QueuePool, self._engine.pool)
        return PoolUse(pool.checkedout(), pool.checkedin(), pool.size())

    async def migrate(self) -> None:
        """Bring the schema up to date; of several processes that start at once one does it, the others wait."""
        async with self.transaction() as connection:
            await connection.run_sync(upgrade)

    async def age(self) -> Age:
        """Which version of this program made the tables."""
        async with self.transaction() as connection:
            return await connection.run_sync(age_of)

    async def ping(self) -> None:
        """Raises HistoryUnavailable when there is no answer."""
        async with self.transaction() as connection:
            await connection.execute(text("SELECT 1"))

    async def read(self, statement: SelectOfScalar[Found]) -> Sequence[Found]:
        """The rows of one table."""
        async with self._named_errors(), AsyncSession(self._engine, expire_on_commit=False) as session:
            return (await session.exec(statement)).all()

    async def write(self, statement: Executable, values: dict[str, object] | None = None) -> int:
        """Run one statement in a transaction of its own; how many rows it wrote."""
        async with self.transaction() as connection:
            return (await connection.execute(statement, values or {})).rowcount

    async def run(self, statement: str, *values: object) -> Sequence[Sequence[object]]:
        """One statement over the short way: prepared once, one round trip, committed by itself; the rows it gives. Its
        errors are those of asyncpg. When HistoryUnavailable is raised, nobody knows whether it was committed."""
        try:
            return await self._shortcut.run(statement, values)
        except TROUBLES as error:
            if not _is_away(error):
                raise
            raise self._away(error) from error

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """A connection in a transaction that is committed at the end, or rolled back."""
        async with self._named_errors(), self._engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Let the connections go."""
        await self._shortcut.close()
        await self._engine.dispose()

    @asynccontextmanager
    async def _named_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except TROUBLES as error:
            if not _is_away(error):
                raise
            raise self._away(error) from error

    def _away(self, error: Exception) -> HistoryUnavailable:
        return HistoryUnavailable(f"Postgres at {self.name} cannot be used: {_said(error)}", remedy=_REMEDY)


def _is_away(error: Exception) -> bool:
    if isinstance(error, ValueError):  # a value that cannot be sent: a mistake of ours
        return False
    if isinstance(error, AWAY):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    code = getattr(getattr(error, "orig", error), "sqlstate", None)
    return isinstance(code, str) and code[:2] in SERVER_TROUBLES


def _said(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0] or type(cause).__name__
