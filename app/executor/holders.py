"""What the accounts are worth and have at stake: told to the trading core whenever it matters, and written down now and
then."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, get_args

import msgspec

from app.clock import moment_of
from app.domain.inputs import Held
from app.domain.money import Money
from app.domain.orders import AccountId
from app.domain.positions import Position
from app.domain.prices import SECOND, Nanos
from app.domain.risks import Account, Holdings
from app.history.equity import Equity
from app.history.lookouts import Key, News, Purse, Watched
from app.intake import Intake
from app.positions.stakes import REMEMBERED, holdings_of, losses_of
from app.positions.sweeps import Worth

STRATEGIES: tuple[Account, ...] = get_args(Account)
TOLD_EVERY = 10 * SECOND  # while nothing but prices has changed, and those a little
A_LITTLE = 1_000  # of so many parts of the equity, one


class Accounts(Protocol):
    """What all accounts hold and own, as of one moment; `closed` within the last hour."""

    @property
    def open(self) -> Mapping[Key, Watched]: ...

    @property
    def closed(self) -> Mapping[Key, Position]: ...

    @property
    def purses(self) -> Mapping[AccountId, Purse]: ...


class Holders:
    """One per process. `accounts`: what Postgres has; `trader_of`: who trades what one account of the core finds, so
    that limits count what that one has."""

    def __init__(
        self, intake: Intake, accounts: Accounts, trader_of: Callable[[Account], AccountId] = AccountId
    ) -> None:
        self._intake = intake
        self._trader_of = trader_of
        self._accounts = accounts
        self._heights: dict[AccountId, Money] = {}  # of what was earned
        self._stakes: dict[Account, Holdings] = {}
        self._told: dict[Account, tuple[Nanos, Holdings]] = {}

    def know_heights(self, heights: Mapping[AccountId, Money]) -> None:
        """As they were written down before this process began."""
        for account, gain in heights.items():
            self._heights[account] = max(gain, self._heights.get(account, gain))

    def equity(self, worths: Mapping[AccountId, Worth]) -> Sequence[Equity]:
        """Of every account, now."""
        at = moment_of(self._intake.now())
        return [self._equity(account, purse, worths, at) for account, purse in self._accounts.purses.items()]

    def take(self, news: News, told: Iterable[Equity]) -> int:
        """What is news for the core is told to it; to how many accounts that happened."""
        for account in news.was_reset:
            self._heights[account] = Money(0)
        changed = {account for account, _ in news.changed}
        found = {each.account: each for each in told}
        for each in found.values():
            self._heights[each.account] = max(each.gain, self._heights.get(each.account, Money(0)))
        traders = ((name, self._trader_of(name)) for name in STRATEGIES)
        return sum(self._tell(name, found[trader], changed, news) for name, trader in traders if trader in found)

    def _tell(self, account: Account, equity: Equity, changed: set[AccountId], news: News) -> bool:
        now, before = self._intake.now(), self._told.get(account)
        held = self._holdings(account, equity, is_other=equity.account in changed or news.is_of_money)
        if before is not None and not _is_news(held, before[1]) and 0 <= now - before[0] < TOLD_EVERY:
            return False
        self._told[account] = now, held
        self._intake.put(Held(held, now))
        return True

    def _holdings(self, account: Account, equity: Equity, *, is_other: bool) -> Holdings:
        name = equity.account
        peak = Money(self._heights[name] + equity.balances.deposits)
        known = self._stakes.get(account)
        if known is None or is_other or self._is_forgiven(known):
            known = self._stakes[account] = self._counted(account, equity)
        return msgspec.structs.replace(known, equity=equity.total, peak=max(peak, equity.total))

    def _is_forgiven(self, known: Holdings) -> bool:
        """Its oldest loss, in time."""
        return bool(known.losses) and self._intake.now() - known.losses[0].at >= REMEMBERED

    def _counted(self, account: Account, equity: Equity) -> Holdings:
        name, now = equity.account, self._intake.now()
        open_ones = [each.position for key, each in self._accounts.open.items() if key[0] == name]
        closed = [each for key, each in self._accounts.closed.items() if key[0] == name]
        losses = losses_of(closed, frozenset(each.trade_id for each in open_ones), now)
        spent = self._accounts.purses.get(name, Purse()).spent
        total = equity.total
        return holdings_of(account, open_ones, equity=total, peak=total, spent_today=spent, losses=losses)

    def _equity(self, account: AccountId, purse: Purse, worths: Mapping[AccountId, Worth], at: datetime) -> Equity:
        worth = worths.get(account, Worth())
        return Equity(account=account, at=at, value=worth.value, unpaid=worth.unpaid, balances=purse.balances)


def _is_news(held: Holdings, before: Holdings) -> bool:
    """Something else than a little of its worth."""
    moved = max(abs(held.equity - before.equity), abs(held.peak - before.peak))
    if moved * A_LITTLE > abs(before.equity):
        return True
    return msgspec.structs.replace(held, equity=before.equity, peak=before.peak) != before
