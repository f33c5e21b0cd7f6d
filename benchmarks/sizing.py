"""How many processes 10,000 games and 100,000 clients ask for: what one piece of work costs here, and the model of
`_loads.py` on it. First the model is tried: what it says of loads that it was not made from, beside what those cost.

`python benchmarks/sizing.py [--games 10000] [--sockets 100000] [--books-a-game 6] ...`: every name of `Assumed`.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from time import perf_counter

import psutil
import uvloop
from _costs import Stage, Stopwatch, cost_of_games, evening, foretold, usual
from _loads import Assumed, Need, Units, carried, largest, needs
from api import Served, served
from durable import ORDERS, ours
from durable import timed as timed_orders
from fanout import AWAY, HOME, UPDATES, VENUE, Crowd, Teller, crowd_at

from app.clock import wall_clock
from app.domain.games import Game, GameId
from app.domain.leagues import LeagueCode
from app.embedded import Endpoints, embedded_servers
from app.history.database import Database
from app.hot.state import HotState, open_hot_state
from app.resources import open_resources
from app.settings import Settings, load_settings

GAMES, OTHER_GAMES = 60, (24, 180)  # the model is made from the first, and tried on the others
BOOKS = GAMES * 3 * 2  # three a game, in two cores
FEW, MANY, OTHERS = 20, 600, (100, 400, 1_000)  # clients
ROUNDS = 8
ORDER_ROUNDS = 5
IDLE = 5.0  # seconds


async def updates(server: Served, hot: HotState, sizes: Sequence[int]) -> tuple[dict[int, float], float]:
    """CPU in us of one update to each crowd, which follows a game of its own; they take turns, so that all meet the
    same weather. And what the server has grown by, in MB."""
    start, mirror = wall_clock(), await hot.open_mirror(VENUE)
    ids = {size: GameId(f"40{size}") for size in sizes}
    games = [Game(id=each, league=LeagueCode("nba"), home=HOME, away=AWAY, start=start) for each in ids.values()]
    await hot.save_games(games, 3_600)
    before, spent = _memory(server), {size: list[float]() for size in sizes}
    async with AsyncExitStack() as stack:
        crowds: list[tuple[int, Crowd, Teller]] = []
        for size, game_id in ids.items():
            teller = Teller(mirror, game_id)
            crowds.append(
                (size, await stack.enter_async_context(crowd_at(server, size, "/ws", teller.subscribe)), teller)
            )
        grown, idle = _memory(server) - before, await _idle(server)
        for _ in range(ROUNDS + 1):
            for size, crowd, teller in crowds:
                began, at = server.cpu(), perf_counter()
                await crowd.get(teller)
                besides = idle * (perf_counter() - at)
                spent[size].append((server.cpu() - began - besides) / UPDATES * 1e6)
    return {size: usual(each[1:]) for size, each in spent.items()}, grown


async def _idle(server: Served) -> float:
    """CPU seconds a second when nothing is told but that connections live, which every client is told."""
    began = server.cpu()
    await asyncio.sleep(IDLE)
    return (server.cpu() - began) / IDLE


def _memory(server: Served) -> float:
    return psutil.Process(server.process.pid).memory_full_info().uss / 2**20


async def cost_of_clients(server: Served, hot: HotState, units: Units) -> Units:
    base, sizes = _memory(server), (FEW, *OTHERS, MANY)
    seen, grown = await updates(server, hot, sizes)
    delivered = (seen[MANY] - seen[FEW]) / (MANY - FEW)
    heard = max(0.0, seen[FEW] - FEW * delivered)
    for count in OTHERS:
        compare(f"an update to {count:,} clients, us", heard + count * delivered, seen[count])
    return units._replace(delivered=delivered, heard=heard, base_mb=base, socket_kb=grown * 1024 / sum(sizes))


async def cost_of_orders(url: str) -> float:
    """CPU in us of the executor for an order on paper, durable; what Postgres takes besides is no loop's."""
    database = Database(url)
    await database.migrate()
    ready, numbers = await ours(database), iter(range(1 << 30))
    clock = Stopwatch()
    for _ in range(ORDER_ROUNDS):
        with clock("round"):
            await timed_orders(ready, numbers)
    await database.close()
    return clock.all("round") / ORDER_ROUNDS / ORDERS * 1e6


@asynccontextmanager
async def a_stage(stores: Endpoints, folder: Path, games: int) -> AsyncIterator[Stage]:
    """A monitor and a shard, each with a core of its own."""
    async with AsyncExitStack() as stack:
        made = [await stack.enter_async_context(open_resources(_settings(stores, folder))) for _ in range(2)]
        before = psutil.Process().memory_full_info().uss
        stage = Stage(made[0], made[1], games)
        await stage.take()
        stage.grown_kb = (psutil.Process().memory_full_info().uss - before) / 1024
        yield stage


def _settings(stores: Endpoints, folder: Path) -> Settings:
    where = {"database": {"url": stores.database_url}, "redis": {"url": stores.redis_url}}
    return load_settings(_env_file=None, data_dir=folder / "data", **where)


async def cost_of_both(stores: Endpoints, folder: Path) -> Units:
    """Of games. The model is tried on fewer and on more, each between two measurements of what it is made from: the
    machine may be another one a minute later."""
    assert stores.redis_url is not None
    made, seen = [await units_of(stores, folder)], list[float]()
    for games in OTHER_GAMES:
        async with a_stage(stores, folder, games) as stage:
            seen.append(await evening(stage, _evening_of(games)))
        made.append(await units_of(stores, folder))
    for number, games in enumerate(OTHER_GAMES):
        said = foretold(_evening_of(games), mean_of(made[number : number + 2]))
        compare(f"monitor and shard of {games} games, cores", said, seen[number])
    return mean_of(made)._replace(book_kb=max(each.book_kb for each in made))  # later ones find room that is free again


async def units_of(stores: Endpoints, folder: Path) -> Units:
    async with a_stage(stores, folder, GAMES) as stage:
        return (await cost_of_games(stage, stores.redis_url or ""))._replace(book_kb=stage.grown_kb / BOOKS)


def mean_of(made: Sequence[Units]) -> Units:
    return Units(*(sum(each) / len(each) for each in zip(*made, strict=True)))


def _evening_of(games: int) -> Assumed:
    return Assumed(games=games, books_a_game=1)


def compare(what: str, said: float, seen: float) -> None:
    row = {
        "what": f"model: {what}",
        "said": round(said, 4),
        "measured": round(seen, 4),
        "error": round(said / seen - 1, 3),
    }
    print(json.dumps(row), flush=True)
    print(f"model {what:44} said {said:10.3f}  measured {seen:10.3f}  {said / seen - 1:+.0%}", file=sys.stderr)


async def measured(stores: Endpoints, server: Served, folder: Path) -> Units:
    assert stores.redis_url is not None
    assert stores.database_url is not None
    units = await cost_of_both(stores, folder)
    async with open_hot_state(stores.redis_url) as hot:
        units = await cost_of_clients(server, hot, units)
    return units._replace(order=await cost_of_orders(stores.database_url))


def tell(of: Assumed, units: Units, title: str) -> None:
    print(f"\n{title}: {of.games:,} games, {of.sockets:,} clients", file=sys.stderr)
    print(f"{'role':24} {'cores':>8} {'processes':>10} {'GB':>7}", file=sys.stderr)
    found: Sequence[Need] = needs(of, units)
    for need in found:
        mark = "  more than there can be" if need.is_too_much else ""
        print(
            f"{need.role:24} {need.cores:8.2f} {need.processes:10} {need.memory_mb / 1024:7.2f}{mark}", file=sys.stderr
        )
        print(json.dumps({"plan": title, **need._asdict(), "is_too_much": need.is_too_much}), flush=True)
    cores, memory = sum(need.cores for need in found), sum(need.memory_mb for need in found) / 1024
    print(f"{'':24} {cores:8.2f} {sum(need.processes for need in found):10} {memory:7.2f}", file=sys.stderr)


def asked() -> Assumed:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in Assumed()._asdict().items():
        if not isinstance(value, bool):
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    return Assumed(**vars(parser.parse_args()))


def main() -> None:
    """All of it on stores of its own."""
    of, began = asked(), perf_counter()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crosscourt-bench-")))
        stores = stack.enter_context(embedded_servers(folder, postgres=True, valkey=True))
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "DATABASE__URL": stores.database_url or "",
            "REDIS__URL": stores.redis_url or "",
            "API__RATE_PER_MINUTE": str(10**9),
            "API__SOCKETS_PER_MINUTE": str(10**9),
        }
        product = "from app.cli import main; main()"
        up = ["-c", product, "up", "--workers", "none", "--log", "json", "--port", "{port}", "--data-dir"]
        server = stack.enter_context(served([*up, f"{folder}/ours"], environment))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            units = runner.run(measured(stores, server, folder))
    print(json.dumps({"units": {name: round(value, 2) for name, value in units._asdict().items()}}), flush=True)
    for name, value in units._asdict().items():
        print(f"unit  {name:12} {value:10.2f}", file=sys.stderr)
    for what, many in carried(of, units).items():
        print(f"one   {what:30} {many:10,.0f}", file=sys.stderr)
    tell(of, units, "as it is built")
    tell(largest(of, units), units, "the largest of this kind that it carries")
    tell(of._replace(is_parted=True), units, "with games dealt out")
    print(f"\nmeasured within {perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
