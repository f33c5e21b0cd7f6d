"""G11: ten thousand open positions, each with every rule, swept at once; beside the same columns written out by hand.
And what one price costs among them, beside what it costs among ten: it touches the positions of its contract only.

G15, "position check": a quote until it is known whether any rule sells what is held of its contract, with what the bids
would bring, less the fee; less a bare loop over the same quotes, by the wall.
"""

import random
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from _rows import ROUNDS, report, timed

from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.orders import AccountId, TradeId
from app.domain.positions import ExitRules, Position
from app.domain.prices import CENT_GRID, SECOND, Level, Nanos
from app.positions.exits import GONE_FOR, NOTHING, SHARES, bounds_of, proceeds
from app.positions.sweeps import Sweep

POSITIONS = 10_000
SWEEPS = 200  # a round
PRICES = 20_000
CONTRACT = 1_000_000
HELD_SINCE = Nanos(1_800_000_000 * SECOND)
NOW = Nanos(HELD_SINCE + 3_600 * SECOND)
FEES = FeeSchedule(taker=70_000, step=10_000)
RULES = ExitRules(stop=0.6, trailing_stop=0.5, take_profit=0.9, after_s=86_400, edge_gone=0.3, before_close_s=60)


def a_position(number: int, draw: random.Random) -> Position:
    size = draw.randrange(5, 500) * CONTRACT
    return Position(
        account=AccountId("model"),
        contract_id=ContractId(f"kalshi:M{number}:yes"),
        venue=VenueId("kalshi"),
        market_id=MarketId(f"M{number}"),
        game_id=GameId(str(number // 40)),
        league=LeagueCode("nba"),
        size=Size(size),
        cost=Money(size * draw.randrange(40, 60) // 100),
        trade_id=TradeId("t"),
        detector="fair_value",
        opened_at=HELD_SINCE,
        changed_at=HELD_SINCE,
    )


def a_sweep(draw: random.Random, count: int = POSITIONS) -> Sweep:
    """Positions that moved a little: a few of them are to be sold."""
    sweep = Sweep()
    for number in range(count):
        row = sweep.put(a_position(number, draw), RULES)
        sweep.expect(row, draw.randrange(400_000, 600_000))
        sweep.offer(row, draw.choice((NOTHING, *range(400_000, 600_000, 7_919))), NOW)
        sweep.mark(row, Price(draw.randrange(100, 9_900)))
    return sweep


def by_hand(sweep: Sweep) -> Callable[[], object]:
    """The rules over plain columns."""
    bounds = np.array([bounds_of(row.position, row.rules) for row in sweep.rows], np.int64).T.copy()
    cost, held_until, stop_at, take_at, kept, over_worth, time_at = bounds
    unit = np.array([sweep.unit(row) for row in sweep.rows], np.int64)
    best = np.array([sweep.seen(row).best for row in sweep.rows], np.int64)
    worth = np.array([500_000 for _ in sweep.rows], np.int64)
    since = np.array([sweep.seen(row).gone_since for row in sweep.rows], np.int64)
    warned = np.zeros(len(sweep), np.int64)

    def once() -> object:
        gone = unit - worth >= over_worth
        kept_since = np.where(gone, np.where(since > 0, since, NOW), 0)
        falls = (best > cost) & (unit * SHARES <= best * kept)
        rest = (warned > 0) | (unit >= take_at) | falls | (gone & (kept_since <= NOW - GONE_FOR)) | (time_at <= NOW)
        return np.flatnonzero((unit > 0) & ((unit <= stop_at) | (rest & (held_until <= NOW)))).tolist()

    return lambda: [once() for _ in range(SWEEPS)]


def measure_sweep(draw: random.Random) -> None:
    sweep = a_sweep(draw)
    ours, theirs = timed(lambda: [sweep.sweep(NOW) for _ in range(SWEEPS)], by_hand(sweep))
    report("G11", f"{POSITIONS:,} open positions swept", ours / SWEEPS * 1e6, theirs / SWEEPS * 1e6, 2.0)


def measure_price(draw: random.Random) -> None:
    """The same price of one contract among ten thousand held ones, and among ten."""
    told = [(ContractId(f"kalshi:M{draw.randrange(10)}:yes"), draw.randrange(450_000, 550_000)) for _ in range(PRICES)]

    def priced(sweep: Sweep) -> Callable[[], None]:
        def all_of_them() -> None:
            for contract_id, unit in told:
                for row in sweep.rows_of(contract_id):
                    sweep.offer(row, unit, NOW)

        return all_of_them

    ours, theirs = timed(priced(a_sweep(draw)), priced(a_sweep(draw, 10)))
    report("G11", f"a price, {POSITIONS:,} held, beside 10 held", ours / PRICES * 1e6, theirs / PRICES * 1e6, 1.2)


def measure_check(draw: random.Random) -> None:
    sweep = a_sweep(draw)
    books: list[tuple[Level, ...]] = [
        tuple((Price(100 * (best - down)), Size(draw.randrange(1, 300) * CONTRACT)) for down in range(5))
        for best in (draw.randrange(40, 60) for _ in range(PRICES))
    ]
    names = [ContractId(f"kalshi:M{draw.randrange(POSITIONS)}:yes") for _ in range(PRICES)]

    def checked() -> None:
        for contract_id, bids in zip(names, books, strict=True):
            for row in sweep.rows_of(contract_id):
                found = proceeds(bids, row.position.size, row.rules.slip, CENT_GRID, FEES, NOW)
                sweep.offer(row, NOTHING if found is None else found.unit, NOW)

    def bare() -> None:
        for _contract_id, _bids in zip(names, books, strict=True):
            pass

    ours, theirs = (median(_wall(call) for _ in range(ROUNDS)) for call in (checked, bare))
    report("G15", "position check, beside the half millisecond allowed", (ours - theirs) / PRICES * 1e6, 500.0, 1.0)


def _wall(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main() -> None:
    draw = random.Random(7)
    measure_sweep(draw)
    measure_price(draw)
    measure_check(draw)


if __name__ == "__main__":
    main()
