"""What executors were asked for and have said of it: the part that every door to them shares."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from app.domain.instructions import Instruction
from app.errors import AccessDenied, NotFound, OrderRejected
from app.history.instructions import find_instruction
from app.resources import Resources
from app.wishes import BEGUN, Who
from routers.access import Caller, needs
from routers.dependencies import History
from routers.errors import problems
from routers.trading_answers import InstructionAnswer

router = APIRouter(prefix="/instructions", tags=["orders"], dependencies=[needs("read")])

WORD_WITHIN = 1.0  # seconds that an executor is waited for

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="Anything that you use once: the same wish under the same key is done once, however often it is "
        "sent; another wish under it is refused with 409.",
    ),
]
LATER: dict[int | str, dict[str, object]] = {
    202: {"description": "Asked, and not done yet: look where `Location` says.", "model": InstructionAnswer}
}


@router.get("/{instruction_id}", summary="What became of a wish", responses=problems(404, 422, 503))
async def read_instruction(
    instruction_id: Annotated[str, Path(max_length=300, examples=["order:5b0c2c1f6d1e"])], history: History
) -> InstructionAnswer:
    """An order, a cancel, a close or a reset that was asked for."""
    found = await find_instruction(history, instruction_id)
    if found is None:
        raise NotFound(f"nothing was asked under {instruction_id}", remedy="Look where `Location` said.")
    return InstructionAnswer.model_validate(found)


def who_asks(request: Request, opened: Resources, kind: str, key: str = "", of: str = "") -> Who:
    """The caller. `kind`: of the account that it is about; `of`: what the key is used for. Raises AccessDenied: paper
    accounts are opened by the scope `paper`, those of real money by `live` alone."""
    caller: Caller = request.state.caller
    if caller.scopes.isdisjoint({"admin", kind}):
        raise AccessDenied(
            f"the key '{caller.name}' has not the scope {kind}, and the account is one of {kind} money",
            remedy=f"Make one that has: `crosscourt keys create NAME --scopes {kind}`.",
        )
    return Who(caller.name, opened.clock(), key and f"{of} {key}")


def is_later(said: Instruction) -> bool:
    """Nobody has said what became of it. Raises OrderRejected where it was refused."""
    if said.state == "expired":
        raise OrderRejected(
            said.outcome or "nobody took it up in time",
            remedy="GET /accounts shows who trades for it, GET /health/workers how that worker is; then ask again.",
        )
    if said.state == "refused":
        raise OrderRejected(said.outcome or "whoever trades for the account has refused it")
    return said.state in BEGUN


def later(said: Instruction, response: Response) -> InstructionAnswer:
    """It was asked: where to look for what becomes of it."""
    response.status_code = 202
    response.headers["location"] = f"/instructions/{said.id}"
    return InstructionAnswer.model_validate(said)
