from datetime import timedelta

from sqlalchemy import insert

from app.history.database import Database
from app.history.trade_ends import ends_since
from app.history.trading_tables import TradeRow
from tests.app.history.samples import NOW


def trade(name: str, status: str, seconds: int, signal_id: str | None) -> dict[str, object]:
    plain = {"id": name, "account": "arbitrage", "detector": None, "game_id": f"g-{name}", "league": "nba"}
    began_at = NOW + timedelta(seconds=seconds)
    return {**plain, "signal_id": signal_id, "status": status, "detail": {}, "began_at": began_at, "ended_at": None}


async def test_ends_of_signals_are_counted_by_kind_with_the_newest_of_each(history: Database) -> None:
    rows = [
        trade("t-0", "hedged", -9, "before"),
        trade("t-1", "hedged", 0, "s-1"),
        trade("t-2", "hedged", 5, "s-2"),
        trade("t-3", "missed", 3, "s-3"),
        trade("t-4", "missed", 4, None),
    ]
    async with history.transaction() as connection:
        await connection.execute(insert(TradeRow).values(rows))
    ends = await ends_since(history, NOW)
    assert [(end.status, end.count, end.signal_id, end.game_id) for end in ends] == [
        ("hedged", 2, "s-2", "g-t-2"),
        ("missed", 1, "s-3", "g-t-3"),
    ]
    assert ends[0].began_at == NOW + timedelta(seconds=5)


async def test_without_trades_there_are_none(history: Database) -> None:
    assert await ends_since(history, NOW) == []
