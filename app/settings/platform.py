"""The API, the stores, and what the platform watches."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr

from app.settings.groups import Group, Span

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ApiSettings(Group):
    """Where people and bots come in."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65_535)
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")  # Host header, without port
    allowed_origins: tuple[str, ...] = ()  # besides the page's own
    rate_per_minute: int = Field(60_000, ge=1)  # reads by one key or address, and as many questions to the matcher
    changes_per_minute: int = Field(6_000, ge=1)  # of what changes something
    sockets_per_minute: int = Field(600, ge=1)  # WebSocket connections that are opened
    behind_tls: bool = False  # a proxy before us speaks https: browsers are told to use nothing else

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK


class DatabaseSettings(Group):
    """Postgres; empty: the embedded one."""

    url: SecretStr | None = None
    pool_size: int = Field(10, ge=1)


class RedisSettings(Group):
    """Redis or Valkey; empty: the embedded one."""

    url: SecretStr | None = None


class DiscoverySettings(Group):
    """Which games are worked on, and how often the three loops run. Seconds unless named otherwise."""

    ahead: Span = timedelta(hours=2)  # scheduled games up to this far ahead are active
    behind: Span = timedelta(hours=8)  # a game that began longer ago and is not live is over
    poll_every: float = Field(60.0, gt=0)
    poll_every_live: float = Field(15.0, gt=0)
    search_every: float = Field(60.0, gt=0)
    publish_every: float = Field(10.0, gt=0)
    concurrency: int = Field(8, ge=1)  # leagues of one venue that are read at once
    leagues: tuple[str, ...] = ()  # empty: all


class MatchingSettings(Group):
    """Who answers this process's own questions to the unified matcher."""

    by: Literal["process", "rpc"] = "process"  # `rpc`: the team_matching worker, wherever it runs
    http_url: str | None = None  # of an API that is asked when nobody answers over Redis
    api_key: SecretStr | None = None  # of that API
    timeout: float = Field(2.0, gt=0)  # seconds


class PricesSettings(Group):
    """When a price may be used, and how often prices are told. Seconds unless named otherwise."""

    fresh: float = Field(2.0, gt=0)  # a quote that was proved longer ago is stale
    silence: float = Field(5.0, gt=0)  # a connection that carries nothing for so long is cut and opened anew
    prove_after: float = Field(1.0, gt=0)  # of silence, after which books of live games are compared over REST
    compare_every: float = Field(30.0, gt=0)  # each followed book is compared over REST at least so often
    compare_live_every: float = Field(2.0, gt=0)  # the same of live games, where the venue does not count its messages
    publish_every: float = Field(0.05, gt=0)  # newest of each contract, to Redis
    repeat_every: float = Field(10.0, gt=0)  # what has not changed is told again, while it is known
    depth: int = Field(20, ge=1)  # levels of a side that other processes see


class ShardSettings(Group):
    """How games are handed out to shards. Seconds."""

    capacity: int = Field(400, ge=1)  # games of one shard
    keep_every: float = Field(2.0, gt=0)  # a shard says that it lives
    lost_after: float = Field(6.0, gt=0)  # of silence, after which another shard takes its games


class SimulationSettings(Group):
    """A simulated or recorded slate in place of the real venues."""

    clock_url: str | None = None  # says what time it is on the slate

    @property
    def is_on(self) -> bool:
        return self.clock_url is not None

    @property
    def world(self) -> Literal["real", "simulated"]:
        """Whose figures these are; every one from the sandbox says so."""
        return "simulated" if self.is_on else "real"
