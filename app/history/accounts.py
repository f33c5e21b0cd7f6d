"""Accounts, and the seat from which each is traded: who took it last has the highest fence, and no other may write."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.domain.orders import AccountId, AccountKind
from app.errors import Conflict, NotFound, Superseded
from app.history.database import Database
from app.history.trading_tables import FENCES, AccountRow
from app.history.upserts import storable

# The first step of every statement that an executor writes with. It waits for whoever is taking the seat right now,
# and finds nothing when the seat was taken; and who takes the seat waits for it.
SEATED = "seat AS (SELECT FROM accounts WHERE id = :account AND fence = :fence FOR SHARE)"


class Seat(msgspec.Struct, frozen=True):
    """The right to write for an account, until somebody takes the seat again."""

    account: AccountId
    fence: int


async def open_account(
    database: Database, account: AccountId, kind: AccountKind, note: str, who: str, at: datetime
) -> bool:
    """Open it; False when it is there already. Raises Conflict when it is there as one of another kind."""
    row = {"id": account, "kind": kind, "note": storable(note), "opened_by": who, "opened_at": at}
    opened = insert(AccountRow).values({**row, "fence": 0, "holder": ""}).on_conflict_do_nothing()
    if await database.write(opened):
        return True
    found = await find_account(database, account)
    if found is None or found.kind != kind:
        raise Conflict(f"the account {account!r} is there already, and not a {kind} one")
    return False


async def find_account(database: Database, account: AccountId) -> AccountRow | None:
    """One of them."""
    if storable(account) != account:
        return None  # Postgres would refuse the question itself
    return next(iter(await database.read(select(AccountRow).where(col(AccountRow.id) == account))), None)


async def list_accounts(database: Database) -> Sequence[AccountRow]:
    """All of them, the oldest first."""
    return await database.read(select(AccountRow).order_by(col(AccountRow.opened_at), col(AccountRow.id)))


async def take_seat(database: Database, account: AccountId, holder: str, at: datetime) -> Seat:
    """From now on only this seat writes for the account: everything that was written before is there to be read, and
    nothing from an earlier seat comes after. Raises NotFound."""
    taken = (
        update(AccountRow)
        .where(col(AccountRow.id) == account)
        .values(fence=FENCES.next_value(), holder=holder, seated_at=at)
        .returning(col(AccountRow.fence))
    )
    async with database.transaction() as connection:
        fence = (await connection.execute(taken)).scalar()
    if fence is None:
        raise NotFound(f"there is no account {account!r}", remedy="Open it first: POST /accounts.")
    return Seat(account, fence)


def must_be_seated(seat: Seat, is_seated: object) -> None:
    """`is_seated`: whether the step `seat` of a statement found it. Raises Superseded when it did not."""
    if not is_seated:
        raise Superseded(f"another process trades for {seat.account!r} now")
