"""G12: what the whole platform holds, its embedded servers included, with 200 games of the sandbox and 10,000 open
positions: both processes, Postgres and Valkey with all their children (PSS: of what several share, each has its part).

The positions are bought on the platform's own contracts, through the journal and the ledger, while it is down; then it
is started again, and looked at when it follows everything. `PYTHONPATH=. python
benchmarks/memory.py --games 12 --positions 500` is a short one.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec
import uvloop
from _rows import report
from durable import a_fill, a_trade, an_order

from app.clock import wall_clock
from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.money import Money
from app.domain.orders import AccountId, Order, OrderId, Report, TradeId
from app.embedded import embedded_servers
from app.execution.journals import advanced, first_standing
from app.history.accounts import take_seat
from app.history.database import Database
from app.history.ledger import Ledger
from app.history.orders import Journal
from tests.platform.platforms import Platform, data_folder, eventually, running
from tests.soaks.looks import TOTAL, Processes, measures_of

ACCOUNTS = ("arbitrage", "model", "manual")
MOST = 400.0  # MiB
CALM = 30.0  # seconds in which nothing more is followed
WITHIN = 900.0
LOOKS = 7
BOUGHT_BY = "cross_venue"  # what hedges is held to the end: nothing is sold meanwhile


class Bought(NamedTuple):
    """One contract of a game that the platform follows."""

    contract_id: ContractId
    venue: VenueId
    market_id: MarketId
    game_id: GameId
    league: LeagueCode


def contracts_of(up: Platform) -> list[Bought]:
    """All that have a price."""
    found = []
    for game in up.get("/games?limit=500")["items"]:
        answer = up.http.get(f"/games/{game['id']}/prices")
        said = answer.json()["propositions"] if answer.is_success else ()
        for each in (contract for proposition in said for contract in proposition["contracts"]):
            names = each["contract_id"], each["venue"], each["market_id"], game["id"], game["league"]
            found.append(Bought(*names))
    return found


async def buy(url: str, contracts: Sequence[Bought], positions: int) -> int:
    """So many, in as many accounts as it takes; how many there are."""
    database, bought = Database(url), 0
    journal, ledger = Journal(database, "simulated"), Ledger(database, "simulated")
    for account in map(AccountId, ACCOUNTS):
        seat = await take_seat(database, account, "benchmark", wall_clock())
        await ledger.deposit(account, Money(10**12), "benchmark", f"bench:{account}", wall_clock())
        await ledger.load(account)
        for contract in contracts[: positions - bought]:
            order = an_entry(bought, account, contract)
            fill, first = a_fill(order), first_standing(order, "")
            told = Report(order_id=order.id, state="filled", at=fill.received_at, filled=fill.size, fills=(fill,))
            trade = msgspec.structs.replace(a_trade(order), status="hedged")
            assert await journal.intend(seat, first, trade)
            await ledger.book(seat, order, fill, advanced(first, told, fill.size), BOUGHT_BY)
            bought += 1
    await database.close()
    return bought


def an_entry(number: int, account: AccountId, contract: Bought) -> Order:
    name = f"b1b2c3d4e5-{number}"
    return msgspec.structs.replace(
        an_order(number), id=OrderId(f"{name}:0:0"), trade_id=TradeId(name), account=account, **contract._asdict()
    )


def settled(up: Platform) -> dict[str, float]:
    """What it told when it followed most, once no more came for a while."""
    most, since, ends = dict[str, float](), time.monotonic(), time.monotonic() + WITHIN
    while time.monotonic() < ends and (not most or time.monotonic() - since < CALM):
        told = measures_of(up.http.get("/metrics").text)
        if told.get("books", 0.0) > most.get("books", 0.0):
            most, since = told, time.monotonic()
        time.sleep(2)
    assert most, "it follows nothing"
    return most


def measure(data_dir: Path, games: int, positions: int) -> None:
    asked = ("--sandbox", "--games", games, "--seed", 7)
    with running(data_dir, *asked) as up:
        settled(up)
        contracts = contracts_of(up)
    with embedded_servers(data_dir, postgres=True, valkey=False) as servers:
        assert servers.database_url is not None
        held = uvloop.run(buy(servers.database_url, contracts, positions))
    with running(data_dir, *asked) as up:
        told = settled(up)
        watched = eventually(lambda: up.workers()["position_tracker"]["counts"].get("positions", 0) >= held * 0.9)
        assert watched, up.workers()["position_tracker"]
        processes = Processes(up)
        looks = [processes.memory() for _ in range(LOOKS) if not time.sleep(1)]
    for name in sorted(looks[-1], key=lambda each: looks[-1][each]):
        print(f"G12  {name:10} {median(look[name] for look in looks):8.1f} MiB", file=sys.stderr)
    loaded = f"{told['games']:.0f} games, {told['books']:.0f} books, {held:,} positions"
    report("G12", f"{loaded} / {MOST:g} MiB", median(look[TOTAL] for look in looks), MOST, 1.0, "MiB")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--games", type=int, default=200)
    asked.add_argument("--positions", type=int, default=10_000)
    given = asked.parse_args()
    with data_folder() as data_dir:
        measure(data_dir, given.games, given.positions)


if __name__ == "__main__":
    main()
