"""What was decided about a contract, each time it was decided differently."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlmodel import col, select

from app.domain.markets import ContractId, EventId, VenueId
from app.domain.propositions import Polarity, Proposition
from app.domain.teams import Reason
from app.history.database import Database
from app.history.statements import proposition_of, reasons_of
from app.history.tables import LinkDecisionRow
from app.history.upserts import storable


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision. `withdrawn`: it was linked, and is left out since, for the reason given."""

    number: int  # grows with each decision about any contract
    at: datetime
    venue: VenueId
    event_id: EventId
    contract_id: ContractId
    proposition: Proposition
    polarity: Polarity | None
    verdict: str  # a Verdict, or "withdrawn"
    confidence: float
    reasons: tuple[Reason, ...]
    rules_hash: str
    overridden_by: str


async def list_decisions(database: Database, contract_id: ContractId) -> Sequence[Decision]:
    """Everything that was ever decided about a contract, the newest first."""
    if storable(contract_id) != contract_id:
        return ()  # Postgres would refuse the question itself
    wanted = select(LinkDecisionRow).where(col(LinkDecisionRow.contract_id) == contract_id)
    return [_decision(row) for row in await database.read(wanted.order_by(col(LinkDecisionRow.id).desc()))]


def _decision(row: LinkDecisionRow) -> Decision:
    told = {name: getattr(row, name) for name in Decision.__struct_fields__ if name in LinkDecisionRow.model_fields}
    said = {"number": row.id, "proposition": proposition_of(row), "reasons": reasons_of(row.reasons)}
    return msgspec.convert({**told, **said}, Decision)
