"""`python -m tests.app.executor.fault_table`: each fault of the order side, how it ends, and after how many seconds, as
docs/trading.md shows it. `--down 5` lets venues be away for less than a minute."""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.embedded import embedded_servers
from app.history.database import Database
from tests.app.executor.faults import Row, cases, measured, measured_trade, trade_cases
from tests.app.executor.houses import House, opened
from tests.app.sandbox.servers import running


@asynccontextmanager
async def furnished() -> AsyncIterator[House]:
    """A house with a sandbox and a Postgres of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="crosscourt-faults-") as folder,
        embedded_servers(Path(folder), postgres=True, valkey=False) as endpoints,
        running(seed=7, speed=1) as sandbox,
    ):
        assert endpoints.database_url
        database = Database(endpoints.database_url)
        await database.migrate()
        await database.close()
        async with opened(sandbox, Path(folder), endpoints.database_url) as house:
            yield house


async def print_table(down: float) -> bool:
    """Whether all have ended as they must."""
    rows: list[Row] = []
    print("| fault | Kalshi | s | Polymarket | s |\n|---|---|---|---|---|")
    async with furnished() as house:
        for case in cases(down):
            rows += (there := await measured(case, house))
            print(f"| {case.name} |", *(f"`{row.ends}` | {row.seconds:.1f} |" for row in there), flush=True)
            await house.heal()
        print("\n| fault of a trade | ends | s |\n|---|---|---|")
        for trade_case in trade_cases(down):
            rows.append(row := await measured_trade(trade_case, house))
            print(f"| {row.fault} | `{row.ends}` | {row.seconds:.1f} |", flush=True)
            await house.heal()
    for row in rows:
        if row.wrong:
            print(f"WRONG: {row}")
    return not any(row.wrong for row in rows)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("--down", type=float, default=60.0)
    raise SystemExit(not asyncio.run(print_table(parser.parse_args().down)))
