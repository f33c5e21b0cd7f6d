"""What people say of contracts against the matcher; each change stands in the audit, in the same transaction."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.domain.markets import ContractId
from app.domain.overrides import Override
from app.history.audit import Deed, written_down
from app.history.database import Database
from app.history.statements import columns_of, proposition_of, reasons_of, storable_reasons
from app.history.tables import LinkOverrideRow
from app.history.upserts import storable


async def keep_override(database: Database, said: Override, deed: Deed) -> None:
    """Keep it, in the place of what was said of the contract before, and write the deed down."""
    row = {
        "contract_id": said.contract_id,
        "verdict": said.verdict,
        "reason": said.reason,
        **columns_of(said.proposition, said.polarity),
        "doubts": storable_reasons(said.doubts),
        "rules_hash": said.rules_hash,
        "said_by": said.said_by,
        "said_at": said.said_at,
    }
    kept = insert(LinkOverrideRow).values(row).on_conflict_do_update(index_elements=["contract_id"], set_=row)
    async with database.transaction() as connection:
        await connection.execute(kept)
        await connection.execute(written_down(deed))


async def drop_override(database: Database, contract_id: ContractId, deed: Deed) -> bool:
    """Take it back and write the deed down; False, and nothing written, when nothing was said."""
    async with database.transaction() as connection:
        dropped = await connection.execute(
            delete(LinkOverrideRow).where(col(LinkOverrideRow.contract_id) == contract_id)
        )
        if dropped.rowcount:
            await connection.execute(written_down(deed))
        return bool(dropped.rowcount)


async def find_override(database: Database, contract_id: ContractId) -> Override | None:
    """What is said of a contract."""
    if storable(contract_id) != contract_id:
        return None  # Postgres would refuse the question itself
    wanted = select(LinkOverrideRow).where(col(LinkOverrideRow.contract_id) == contract_id)
    return next((_override(row) for row in await database.read(wanted)), None)


async def list_overrides(database: Database) -> Sequence[Override]:
    """Everything that is said, by contract."""
    wanted = select(LinkOverrideRow).order_by(col(LinkOverrideRow.contract_id))
    return [_override(row) for row in await database.read(wanted)]


def _override(row: LinkOverrideRow) -> Override:
    told = {name: getattr(row, name) for name in Override.__struct_fields__ if name in LinkOverrideRow.model_fields}
    said = {"proposition": proposition_of(row), "doubts": reasons_of(row.doubts)}
    return msgspec.convert({**told, **said}, Override)
