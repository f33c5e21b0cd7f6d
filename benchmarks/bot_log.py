"""What ours would have said of the trades that a real bot tried on Polymarket US and Kalshi in February 2026.

The bot kept a log of all that looked like an arbitrage to it (`../shared/data/cross/polymarket-us-kalshi-trades`). Each
attempt is put to our fees, our walk of ladders and our limits; then what the bot did is reckoned up, with our fees.

What the fields mean, as every row of both files bears out (`spread_cents` is just these differences):

- `team` is whom everything is about. `k_bid` and `k_ask` are Kalshi's for that team to win, in whole cents; `pm_bid`
  and `pm_ask` are what the bot took for Polymarket's, in cents with a decimal.
- `BUY_PM_SELL_K` sees `k_bid - pm_ask`: the team on Polymarket, and on Kalshi its NO at `100 - k_bid`.
  `BUY_K_SELL_PM` sees `pm_bid - k_ask`: the team on Kalshi, and on Polymarket the other team at `100 - pm_bid`.
- `k_price` and `pm_price` are the orders' limits, or after a fill what was paid, the latter in terms of the market's
  long side: dollars or cents in the first file (two days, one contract each, times without a zone), cents in the second
  (February 21st, mostly five contracts, UTC). They are not needed here: what was paid is in
  `actual_pnl.per_contract`, in cents of the contract that was bought.
- Depth is told in the second file alone and for whole books, in a unit that nobody says. So what lies at a price is
  taken to be what the bot meant to buy, and no more.
- `settlement_pnl` of the second file's hedged trades rests on the quotes and not on the fills; it is used for the
  others alone. How old a quote was is not told: whether ours would have called it stale cannot be said.
- In the second file Polymarket's bid and ask are not of one moment: one of them stands still for minutes, and in nine
  rows of ten the bid is above the ask.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from app.domain.fees import FeeSchedule, order_fee
from app.domain.money import MONEY_UNITS, ONE_DOLLAR, SIZE_UNITS, Money, Price, Size
from app.domain.prices import Nanos
from app.domain.risks import RiskLimits
from app.pipeline.checks import CLEAR, MIRRORED
from app.signals.walks import take, walk

FOLDER = Path(__file__).resolve().parents[2] / "shared/data/cross/polymarket-us-kalshi-trades"
FILES = ("trades_2026-02-08_to_02-09.json", "trades_archive_feb8-21.json")

KALSHI = FeeSchedule(taker=70_000, step=10_000, source="multiplier 1, a cent an order")
POLYMARKET_US = FeeSchedule(taker=50_000, step=10, least=10, source="theta 0.05 until July 2026")
SCHEDULES = (KALSHI, POLYMARKET_US)
LIMITS = RiskLimits()  # as they are built in
WIDE = 1_000  # 1/10,000 dollar between bid and ask
FROZEN = timedelta(minutes=1)
NEVER_WAIVED = Nanos(0)
CENT = 100  # in units of Price

Reason = Literal["crossed", "inverted", "fees", "min_edge", "thin", "entry_price", "sent"]
REASONS: dict[Reason, str] = {
    "crossed": "a venue's bid is above its own ask: the book is in quarantine",
    "inverted": "opposites that trade at one price, far from even",
    "fees": "fees eat the gap",
    "min_edge": "less than half a cent a contract is left",
    "thin": "less than 5 contracts, or less than $0.25 in all, as far as the log knows",
    "entry_price": "a leg costs more than 0.85",
    "sent": "ours would have taken it, had rules, age and link agreed",
}


class PerContract(msgspec.Struct):
    """In cents."""

    k_cost: float
    pm_cost: float


class ActualPnl(msgspec.Struct):
    """What the bot says that it made, with fees as it guesses them."""

    per_contract: PerContract
    net_profit_dollars: float


class Attempt(msgspec.Struct):
    """One row of the log."""

    timestamp: datetime
    game_id: str
    team: str
    direction: Literal["BUY_PM_SELL_K", "BUY_K_SELL_PM"]
    contracts_intended: int
    kalshi_fill: int
    pm_fill: int
    k_bid: float
    k_ask: float
    pm_bid: float
    pm_ask: float
    spread_cents: float
    estimated_net_profit_cents: float
    status: str
    actual_pnl: ActualPnl | None = None
    settlement_pnl: float | None = None  # dollars

    @property
    def legs(self) -> tuple[Price, Price]:
        """What a contract of each leg costs, on Kalshi and on Polymarket."""
        if self.direction == "BUY_PM_SELL_K":
            return Price(ONE_DOLLAR - cents(self.k_bid)), cents(self.pm_ask)
        return cents(self.k_ask), Price(ONE_DOLLAR - cents(self.pm_bid))

    @property
    def polymarket_price(self) -> float:
        """The one that the attempt rests on."""
        return self.pm_ask if self.direction == "BUY_PM_SELL_K" else self.pm_bid

    @property
    def is_executed(self) -> bool:
        return self.kalshi_fill > 0 or self.pm_fill > 0


class Judgement(NamedTuple):
    """What ours says of an attempt. `edge`: micro-dollars of a contract of each leg, fees rounded up."""

    reason: Reason
    edge: int
    is_wide: bool


def cents(value: float) -> Price:
    """Cents as the log has them → price; the floats are a hair off."""
    return Price(round(value * CENT))


def read_attempts(path: Path) -> list[Attempt]:
    return msgspec.json.decode(path.read_bytes(), type=list[Attempt], strict=False)


def judge(attempt: Attempt) -> Judgement:
    """The first thing that is against it, in the order of the funnel."""
    edge = edge_of(*attempt.legs)
    widths = (cents(attempt.k_ask) - cents(attempt.k_bid), cents(attempt.pm_ask) - cents(attempt.pm_bid))
    return Judgement(_reason(attempt, edge, min(widths)), edge, max(widths) > WIDE)


def edge_of(kalshi: Price, polymarket: Price) -> int:
    """Micro-dollars of a contract of each leg, fees rounded up."""
    one = [[(price, Size(SIZE_UNITS))] for price in (kalshi, polymarket)]
    (step,) = walk(one, SCHEDULES, MONEY_UNITS, -MONEY_UNITS, NEVER_WAIVED)
    return MONEY_UNITS - step.cost


def _reason(attempt: Attempt, edge: int, narrowest: int) -> Reason:
    if narrowest < 0:
        return "crossed"
    if _is_inverted(attempt):
        return "inverted"
    if edge <= 0:
        return "fees"
    size = Size(attempt.contracts_intended * SIZE_UNITS)
    ladders = [[(price, size)] for price in attempt.legs]
    steps = walk(ladders, SCHEDULES, MONEY_UNITS, LIMITS.min_edge * CENT, NEVER_WAIVED)
    if not steps:
        return "min_edge"
    taken = take(steps, size, SCHEDULES, NEVER_WAIVED)
    if taken.size < LIMITS.min_size or taken.size - taken.stake < LIMITS.min_profit:
        return "thin"
    return "entry_price" if max(attempt.legs) > LIMITS.max_entry_price else "sent"


def _is_inverted(attempt: Attempt) -> bool:
    team = (cents(attempt.k_bid) + cents(attempt.k_ask)) // 2
    other = ONE_DOLLAR - (cents(attempt.pm_bid) + cents(attempt.pm_ask)) // 2
    half = ONE_DOLLAR // 2
    is_clear = min(abs(team - half), abs(other - half)) >= CLEAR and (team < half) == (other < half)
    return is_clear and abs(team - other) <= MIRRORED


def swapped_edge(attempt: Attempt) -> int:
    """The same with Polymarket's bid and ask the right way round: what there was to be had of a crossed book."""
    bid, ask = sorted((attempt.pm_bid, attempt.pm_ask))
    return edge_of(*msgspec.structs.replace(attempt, pm_bid=bid, pm_ask=ask).legs)


def locked(attempt: Attempt) -> Money | None:
    """What a hedged trade surely made, by what was paid and our fees; None for one that was not hedged."""
    if attempt.status != "SUCCESS" or attempt.actual_pnl is None:
        return None
    paid, size = attempt.actual_pnl.per_contract, Size(attempt.kalshi_fill * SIZE_UNITS)
    prices = (cents(paid.k_cost), cents(paid.pm_cost))
    fees = sum(order_fee(schedule, [(price, size)]) for schedule, price in zip(SCHEDULES, prices, strict=True))
    return Money(attempt.kalshi_fill * (ONE_DOLLAR - sum(prices)) * CENT - fees)


def frozen(attempts: Iterable[Attempt]) -> Iterator[Attempt]:
    """Those that rest on a Polymarket price which had not moved for a minute, while the bot tried again and again."""
    since: dict[tuple[str, str, str], tuple[float, datetime]] = {}
    for attempt in sorted(attempts, key=lambda one: one.timestamp.isoformat()):
        key = (attempt.game_id, attempt.team, attempt.direction)
        price, began = since.get(key, (None, attempt.timestamp))
        if price != attempt.polymarket_price:
            since[key] = attempt.polymarket_price, attempt.timestamp
        elif attempt.timestamp - began >= FROZEN:
            yield attempt


def summary(attempts: Sequence[Attempt]) -> dict[str, object]:
    """Counts of everything, dollars as numbers."""
    judged = [(attempt, judge(attempt)) for attempt in attempts]
    crossed = [attempt for attempt, said in judged if said.reason == "crossed"]
    left = [attempt for attempt, said in judged if said.reason == "sent"]
    still = {id(attempt) for attempt in frozen(attempts)}
    return {
        "attempts": len(attempts),
        "games": len({attempt.game_id for attempt in attempts}),
        "refused": sum(said.reason != "sent" for _, said in judged),
        "reasons": _counted(said.reason for _, said in judged),
        "with_an_edge_once_uncrossed": sum(swapped_edge(attempt) >= LIMITS.min_edge * CENT for attempt in crossed),
        "wider_than_ten_cents": sum(said.is_wide for _, said in judged),
        "frozen_for_a_minute": len(still),
        "left_on_a_frozen_price": sum(id(attempt) in still for attempt in left),
        "executed": _executed([(attempt, said) for attempt, said in judged if attempt.is_executed]),
    }


def _executed(judged: Sequence[tuple[Attempt, Judgement]]) -> dict[str, object]:
    results = [(attempt, made) for attempt, _ in judged if (made := locked(attempt)) is not None]
    apart = [attempt for attempt, _ in judged if locked(attempt) is None]
    worse = [attempt for attempt, _ in results if _paid(attempt) > sum(attempt.legs)]
    return {
        "trades": len(judged),
        "reasons": _counted(said.reason for _, said in judged),
        "hedged": len(results),
        "hedged_at_a_loss": sum(made < 0 for _, made in results),
        "of_these_ours_refused": sum(made < 0 and judge(attempt).reason != "sent" for attempt, made in results),
        "lost_on_those": _dollars(sum(made for _, made in results if made < 0)),
        "made_on_all_hedged": _dollars(sum(made for _, made in results)),
        "at_a_loss_by_its_own_books": sum(_own(attempt) < 0 for attempt, _ in results),
        "paid_more_than_quoted": len(worse),
        "second_leg_missed": _counted(attempt.status for attempt in apart),
        "settled_of_missed": [attempt.settlement_pnl for attempt in apart],
    }


def _paid(attempt: Attempt) -> int:
    paid = attempt.actual_pnl.per_contract if attempt.actual_pnl else PerContract(0, 0)
    return cents(paid.k_cost) + cents(paid.pm_cost)


def _own(attempt: Attempt) -> float:
    return attempt.actual_pnl.net_profit_dollars if attempt.actual_pnl else 0.0


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _dollars(made: int) -> float:
    return round(made / MONEY_UNITS, 2)


def main() -> None:
    """A JSON line to standard output, a table for people to standard error."""
    missing = [name for name in FILES if not (FOLDER / name).is_file()]
    if missing:
        print(json.dumps({"goal": "bot_log", "skipped": f"no recordings: {', '.join(missing)}"}))
        return
    by_file = {name: summary(read_attempts(FOLDER / name)) for name in FILES}
    everything = summary([attempt for name in FILES for attempt in read_attempts(FOLDER / name)])
    print(json.dumps({"goal": "bot_log", **everything, "by_file": by_file}))
    counted = everything["reasons"]
    assert isinstance(counted, dict)
    print(f"{everything['attempts']} attempts on {everything['games']} games", file=sys.stderr)
    for reason, words in REASONS.items():
        print(f"  {counted.get(reason, 0):5}  {reason:12} {words}", file=sys.stderr)
    print(f"executed: {everything['executed']}", file=sys.stderr)


if __name__ == "__main__":
    main()
