"""What paper accounts can spend."""

from collections.abc import Callable
from typing import NamedTuple

from app.domain.markets import ContractId
from app.domain.money import Money, Size
from app.domain.orders import AccountId, FillId, OrderId
from app.domain.prices import SECOND, Nanos

BOOKED_WITHIN = 2 * SECOND  # a fill that nobody has said is booked is in the ledger by then


class Spent(NamedTuple):
    account: AccountId
    amount: int  # micro-dollars
    at: Nanos


class Purse:
    """The ledger's cash, less what open buys may yet cost, and what was paid for fills that the ledger does not have
    yet. Gateways of several venues share one, so that no account spends its money at each of them."""

    def __init__(self, cash: Callable[[AccountId], Money]) -> None:
        self.cash = cash
        self._held: dict[OrderId, tuple[AccountId, Money]] = {}
        self._spent: dict[FillId, Spent] = {}

    def usable(self, account: AccountId, now: Nanos) -> Money:
        """What a new order may cost at most."""
        self._spent = {name: spent for name, spent in self._spent.items() if now - spent.at < BOOKED_WITHIN}
        held = sum(amount for holder, amount in self._held.values() if holder == account)
        spent = sum(each.amount for each in self._spent.values() if each.account == account)
        return Money(self.cash(account) - held - spent)

    def hold(self, order_id: OrderId, account: AccountId, amount: Money) -> None:
        """An open order may yet cost so much; 0: nothing any more."""
        if amount:
            self._held[order_id] = account, amount
        else:
            self._held.pop(order_id, None)

    def spend(self, fill_id: FillId, account: AccountId, amount: int, now: Nanos) -> None:
        """A fill has cost so much, and the ledger will have it in a moment. What is sold pays only once it is there."""
        if amount > 0:
            self._spent[fill_id] = Spent(account, amount, now)

    def note_booked(self, fill_id: FillId) -> None:
        """The ledger has it."""
        self._spent.pop(fill_id, None)


class Stocks:
    """How many contracts each account holds at the venue."""

    def __init__(self) -> None:
        self._held: dict[tuple[AccountId, ContractId], Size] = {}

    def of(self, account: AccountId) -> dict[ContractId, Size]:
        """All that it holds."""
        return {contract: size for (holder, contract), size in self._held.items() if holder == account}

    def held(self, account: AccountId, contract_id: ContractId) -> int:
        return self._held.get((account, contract_id), 0)

    def put(self, account: AccountId, contract_id: ContractId, size: int) -> None:
        """It holds so many now."""
        self._held[account, contract_id] = Size(size)
        if not size:
            del self._held[account, contract_id]

    def clear(self, account: AccountId, contract_id: ContractId | None = None) -> None:
        """It holds nothing any more: of one contract, or at all."""
        for place in [place for place in self._held if place[0] == account and contract_id in (None, place[1])]:
            del self._held[place]
