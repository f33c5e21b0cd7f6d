"""Combinations: contracts that together pay at least so much whenever the game is played to its end."""

from collections.abc import Sequence

from app.domain.games import Game
from app.domain.markets import ContractId
from app.domain.money import Money
from app.domain.prices import Nanos
from app.domain.signals import Detector, Estimate, Stage
from app.signals.sides import Side

Place = tuple[Stage, str]  # where a combination stands in the funnel, and why

NO_GAP: Place = ("edge", "no_gap")
NEAR = 40_000  # micro-dollars: no two fees are more than this together, so without them there may be a gap


class Combination:
    """`worth`: micro-dollars that one contract of each side is worth together, for sure or (with an `estimate`) on
    average; `near`: the cost below which it is looked at more closely. `pays` in whole dollars."""

    __slots__ = (
        "detail",
        "detector",
        "estimate",
        "first",
        "game",
        "is_near",
        "near",
        "pays",
        "place",
        "second",
        "sent_at",
        "sides",
        "told",
        "told_at",
        "witnesses",
        "worth",
    )

    def __init__(
        self, detector: Detector, game: Game, sides: Sequence[Side], pays: int = 1, estimate: Estimate | None = None
    ) -> None:
        self.detector = detector
        self.game = game
        self.sides = tuple(sides)
        self.first, self.second = self.sides[0], self.sides[-1]
        self.pays = pays
        self.estimate = estimate
        self.witnesses: tuple[Side, ...] = ()  # of a fair value: the same claim at other venues
        self.worth = Money(pays * 1_000_000 if estimate is None else int(estimate.probability * 1_000_000))
        self.near = self.worth + NEAR if estimate is None else self.worth
        self.is_near = False
        self.place: Place = NO_GAP
        self.detail = ""  # of its place, in words
        self.told: Place = NO_GAP  # the place that was said of it last, and when
        self.told_at = Nanos(0)
        self.sent_at = Nanos(0)

    @property
    def key(self) -> tuple[Detector, tuple[ContractId, ...]]:
        """The same for the same contracts, when they are watched anew."""
        return self.detector, tuple(side.contract_id for side in self.sides)

    def loses(self) -> int:
        """Micro-dollars that it costs more than it is worth; below zero is an edge."""
        return self.cost - self.worth

    def resume(self, before: "Combination | None") -> None:
        """Go on from where the same contracts stood."""
        if before is not None:
            self.place, self.detail = before.place, before.detail
            self.told, self.told_at, self.sent_at = before.told, before.told_at, before.sent_at

    @property
    def cost(self) -> int:
        """Micro-dollars for one contract of each side, now; fees rounded down."""
        return sum(side.cost for side in self.sides)
