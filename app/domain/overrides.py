"""Overrides: what a person says of one contract against the matcher, and what it was said about."""

from datetime import datetime

import msgspec

from app.domain.links import Verdict
from app.domain.markets import ContractId
from app.domain.propositions import Polarity, Proposition
from app.domain.teams import Reason


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """A person's verdict. It was given about this rules text, and clears these doubts and no others."""

    contract_id: ContractId
    verdict: Verdict
    reason: str  # in the person's words
    proposition: Proposition  # what the contract was read as
    polarity: Polarity | None
    doubts: tuple[Reason, ...] = ()  # what was not in agreement
    rules_hash: str
    said_by: str
    said_at: datetime
