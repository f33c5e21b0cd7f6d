"""What contracts pay when the game is over, also when it does not end as planned.

A contract pays `result` when it is settled by the game's own result; a `fair` price is the venue's last one, which
nobody knows before: a mixture of results, so its worst is that of one of them.
"""

from functools import cached_property
from typing import Literal

import msgspec

from app.domain.money import Price

Payout = Literal["result", "half", "fair", "win", "lose"]
Ending = Literal["played", "tie", "late", "cancelled", "abandoned"]
RulesVerdict = Literal["neutral", "tail", "unknown"]

FOREVER = 1_000_000  # hours: a market that waits for its game as long as it takes


class Terms(msgspec.Struct, frozen=True):
    """What one contract pays in each ending. None, or empty: its rules do not say, and no card does.

    `window`: hours from the scheduled start within which a postponed game still counts; `late`: what is paid when it is
    played after that; `abandoned`: begun and never finished, each of these may be. `unread`: sentences of the text that
    nobody has understood, clauses that contradict the card: no more than a person may clear them. `sources`: for each
    clause where it was read: "text", "card", "meaning" (plain from the question), or the person who has approved it.
    `is_misread`: the text asks for another kind or line than its contract was read as; that no person clears.
    """

    overtime: bool | None = None  # counts
    tie: Payout | None = None
    window: int | None = None
    late: Payout | None = None
    cancelled: Payout | None = None
    abandoned: tuple[Payout, ...] = ()
    unread: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    is_misread: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The clauses that nobody knows."""
        clauses = ("overtime", "tie", "window", "late", "cancelled")
        names = [name for name in clauses if getattr(self, name) is None]
        return (*names, *(() if self.abandoned else ("abandoned",)))

    @property
    def is_known(self) -> bool:
        return not self.unread and not self.missing


class Scenario(msgspec.Struct, frozen=True):
    """One way in which everything may end. `pays`: of one contract of each leg, in 1/10,000 dollar; where a venue sets
    a fair price, the name says for which result it is taken."""

    name: str
    ending: Ending
    pays: tuple[Price, ...]

    @property
    def total(self) -> int:
        """1/10,000 dollar for one contract of each leg."""
        return sum(self.pays)


class Tail(msgspec.Struct, frozen=True):
    """An ending in which less may be paid than when the game is played. `chance`: how often, 0..1, by the league's base
    rate; `worst`: the scenario of it that pays least; `expects`: what one contract of each leg pays on average, None
    for what it has cost: the mean of a fair price, or of a result that is still open."""

    ending: Ending
    chance: float
    worst: Scenario
    expects: tuple[Price | None, ...]


class Payoffs(msgspec.Struct, frozen=True, dict=True):
    """Everything that a set of legs may pay. `least`: of one contract of each leg, in 1/10,000 dollar, whenever the
    game is played to its end in time, ties included. `unknown`: what nobody knows, by leg; empty when all is known."""

    least: int
    scenarios: tuple[Scenario, ...]
    tails: tuple[Tail, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def verdict(self) -> RulesVerdict:
        if self.unknown:
            return "unknown"
        return "tail" if self.tails else "neutral"

    @cached_property
    def worst(self) -> Scenario:
        """Asked for with every signal."""
        return min(self.scenarios, key=lambda each: each.total)


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A person has read one rules text, named by its hash, and says what it means; another text needs another one."""

    rules_hash: str
    terms: Terms
    reason: str
    approved_by: str
    approved_at: str  # ISO 8601, UTC
