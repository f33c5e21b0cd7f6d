"""What an executor has written of signals that promised something, put into Postgres by hand."""

from datetime import datetime
from decimal import Decimal

from app.history.database import Database
from app.history.signals import Recorded, World, write_signals
from app.history.tables import Row
from app.history.trading_tables import FillRow, OrderRow, PositionRow, SettlementRow, TradeRow
from tests.app.history.judged import judged
from tests.app.hot.samples import NOW
from tests.routers.dealings import fill_row, order_row, position_row, put

SIXTY = 60_000_000


class Books:
    """What an executor has written of one signal after the other."""

    def __init__(self, history: Database, ended_at: datetime = NOW) -> None:
        self._history = history
        self._ended_at = ended_at
        self._orders = 0

    async def trade(
        self, number: int, size: int = SIXTY, *, ended: bool = True, world: World = "real", **changed: object
    ) -> None:
        found = judged(number, **changed)
        await write_signals(self._history, [Recorded(found)], world)
        row = {
            "id": f"a-{number}",
            "account": "arbitrage",
            "signal_id": f"a-{number}",
            "detector": found.signal.detector,
            "game_id": found.signal.game_id,
            "league": "nba",
            "status": "hedged" if ended else "open",
            "detail": {"plan": {"size": size}},
            "began_at": NOW,
            "ended_at": self._ended_at if ended else None,
        }
        await put(self._history, TradeRow, row)

    async def deal(
        self, trade: str, contract: str, price: str, size: int = 60, fee: str = "0", purpose: str = "entry"
    ) -> None:
        """An order and its fill. Exits are of no trade of a signal."""
        self._orders += 1
        name, side = f"o-{self._orders}", "sell" if purpose in ("exit", "unwind") else "buy"
        what = {"account": "arbitrage", "contract_id": contract, "side": side}
        await put(self._history, OrderRow, order_row(name, "filled", trade_id=trade, purpose=purpose, **what))
        got = {"price": Decimal(price), "size": Decimal(size), "fee": Decimal(fee)}
        await put(self._history, FillRow, fill_row(f"f-{self._orders}", name, **what, **got))

    async def close(self, contract: str, pays: str | None = None, size: int = 60, *, is_open: bool = False) -> None:
        """`pays`: settled at so much each."""
        closed = None if is_open else NOW
        await self._put(PositionRow, position_row("arbitrage", contract_id=contract, closed_at=closed))
        if pays is not None:
            settled = {"account": "arbitrage", "contract_id": contract, "pays": Decimal(pays), "size": Decimal(size)}
            await self._put(SettlementRow, {**settled, "expected": None, "source": "", "at": NOW})

    async def _put(self, row: type[Row], values: dict[str, object]) -> None:
        await put(self._history, row, values)
