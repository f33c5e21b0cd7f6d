"""A look into the tables of observations, to see what was written."""

from collections.abc import Sequence

from sqlmodel import col, select

from app.domain.markets import ContractId
from app.history.database import Database
from app.history.tables import GameRow, LeftOutRow, LinkDecisionRow, LinkRow, RulesRow


async def games(database: Database) -> Sequence[GameRow]:
    return await database.read(select(GameRow).order_by(col(GameRow.start), col(GameRow.id)))


async def links(database: Database) -> Sequence[LinkRow]:
    return await database.read(select(LinkRow).order_by(col(LinkRow.id)))


async def left_out_listings(database: Database) -> Sequence[LeftOutRow]:
    return await database.read(select(LeftOutRow).order_by(col(LeftOutRow.id)))


async def decisions(database: Database, contract_id: ContractId) -> Sequence[LinkDecisionRow]:
    """Everything that was ever decided about a contract, the newest first."""
    wanted = select(LinkDecisionRow).where(col(LinkDecisionRow.contract_id) == contract_id)
    return await database.read(wanted.order_by(col(LinkDecisionRow.id).desc()))


async def rules_text(database: Database, rules_hash: str) -> str | None:
    """The rules that a hash stands for."""
    found = await database.read(select(RulesRow).where(col(RulesRow.hash) == rules_hash))
    return found[0].text if found else None
