"""What the market thought of a purchase afterwards: whether it was bought for less than everybody else paid later.

The closing-line value is the middle of the market when the game begins, less what was paid: what a bettor is judged by,
since the last price before the game is the best forecast there is. For what is bought while the game is played the same
is taken some seconds later. Above 0 the market has come our way. Fees are not in it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

import msgspec

from app.domain.money import Money
from app.domain.prices import SECOND, Nanos
from app.domain.reports import FilledOrder

AFTER = (10, 60, 300)  # seconds

Middle = Callable[[str, Nanos], float | None]  # of a contract at a moment, in dollars
Start = Callable[[str], Nanos | None]  # of a game


class ClosingLine(msgspec.Struct, frozen=True, kw_only=True):
    """Of the purchases of one detector in one league: cents a contract, and how many purchases that is the mean of.
    `start`: of those before the game, when it began; `after`: of all others, so many seconds later. `worth`: of all of
    them together, in micro-dollars, by the longest time or the start."""

    league: str
    detector: str
    purchases: int
    start: float | None
    start_n: int
    after: Mapping[str, float | None]
    after_n: Mapping[str, int]
    worth: Money


def closing_lines(filled: Iterable[FilledOrder], middle: Middle, start: Start) -> list[ClosingLine]:
    """By league and detector. `middle` knows nothing (None) where nobody has kept prices."""
    groups: defaultdict[tuple[str, str], list[FilledOrder]] = defaultdict(list)
    for each in filled:
        if each.side == "buy" and each.filled:
            groups[each.league, each.detector].append(each)
    return [_line(*key, orders, middle, start) for key, orders in sorted(groups.items())]


def _line(league: str, detector: str, orders: Sequence[FilledOrder], middle: Middle, start: Start) -> ClosingLine:
    begun = [(each, begins) for each in orders if (begins := start(each.game_id)) and begins > each.filled_at]
    before = {each.id for each, _ in begun}
    live = [each for each in orders if each.id not in before]
    at_start = _gains(((each, begins) for each, begins in begun), middle)
    after = {
        after: _gains(((each, Nanos(each.filled_at + after * SECOND)) for each in live), middle) for after in AFTER
    }
    worth = sum(cents * each.filled / 100 for each, cents in (*at_start, *after[AFTER[-1]]))
    return ClosingLine(
        league=league,
        detector=detector,
        purchases=len(orders),
        start=_mean(at_start),
        start_n=len(at_start),
        after={str(seconds): _mean(gains) for seconds, gains in after.items()},
        after_n={str(seconds): len(gains) for seconds, gains in after.items()},
        worth=Money(round(worth)),
    )


def _gains(told: Iterable[tuple[FilledOrder, Nanos]], middle: Middle) -> list[tuple[FilledOrder, float]]:
    """Cents a contract of each whose market is known at that moment."""
    found = []
    for order, at in told:
        then = middle(order.contract_id, at)
        if then is not None:
            found.append((order, 100 * (then - order.paid / order.filled)))
    return found


def _mean(gains: Sequence[tuple[FilledOrder, float]]) -> float | None:
    return fmean(cents for _, cents in gains) if gains else None
