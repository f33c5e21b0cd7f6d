"""The risk limits in all their versions, and what is halted; each change with its line in the audit, or neither."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from app.domain.risks import Halt, HaltScope, RiskLimits
from app.errors import Conflict
from app.history.audit import Deed, written_down
from app.history.database import Database
from app.history.tables import HaltRow, RiskLimitsRow
from app.history.upserts import storable

LIMITS_CHANGED, HALTED, RESUMED = "risk.limits_changed", "risk.halted", "risk.resumed"


class LimitsVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the limits, and who gave it."""

    limits: RiskLimits
    reason: str
    changed_by: str
    changed_at: datetime | None = None  # None: built in


BUILT_IN = LimitsVersion(limits=RiskLimits(), reason="", changed_by="")


async def current_limits(database: Database) -> LimitsVersion:
    """The limits in force."""
    newest = select(RiskLimitsRow).order_by(col(RiskLimitsRow.version).desc()).limit(1)
    return next((_version(row) for row in await database.read(newest)), BUILT_IN)


async def list_limits(database: Database, limit: int = 100, before: int | None = None) -> Sequence[LimitsVersion]:
    """The newest versions; `before`: only those with a smaller number, for the next page. The built-in one is none."""
    wanted = select(RiskLimitsRow).order_by(col(RiskLimitsRow.version).desc()).limit(limit)
    found = await database.read(wanted if before is None else wanted.where(col(RiskLimitsRow.version) < before))
    return [_version(row) for row in found]


async def count_limits(database: Database) -> int:
    """How many versions people have given."""
    return (await database.read(select(func.count()).select_from(RiskLimitsRow)))[0]


async def keep_limits(database: Database, given: LimitsVersion, deed: Deed) -> None:
    """Let these limits be in force. Raises Conflict unless their version comes next."""
    row = {
        "version": given.limits.version,
        "limits": msgspec.to_builtins(given.limits),
        "reason": storable(given.reason),
        "changed_by": given.changed_by,
        "changed_at": given.changed_at,
    }
    newest = select(func.max(RiskLimitsRow.version))
    kept = insert(RiskLimitsRow).values(row).on_conflict_do_nothing()  # when two are given at once
    async with database.transaction() as connection:
        before = (await connection.execute(newest)).scalar() or 0
        if before + 1 != given.limits.version or not (await connection.execute(kept)).rowcount:
            raise Conflict(
                f"the limits are not at version {given.limits.version - 1} any more, from which these were made",
                remedy="GET /risk shows those in force: make the change from them, and name their version.",
            )
        await connection.execute(written_down(deed))


def halted_deed(halt: Halt) -> Deed:
    """The line of the audit about a halt, whoever writes it down."""
    detail = {"scope": halt.scope, "name": halt.name, "reason": halt.reason}
    return Deed(at=datetime.fromisoformat(halt.halted_at), who=halt.halted_by, what=HALTED, detail=detail)


async def keep_halt(database: Database, halt: Halt, deed: Deed) -> bool:
    """Halt something; False when it is halted already: what was said first stays, and nothing is written."""
    row = {**msgspec.structs.asdict(halt), "halted_at": datetime.fromisoformat(halt.halted_at)}
    async with database.transaction() as connection:
        is_new = bool((await connection.execute(insert(HaltRow).values(row).on_conflict_do_nothing())).rowcount)
        if is_new:
            await connection.execute(written_down(deed))
        return is_new


async def drop_halt(database: Database, scope: HaltScope, name: str, deed: Deed) -> bool:
    """Let it go on; False, and nothing written, when it is not halted."""
    this = (col(HaltRow.scope) == scope, col(HaltRow.name) == storable(name))
    async with database.transaction() as connection:
        was_halted = bool((await connection.execute(delete(HaltRow).where(*this))).rowcount)
        if was_halted:
            await connection.execute(written_down(deed))
        return was_halted


async def list_halts(database: Database) -> tuple[Halt, ...]:
    """Everything that is halted, the oldest first."""
    order = (col(HaltRow.halted_at), col(HaltRow.scope), col(HaltRow.name))
    return tuple(_halt(row) for row in await database.read(select(HaltRow).order_by(*order)))


def _halt(row: HaltRow) -> Halt:
    told = {name: getattr(row, name) for name in Halt.__struct_fields__}
    return msgspec.convert({**told, "halted_at": row.halted_at.astimezone(UTC).isoformat()}, Halt)


def _version(row: RiskLimitsRow) -> LimitsVersion:
    known = {name: row.limits[name] for name in RiskLimits.__struct_fields__ if name in row.limits}
    limits = msgspec.convert({**known, "version": row.version}, RiskLimits)
    return LimitsVersion(limits=limits, reason=row.reason, changed_by=row.changed_by, changed_at=row.changed_at)
