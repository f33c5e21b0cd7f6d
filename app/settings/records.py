"""What is kept: tapes, the archive, history, reports."""

import json
from datetime import timedelta
from typing import Self

from pydantic import Field, SecretStr, model_validator

from app.settings.groups import Group, Span


class TapeSettings(Group):
    """The record of everything that the trading core was told."""

    is_on: bool = True
    keep: int = Field(1024 * 1024 * 1024, ge=0)  # bytes on disk; the oldest go first
    write_every: float = Field(1.0, gt=0)  # seconds
    frames: bool = False  # what venues said, too, byte by byte


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


class TracingSettings(Group):
    """Traces of trades that have ended, for whoever collects them. Needs the extra `otel`."""

    otlp_endpoint: str | None = None  # of a collector that hears OTLP over HTTP, without the path


class ReportSettings(Group):
    """The reports of days."""

    is_on: bool = True
    every: Span = timedelta(minutes=10)  # that of this day is made anew
