"""Money that people put into an account or take out of it, the accounts that everybody begins with, and a paper account
that begins anew."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import text

from app.domain.ledgers import PostingKind
from app.domain.money import Money, money, money_text
from app.domain.orders import AccountId
from app.domain.risks import DOLLAR, RiskLimits
from app.errors import BadInput, Conflict, NotFound
from app.history.accounts import Seat, must_be_seated, open_account
from app.history.database import Database
from app.history.trading_tables import UNSETTLED
from app.history.upserts import storable

MANUAL_BANKROLL = Money(10_000 * DOLLAR)
OPENED_BY = "crosscourt"

# While the account is held nobody books, so there is as much cash as is read.
_HELD = text("SELECT kind FROM accounts WHERE id = :account FOR NO KEY UPDATE")
_SEATED = text("SELECT kind FROM accounts WHERE id = :account AND fence = :fence FOR NO KEY UPDATE")
_CASH = text("SELECT COALESCE(sum(amount), 0) FROM entries WHERE account = :account AND book = 'cash'")
_DONE = text("""
    SELECT account, CAST((SELECT amount FROM entries WHERE posting_id = id AND place = 0) * 1000000 AS bigint)
    FROM postings WHERE id = :id
""")
_UNSETTLED = text(f"SELECT count(*) FROM orders WHERE account = :account AND {UNSETTLED.text}")
_POST = text("INSERT INTO postings (id, account, kind, at, note) VALUES (:id, :account, :kind, :at, :note)")
_PUT_IN = text("""
    INSERT INTO entries (posting_id, place, account, book, contract_id, amount)
    VALUES (:id, 0, :account, 'cash', '', CAST(:amount AS bigint) * 0.000001),
           (:id, 1, :account, 'deposits', '', CAST(:amount AS bigint) * -0.000001)
""")
_EMPTY = text("""
    INSERT INTO entries (posting_id, place, account, book, contract_id, amount)
    SELECT :id, row_number() OVER (ORDER BY book, contract_id) - 1, :account, book, contract_id, sum(amount)
    FROM (
        SELECT book, contract_id, -amount AS amount FROM entries WHERE account = :account
        UNION ALL VALUES ('cash', '', CAST(:amount AS bigint) * 0.000001),
                         ('deposits', '', CAST(:amount AS bigint) * -0.000001)
    ) AS gone
    GROUP BY book, contract_id HAVING sum(amount) <> 0
""")
_CLOSE = text("""
    UPDATE positions
    SET size = 0, cost = 0, fees = 0, realised = 0, version = version + 1, changed_at = :at,
        closed_at = COALESCE(closed_at, :at)
    WHERE account = :account AND (size, cost, fees, realised) <> (0, 0, 0, 0)
""")


async def open_default_accounts(database: Database, limits: RiskLimits, at: datetime) -> None:
    """The paper accounts that everybody begins with, each with its first deposit; those that are there stay as they
    are."""
    for name, amount, note in (
        ("arbitrage", limits.bankroll, "What is taken of edges between contracts."),
        ("model", limits.model_bankroll, "What is taken of fair values."),
        ("manual", MANUAL_BANKROLL, "Orders of people."),
    ):
        account, opening = AccountId(name), f"opening:{name}"
        await open_account(database, account, "paper", note, OPENED_BY, at)
        async with database.transaction() as connection:
            is_there = (await connection.execute(_DONE, {"id": f"deposit:{opening}"})).first()
        if is_there is None:
            await put_in(database, account, amount, OPENED_BY, opening, at)


async def put_in(database: Database, account: AccountId, amount: Money, who: str, id: str, at: datetime) -> bool:  # noqa: A002
    """Put money into an account, or take it out when negative; False when that is done already. Raises NotFound, and
    Conflict when `id` was another amount or account, or when there is not so much to take out."""
    if not amount:
        raise BadInput("a deposit of nothing")
    async with database.transaction() as connection:
        if (await connection.execute(_HELD, {"account": account})).first() is None:
            raise NotFound(f"there is no account {account!r}")
        done = (await connection.execute(_DONE, {"id": f"deposit:{id}"})).first()
        if done is not None:
            _must_be_the_same(id, done[0], Money(done[1]), account, amount)
            return False
        cash = await _cash(connection, account)
        if amount < 0 and cash + amount < 0:
            raise Conflict(
                f"{account!r} has {money_text(cash)} dollars, and {money_text(Money(-amount))} were asked for"
            )
        kind: PostingKind = "deposit" if amount > 0 else "withdrawal"
        await _post(connection, f"deposit:{id}", account, kind, who, at)
        await connection.execute(_PUT_IN, {"id": f"deposit:{id}", "account": account, "amount": amount})
        return True


async def begin_anew(database: Database, seat: Seat, amount: Money, who: str, id: str, at: datetime) -> bool:  # noqa: A002
    """Take everything out of a paper account and put so much in; its positions are closed at what they have cost, and
    fills from before count no more. False when that is done already. Raises Superseded and Conflict."""
    if amount < 0:
        raise BadInput("an account cannot begin with less than nothing")
    named = {"id": f"reset:{id}", "account": seat.account, "amount": amount, "at": at}
    async with database.transaction() as connection:
        found = (await connection.execute(_SEATED, {"account": seat.account, "fence": seat.fence})).first()
        must_be_seated(seat, found)
        if found is not None and found[0] != "paper":
            raise Conflict(f"{seat.account!r} is real money, and nobody can begin that anew")
        if (await connection.execute(_DONE, {"id": named["id"]})).first() is not None:
            return False
        if (await connection.execute(_UNSETTLED, {"account": seat.account})).scalar():
            raise Conflict(f"{seat.account!r} has open orders", remedy="Take them back first, then reset it.")
        await _post(connection, f"reset:{id}", seat.account, "reset", who, at)
        await connection.execute(_EMPTY, named)
        await connection.execute(_CLOSE, named)
        return True


def _must_be_the_same(name: str, there: str, was: Money, account: AccountId, amount: Money) -> None:
    if there != account or was != amount:
        raise Conflict(f"{name!r} was a deposit of {money_text(was)} dollars into {there!r}")


async def _cash(connection: AsyncConnection, account: AccountId) -> Money:
    return money(str((await connection.execute(_CASH, {"account": account})).scalar_one()))


async def _post(
    connection: AsyncConnection, name: str, account: AccountId, kind: PostingKind, who: str, at: datetime
) -> None:
    note = storable(f"by {who}")
    await connection.execute(_POST, {"id": name, "account": account, "kind": kind, "at": at, "note": note})
