"""Compares every account with what its venues have, at the start and again and again, and mends what needs no person:
an order is asked about, a fill that was not heard is booked, one that its venue has undone is taken out, an order that
nobody waits for is taken back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.domain.markets import ContractId, VenueId
from app.domain.money import Money, Size
from app.domain.orders import AccountId, AccountKind, AtVenue, Fill, Report, Side
from app.domain.prices import SECOND, Nanos
from app.errors import CrosscourtError, FeedError, Unavailable
from app.execution.reconciliations import (
    SETTLES_WITHIN,
    Difference,
    Ours,
    cost_at_most,
    differences,
    lasting,
    money_difference,
    vanished,
)
from app.executor.desks import Desk
from app.ports import Gateway

EVERY = 10.0  # seconds
LOOKS_BACK = 3_600 * SECOND  # for fills
MARGIN = 60 * SECOND  # of what is so old a venue may count otherwise than we do

log = logging.getLogger(__name__)


class Reconciled(NamedTuple):
    """One account at one venue. `trouble`: why it could not be compared."""

    account: AccountId
    venue: VenueId
    at: Nanos
    differences: tuple[Difference, ...]
    balance: Money = Money(0)
    trouble: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.differences and not self.trouble


Pair = tuple[AccountId, VenueId]
Dealt = Callable[[AccountId, ContractId, Nanos, Nanos], Awaitable[Sequence[tuple[Side, Fill]]]]


class Reconciliation:
    """Of the accounts of one process. `dealt`: what an account has bought and sold of a contract between two moments,
    as it is booked."""

    def __init__(
        self, desks: Callable[[], Sequence[tuple[Desk, AccountKind]]], now: Callable[[], Nanos], dealt: Dealt
    ) -> None:
        self._desks = desks
        self._now = now
        self._dealt = dealt
        self._seen: dict[Pair, Sequence[Difference]] = {}
        self._money_seen: dict[AccountId, Sequence[Difference]] = {}
        self.results: dict[Pair, Reconciled] = {}

    @property
    def is_clean(self) -> bool:
        """Whether everything was compared, and nothing differs."""
        return bool(self.results) and all(each.is_clean for each in self.results.values())

    async def keep_comparing(self, told: Callable[[Mapping[Pair, Reconciled]], Awaitable[None]]) -> None:
        """Until cancelled."""
        while True:
            await self.compare()
            await told(self.results)
            is_same = self.is_clean and not any(self._seen.values())
            await asyncio.sleep(EVERY if is_same else EVERY / 4)

    async def compare(self) -> None:
        """Each account with each of its venues, once."""
        pairs = [(desk, gateway) for desk, _ in self._desks() for gateway in desk.gateways.values()]
        results = await asyncio.gather(*(self._compared(desk, gateway) for desk, gateway in pairs))
        self.results = {(each.account, each.venue): each for each in results}
        for desk, kind in self._desks():
            if kind == "live":
                self._compare_money(desk)

    def _compare_money(self, desk: Desk) -> None:
        """The cash of an account lies at all its venues together."""
        mine = {pair: each for pair, each in self.results.items() if pair[0] == desk.account}
        if not mine or any(each.trouble for each in mine.values()):
            return
        resting = [each for each in desk.unsettled if each.order.side == "buy"]
        held_back = Money(sum(cost_at_most(each) for each in resting))  # some venues take it off at once, some do not
        theirs = Money(sum(each.balance for each in mine.values()))
        found = money_difference(desk.ledger.cash(desk.account), theirs, held_back)
        counted = lasting(found, self._money_seen.get(desk.account, ()))
        self._money_seen[desk.account] = found
        pair, last = next(iter(mine.items()))
        self.results[pair] = last._replace(differences=(*last.differences, *counted))

    async def _compared(self, desk: Desk, gateway: Gateway) -> Reconciled:
        pair, now = (desk.account, gateway.venue), self._now()
        try:
            theirs = await gateway.at_venue(desk.account, Nanos(now - LOOKS_BACK))
            ours = await self._ours(desk, gateway.venue, theirs)
            found = differences(ours, theirs, now)
            counted, self._seen[pair] = lasting(found, self._seen.get(pair, ())), found
            for each in found:
                await self._mend(desk, each, theirs)
            for each in counted if gateway.kind == "live" else ():
                await self._take_out(desk, each, theirs, now)
        except (FeedError, Unavailable) as error:
            return Reconciled(*pair, now, (), trouble=str(error))
        for each in counted:
            log.warning("differs from its venue", extra={"account": desk.account, "difference": each.words})
        return Reconciled(*pair, now, tuple(counted), theirs.balance)

    async def _ours(self, desk: Desk, venue: VenueId, theirs: AtVenue) -> Ours:
        held = desk.ledger.positions(desk.account).values()
        return Ours(
            [standing for standing in desk.unsettled if standing.order.venue == venue],
            await desk.booked_among([fill.id for fill in theirs.fills]),
            {position.contract_id: position.size for position in held if position.venue == venue},
        )

    async def _mend(self, desk: Desk, difference: Difference, theirs: AtVenue) -> None:
        try:
            match difference.name:
                case "orphan":
                    await self._take_back(desk, difference.subject, theirs.orders)
                case "ghost" | "drift":
                    standing = desk.standing_of(difference.subject)
                    if standing is not None:
                        await desk.ask_about(standing)
                case "fill":
                    fills = [fill for fill in theirs.fills if fill.id == difference.subject]
                    for fill in fills:
                        await desk.take_fill(fill)
                case "position" | "balance":
                    pass  # nobody but a person knows which of the two is right, unless a fill was undone
        except CrosscourtError as error:
            log.warning(
                "could not be mended",
                extra={"account": desk.account, "difference": difference.words, "error": str(error)},
            )

    async def _take_out(self, desk: Desk, difference: Difference, theirs: AtVenue, now: Nanos) -> None:
        """What a venue has undone without a word; seen twice, and not of a moment ago."""
        if difference.name != "position":
            return
        contract_id = ContractId(difference.subject)
        position = desk.ledger.positions(desk.account).get(contract_id)
        ours, there = position.size if position else Size(0), theirs.positions.get(contract_id, Size(0))
        since, until = Nanos(now - LOOKS_BACK + MARGIN), Nanos(now - SETTLES_WITHIN)
        dealt = await self._dealt(desk.account, contract_id, since, until)
        for fill in vanished(dealt, ours, there, theirs.fills):
            standing = desk.standing_of(fill.order_id)
            trace = "" if standing is None else standing.order.trade_id
            log.warning("a venue has undone a fill", extra={"trace": trace, "account": desk.account, "fill": fill.id})
            await desk.take_fill(msgspec.structs.replace(fill, stage="undone"))

    async def _take_back(self, desk: Desk, subject: str, reports: Sequence[Report]) -> None:
        """Only what we have sent ourselves: another may trade in the same account by hand."""
        report = next(each for each in reports if subject in (each.ref, each.order_id))
        await desk.take_back_stray(report)
