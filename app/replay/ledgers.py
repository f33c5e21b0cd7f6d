"""The ledger in memory: the arithmetic of Postgres's, without Postgres."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec.structs import replace

from app.domain.ledgers import Balances
from app.domain.markets import ContractId
from app.domain.money import ONE_DOLLAR, Money
from app.domain.orders import AccountId, Fill, FillId, Order, OrderChange
from app.domain.positions import Position, Settlement
from app.domain.prices import SECOND, Nanos
from app.domain.signals import Detector
from app.history.accounts import Seat
from app.history.differences import Booking, hear_fill, pay_out, take_out
from app.history.holdings import UNKNOWN, Held
from app.history.lookouts import Key, Purse, Watched
from app.positions.stakes import REMEMBERED
from app.replay.journals import MemoryJournal

DAY = 86_400 * SECOND


class Books:
    """What one account has. `spent`: on purchases of the `day` (since 1970, UTC)."""

    def __init__(self) -> None:
        self.balances = Balances()
        self.spent = self.day = 0
        self.held: dict[ContractId, Held] = {}
        self.open: dict[ContractId, Position] = {}

    def put_in(self, amount: Money) -> None:
        has = self.balances
        self.balances = replace(has, cash=Money(has.cash + amount), deposits=Money(has.deposits + amount))

    def keep(self, contract_id: ContractId, after: Held) -> None:
        """This is what was done with the contract."""
        before = self.held.get(contract_id, UNKNOWN).dealings.holding
        holding, has = after.dealings.holding, self.balances
        self.balances = replace(
            has,
            cash=Money(has.cash + holding.cash - before.cash),
            positions=Money(has.positions + holding.cost - before.cost),
            fees=Money(has.fees + holding.fees - before.fees),
            realised=Money(has.realised + holding.realised - before.realised),
        )
        self.held[contract_id] = after
        self.open.pop(contract_id, None)
        if after.position is not None and after.position.size:
            self.open[contract_id] = after.position

    def note_spent(self, amount: int, day: int) -> None:
        self.spent = amount + (self.spent if self.day == day else 0)
        self.day = day


class MemoryLedger:
    """Keeps what the ledger in Postgres keeps; `moved`: positions that are another since somebody took them away."""

    def __init__(self, journal: MemoryJournal) -> None:
        self._journal = journal
        self._books: dict[AccountId, Books] = {}
        self.moved: dict[Key, None] = {}

    @property
    def accounts(self) -> Mapping[AccountId, Books]:
        return self._books

    def deposit(self, account: AccountId, amount: Money) -> None:
        """An account begins with so much."""
        self._books.setdefault(account, Books()).put_in(amount)

    async def load(self, account: AccountId) -> None:
        self._books.setdefault(account, Books())

    def positions(self, account: AccountId) -> Mapping[ContractId, Position]:
        return self._books.setdefault(account, Books()).open

    def cash(self, account: AccountId) -> Money:
        return self._books[account].balances.cash if account in self._books else Money(0)

    async def book(
        self,
        seat: Seat,
        order: Order,
        fill: Fill,
        change: OrderChange | None = None,
        detector: Detector | None = None,
    ) -> Position | None:
        def told(held: Held) -> Booking | None:
            return hear_fill(held, order, fill, change, detector)

        position = self._carry_out(seat, order.contract_id, told)
        if position is not None:
            self._journal.keep_fill(fill)
            if order.side == "buy":
                paid = -(-fill.price * fill.size // ONE_DOLLAR) + fill.fee
                self._books[seat.account].note_spent(paid, fill.received_at // DAY)
            if change is not None:
                self._journal.move(change)
        return position

    async def undo(self, seat: Seat, order: Order, fill_id: FillId, at: Nanos) -> Position | None:
        position = self._carry_out(seat, order.contract_id, lambda held: take_out(held, order, fill_id, at))
        if position is not None:
            self._journal.drop_fill(order.id, fill_id)
        return position

    async def settle(self, seat: Seat, settlement: Settlement) -> Position | None:
        return self._carry_out(seat, settlement.contract_id, lambda held: pay_out(held, settlement))

    async def reset(self, seat: Seat, amount: Money, who: str, id: str, at: datetime) -> bool:  # noqa: A002
        raise NotImplementedError("nobody asks that of a tape")

    def _carry_out(
        self, seat: Seat, contract_id: ContractId, plan: Callable[[Held], Booking | None]
    ) -> Position | None:
        books = self._books[seat.account]
        booking = plan(books.held.get(contract_id, UNKNOWN))
        if booking is None:
            return None
        books.keep(contract_id, booking.after)
        self.moved[seat.account, contract_id] = None
        return booking.after.position if booking.moves else None


class Lookout:
    """What the accounts hold and own now, as whoever counts their stakes asks for it."""

    def __init__(self, ledger: MemoryLedger, now: Callable[[], Nanos]) -> None:
        self._ledger = ledger
        self._now = now

    @property
    def open(self) -> Mapping[Key, Watched]:
        return {
            (account, contract_id): Watched(position, None)
            for account, books in self._ledger.accounts.items()
            for contract_id, position in books.open.items()
        }

    @property
    def closed(self) -> Mapping[Key, Position]:
        since = self._now() - REMEMBERED
        return {
            (account, contract_id): held.position
            for account, books in self._ledger.accounts.items()
            for contract_id, held in books.held.items()
            if held.position is not None and held.position.closed_at >= since
        }

    @property
    def purses(self) -> Mapping[AccountId, Purse]:
        today = self._now() // DAY
        return {
            account: Purse(books.balances, Money(books.spent if books.day == today else 0))
            for account, books in self._ledger.accounts.items()
            if books.balances.deposits
        }
