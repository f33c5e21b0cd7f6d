"""What executors are asked to do, and what became of it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.domain.instructions import Instruction, InstructionId, InstructionState
from app.domain.orders import AccountId, OrderId
from app.errors import Conflict
from app.history.database import Database
from app.history.trading_tables import InstructionRow
from app.history.upserts import storable

_ASKED = ("kind", "account", "body")  # what makes it the same wish


async def ask(database: Database, wanted: Instruction) -> Instruction:
    """Write it down, once; what is there under its id. Raises Conflict when that is another wish."""
    row = msgspec.structs.asdict(wanted)
    row["asked_by"] = storable(wanted.asked_by)
    await database.write(insert(InstructionRow).values(row).on_conflict_do_nothing())
    found = await find_instruction(database, wanted.id)
    assert found is not None  # it was written above, and nobody takes one away
    if any(getattr(found, name) != getattr(wanted, name) for name in _ASKED):
        raise Conflict(
            f"{wanted.id} was used before, to ask for something else",
            remedy="Send every new wish under a new Idempotency-Key, and repeat one only with the same body.",
        )
    return found


async def find_instruction(database: Database, name: str) -> Instruction | None:
    """One as it stands."""
    if storable(name) != name:
        return None
    found = await database.read(select(InstructionRow).where(col(InstructionRow.id) == name))
    return next((_instruction(row) for row in found), None)


async def waiting_instructions(database: Database, accounts: Sequence[AccountId]) -> Sequence[Instruction]:
    """Those that nobody has done yet, the oldest first; also those that an executor had begun when it fell."""
    wanted = select(InstructionRow).where(
        col(InstructionRow.state).in_(("waiting", "taken")), col(InstructionRow.account).in_(accounts)
    )
    return [_instruction(row) for row in await database.read(wanted.order_by(col(InstructionRow.asked_at)))]


async def finish(
    database: Database,
    name: InstructionId,
    state: InstructionState,
    outcome: str = "",
    order_id: OrderId | None = None,
) -> None:
    """What became of it; what is done stays done."""
    values = {"state": state, "outcome": storable(outcome)[:1_000], **({"order_id": order_id} if order_id else {})}
    unfinished = col(InstructionRow.state).in_(("waiting", "taken"))
    await database.write(update(InstructionRow).where(col(InstructionRow.id) == name, unfinished).values(values))


async def forget_instructions(database: Database, before: datetime) -> int:
    """Take away those that were done before then; how many."""
    done = col(InstructionRow.state).in_(("done", "refused", "expired"))
    old = InstructionRow.__table__.delete().where(done, col(InstructionRow.asked_at) < before)  # type: ignore[attr-defined]
    return await database.write(old)


def _instruction(row: InstructionRow) -> Instruction:
    return msgspec.convert(row.model_dump(), Instruction)
