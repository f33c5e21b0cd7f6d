"""The rules by which a position is sold, where it has its own; each change with its line in the audit, or neither."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from app.domain.exit_rules import rules_shown, stored_rules
from app.domain.positions import ExitRules
from app.history.audit import Deed, written_down
from app.history.database import Database
from app.history.trading_tables import PositionRow

EXITS_CHANGED = "position.exits_changed"


async def keep_exit_rules(
    database: Database, position: PositionRow, rules: ExitRules | None, who: str, at: datetime
) -> None:
    """Let these hold from now on; None: those of its kind of bet. An executor that books meanwhile leaves them as they
    are, and they leave what it books."""
    this = (col(PositionRow.account) == position.account, col(PositionRow.contract_id) == position.contract_id)
    stored = None if rules is None else stored_rules(rules)
    told = {
        "account": position.account,
        "contract_id": position.contract_id,
        "rules": None if rules is None else dict(rules_shown(rules)),
    }
    async with database.transaction() as connection:
        await connection.execute(update(PositionRow).where(*this).values(exit_rules=stored))
        await connection.execute(written_down(Deed(at=at, who=who, what=EXITS_CHANGED, detail=told)))
