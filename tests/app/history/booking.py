"""A process that books fills as fast as it can, to be killed: `python -m tests.app.history.booking URL FILLS`. It says
each one that it has booked, once that is durable."""

import asyncio
import random
import sys

from app.domain.ledgers import Balances
from app.domain.money import Money
from app.history.database import Database
from app.history.ledger import Ledger
from app.history.orders import Journal
from tests.app.history.samples import NOW
from tests.app.history.trading import DOLLARS, PAPER, asked, change, fill, order, seated

CONTRACTS = 5
AFTER = Balances(cash=Money(0), deposits=Money(100 * DOLLARS))


def contract(number: int) -> str:
    return f"kalshi:GAME-{number % CONTRACTS}:yes"


async def book_all(url: str, fills: int) -> None:
    """Two orders for each fill that buys: the second sells a part of it. In no order, and some twice."""
    history, chance = Database(url), random.Random(fills)
    seat = await seated(history)
    journal, ledger = Journal(history, "simulated"), Ledger(history, "simulated")
    await ledger.deposit(PAPER, AFTER.deposits, "tests", "d", NOW)
    numbers = [*range(1, fills + 1)] * 2
    chance.shuffle(numbers)
    for number in numbers:
        sells = number % 3 == 0
        wanted = order(number, "sell" if sells else "buy", contract_id=contract(number))
        first = asked(number, wanted.side, contract_id=wanted.contract_id)
        is_new = await journal.intend(seat, first)
        got = fill(number, of=number, cents=30 + number % 40, contracts=2 if sells else 5)
        done = change(2, "filled", of=number, filled=5)
        if await ledger.book(seat, wanted, got, done if is_new else None) is not None:
            print(number, flush=True)
    print("done", flush=True)
    await history.close()


if __name__ == "__main__":
    asyncio.run(book_all(sys.argv[1], int(sys.argv[2])))
