"""One combination at one moment, with everything that is known of it: what the checks look at."""

from collections.abc import Iterator, Sequence

from app.domain.fees import FeeSchedule
from app.domain.leagues import LEAGUES
from app.domain.money import Money, Size
from app.domain.prices import MILLISECOND, Level, Nanos, Quote
from app.domain.risks import RiskLimits
from app.domain.settlements import Payoffs
from app.domain.signals import Step
from app.prices.board import Board
from app.prices.views import implied
from app.signals.combinations import Combination
from app.signals.walks import Taken, costs_of, held, take, walk, worth_of

FREE = FeeSchedule(taker=0, source="the venue has not said what it charges")


class Case:
    """`steps`: those with any edge; `good`: those with enough of it. All of them at prices that are shown now, whether
    or not they may be used: that is for the checks to say. `claimed`: what signals of a moment ago take of each leg;
    `charged_at`: the last moment in which an order of it may be charged."""

    def __init__(
        self,
        made: Combination,
        quotes: Sequence[Quote],
        board: Board,
        limits: RiskLimits,
        now: Nanos,
        claimed: Sequence[Size],
    ) -> None:
        self.made = made
        self.game = made.game
        self.links = tuple(side.link for side in made.sides)
        self.quotes = tuple(quotes)
        self.schedules = tuple(link.fees or FREE for link in self.links)
        self.limits = limits
        self.now = now
        self.charged_at = Nanos(now + limits.signal_life_ms * MILLISECOND)
        step = max(schedule.step for schedule in self.schedules)
        self._rounding = -(-step * 1_000_000 // max(limits.min_size, 1_000_000))  # of a whole order, a contract
        self.board = board
        ladders = [_left(board.asks(side.contract_id), of) for side, of in zip(made.sides, claimed, strict=True)]
        self.steps = walk(ladders, self.schedules, made.worth, 1, self.charged_at)
        enough = [step for step in self.steps if made.worth - step.cost >= limits.min_edge * 100]
        # deeper levels that cost too much are left; whether the best one does is for the desk to say
        self.good = [step for step in enough if max(step.prices) <= limits.max_entry_price] or enough
        self._taken: Taken | None = None  # what was asked for last
        self._taken_of: Sequence[Step] = ()
        self.payoffs: Payoffs | None = None
        self.unit_tail_cost = 0  # micro-dollars that the tails cost on average, of one contract of each leg

    def weigh(self, payoffs: Payoffs) -> None:
        """What the legs pay by their rules is known: what would not earn the cost of the tails is not good enough."""
        self.payoffs = payoffs
        paid = [quote.ask or 0 for quote in self.quotes]
        lost = 0.0
        for tail in payoffs.tails:
            expected = sum(price if fixed is None else fixed for fixed, price in zip(tail.expects, paid, strict=True))
            lost += tail.chance * (self.made.worth - expected * 100)
        self.unit_tail_cost = max(0, round(lost))
        if lost > 0:
            self.good = [step for step in self.good if self.made.worth - step.cost > lost] or self.good

    @property
    def taken_from(self) -> Sequence[Step]:
        """What it is about: enough of an edge, or else what there is of it."""
        return self.good or self.steps

    @property
    def most(self) -> Size:
        """Contracts of each leg that the books have."""
        return held(self.taken_from)

    @property
    def unit_cost(self) -> Money:
        """Micro-dollars of one contract of each leg at the worst prices that would be taken, with what rounding the fee
        of a whole order can add to it."""
        return Money(self.taken_from[-1].cost + self._rounding * len(self.schedules))

    @property
    def leg_costs(self) -> tuple[Money, ...]:
        """The same, leg by leg."""
        prices = self.taken_from[-1].prices
        costs, rounding = (costs_of(schedule, self.charged_at) for schedule in self.schedules), self._rounding
        return tuple(Money(of[price] + rounding) for of, price in zip(costs, prices, strict=True))

    @property
    def sport(self) -> str:
        league = LEAGUES.get(self.game.league)
        return "" if league is None else league.sport

    @property
    def market_probability(self) -> float | None:
        """Of one leg: the middle of its own market."""
        return implied(self.quotes[0]) if len(self.quotes) == 1 else None

    @property
    def ages(self) -> tuple[int, ...]:
        """Nanoseconds since the last proof of each leg."""
        return tuple(self.now - quote.proved_at for quote in self.quotes)

    @property
    def skew(self) -> int:
        """Nanoseconds between the proofs of the legs."""
        proofs = [quote.proved_at for quote in self.quotes]
        return max(proofs) - min(proofs)

    def take(self, size: Size) -> Taken:
        """What so many contracts of each leg cost."""
        if self._taken is None or self._taken.size != size or self._taken_of is not self.taken_from:
            self._taken_of = self.taken_from
            self._taken = take(self._taken_of, size, self.schedules, self.charged_at)
        return self._taken

    def profit(self, taken: Taken) -> Money:
        """What remains when the game is played: for sure, or of a fair value on average."""
        return Money(worth_of(self.made.worth, taken.size) - taken.stake)


def _left(levels: Iterator[Level], claimed: Size) -> Iterator[Level]:
    """What is left of a ladder when so much of it, the best first, is somebody's already."""
    for price, lies in levels:
        if lies > claimed:
            yield price, Size(lies - claimed)
        claimed = Size(max(0, claimed - lies))
