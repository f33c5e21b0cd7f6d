"""What a model says of a game, or why it says nothing; and how the price before the start becomes a strength."""

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from app.domain.games import Game

Reason = Literal[
    "unknown_sport",
    "not_live",  # before it begins the price is the market itself; afterwards there is nothing to estimate
    "starts_later",  # told to be live long before its start: the source mixes something up
    "no_score",
    "no_clock",
    "no_strength",  # nobody has seen a price from before the start
    "regulation_over",  # in soccer: what the winner market asks for is decided
]
HALVINGS = 12  # then a straight line is near enough: six digits of a chance


class Chances(NamedTuple):
    """Of the home side winning, and of nobody doing so."""

    home: float
    draw: float = 0.0

    @property
    def fair(self) -> float:
        """What the home side's contract is worth where a tie pays half to each."""
        return self.home + self.draw / 2


class Model(Protocol):
    """An in-game model of one league, with its parameters. Hashable: what is solved for it is remembered."""

    @property
    def name(self) -> str:
        """With its version: "diffusion/1"."""
        ...

    def left(self, game: Game) -> float | None:
        """The share of regulation that is still to be played, by the clock; in overtime what is left of that, in the
        same measure. None when the clock cannot be read."""
        ...

    def chances(self, game: Game, lead: int, pregame: float) -> Chances | Reason:
        """`lead`: of the home side. `pregame`: its chance before the start, between 0 and 1, both left out."""
        ...


def solve(value: Callable[[float], float], wanted: float, reach: float) -> float:
    """Where between -reach and reach a growing function has this value, nearly; the nearer end if it never has."""
    low, high = -reach, reach
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if value(middle) < wanted:
            low = middle
        else:
            high = middle
    below, above = value(low), value(high)
    share = (wanted - below) / (above - below) if above > below else 0.5
    return low + (high - low) * min(1.0, max(0.0, share))
