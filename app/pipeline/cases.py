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
        self.links = made.links
        self.quotes = quotes
        self.schedules = schedules = [link.fees or FREE for link in made.links]
        self.limits = limits
        self.now = now
        self.charged_at = Nanos(now + limits.signal_life_ms * MILLISECOND)
        step = max([schedule.step for schedule in schedules])
        self._rounding = -(-step * 1_000_000 // max(limits.min_size, 1_000_000))  # of a whole order, a contract
        self.board = board
        ladders = [_left(board.asks(side.contract_id), of) for side, of in zip(made.sides, claimed, strict=True)]
        self.steps = walk(ladders, schedules, made.worth, 1, self.charged_at)
        dearest, most = made.worth - limits.min_edge * 100, limits.max_entry_price
        enough = [step for step in self.steps if step.cost <= dearest]
        # deeper levels that cost too much are left; whether the best one does is for the desk to say
        self._choose([step for step in enough if max(step.prices) <= most] or enough)
        self.ages = [now - quote.proved_at for quote in quotes]  # nanoseconds since the last proof of each leg
        self.payoffs: Payoffs | None = None
        self.unit_tail_cost = 0  # micro-dollars that the tails cost on average, of one contract of each leg

    def _choose(self, good: Sequence[Step]) -> None:
        """`taken_from`: enough of an edge, or else what there is of it; `most`: contracts of each leg in it."""
        self.good = good
        self.taken_from = good or self.steps
        self.most = held(self.taken_from)
        self._taken: Taken | None = None  # what was asked for last

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
            better = [step for step in self.good if self.made.worth - step.cost > lost]
            if better and len(better) < len(self.good):
                self._choose(better)

    @property
    def unit_cost(self) -> Money:
        """Micro-dollars of one contract of each leg at the worst prices that would be taken, with what rounding the fee
        of a whole order can add to it."""
        return Money(self.taken_from[-1].cost + self._rounding * len(self.schedules))

    @property
    def leg_costs(self) -> tuple[Money, ...]:
        """The same, leg by leg."""
        prices, at, rounding = self.taken_from[-1].prices, self.charged_at, self._rounding
        told = zip(self.schedules, prices, strict=True)
        return tuple([Money(costs_of(schedule, at)[price] + rounding) for schedule, price in told])

    @property
    def sport(self) -> str:
        league = LEAGUES.get(self.game.league)
        return "" if league is None else league.sport

    @property
    def market_probability(self) -> float | None:
        """Of one leg: the middle of its own market."""
        return implied(self.quotes[0]) if len(self.quotes) == 1 else None

    @property
    def skew(self) -> int:
        """Nanoseconds between the proofs of the legs."""
        return max(self.ages) - min(self.ages)

    def take(self, size: Size) -> Taken:
        """What so many contracts of each leg cost."""
        if self._taken is None or self._taken.size != size:
            self._taken = take(self.taken_from, size, self.schedules, self.charged_at)
        return self._taken

    def profit(self, taken: Taken) -> Money:
        """What remains when the game is played: for sure, or of a fair value on average."""
        return Money(worth_of(self.made.worth, taken.size) - taken.stake)


def _left(levels: Iterator[Level], claimed: Size) -> Iterator[Level]:
    """What is left of a ladder when so much of it, the best first, is somebody's already."""
    return _without(levels, claimed) if claimed else levels


def _without(levels: Iterator[Level], claimed: Size) -> Iterator[Level]:
    for price, lies in levels:
        if lies > claimed:
            yield price, Size(lies - claimed)
        claimed = Size(max(0, claimed - lies))
