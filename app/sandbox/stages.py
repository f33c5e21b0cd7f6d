"""What is being played: a simulated slate or a recorded one. The endpoints ask a stage and know neither."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.sandbox.exchanges import Quoting
from app.sandbox.faults import Fault
from app.sandbox.markets import Venue
from app.sandbox.messages import Message
from app.sandbox.plans import Entry


class Stage(Protocol):
    """Everything the hosts say at this moment."""

    @property
    def name(self) -> str:
        """The slate's."""
        ...

    @property
    def is_recorded(self) -> bool:
        """Whether it stands still."""
        ...

    def quoting(self, venue: Venue) -> Quoting:
        """Who knows what stands in a venue's books."""
        ...

    def now(self) -> datetime:
        """What time it is on the slate, UTC."""
        ...

    def changed_at(self) -> datetime:
        """When what is said last changed."""
        ...

    def scoreboard(self, path: str, groups: str) -> Message:
        """ESPN's whole scoreboard of "{sport}/{league}"; `groups` as asked for, may be empty."""
        ...

    def teams(self, path: str) -> Message:
        """ESPN's team list of "{sport}/{league}"."""
        ...

    def gamma_events(self) -> list[Message]:
        """Every Polymarket event, markets nested."""
        ...

    def kalshi_events(self) -> list[Message]:
        """Every Kalshi event, markets nested."""
        ...

    def milestones(self) -> list[Message]:
        """Every Kalshi milestone."""
        ...

    def faults(self) -> tuple[tuple[datetime, Fault], ...]:
        """What is planned to go wrong, and when."""
        ...

    def act(self, entries: Sequence[Entry]) -> tuple[tuple[datetime, Fault], ...]:
        """Let more happen, counted from now; what is to go wrong, and when. Raises StartRefused."""
        ...

    def games(self) -> list[Message]:
        """Every game as a plan names it, with its markets by label."""
        ...

    def traps(self) -> list[Message]:
        """What is odd about which game, for people and tests."""
        ...
