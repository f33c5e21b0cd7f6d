"""The account of real money: it exists when trading is live, and stands in for the one that takes edges on paper."""

import logging
from contextlib import suppress

import httpx

from app.domain.money import Money
from app.domain.orders import AccountId, Order, OrderId
from app.domain.risks import Account
from app.errors import Conflict, FeedError, Unavailable
from app.executor.markets import Markets
from app.history.accounts import open_account
from app.history.ledger import Ledger
from app.history.orders import Journal
from app.history.permissions import LivePermission
from app.resources import Resources
from app.venues.demands import Demands
from app.venues.roster import open_gateways

LIVE = AccountId("live")
STANDS_IN_FOR: Account = "arbitrage"  # fair values stay on paper until a model has beaten the market
OPENING = "deposit:live:opening"
PLATFORM = "platform"

log = logging.getLogger(__name__)


def trader_of(account: Account, *, is_live: bool) -> AccountId:
    """Who trades what an account of the core finds."""
    return LIVE if is_live and account == STANDS_IN_FOR else AccountId(account)


class LiveAccount:
    """`gateways`: empty on paper."""

    def __init__(
        self, resources: Resources, client: httpx.AsyncClient, journal: Journal, ledger: Ledger, markets: Markets
    ) -> None:
        self._resources = resources
        self._journal = journal
        self._ledger = ledger
        self._permission = LivePermission(resources.history)
        self._is_funded = False
        self.gateways = open_gateways(
            resources.settings,
            client,
            is_enabled=self._permission.covers,
            recall=self._recall,
            demands=Demands(markets.handling, markets.grid),
        )

    def stands_in_for(self, account: Account) -> AccountId:
        """Who trades the signals of an account."""
        return trader_of(account, is_live=bool(self.gateways))

    async def open(self) -> None:
        """The account is there once trading was live. Raises HistoryUnavailable."""
        if self.gateways:
            note = "Real money."
            await open_account(self._resources.history, LIVE, "live", note, PLATFORM, self._resources.clock())
            await self.look()

    async def look(self) -> None:
        """Whether a person allows it still; and once, what there is at the venues to begin with."""
        if not self.gateways:
            return
        await self._permission.look()
        if not self._is_funded:
            try:
                await self._note_funds()
            except (FeedError, Unavailable) as error:
                log.warning("the venues do not say what there is", extra={"error": str(error)})

    async def _note_funds(self) -> None:
        """What lay there before us is a deposit; noted once for all times."""
        now = self._resources.intake.now()
        there = [await gateway.at_venue(LIVE, now) for gateway in self.gateways]
        balance = Money(sum(each.balance for each in there))
        if balance:
            with suppress(Conflict):  # it was noted by whoever came first, and has been traded with since
                await self._ledger.deposit(LIVE, balance, PLATFORM, OPENING, self._resources.clock())
        self._is_funded = True

    async def _recall(self, name: str) -> Order | None:
        found = await self._journal.find(OrderId(name)) or await self._journal.find_ref(name)
        return None if found is None else found.order
