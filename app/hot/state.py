"""The hot state as one thing: `HotState(open_redis(url))`, or `open_hot_state(url)` as a context."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import msgspec
from redis.asyncio import Redis

from app.hot.answers import VenueAnswers
from app.hot.beats import WorkerBeats
from app.hot.connections import Door, open_redis
from app.hot.conversations import MatchCalls
from app.hot.discoveries import Discoveries
from app.hot.games import ActiveGames, GameLinks
from app.hot.glances import Glances
from app.hot.instructions import Instructions
from app.hot.leases import GameLeases
from app.hot.listings import LeftOutListings
from app.hot.locks import Locks
from app.hot.marks import Marks
from app.hot.notified import Notified
from app.hot.pregames import Pregames
from app.hot.quotes import Prices
from app.hot.rates import SharedRates
from app.hot.reconciled import Reconciliations
from app.hot.requests import Requests
from app.hot.risk import RiskNotices
from app.hot.sessions import PageSessions
from app.hot.signals import Funnels, OfferedSignals
from app.hot.stages import Stages
from app.hot.switchboards import Switchboards
from app.hot.teams import LearnedTeams
from app.hot.updates import Updates
from app.hot.win_probabilities import WinProbabilities
from app.hot.worlds import Worlds


class StoreUsage(msgspec.Struct, frozen=True):
    """How much Redis holds: bytes, and keys."""

    memory: int
    keys: int


class HotState(
    ActiveGames,
    GameLinks,
    LeftOutListings,
    VenueAnswers,
    LearnedTeams,
    Discoveries,
    WorkerBeats,
    Locks,
    Requests,
    MatchCalls,
    PageSessions,
    SharedRates,
    Switchboards,
    Updates,
    Marks,
    Worlds,
    GameLeases,
    Prices,
    Glances,
    RiskNotices,
    OfferedSignals,
    Instructions,
    Reconciliations,
    Stages,
    Funnels,
    Pregames,
    WinProbabilities,
    Notified,
):
    """Everything kept in Redis, by subject. Every method raises HotStoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(Door(redis))

    @property
    def name(self) -> str:
        """Where it is kept, in words, without a password."""
        return self._door.name

    async def ping(self) -> None:
        """Raises HotStoreUnavailable when Redis does not answer."""
        await self._door.ping()

    async def usage(self) -> StoreUsage:
        """How much it holds. Raises HotStoreUnavailable."""
        info, keys = await self._door.try_each(("INFO", "memory"), ("DBSIZE",))
        memory = info.get("used_memory", 0) if isinstance(info, Mapping) else 0
        return msgspec.convert({"memory": memory, "keys": keys}, StoreUsage)

    async def version(self) -> str:
        """Of the server; of a Valkey its own. Raises HotStoreUnavailable."""
        (info,) = await self._door.try_each(("INFO", "server"))
        told = info if isinstance(info, Mapping) else {}
        return str(told.get("valkey_version") or told.get("redis_version") or "")

    async def close(self) -> None:
        """Let the connections go."""
        await self._door.close()


@asynccontextmanager
async def open_hot_state(url: str) -> AsyncGenerator[HotState]:
    """The hot state at an address, closed at the end. Raises SettingsRefused for an address that cannot be read."""
    hot = HotState(open_redis(url))
    try:
        yield hot
    finally:
        await hot.close()
