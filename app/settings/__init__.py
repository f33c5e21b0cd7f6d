"""Settings, in frozen groups; each room receives only its own. `KALSHI__BASE_URL` fills `settings.kalshi.base_url`.

Unknown names in a group fail, and unsafe combinations refuse to start. Nothing else reads the environment.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from app.errors import SettingsRefused
from app.settings.feeds import (
    EspnSettings,
    FeedSettings,
    KalshiSettings,
    PolymarketSettings,
    VenueSettings,
)
from app.settings.groups import Group, Span
from app.settings.platform import (
    LOOPBACK,
    ApiSettings,
    DatabaseSettings,
    DiscoverySettings,
    MatchingSettings,
    PricesSettings,
    RedisSettings,
    ShardSettings,
    SimulationSettings,
)
from app.settings.records import ArchiveSettings, HistorySettings, ReportSettings, TapeSettings, TracingSettings
from app.settings.trading import (
    NotificationKind,
    NotificationRule,
    NotificationSettings,
    PaperSettings,
    SettlingSettings,
    TradingSettings,
)

__all__ = [
    "LOOPBACK",
    "ApiSettings",
    "ArchiveSettings",
    "DatabaseSettings",
    "DiscoverySettings",
    "EspnSettings",
    "FeedSettings",
    "Group",
    "HistorySettings",
    "KalshiSettings",
    "MatchingSettings",
    "NotificationKind",
    "NotificationRule",
    "NotificationSettings",
    "PaperSettings",
    "PolymarketSettings",
    "PricesSettings",
    "RedisSettings",
    "ReportSettings",
    "Settings",
    "SettlingSettings",
    "ShardSettings",
    "SimulationSettings",
    "Span",
    "TapeSettings",
    "TracingSettings",
    "TradingSettings",
    "VenueSettings",
    "as_environment",
    "environment_with",
    "load_settings",
]


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
    tracing: TracingSettings = TracingSettings()

    @model_validator(mode="after")
    def refuse_what_is_unsafe(self) -> Self:
        if self.trading.mode == "live" and self.polymarket.proxy is not None:
            raise ValueError(
                "POLYMARKET__PROXY with TRADING__MODE=live: another route is for reading prices, never for trading"
            )
        if self.trading.mode == "live" and not any(venue.has_key for venue in self._venues):
            raise ValueError(
                "TRADING__MODE=live without a key: set KALSHI__KEY_ID and KALSHI__PRIVATE_KEY_FILE,"
                " or POLYMARKET__PRIVATE_KEY_FILE"
            )
        if self.trading.mode == "live" and self.simulation.is_on and not self._trades_at_home:
            raise ValueError("TRADING__MODE=live on a simulated slate: its prices must not move real money")
        if (
            self.trading.mode == "live"
            and self.polymarket.private_key is not None
            and not self._is_at_home(self.polymarket.clob_url)
        ):
            raise ValueError(
                "POLYMARKET__PRIVATE_KEY with TRADING__MODE=live: name a file that its owner alone can read,"
                " POLYMARKET__PRIVATE_KEY_FILE"
            )
        return self

    @property
    def _trades_at_home(self) -> bool:
        """Whether every host that takes orders is one of this machine."""
        return all(self._is_at_home(venue.orders_url) for venue in self._venues if venue.orders_url)

    @property
    def _venues(self) -> Sequence[VenueSettings]:
        groups = (getattr(self, name) for name in type(self).model_fields)
        return [group for group in groups if isinstance(group, VenueSettings)]

    @staticmethod
    def _is_at_home(url: str) -> bool:
        return urlsplit(url).hostname in LOOPBACK


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
