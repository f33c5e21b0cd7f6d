"""Each fault of the order side ends as it must, without a person: nothing is doubled, lost or left open to one side.
`python -m tests.app.executor.fault_table` measures the same, with venues that are away for a minute."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from app.embedded import embedded_servers
from app.executor import reconciling
from app.history.database import Database
from tests.app.executor.faults import Case, TradeCase, cases, measured, measured_trade, trade_cases
from tests.app.executor.houses import House, opened
from tests.app.sandbox.servers import running

LOOKS_EVERY = 3.0  # seconds, at what the venues have
AWAY = 6.0  # seconds: more than an order is waited for that nobody knows
TOO_LONG = 11.0  # seconds: more than a trade may stay open to one side

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with running(seed=7, speed=1) as url:
        yield url


@pytest.fixture(scope="module")
def own_database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a Postgres of these tests' own: the shared one is emptied for each test."""
    with embedded_servers(tmp_path_factory.mktemp("history"), postgres=True, valkey=False) as endpoints:
        assert endpoints.database_url
        yield endpoints.database_url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everyones_house(
    sandbox: str, own_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(reconciling, "EVERY", LOOKS_EVERY)
    database = Database(own_database_url)
    await database.migrate()
    await database.close()
    async with opened(sandbox, tmp_path_factory.mktemp("faults"), own_database_url) as house:
        yield house
    monkeypatch.undo()


@pytest_asyncio.fixture(loop_scope="module")
async def house(everyones_house: House) -> AsyncIterator[House]:
    yield everyones_house
    await everyones_house.heal()


@pytest.mark.parametrize("case", cases(AWAY, AWAY), ids=lambda case: case.name)
async def test_an_order_ends_as_it_must(house: House, case: Case) -> None:
    for row in await measured(case, house):
        print(f"\n{row.fault}, {row.venue}: {row.ends} after {row.seconds:.1f} s")
        assert row.wrong == []


@pytest.mark.parametrize("case", trade_cases(TOO_LONG), ids=lambda case: case.name)
async def test_a_trade_ends_level(house: House, case: TradeCase) -> None:
    row = await measured_trade(case, house)
    print(f"\n{row.fault}: {row.ends} after {row.seconds:.1f} s")
    assert row.wrong == []
