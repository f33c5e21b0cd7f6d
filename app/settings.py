"""Settings, in frozen groups; each room receives only its own. `KALSHI__BASE_URL` fills `settings.kalshi.base_url`.

Unknown names in a group fail, and unsafe combinations refuse to start. Nothing else reads the environment.
"""

import json
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from app.errors import SettingsRefused

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _read_span(value: object) -> object:
    found = _SPAN.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    return timedelta(**{_UNITS[found[2]]: float(found[1])}) if found else value


Span = Annotated[timedelta, BeforeValidator(_read_span)]  # "90s", "15m", "2h", "7d", or ISO 8601


class Group(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ApiSettings(Group):
    """Where people and bots come in."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65_535)
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")  # Host header, without port
    allowed_origins: tuple[str, ...] = ()  # besides the page's own
    rate_per_minute: int = Field(60_000, ge=1)  # calls by one key or address

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


class FeedSettings(Group):
    """How one outside host is asked."""

    timeout: float = Field(10.0, gt=0)  # seconds
    per_second: float = Field(5.0, gt=0)  # requests
    tries: int = Field(4, ge=1)
    longest_wait: float = Field(30.0, gt=0)  # seconds between tries
    largest_answer: int = Field(64 * 1024 * 1024, ge=1024)  # bytes


class EspnSettings(FeedSettings):
    """The score source."""

    base_url: str = "https://site.api.espn.com/apis/site/v2/sports"


class PolymarketSettings(FeedSettings):
    """Gamma, the catalogue of Polymarket; and the CLOB, its order books."""

    gamma_url: str = "https://gamma-api.polymarket.com"
    clob_url: str = "https://clob.polymarket.com"
    socket_url: str = "wss://ws-subscriptions-clob.polymarket.com/ws/market"
    location_url: str = "https://polymarket.com/api/geoblock"  # always asked by the direct route
    user_socket_url: str = "wss://ws-subscriptions-clob.polymarket.com/ws/user"
    data_url: str = "https://data-api.polymarket.com"  # what a wallet holds
    proxy: SecretStr | None = None  # for reading order books, and nothing else
    private_key: SecretStr | None = None  # of the wallet that signs orders: 64 hexadecimal digits
    private_key_file: Path | None = None  # the same in a file that its owner alone can read
    signature_type: int = Field(0, ge=0, le=3)  # 0 the key's own address, 1 a proxy, 2 a safe, 3 a deposit wallet
    funder: str | None = None  # the address that holds the money; none: the key's own
    books_a_connection: int = Field(100, ge=1, le=250)  # two tokens each; the venue takes about 500
    per_second: float = Field(10.0, gt=0)  # the host's own limit is 50 a second for /events
    orders_per_second: float = Field(20.0, gt=0)  # the venue takes 40

    @property
    def has_key(self) -> bool:
        return self.private_key is not None or self.private_key_file is not None

    @model_validator(mode="after")
    def refuse_two_keys_or_half_a_wallet(self) -> Self:
        if self.private_key is not None and self.private_key_file is not None:
            raise ValueError("POLYMARKET__PRIVATE_KEY and POLYMARKET__PRIVATE_KEY_FILE: name one of the two")
        if self.has_key and (self.signature_type == 0) != (self.funder is None):
            raise ValueError("POLYMARKET__FUNDER is for POLYMARKET__SIGNATURE_TYPE 1 to 3, and needed there")
        return self


class KalshiSettings(FeedSettings):
    """Kalshi's trade API v2."""

    base_url: str = "https://external-api.kalshi.com/trade-api/v2"
    socket_url: str = "wss://external-api-ws.kalshi.com/trade-api/ws/v2"
    key_id: str | None = None  # without a key the socket stays shut, and books are asked for over REST
    private_key_file: Path | None = None  # PEM; RSA or Ed25519
    books_a_connection: int = Field(1_000, ge=1)
    per_second: float = Field(10.0, gt=0)  # the basic tier allows 20
    orders_per_second: float = Field(8.0, gt=0)  # and of those that change something 10

    @property
    def has_key(self) -> bool:
        return self.key_id is not None

    @model_validator(mode="after")
    def refuse_half_a_key(self) -> Self:
        if (self.key_id is None) != (self.private_key_file is None):
            raise ValueError("KALSHI__KEY_ID and KALSHI__PRIVATE_KEY_FILE come together, or not at all")
        return self


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


class TapeSettings(Group):
    """The record of everything that the trading core was told."""

    is_on: bool = True
    keep: int = Field(1024 * 1024 * 1024, ge=0)  # bytes on disk; the oldest go first
    write_every: float = Field(1.0, gt=0)  # seconds


class ArchiveSettings(Group):
    """What becomes of tapes that are complete: Parquet files, for as long as they are wanted."""

    is_on: bool = True
    every: Span = timedelta(minutes=15)  # a part of the tape is complete then, and put away
    decisions: bool = False  # all of them, besides quotes and signals
    keep_for: Span = timedelta(days=30)  # here; what was carried elsewhere stays there
    keep: int = Field(20 * 1024 * 1024 * 1024, ge=0)  # bytes; the oldest go first
    target: SecretStr | None = None  # where else it is carried: any address that fsspec knows
    target_options: SecretStr = SecretStr("{}")  # what opens it, as JSON: keys, end points

    @model_validator(mode="after")
    def refuse_options_that_are_none(self) -> Self:
        try:
            options = json.loads(self.target_options.get_secret_value())
        except ValueError:
            options = None
        if not isinstance(options, dict):
            raise ValueError("ARCHIVE__TARGET_OPTIONS: write it as a JSON object")
        return self


class HistorySettings(Group):
    """How long Postgres keeps what only grows. Orders, fills and money are kept for good."""

    keep_signals: Span = timedelta(days=400)  # by months
    keep_refused: Span = timedelta(days=3)  # signals that were refused
    keep_link_decisions: Span = timedelta(days=400)  # by months; the newest of each contract is its link
    keep_equity: Span = timedelta(days=90)  # each writing; of older ones an hour's last and highest

    @model_validator(mode="after")
    def refuse_less_than_a_day(self) -> Self:
        if min(self.keep_signals, self.keep_link_decisions, self.keep_equity) < timedelta(days=1):
            raise ValueError("HISTORY__KEEP_...: a day at least")
        return self


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


class TradingSettings(Group):
    """Paper unless said otherwise. The limits hold for real money alone, and for what opens something: what closes it
    is never too much."""

    mode: Literal["paper", "live"] = "paper"
    max_stake: int = Field(25, ge=1)  # dollars of one order
    max_stake_a_day: int = Field(250, ge=1)  # dollars of all orders at one venue since midnight UTC


class PaperSettings(Group):
    """How venues answer orders on paper. Milliseconds until one looks at an order: half take at most the median, five
    of six at most the spread more."""

    polymarket_ms: float = Field(80.0, ge=0)
    polymarket_spread_ms: float = Field(60.0, ge=0)
    kalshi_ms: float = Field(40.0, ge=0)
    kalshi_spread_ms: float = Field(30.0, ge=0)
    queue_share: float = Field(0.5, ge=0, le=1)  # of what is cancelled at a price, that was ahead of a resting order
    fresh: float = Field(10.0, gt=0)  # seconds; a book that was proved longer ago is not matched against

    def latency_of(self, venue: str) -> tuple[float, float]:
        """Median and spread."""
        return {
            "polymarket": (self.polymarket_ms, self.polymarket_spread_ms),
            "kalshi": (self.kalshi_ms, self.kalshi_spread_ms),
        }[venue]


class SettlingSettings(Group):
    """How long a venue may take to pay what is over, before somebody should look."""

    kalshi_overdue: Span = timedelta(minutes=30)
    polymarket_overdue: Span = timedelta(hours=24)  # its oracle can be disputed twice

    def overdue_after(self, venue: str) -> timedelta:
        """Since the end of the game."""
        return self.kalshi_overdue if venue == "kalshi" else self.polymarket_overdue


class ReportSettings(Group):
    """The reports of days."""

    is_on: bool = True
    every: Span = timedelta(minutes=10)  # that of this day is made anew


NotificationKind = Literal["fill", "exit", "halt", "exposed", "overdue", "incident", "worker", "test"]


class NotificationRule(Group):
    """Where notes of some kinds go. `to`: an address as Apprise reads it, which is a secret; `kinds` empty: all."""

    to: SecretStr
    kinds: tuple[NotificationKind, ...] = ()


class NotificationSettings(Group):
    """Whom to tell what happens. Seconds unless named otherwise."""

    rules: tuple[NotificationRule, ...] = ()
    gather_for: float = Field(5.0, ge=0)  # what happens meanwhile is one message
    per_minute: int = Field(10, ge=1)  # messages to one target
    timeout: float = Field(10.0, gt=0)  # until a target is given up


class Settings(BaseSettings):
    """Everything that can be set, from the environment or a `.env` file."""

    model_config = SettingsConfigDict(
        env_nested_delimiter="__",
        env_file=".env",
        env_ignore_empty=True,  # `DATABASE__URL=` is how a .env file says that it is not set
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Path(".crosscourt")
    api: ApiSettings = ApiSettings()
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    espn: EspnSettings = EspnSettings()
    polymarket: PolymarketSettings = PolymarketSettings()
    kalshi: KalshiSettings = KalshiSettings()
    matching: MatchingSettings = MatchingSettings()
    prices: PricesSettings = PricesSettings()
    shards: ShardSettings = ShardSettings()
    tape: TapeSettings = TapeSettings()
    archive: ArchiveSettings = ArchiveSettings()
    history: HistorySettings = HistorySettings()
    simulation: SimulationSettings = SimulationSettings()
    trading: TradingSettings = TradingSettings()
    paper: PaperSettings = PaperSettings()
    notifications: NotificationSettings = NotificationSettings()
    settling: SettlingSettings = SettlingSettings()
    reports: ReportSettings = ReportSettings()

    @model_validator(mode="after")
    def refuse_what_is_unsafe(self) -> Self:
        if self.trading.mode == "live" and self.polymarket.proxy is not None:
            raise ValueError(
                "POLYMARKET__PROXY with TRADING__MODE=live: another route is for reading prices, never for trading"
            )
        if self.trading.mode == "live" and not (self.kalshi.has_key or self.polymarket.has_key):
            raise ValueError(
                "TRADING__MODE=live without a key: set KALSHI__KEY_ID and KALSHI__PRIVATE_KEY_FILE,"
                " or POLYMARKET__PRIVATE_KEY_FILE"
            )
        if self.trading.mode == "live" and self.simulation.is_on and not self._trades_at_home:
            raise ValueError("TRADING__MODE=live on a simulated slate: its prices must not move real money")
        return self

    @property
    def _trades_at_home(self) -> bool:
        """Whether every host that takes orders is one of this machine."""
        return {urlsplit(url).hostname for url in (self.kalshi.base_url, self.polymarket.clob_url)} <= LOOPBACK


def load_settings(**given: object) -> Settings:
    """The settings of this process. Raises SettingsRefused with the name of what is wrong, never its value."""
    _refuse_misspelt_groups()
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "__".join(str(part) for part in first["loc"]).upper()
        wrong = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise SettingsRefused(f"{name}: {wrong}" if name else wrong) from None
    except SettingsError as error:  # its words name the group, and never the value
        raise SettingsRefused(str(error), remedy="Write what is a list or has fields of its own as JSON.") from None


def _refuse_misspelt_groups() -> None:
    """`DISCOVERYY__AHEAD` would be nobody's: a known name in an unknown group is a slip, not another program's."""
    groups = {name: field.annotation for name, field in Settings.model_fields.items()}
    known = {name for group in groups.values() for name in _names_of(group)}
    for variable in os.environ:
        group, mark, name = variable.lower().partition("__")
        if mark and group not in groups and name in known:
            having = ", ".join(f"{one.upper()}__{name.upper()}" for one in groups if name in _names_of(groups[one]))
            raise SettingsRefused(f"{variable}: there is no such group of settings", remedy=f"Did you mean {having}?")


def _names_of(group: object) -> Mapping[str, object]:
    return getattr(group, "model_fields", {})


def environment_with(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of our own: what this one has, and these settings."""
    return {**os.environ, **given}


def as_environment(groups: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """`{"kalshi": {"base_url": ...}}` → `{"KALSHI__BASE_URL": ...}`."""
    return {f"{group}__{name}".upper(): value for group, names in groups.items() for name, value in names.items()}
