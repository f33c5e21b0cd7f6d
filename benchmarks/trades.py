"""G14, G15: from a frame in the function that the venue's socket calls to fills on paper that are durable in Postgres:
the whole core, the executor, the paper venues without their modelled delay, the journal and the ledger, all in one
process with the loop that production has.

Every frame opens a gap between two venues of another game, so each makes a trade of two legs: an intent with its trade,
a fill with its postings, and so again for the other leg. Beside it, in turn, two bare prepared inserts with a commit
each for every leg: what this disk and this Postgres take at the least.
"""

import asyncio
import itertools
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import asyncpg
import msgspec
import uvloop
from _games import House
from _rows import report
from sqlalchemy import make_url
from ticks import MARKETS, a_house, kalshi, now

from app.clock import wall_clock
from app.domain.decisions import Decision
from app.domain.markets import MarketId, VenueId
from app.domain.money import Money
from app.domain.orders import AccountId
from app.domain.prices import Quote, book_id
from app.domain.signals import Judged
from app.embedded import embedded_servers
from app.executor.executors import Executors, Means
from app.executor.gateways import paper_gateways
from app.executor.markets import Markets
from app.executor.news import News
from app.executor.trading import Outcome
from app.history.accounts import open_account, take_seat
from app.history.database import Database
from app.history.ledger import Ledger
from app.history.orders import Journal
from app.settings import PaperSettings

ACCOUNT = AccountId("arbitrage")
TURNS = 300
WARM = 20  # uncounted
TICK = 0.001  # seconds, of the bare ticker
AT_ONCE = PaperSettings(polymarket_ms=0, polymarket_spread_ms=0, kalshi_ms=0, kalshi_spread_ms=0)


class Watched:
    """What became durable, and when."""

    def __init__(self) -> None:
        self.filled: list[float] = []
        self.ended = asyncio.Event()
        self.outcomes: list[Outcome] = []

    def hear(self, news: News) -> None:
        if news.fill is not None:
            self.filled.append(perf_counter())

    def end(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.ended.set()


async def executors_of(house: House, database: Database, watched: Watched) -> Executors:
    """One account with much money, over the paper venues."""
    await open_account(database, ACCOUNT, "paper", "", "benchmark", wall_clock())
    journal, ledger = Journal(database, "simulated"), Ledger(database, "simulated")
    await ledger.deposit(ACCOUNT, Money(10**13), "benchmark", "first", wall_clock())
    markets = Markets(house.intake.pipeline, ledger)
    venues = [VenueId("kalshi"), VenueId("polymarket")]
    paper = paper_gateways(venues, markets, ledger, house.intake, AT_ONCE)
    means = Means(
        journal=journal,
        ledger=ledger,
        gateways={(each.kind, each.venue): each for each in paper},
        now=house.intake.now,
        facts=markets.facts,
        market=markets.market,
        refusal=markets.refusal,
        may_open=lambda signal: markets.may_open(signal, house.intake.now()),
        most=lambda: house.intake.pipeline.desk.limits.max_entry_price,
        tell=watched.hear,
        begin_anew=lambda account: None,
        ended=watched.end,
    )
    executors = Executors(means)
    await executors.take_over(await take_seat(database, ACCOUNT, "benchmark", wall_clock()), "paper", lambda desk: None)

    def hear(decision: Decision) -> None:
        if type(decision) is Quote:
            for gateway in paper:
                gateway.touch(decision.contract_id)
        elif type(decision) is Judged and decision.stage == "sent":
            executors.trade(decision.signal, ACCOUNT)

    house.intake.heed(hear)
    return executors


async def bare_inserts(connection: asyncpg.Connection) -> float:
    """Seconds of two rows, each with a commit of its own."""
    statement = "INSERT INTO bare (told) VALUES ($1)"
    began = perf_counter()
    await connection.execute(statement, "intent" * 40)
    await connection.execute(statement, "filled" * 40)
    return perf_counter() - began


async def bare_tick() -> float:
    """How late a bare timer is, in seconds."""
    began = perf_counter()
    await asyncio.sleep(TICK)
    return perf_counter() - began - TICK


async def measure(url: str) -> None:
    database, address = Database(url), make_url(url)
    await database.migrate()
    bare = await asyncpg.connect(user=address.username, database=address.database, host=address.query["host"])
    await bare.execute("CREATE TABLE bare (told text)")
    house, watched = a_house(), Watched()
    hear, _ = kalshi(house, random.Random(2))
    for number in range(MARKETS):  # the rival's token for 44 cents
        house.load(book_id(VenueId("polymarket"), MarketId(f"7{number:02d}")), [(56, 1_000_000)], [(58, 900)])
    executors, numbers = await executors_of(house, database, watched), itertools.count(41)
    first, whole, least, late = list[float](), list[float](), list[float](), list[float]()
    try:
        for turn in range(WARM + TURNS):
            watched.filled.clear()
            watched.ended.clear()
            payload = gap(turn, next(numbers), opens=True)
            began = perf_counter()
            hear(payload, now())
            async with asyncio.timeout(10):
                await watched.ended.wait()
            whole.append(perf_counter() - began)
            first.append(watched.filled[0] - began)
            hear(gap(turn, next(numbers), opens=False), now())
            house.intake.take_tape()
            least.append(await bare_inserts(bare))
            late.append(await bare_tick())
    finally:
        await executors.end()
        await bare.close()
        await database.close()
    assert {outcome.status for outcome in watched.outcomes} == {"hedged"}, watched.outcomes[-1]
    tell(first[WARM:], whole[WARM:], least[WARM:], late[WARM:])


def gap(turn: int, sequence: int, *, opens: bool) -> bytes:
    """YES is sold for 49 cents, or no longer."""
    size = 500 + turn
    told = {
        "market_ticker": f"KXNBAGAME-26NOV22LALBOS{turn % MARKETS:02d}-BOS",
        "price_dollars": "0.5100",  # of NO
        "delta_fp": f"{size if opens else -size}.00",
        "side": "no",
        "ts_ms": now() // 1_000_000 - 40,
    }
    return msgspec.json.encode({"type": "orderbook_delta", "sid": 2, "seq": sequence, "msg": told})


def tell(first: Sequence[float], whole: Sequence[float], least: Sequence[float], late: Sequence[float]) -> None:
    (mine, worst), (both, _), (bare, bare_worst), (_, tick_worst) = map(cuts, (first, whole, least, late))
    report("G14", "frame to the first paper fill durable, p50 / 1 ms", mine, 1_000, 1)
    report("G14", "the same, p50 / two bare commits", mine, bare, 2)
    report("G14", "the same, p99 / p99 of two bare commits and of a timer", worst, bare_worst + tick_worst, 1.5)
    report("G15", "trade: signal to both legs hedged, p50 / 2 ms", both, 2_000, 1)
    report("G15", "opportunity: frame to both legs hedged, p50 / 8 ms", both, 8_000, 1)


def cuts(took: Sequence[float]) -> tuple[float, float]:
    """Half and 99 of 100, in microseconds."""
    found = quantiles(took, n=100)
    return found[49] * 1e6, found[98] * 1e6


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory(prefix="crosscourt-bench-") as folder,
        embedded_servers(Path(folder) / "data", postgres=True, valkey=False) as servers,
    ):
        assert servers.database_url is not None
        uvloop.run(measure(servers.database_url))
