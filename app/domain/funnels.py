"""Why not: at which stage each combination of contracts was let go, how often, and the last example.

A combination is some contracts that together could be an arbitrage, or one contract with a fair value. It is counted
each time it comes to stand at another place, not at each price.
"""

import msgspec

from app.domain.games import GameId
from app.domain.markets import ContractId
from app.domain.prices import Nanos
from app.domain.signals import Detector, Stage


class Example(msgspec.Struct, frozen=True):
    """The last combination that was let go there."""

    game_id: GameId
    contracts: tuple[ContractId, ...]
    detail: str
    at: Nanos


class Stop(msgspec.Struct, frozen=True):
    """One place to be let go. `count`: since the start; `standing`: combinations that stand there now."""

    stage: Stage
    reason: str
    count: int
    standing: int
    example: Example | None = None


class Funnel(msgspec.Struct, frozen=True):
    """The whole of one process. `games`: worked on; `linked`: those with tradable contracts at two venues;
    `combinations`: by detector. The stage "sent" has one stop, of reason "sent"."""

    games: int
    linked: int
    combinations: dict[Detector, int]
    stops: tuple[Stop, ...]
    since: Nanos
