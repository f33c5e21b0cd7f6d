"""Accounts: who trades for them and what is in their books; opening one, putting paper money in, beginning anew."""

import secrets
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.ledgers import Balances
from app.domain.orders import AccountId, AccountKind
from app.errors import Conflict, NotFound
from app.history.accounts import find_account, list_accounts, open_account
from app.history.deposits import put_in
from app.history.ledger import balances
from app.history.trading_tables import AccountRow
from app.resources import Resources
from app.wishes import ask_reset, tell_account, word_on
from routers.access import Caller, needs
from routers.amounts import MoneyText
from routers.answers import Answer
from routers.dependencies import Opened
from routers.errors import problems
from routers.instructions import LATER, WORD_WITHIN, Key, is_later, later, who_asks
from routers.order_questions import AccountQuestion, DepositQuestion, ResetQuestion
from routers.trading_answers import SIMULATED, InstructionAnswer

router = APIRouter(prefix="/accounts", tags=["money"])

ACCOUNT: JsonDict = {
    "id": "manual",
    "kind": "paper",
    "note": "Orders of people.",
    "opened_by": "crosscourt",
    "opened_at": "2026-01-09T00:00:00Z",
    "closed_at": None,
    "holder": "host:4711:9f31",
    "seated_at": "2026-01-09T00:00:04Z",
    "cash": "9911.55",
    "positions": "88.45",
    "fees": "12.35",
    "realised": "12.35",
    "deposits": "10000",
    "is_balanced": True,
    "simulated": False,
}

AccountPath = Annotated[str, Path(max_length=60, examples=["manual"])]


class AccountBooksAnswer(Answer):
    """An account with its books: cash, positions and fees are together what was deposited and what was realised."""

    model_config = ConfigDict(json_schema_extra={"example": ACCOUNT})

    id: str
    kind: AccountKind
    note: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    holder: str = Field(description="The process that trades for it; empty: none has yet.")
    seated_at: datetime | None = Field(description="Since when.")
    cash: MoneyText
    positions: MoneyText = Field(description="What they have cost, without fees.")
    fees: MoneyText
    realised: MoneyText
    deposits: MoneyText
    is_balanced: bool
    simulated: bool = Field(description=SIMULATED)

    @classmethod
    def of(cls, row: AccountRow, books: Balances, *, is_simulated: bool) -> Self:
        told = {name: getattr(books, name) for name in Balances.__struct_fields__}
        return cls.model_validate(
            {**row.model_dump(), **told, "is_balanced": books.is_balanced, "simulated": is_simulated}
        )


@router.get("", summary="Accounts", responses=problems(503), dependencies=[needs("read")])
async def list_all(opened: Opened) -> list[AccountBooksAnswer]:
    """All there ever were, the oldest first, each with its books of one moment."""
    return [await _answer(opened, row) for row in await list_accounts(opened.history)]


@router.get("/{account}", summary="One account", responses=problems(404, 422, 503), dependencies=[needs("read")])
async def read_account(account: AccountPath, opened: Opened) -> AccountBooksAnswer:
    """Who trades for it, and its books."""
    return await _answer(opened, await _find(opened, account))


@router.post(
    "",
    summary="Open a paper account",
    status_code=201,
    responses=problems(401, 403, 409, 422, 503),
    dependencies=[needs("admin")],
)
async def open_new(
    question: AccountQuestion, opened: Opened, request: Request, response: Response
) -> AccountBooksAnswer:
    """With its first deposit, if any. Refused with 409 where there is one of this name."""
    caller: Caller = request.state.caller
    name, now = AccountId(question.id), opened.clock()
    if not await open_account(opened.history, name, question.kind, question.note, caller.name, now):
        raise Conflict(f"there is an account '{name}' already", remedy="Take another name, or use that one.")
    if question.deposit > 0:
        await put_in(opened.history, name, question.deposit, caller.name, f"opening:{name}", now)
    await tell_account(opened.hot, name)
    response.headers["location"] = f"/accounts/{name}"
    return await _answer(opened, await _find(opened, name))


@router.post(
    "/{account}/deposits",
    summary="Put paper money in",
    status_code=201,
    responses=problems(401, 403, 404, 409, 422, 503),
    dependencies=[needs("admin")],
)
async def deposit(
    account: AccountPath, question: DepositQuestion, opened: Opened, request: Request, key: Key = ""
) -> AccountBooksAnswer:
    """Once for each `Idempotency-Key`. An account of real money has what its venue says, so nothing is put in here."""
    caller: Caller = request.state.caller
    row = await _find(opened, account)
    if row.kind != "paper":
        raise Conflict(f"{account} holds real money", remedy="Pay in at its venue; what is there is found by itself.")
    name = f"{caller.name}:{key}" if key else secrets.token_hex(12)
    await put_in(opened.history, AccountId(row.id), question.amount, caller.name, f"{account}:{name}", opened.clock())
    await tell_account(opened.hot, AccountId(row.id))
    return await _answer(opened, row)


@router.post(
    "/{account}/reset",
    summary="Begin a paper account anew",
    response_model=AccountBooksAnswer | InstructionAnswer,
    responses={**LATER, **problems(401, 403, 404, 409, 422, 503)},
    dependencies=[needs("admin")],
)
async def reset(
    account: AccountPath,
    question: ResetQuestion,
    opened: Opened,
    request: Request,
    response: Response,
    key: Key = "",
) -> AccountBooksAnswer | InstructionAnswer:
    """Open orders are taken back, positions are given up, and it stands at so much money. The ledger keeps what was."""
    row = await _find(opened, account)
    who = who_asks(request, opened, row.kind, key, account)
    asked = await ask_reset(opened.hot, opened.history, row, question.balance, who)
    said = await word_on(opened.history, asked, WORD_WITHIN)
    return later(said, response) if is_later(said) else await _answer(opened, await _find(opened, account))


async def _find(opened: Resources, account: str) -> AccountRow:
    found = await find_account(opened.history, AccountId(account))
    if found is None:
        raise NotFound(f"there is no account {account}", remedy="GET /accounts lists those there are.")
    return found


async def _answer(opened: Resources, row: AccountRow) -> AccountBooksAnswer:
    books = await balances(opened.history, AccountId(row.id))
    return AccountBooksAnswer.of(row, books, is_simulated=opened.settings.simulation.is_on)
