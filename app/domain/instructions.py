"""What an executor is asked to do. Each is written down before anybody is told of it, and done once."""

from datetime import datetime
from typing import Literal, NewType

import msgspec

from app.domain.orders import AccountId, OrderId

InstructionId = NewType("InstructionId", str)
InstructionKind = Literal["order", "cancel", "close", "settle", "reset", "lose_answer"]
InstructionState = Literal["waiting", "taken", "done", "refused", "expired"]


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One wish. `body`: by its kind one of the structs below, as plain values. `outcome`: what became of it, in words;
    `order_id`: the first order that was made for it."""

    id: InstructionId
    kind: InstructionKind
    account: AccountId
    body: dict[str, object]
    asked_by: str
    asked_at: datetime
    expires_at: datetime  # it is not begun after that
    state: InstructionState = "waiting"
    outcome: str = ""
    order_id: OrderId | None = None


class OrderWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of "order". Prices and sizes are integers of the domain; `expires_at` in nanoseconds, of "gtd"."""

    contract_id: str
    side: Literal["buy", "sell"]
    limit: int
    size: int
    time_in_force: Literal["fok", "ioc", "gtc", "gtd"] = "ioc"
    is_post_only: bool = False
    expires_at: int = 0


class CancelWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of "cancel"."""

    order_id: str


class CloseWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of "close": sell `size` of a position (None: all of it), each for at least `limit` (None: what is paid
    now, less the slip of its rules). `version`: of the position that was looked at; 0 for any."""

    contract_id: str
    rule: str = "manual"
    limit: int | None = None
    size: int | None = None
    version: int = 0


class SettleWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of "settle": the venue pays so much for each, in 1/10,000 dollar."""

    contract_id: str
    pays: int
    expected: int | None = None
    source: str = ""


class ResetWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of "reset": of a paper account. Everything that rests is taken back, positions are given up, and the
    account stands at so many micro-dollars."""

    balance: int


class LoseAnswerWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of "lose_answer": of a paper account, for a drill. The next order of it that a venue takes gets no
    answer, as happens with real ones."""


Body = OrderWanted | CancelWanted | CloseWanted | SettleWanted | ResetWanted | LoseAnswerWanted
BODIES: dict[InstructionKind, type[Body]] = {
    "order": OrderWanted,
    "cancel": CancelWanted,
    "close": CloseWanted,
    "settle": SettleWanted,
    "reset": ResetWanted,
    "lose_answer": LoseAnswerWanted,
}
