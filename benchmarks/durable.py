"""G9: an order on paper made durable, from the wish to the fill in the books, beside two bare inserts.

Ours is what the executor does: the order with its first transitions and its trade in one commit; the fill, the
position, the posting with its entries and the order's last transition in another. The bare side inserts an order's row
and a fill's row into the same tables with asyncpg, prepared, each with a commit of its own. Both on one embedded
Postgres, in turn; wall time, since most of it is spent in the other process and on the disk.
"""

import gc
import itertools
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg
import msgspec
import uvloop
from _rows import report
from sqlalchemy import make_url

from app.clock import wall_clock
from app.domain.fees import FeeSchedule
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money, Price, Size
from app.domain.orders import AccountId, Fill, FillId, Order, OrderId, Report, TradeId
from app.domain.prices import SECOND, Nanos
from app.embedded import embedded_servers
from app.execution.journals import advanced, first_standing
from app.history.accounts import open_account, take_seat
from app.history.database import Database
from app.history.ledger import Ledger
from app.history.orders import Journal
from app.history.trades import Trade

ORDERS = 40  # a round
ROUNDS = 45  # many and short: both sides meet the same weather
CONTRACTS = 50  # bought again and again; each order's trade is its own
ACCOUNT = AccountId("arbitrage")
BEGAN = Nanos(1_764_000_000 * SECOND)

Work = Callable[[], Awaitable[object]]
Ready = Callable[[int], Work]  # what is known before the clock runs: the wish, and what the venue will say


def an_order(number: int) -> Order:
    contract = f"kalshi:KXNBAGAME-26NOV22LALBOS-{number % CONTRACTS}:yes"
    wanted = Nanos(BEGAN + number * 1_000_000)
    return Order(
        id=OrderId(f"a1b2c3d4e5-{number}:0:0"),
        account=ACCOUNT,
        kind="paper",
        venue=VenueId("kalshi"),
        market_id=MarketId(contract.split(":")[1]),
        contract_id=ContractId(contract),
        game_id=GameId("401810001"),
        league=LeagueCode("nba"),
        side="buy",
        limit=Price(4_700),
        size=Size(25_000_000),
        time_in_force="ioc",
        purpose="entry",
        trade_id=TradeId(f"a1b2c3d4e5-{number}"),
        quoted=Price(4_600),
        fees=FeeSchedule(taker=70_000, step=10_000, source="series"),
        wanted_at=wanted,
        send_before=Nanos(wanted + 2 * SECOND),
    )


def a_fill(order: Order) -> Fill:
    return Fill(
        id=FillId(f"kalshi:{order.id}:1"),
        order_id=order.id,
        price=Price(4_600),
        size=order.size,
        fee=Money(440_000),
        venue_time=order.wanted_at,
        received_at=order.wanted_at,
    )


def a_trade(order: Order) -> Trade:
    return Trade(
        id=order.trade_id,
        account=order.account,
        signal_id=str(order.trade_id),
        detector="cross_venue",
        game_id=order.game_id,
        league=order.league,
        status="open",
        detail={"plan": {"legs": [msgspec.to_builtins(order.fees)] * 2}},
        began_at=order.wanted_at,
    )


async def ours(database: Database) -> Ready:
    await open_account(database, ACCOUNT, "paper", "", "benchmark", wall_clock())
    seat = await take_seat(database, ACCOUNT, "benchmark", wall_clock())
    journal, ledger = Journal(database, "simulated"), Ledger(database, "simulated")
    await ledger.deposit(ACCOUNT, Money(10**12), "benchmark", "first", wall_clock())
    await ledger.load(ACCOUNT)

    def ready(number: int) -> Work:
        order = an_order(number)
        trade, fill = a_trade(order), a_fill(order)
        told = Report(order_id=order.id, state="filled", at=fill.received_at, filled=fill.size, fills=(fill,))

        async def place() -> None:
            first = first_standing(order, "")
            assert await journal.intend(seat, first, trade)
            assert await ledger.book(seat, order, fill, advanced(first, told, fill.size), "cross_venue") is not None

        return place

    return ready


async def bare(connection: asyncpg.Connection) -> Ready:
    """Whole rows of what ours has written, under ids of their own."""
    names = ("orders", "fills")
    tables = [await connection.fetch(f"SELECT * FROM {name}") for name in names]
    orders, fills = [
        await connection.prepare(f"INSERT INTO {name} VALUES ({', '.join(f'${n + 1}' for n in range(len(rows[0])))})")
        for name, rows in zip(names, tables, strict=True)
    ]

    def ready(number: int) -> Work:
        order, fill = ([f"b-{number}", *list(rows[number % len(rows)].values())[1:]] for rows in tables)

        async def insert() -> None:
            await orders.fetch(*order)
            await fills.fetch(*fill)

        return insert

    return ready


async def timed(ready: Ready, numbers: Iterator[int]) -> list[float]:
    """Seconds of each order of a round."""
    took = []
    for work in [ready(number) for number in itertools.islice(numbers, ORDERS)]:
        began = perf_counter()
        await work()
        took.append(perf_counter() - began)
    return took


async def compare(url: str) -> None:
    database, address = Database(url), make_url(url)
    await database.migrate()
    connection = await asyncpg.connect(user=address.username, database=address.database, host=address.query["host"])
    try:
        mine, numbers = await ours(database), itertools.count()
        await timed(mine, numbers)  # uncounted, as the first of the others
        theirs, others = await bare(connection), itertools.count()
        await timed(theirs, others)
        gc.freeze()  # as the platform does when it is open
        rounds = [(await timed(mine, numbers), await timed(theirs, others)) for _ in range(ROUNDS)]
    finally:
        await connection.close()
        await database.close()
    per_order, baseline = (median(sum(times) for times in side) / ORDERS * 1e6 for side in zip(*rounds, strict=True))
    report("G9", "order intended, filled and booked / two bare inserts", per_order, baseline, 1.6)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="crosscourt-bench-") as folder:
        data = Path(folder) / "data"
        with embedded_servers(data, postgres=True, valkey=False) as servers:
            assert servers.database_url is not None
            uvloop.run(compare(servers.database_url))
