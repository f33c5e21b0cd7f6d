"""What people say that rules texts mean; each change stands in the audit, in the same transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.domain.settlements import Approval, Terms
from app.history.audit import Deed, written_down
from app.history.database import Database
from app.history.tables import RuleApprovalRow, RulesRow


async def keep_approval(database: Database, said: Approval, deed: Deed) -> None:
    """Keep it, in the place of what was said of the text before, and write the deed down."""
    row = {
        "rules_hash": said.rules_hash,
        "terms": msgspec.to_builtins(said.terms),
        "reason": said.reason,
        "approved_by": said.approved_by,
        "approved_at": datetime.fromisoformat(said.approved_at),
    }
    kept = insert(RuleApprovalRow).values(row).on_conflict_do_update(index_elements=["rules_hash"], set_=row)
    async with database.transaction() as connection:
        await connection.execute(kept)
        await connection.execute(written_down(deed))


async def drop_approval(database: Database, rules_hash: str, deed: Deed) -> bool:
    """Take it back and write the deed down; False, and nothing written, when nothing was said."""
    async with database.transaction() as connection:
        dropped = await connection.execute(delete(RuleApprovalRow).where(col(RuleApprovalRow.rules_hash) == rules_hash))
        if dropped.rowcount:
            await connection.execute(written_down(deed))
        return bool(dropped.rowcount)


async def list_approvals(database: Database) -> Sequence[Approval]:
    """Everything that is said, by hash."""
    wanted = select(RuleApprovalRow).order_by(col(RuleApprovalRow.rules_hash))
    return [_approval(row) for row in await database.read(wanted)]


async def read_texts(database: Database, hashes: Sequence[str]) -> dict[str, str]:
    """The rules texts of these hashes, as far as one was ever seen."""
    wanted = select(RulesRow).where(col(RulesRow.hash).in_(hashes))
    return {row.hash: row.text for row in await database.read(wanted)}


def _approval(row: RuleApprovalRow) -> Approval:
    return Approval(
        rules_hash=row.rules_hash,
        terms=msgspec.convert(row.terms, Terms),
        reason=row.reason,
        approved_by=row.approved_by,
        approved_at=row.approved_at.astimezone(UTC).isoformat(),
    )
