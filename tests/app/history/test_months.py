"""What only grows lies in months, wherever it was before; none of it is lost on the way."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import text

from app.clock import nanos_of
from app.domain.orders import AccountId
from app.errors import HistoryUnavailable
from app.history.accounts import open_account
from app.history.database import Database
from app.history.equity import heights
from app.history.migrations import downgrade, upgrade
from app.history.months import LINK_DECISIONS, SIGNALS, drop_months, make_months, thin_equity
from app.history.signals import Recorded, Wanted, list_signals, write_signals
from app.history.trading_tables import EquityRow, PostingRow
from tests.app.history.judged import judged

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAPER = AccountId("arbitrage")


async def names(history: Database, table: str) -> list[str]:
    found = await history.run(
        "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid "
        f"WHERE inhparent = '{table}'::regclass ORDER BY 1"
    )
    return [str(row[0]) for row in found]


async def lie_in(history: Database, table: str) -> dict[str, int]:
    """How many rows lie in each partition."""
    found = await history.run(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1 ORDER BY 1")
    return {str(name): int(str(many)) for name, many in found}


def signals_at(*moments: datetime) -> list[Recorded]:
    return [Recorded(judged(number, found_at=nanos_of(at))) for number, at in enumerate(moments)]


async def test_this_month_and_two_more_are_made_once(history: Database) -> None:
    assert await make_months(history, NOW) == 9
    assert await make_months(history, NOW) == 0
    assert await names(history, "signals") == ["signals_2026_11", "signals_2026_12", "signals_2027_01", "signals_rest"]
    assert await make_months(history, NOW + timedelta(days=31)) == 3


async def test_rows_that_came_before_their_month_was_made_move_there(history: Database) -> None:
    first = signals_at(NOW, NOW - timedelta(days=40), NOW + timedelta(days=800))
    await write_signals(history, first, "real")
    assert await lie_in(history, "signals") == {"months.signals_rest": 3}
    await make_months(history, NOW)
    months = {"months.signals_2026_10": 1, "months.signals_2026_11": 1, "months.signals_2029_01": 1}
    assert await lie_in(history, "signals") == months
    assert await write_signals(history, first, "real") == 0
    await write_signals(history, [*first, Recorded(judged(7, found_at=nanos_of(NOW)))], "real")
    assert len(await list_signals(history, Wanted())) == 4


async def test_months_that_are_over_long_enough_are_let_go(history: Database) -> None:
    await write_signals(history, signals_at(NOW, NOW - timedelta(days=40), NOW - timedelta(days=80)), "real")
    await make_months(history, NOW)
    assert await drop_months(history, SIGNALS, NOW - timedelta(days=30)) == 1  # September; October was not over then
    assert sorted(await lie_in(history, "signals")) == ["months.signals_2026_10", "months.signals_2026_11"]
    assert await drop_months(history, LINK_DECISIONS, NOW) == 0


async def test_a_table_that_is_in_use_is_left_until_later(history: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.history.months.LOCKED_FOR", "50ms")
    await write_signals(history, signals_at(NOW), "real")
    async with history.transaction() as connection:
        await connection.execute(text("SELECT * FROM signals FOR UPDATE"))
        with pytest.raises(HistoryUnavailable, match="in use"):
            await make_months(history, NOW)
    assert await make_months(history, NOW) > 0
    assert await lie_in(history, "signals") == {"months.signals_2026_11": 1}


async def test_old_equity_keeps_its_hours_and_its_heights(history: Database) -> None:
    await open_account(history, PAPER, "paper", "", "test", NOW)
    begin = NOW - timedelta(hours=5)
    gains = [(minute * 37) % 101 for minute in range(300)]
    reset = begin + timedelta(minutes=210)  # in the midst of an hour
    rows = [
        {
            "account": PAPER,
            "at": begin + timedelta(minutes=minute),
            "cash": Decimal(1_000 + gain),
            "value": 0,
            "unpaid": 0,
            "deposits": 1_000,
            "realised": 0,
            "fees": 0,
        }
        for minute, gain in enumerate(gains)
    ]
    await history.write(insert(EquityRow).values(rows))
    told = {"id": "reset", "account": PAPER, "kind": "reset", "at": reset, "note": ""}
    await history.write(insert(PostingRow).values(told))
    await make_months(history, NOW)
    before = await heights(history)
    assert before[PAPER] == max(gains[210:]) * 1_000_000
    assert await thin_equity(history, NOW - timedelta(minutes=30)) > 200
    assert await thin_equity(history, NOW - timedelta(minutes=30)) == 0
    left = await history.run("SELECT at FROM equity ORDER BY at")
    assert len([at for (at,) in left if at >= NOW - timedelta(hours=1)]) == 60  # an hour is thinned when it is over
    assert await heights(history) == before
    gaps = [after - before for (before,), (after,) in pairwise(left)]
    assert max(gaps) <= timedelta(hours=1)


async def test_what_was_there_before_is_there_after_and_numbers_go_on(unmigrated_database_url: str) -> None:
    history = Database(unmigrated_database_url, pool_size=2)
    decision = """
        INSERT INTO link_decisions (venue, event_id, market_id, contract_id, game_id, kind, scope, verdict, confidence,
                                    reasons, rules_hash, overridden_by, at)
        SELECT 'kalshi', 'E', 'M', 'C', '1', 'moneyline', 'game', 'watch', 1, '[]', '', '', now()
        FROM generate_series(1, 3)
    """
    async with history.transaction() as connection:
        await connection.run_sync(upgrade, "0006")
        await connection.execute(text(decision))
    await history.migrate()
    async with history.transaction() as connection:
        await connection.execute(text(decision))
    await make_months(history, NOW)
    assert [row[0] for row in await history.run("SELECT id FROM link_decisions ORDER BY id")] == [1, 2, 3, 4, 5, 6]
    async with history.transaction() as connection:
        await connection.run_sync(downgrade, "0006")
        await connection.execute(text(decision))
        found = await connection.execute(text("SELECT id FROM link_decisions ORDER BY id"))
        assert list(found.scalars()) == list(range(1, 10))
    await history.close()
