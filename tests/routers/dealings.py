"""Orders and money as an executor writes them, put into Postgres by hand: doors can be looked at without one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, select

from app.domain.instructions import InstructionId
from app.domain.money import price_text, size_text
from app.domain.orders import OrderId
from app.history.database import Database
from app.history.instructions import find_instruction, finish
from app.history.tables import Row
from app.history.trading_tables import (
    AccountRow,
    EntryRow,
    FillRow,
    InstructionRow,
    OrderEventRow,
    OrderRow,
    PositionRow,
    PostingRow,
    SettlementRow,
)
from tests.app.hot.samples import NOW

CONTRACT = "kalshi:KX-BOS:yes"
ABOUT: dict[str, object] = {
    "venue": "kalshi",
    "market_id": "KX-BOS",
    "contract_id": CONTRACT,
    "game_id": "401810001",
    "league": "nba",
}
SECOND = timedelta(seconds=1)


async def put(history: Database, row: type[Row], *values: dict[str, object]) -> None:
    async with history.transaction() as connection:
        await connection.execute(insert(row).values(list(values)))


async def open_account(history: Database, name: str = "manual", kind: str = "paper", **more: object) -> None:
    plain = {"id": name, "kind": kind, "note": "", "opened_by": "a test", "opened_at": NOW, "fence": 0, "holder": ""}
    await put(history, AccountRow, {**plain, **more})


def order_row(name: str = "o-1", state: str = "open", **more: object) -> dict[str, object]:
    return {
        **ABOUT,
        "id": name,
        "account": "manual",
        "kind": "paper",
        "side": "buy",
        "limit_price": Decimal("0.46"),
        "size": Decimal(60),
        "time_in_force": "gtc",
        "is_post_only": False,
        "expires_at": None,
        "purpose": "manual",
        "trade_id": "t-1",
        "leg": 0,
        "signal_id": None,
        "rule": "",
        "quoted": Decimal("0.45"),
        "fees": {"taker": 70_000, "step": 10_000},
        "wanted_at": NOW,
        "send_before": NOW + SECOND,
        "world": "real",
        "state": state,
        "number": 0,
        "ref": "",
        "filled": Decimal(0),
        "reason": "",
        "changed_at": NOW,
        **more,
    }


def event_row(order_id: str, number: int, state: str, filled: object = 0, reason: str = "") -> dict[str, object]:
    at = NOW + number * SECOND
    plain = {"order_id": order_id, "number": number, "state": state, "at": at, "ref": "", "fence": 1}
    return {**plain, "filled": Decimal(str(filled)), "reason": reason}


def fill_row(name: str = "kalshi:f1", order_id: str = "o-1", **more: object) -> dict[str, object]:
    return {
        **ABOUT,
        "id": name,
        "order_id": order_id,
        "account": "manual",
        "side": "buy",
        "price": Decimal("0.45"),
        "size": Decimal(20),
        "fee": Decimal("0.35"),
        "is_maker": False,
        "stage": "confirmed",
        "venue_time": NOW,
        "received_at": NOW,
        "booked_at": NOW,
        **more,
    }


def position_row(account: str = "manual", **more: object) -> dict[str, object]:
    return {
        **ABOUT,
        "account": account,
        "size": Decimal(20),
        "cost": Decimal(9),
        "fees": Decimal("0.35"),
        "realised": Decimal(0),
        "trade_id": "t-1",
        "detector": None,
        "opened_at": NOW,
        "changed_at": NOW,
        "closed_at": None,
        "version": 1,
        "exit_rules": None,
        **more,
    }


async def post(
    history: Database,
    name: str,
    kind: str,
    entries: Sequence[tuple[str, str, str]],
    account: str = "manual",
    **more: object,
) -> None:
    """A posting with its entries: book, dollars, contract."""
    assert sum(Decimal(amount) for _, amount, _ in entries) == 0
    await put(history, PostingRow, {"id": name, "account": account, "kind": kind, "at": NOW, "note": "", **more})
    rows = [
        {
            "posting_id": name,
            "place": at,
            "account": account,
            "book": book,
            "amount": Decimal(amount),
            "contract_id": of,
        }
        for at, (book, amount, of) in enumerate(entries)
    ]
    await put(history, EntryRow, *rows)


async def deal(history: Database, account: str = "manual") -> None:
    """An account with a hundred dollars and one order of which a third is filled: 20 contracts for 9 dollars."""
    await open_account(history, account)
    await post(history, f"deposit:{account}", "deposit", [("cash", "100", ""), ("deposits", "-100", "")], account)
    await put(history, OrderRow, order_row(state="partly_filled", number=3, filled=Decimal(20), account=account))
    states = ("intent", "sending", "open", "partly_filled")
    await put(
        history,
        OrderEventRow,
        *(event_row("o-1", number, state, 20 if number == 3 else 0) for number, state in enumerate(states)),
    )
    await put(history, FillRow, fill_row(account=account))
    entries = [("cash", "-9.35", ""), ("positions", "9", CONTRACT), ("fees", "0.35", CONTRACT)]
    await post(history, "fill:kalshi:f1", "fill", entries, account)
    await put(history, PositionRow, position_row(account))


async def settle(history: Database, account: str = "manual", pays: str = "1") -> None:
    """What `deal` has bought is turned to cash."""
    payout = Decimal(pays) * 20
    gain = payout - 9
    entries = [("cash", str(payout), ""), ("positions", "-9", CONTRACT), ("realised", str(-gain), CONTRACT)]
    await post(history, f"settlement:{account}:{CONTRACT}", "settlement", entries, account)
    settled = {"account": account, "contract_id": CONTRACT, "pays": Decimal(pays), "size": Decimal(20)}
    await put(history, SettlementRow, {**settled, "expected": Decimal(1), "source": "finalized yes", "at": NOW})
    changed = {"size": Decimal(0), "cost": Decimal(0), "realised": gain, "closed_at": NOW, "version": 2}
    async with history.transaction() as connection:
        await connection.execute(PositionRow.__table__.update().values(changed))  # type: ignore[attr-defined]


class Executor:
    """Obeys what is asked, as the real one would: `refusal` says why it does not."""

    def __init__(self, history: Database, refusal: str = "") -> None:
        self.obeyed: list[str] = []
        self._history = history
        self._refusal = refusal

    async def run(self) -> None:
        while True:
            for name in await self._waiting():
                self.obeyed.append(name)
                await self._obey(InstructionId(name))
            await asyncio.sleep(0.01)

    async def _waiting(self) -> list[str]:
        async with self._history.transaction() as connection:
            wanted = select(InstructionRow.id).where(InstructionRow.state == "waiting")  # type: ignore[arg-type]
            return list((await connection.execute(wanted)).scalars())

    async def _obey(self, name: InstructionId) -> None:
        found = await find_instruction(self._history, name)
        assert found is not None
        if self._refusal:
            await finish(self._history, name, "refused", self._refusal)
        elif found.kind == "order":
            await self._order(name, found.body)
        elif found.kind == "cancel":
            await self._change(str(found.body["order_id"]), "cancelled")
            await finish(self._history, name, "done", "cancelled", OrderId(str(found.body["order_id"])))
        else:
            await finish(self._history, name, "done", found.kind)

    async def _order(self, name: InstructionId, body: dict[str, object]) -> None:
        order_id = OrderId(f"m-{name.rpartition(':')[2]}")
        limit, size = price_text(body["limit"]), size_text(body["size"])  # type: ignore[arg-type]
        told = {"limit_price": Decimal(limit), "size": Decimal(size), "side": body["side"]}
        row = order_row(order_id, **told, contract_id=body["contract_id"], time_in_force=body["time_in_force"])
        await put(self._history, OrderRow, row)
        await put(self._history, OrderEventRow, event_row(order_id, 0, "open"))
        await finish(self._history, name, "done", "open", order_id)

    async def _change(self, order_id: str, state: str) -> None:
        async with self._history.transaction() as connection:
            this = OrderRow.__table__.update().where(OrderRow.id == order_id)  # type: ignore[attr-defined]
            await connection.execute(this.values(state=state))


@asynccontextmanager
async def obeyed(history: Database, refusal: str = "") -> AsyncIterator[Executor]:
    """Somebody obeys meanwhile."""
    executor = Executor(history, refusal)
    task = asyncio.create_task(executor.run())
    try:
        yield executor
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def incident_row(kind: str = "exposed", **more: object) -> dict[str, object]:
    plain = {"kind": kind, "account": "manual", "venue": "kalshi", "subject": "t-1", "game_id": "401810001"}
    return {**plain, "detail": "one leg has 60, the other 20", "began_at": NOW, "ended_at": None, **more}


def trade_row(name: str = "t-1", status: str = "open", **more: object) -> dict[str, object]:
    plain = {"id": name, "account": "manual", "signal_id": None, "detector": None, "game_id": "401810001"}
    return {**plain, "league": "nba", "status": status, "detail": {}, "began_at": NOW, "ended_at": None, **more}


def equity_row(at: datetime, cash: str, value: str, account: str = "manual", **more: object) -> dict[str, object]:
    plain = {"account": account, "at": at, "cash": Decimal(cash), "value": Decimal(value), "unpaid": Decimal(0)}
    return {**plain, "deposits": Decimal(100), "realised": Decimal(0), "fees": Decimal("0.35"), **more}
