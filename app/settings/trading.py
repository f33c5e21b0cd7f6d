"""How is traded, on paper and else; and who is told of it."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr

from app.settings.groups import Group, Span


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
    others_ms: float = Field(80.0, ge=0)  # of a venue that nobody has measured
    others_spread_ms: float = Field(60.0, ge=0)
    queue_share: float = Field(0.5, ge=0, le=1)  # of what is cancelled at a price, that was ahead of a resting order
    fresh: float = Field(10.0, gt=0)  # seconds; a book that was proved longer ago is not matched against

    def latency_of(self, venue: str) -> tuple[float, float]:
        """Median and spread."""
        measured = {
            "polymarket": (self.polymarket_ms, self.polymarket_spread_ms),
            "kalshi": (self.kalshi_ms, self.kalshi_spread_ms),
        }
        return measured.get(venue, (self.others_ms, self.others_spread_ms))


class SettlingSettings(Group):
    """How long a venue may take to pay what is over, before somebody should look."""

    kalshi_overdue: Span = timedelta(minutes=30)
    polymarket_overdue: Span = timedelta(hours=24)  # its oracle can be disputed twice
    others_overdue: Span = timedelta(hours=24)

    def overdue_after(self, venue: str) -> timedelta:
        """Since the end of the game."""
        known = {"kalshi": self.kalshi_overdue, "polymarket": self.polymarket_overdue}
        return known.get(venue, self.others_overdue)


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
