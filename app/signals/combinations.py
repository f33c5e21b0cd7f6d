"""Contracts as the detectors see them, and what they make together.

A side knows what it costs now, and the combinations that it is part of; a combination pays at least so much whenever
the game is played to its end, whoever wins.
"""

from collections.abc import Sequence

from app.domain.fees import unit_costs
from app.domain.games import Game
from app.domain.links import Link
from app.domain.markets import ContractId
from app.domain.money import Money, Price
from app.domain.prices import BookId, Nanos, book_id
from app.domain.settlements import Payoffs
from app.domain.signals import Detector, Estimate, Stage
from app.signals.claims import Claim

Place = tuple[Stage, str]  # where a combination stands in the funnel, and why

NO_GAP: Place = ("edge", "no_gap")
FEES: Place = ("edge", "fees")
TAKEN: Place = ("depth", "taken")
QUARANTINED: Place = ("fresh", "quarantined")
NEAR = 40_000  # micro-dollars: no two fees are more than this together, so without them there may be a gap
PAIR_IS_NEAR = 1_000_000 + NEAR  # two sides of one question, below this
NOBODY_SELLS = Money(1 << 40)  # more than anything is worth


class Side:
    """`cost`: of one contract at its best price, fee included and rounded down; NOBODY_SELLS while there is none.

    `pairs`: what it is compared with at each price; `others`: in threes, or alone; `lines`: what is never taken, and
    looked at when time passes. `near`: how many of them cost little enough to be looked at closely."""

    __slots__ = ("ask", "book_id", "claim", "contract_id", "cost", "costs", "lines", "link", "near", "others", "pairs")

    def __init__(self, link: Link, contract_id: ContractId, claim: Claim) -> None:
        assert link.market_id is not None  # a contract is of a market
        self.link = link
        self.contract_id = contract_id
        self.book_id: BookId = book_id(link.venue, link.market_id)
        self.claim = claim
        self.ask: Price | None = None
        self.cost = NOBODY_SELLS
        self.near = 0
        self.pairs: tuple[tuple[Side, Combination], ...] = ()
        self.others: tuple[Combination, ...] = ()
        self.lines: tuple[Combination, ...] = ()
        self.costs = unit_costs(0, 1)

    def charge(self, now: Nanos) -> None:
        """Reckon with the fees from now on. A waiver may have ended."""
        fees = self.link.fees
        is_free = fees is None or fees.waived_until > now
        self.costs = unit_costs(0, 1) if fees is None or is_free else unit_costs(fees.taker, fees.exponent)

    def part(self) -> None:
        """Nothing is made with it now. Else it and what was made would keep each other, and their links, until the
        collector comes, which with many games is seldom."""
        self.pairs = self.others = self.lines = ()


class Combination:
    """`worth`: micro-dollars that one contract of each side is worth together, for sure or (with an `estimate`) on
    average; `near`: the cost below which it is looked at more closely. `pays` in whole dollars. `is_taken`: by another
    signal, in part at least, for a moment; `seen`: how its books stood when they held too little."""

    __slots__ = (
        "detail",
        "detector",
        "estimate",
        "game",
        "is_near",
        "is_taken",
        "links",
        "looked_at",
        "near",
        "payoffs",
        "pays",
        "place",
        "seen",
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
        self.links = tuple([side.link for side in sides])
        self.pays = pays
        self.estimate = estimate
        self.witnesses: tuple[Side, ...] = ()  # of a fair value: the same claim at other venues
        self.worth = Money(pays * 1_000_000 if estimate is None else int(estimate.probability * 1_000_000))
        self.near = self.worth + NEAR if estimate is None else self.worth
        self.payoffs: Payoffs | None = None  # by the rules of its contracts, once somebody has asked
        self.is_near = self.is_taken = False
        self.seen: Sequence[object] = ()
        self.looked_at = Nanos(0)
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

    @property
    def cost(self) -> int:
        """Micro-dollars for one contract of each side, now; fees rounded down."""
        cost = 0
        for side in self.sides:
            cost += side.cost
        return cost

    def resume(self, before: "Combination | None") -> None:
        """Go on from where the same contracts stood."""
        if before is not None:
            self.place, self.detail = before.place, before.detail
            self.told, self.told_at, self.sent_at = before.told, before.told_at, before.sent_at
            if self.sides == before.sides:  # by the very same links, of the same teams
                self.payoffs = before.payoffs
