"""The ledger of one process: what its accounts have, in memory, and durable before it is so.

Every booking computes the difference that it makes between what the fills of its contract come to without it and with
it, and writes that with the fill in one statement. So a process may die anywhere: Postgres is balanced, and whoever
loads the account next goes on from there.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from asyncpg import PostgresError, UniqueViolationError  # type: ignore[import-untyped]

from app.domain.ledgers import Balances, Book
from app.domain.markets import ContractId
from app.domain.money import Money
from app.domain.orders import AccountId, Fill, FillId, Order, OrderChange
from app.domain.positions import Position, Settlement
from app.domain.prices import Nanos
from app.domain.signals import Detector
from app.errors import Conflict
from app.history.accounts import Seat, must_be_seated
from app.history.database import Database
from app.history.deposits import begin_anew, put_in
from app.history.differences import Booking, hear_fill, pay_out, take_out
from app.history.holdings import UNKNOWN, Held, read_contract, read_open, read_purse
from app.history.signals import World

TRIES = 4  # of one booking, each on what Postgres has by then
CLOSED_KEPT = 2_000  # contracts of an account that hold nothing any more: their fills are told again for a while

_SIGNS: Mapping[Book, int] = {"cash": 1, "positions": 1, "fees": 1, "realised": -1, "deposits": -1}
_BALANCES = "SELECT book, (sum(amount) * 1000000)::bigint FROM entries WHERE account = $1::text GROUP BY book"


class _Books:
    """What an account has, as this process knows it. While `is_certain` is False a statement is on its way, or was when
    its connection broke: then all is read again before it is used."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.is_certain = False
        self.cash = 0
        self.deposits = 0
        self.held: dict[ContractId, Held] = {}
        self.open: dict[ContractId, Position] = {}

    def keep(self, contract_id: ContractId, held: Held) -> None:
        self.held.pop(contract_id, None)
        self.held[contract_id] = held  # in the last place: what has rested longest is forgotten first
        if held.position is not None and held.position.size:
            self.open[contract_id] = held.position
        else:
            self.open.pop(contract_id, None)
        if len(self.held) > len(self.open) + CLOSED_KEPT:
            del self.held[next(name for name in self.held if name not in self.open)]


class Ledger:
    """Books fills and settlements of the accounts whose seat this process has. Every write raises Superseded when
    another has the seat, and HistoryUnavailable when nobody knows whether it was written: then it may be tried again,
    and is not written twice."""

    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self.world = world  # of all that is booked here, for whoever shows it
        self._accounts: dict[AccountId, _Books] = {}

    async def load(self, account: AccountId) -> None:
        """Read the account into memory, after its seat was taken."""
        books = self._books(account)
        async with books.turn:
            await self._read(account, books)

    def positions(self, account: AccountId) -> Mapping[ContractId, Position]:
        """What the account holds; until it is loaded nothing. What is given changes with every booking."""
        return self._books(account).open

    def cash(self, account: AccountId) -> Money:
        """What it can pay with; winnings that are not paid yet are not in it. 0 when it is not loaded."""
        books = self._accounts.get(account)
        return Money(0 if books is None else books.cash)

    async def book(
        self,
        seat: Seat,
        order: Order,
        fill: Fill,
        change: OrderChange | None = None,
        detector: Detector | None = None,
    ) -> Position | None:
        """Write a fill and all that follows from it, with a transition of its order if given; the position then. None:
        the fill is known, and nothing was written, the transition neither. One told as undone is taken out, or not let
        in when it comes. Raises Conflict when there is no such order, or the transition is not its next."""

        def told(held: Held) -> Booking | None:
            return hear_fill(held, order, fill, change, detector)

        return await self._carry_out(seat, order.contract_id, told)

    async def undo(self, seat: Seat, order: Order, fill_id: FillId, at: Nanos) -> Position | None:
        """Take a fill out, for good; the position then. None: it does not count, and nothing was written."""
        await self._look_up(seat.account, order.contract_id)
        return await self._carry_out(seat, order.contract_id, lambda held: take_out(held, order, fill_id, at))

    async def settle(self, seat: Seat, settlement: Settlement) -> Position | None:
        """Turn all that the account has of the contract to cash; the position then. None: it never had any, or that is
        done. What a fill that comes later adds is paid by the same."""
        await self._look_up(seat.account, settlement.contract_id)
        return await self._carry_out(seat, settlement.contract_id, lambda held: pay_out(held, settlement))

    async def deposit(self, account: AccountId, amount: Money, who: str, id: str, at: datetime) -> bool:  # noqa: A002
        """Put money in, or take it out when negative; False when that is done already. Raises Conflict when it was
        another amount, and when there is not so much to take out."""
        is_new = await put_in(self._database, account, amount, who, id, at)
        if account in self._accounts:
            await self.hear_deposits(account)
        return is_new

    async def hear_deposits(self, account: AccountId) -> Money:
        """Take in what others have put in or taken out; the cash then."""
        books = self._books(account)
        async with books.turn:
            await self._be_certain(account, books)
            deposits = (await read_purse(self._database, account)).deposits
            books.cash += deposits - books.deposits
            books.deposits = deposits
            return Money(books.cash)

    async def reset(self, seat: Seat, amount: Money, who: str, id: str, at: datetime) -> bool:  # noqa: A002
        """Let a paper account begin anew with so much money, and nothing else; False when that is done already. Raises
        Conflict when it is not a paper account, or has orders of which something may still come."""
        books = self._books(seat.account)
        async with books.turn:
            books.is_certain = False
            is_new = await begin_anew(self._database, seat, amount, who, id, at)
            await self._read(seat.account, books)
            return is_new

    async def _carry_out(
        self, seat: Seat, contract_id: ContractId, plan: Callable[[Held], Booking | None]
    ) -> Position | None:
        books = self._books(seat.account)
        async with books.turn:
            await self._be_certain(seat.account, books)
            for _ in range(TRIES):
                booking = plan(books.held.get(contract_id, UNKNOWN))
                if booking is None:
                    return None
                if await self._is_written(books, seat, contract_id, booking):
                    books.cash += booking.cash
                    books.keep(contract_id, booking.after)
                    return booking.after.position if booking.moves else None
                await self._look_again(books, seat.account, contract_id)
        raise Conflict(f"{seat.account!r} and {contract_id}: what is booked contradicts what is written")

    async def _is_written(self, books: _Books, seat: Seat, contract_id: ContractId, booking: Booking) -> bool:
        """False: Postgres has something else than this process knows."""
        books.is_certain = False
        booking.values["fence"] = seat.fence
        try:
            rows = await booking.statement.run(self._database, booking.values)
        except UniqueViolationError:
            books.is_certain = True
            return False
        except PostgresError:  # it refused the statement, so nothing of it was written
            books.is_certain = True
            raise
        ((is_seated, is_asked, is_moved),) = rows
        must_be_seated(seat, is_seated)
        books.is_certain = True
        if not is_asked:
            raise Conflict(
                f"{contract_id}: there is no such order of {seat.account!r}, or the transition is not its next"
            )
        return bool(is_moved)

    async def _look_again(self, books: _Books, account: AccountId, contract_id: ContractId) -> None:
        if contract_id in books.held:  # somebody else has written, and perhaps more than this
            await self._read(account, books)
        books.keep(contract_id, await read_contract(self._database, account, contract_id))

    async def _look_up(self, account: AccountId, contract_id: ContractId) -> None:
        books = self._books(account)
        async with books.turn:
            await self._be_certain(account, books)
            if contract_id not in books.held:
                books.keep(contract_id, await read_contract(self._database, account, contract_id))

    def _books(self, account: AccountId) -> _Books:
        return self._accounts.get(account) or self._accounts.setdefault(account, _Books())

    async def _be_certain(self, account: AccountId, books: _Books) -> None:
        if not books.is_certain:
            await self._read(account, books)

    async def _read(self, account: AccountId, books: _Books) -> None:
        books.is_certain = False
        found = await read_open(self._database, account)
        books.cash, books.deposits = await read_purse(self._database, account)
        books.held.clear()
        books.open.clear()
        for held in found:
            assert held.position is not None  # it is open
            books.keep(held.position.contract_id, held)
        books.is_certain = True


async def balances(database: Database, account: AccountId) -> Balances:
    """What the books of an account hold, all of one moment."""
    told = {row[0]: row[1] for row in await database.run(_BALANCES, account)}
    return Balances(*(Money(_SIGNS[book] * int(str(told.get(book, 0)))) for book in _SIGNS))
