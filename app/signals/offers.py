"""What a game offers to the detectors."""

from typing import NamedTuple

from app.domain.games import Game
from app.domain.signals import Estimate
from app.signals.combinations import Side


class Offered(NamedTuple):
    """A game's contracts, each once. `estimate`: of who wins, where somebody else than the market has one."""

    game: Game
    sides: tuple[Side, ...]
    estimate: Estimate | None
