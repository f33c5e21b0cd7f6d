"""Kalshi with real money: orders over REST, each sent once, and what becomes of them as its private channels say."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import msgspec

from app.domain.markets import ContractId, VenueId
from app.domain.money import Money, Size
from app.domain.orders import AccountId, AccountKind, AtVenue, Order, Prepared, Report, Standing
from app.domain.parsing import NOT_READABLE
from app.domain.prices import SECOND, Nanos
from app.errors import BadInput, FeedUnavailable, OrderRejected, OutcomeUnknown, SettingsRefused
from app.settings import KalshiSettings
from app.venues.calls import Answer, Caller, NotSent, words_of
from app.venues.demands import Demands
from app.venues.hearings import Hearing, OnGap
from app.venues.kalshi import trading_wire as wire
from app.venues.kalshi.feed import SIGNED_FROM
from app.venues.kalshi.markets import KALSHI
from app.venues.kalshi.orders import (
    asked_for,
    contract_of,
    held_of,
    reason_of,
    report_cancelled,
    report_taken,
)
from app.venues.kalshi.portfolios import Portfolio
from app.venues.kalshi.private import OnFrame, PrivateChannel
from app.venues.kalshi.reports import Reports
from app.venues.kalshi.signing import Signer
from app.venues.known_orders import KnownOrders
from app.venues.permits import DAY, Permit, cost_of

ORDERS = "/portfolio/events/orders"
SHOWN_WITHIN = 5 * SECOND  # after that, what Kalshi does not list it does not have
TRIED_EVERY = 120.0  # seconds
TRIED_AGAIN = 5.0  # seconds after something was found in the way

_TIMED_OUT = 408
_CONFLICT = 409
_IS_THERE = ("already_exists", "already exists", "duplicate")
_KILLED = "fill_or_kill"

log = logging.getLogger(__name__)


class KalshiGateway:
    """One key's. Raises SettingsRefused for a key that is of no use, or that others can read."""

    venue: VenueId = KALSHI
    kind: AccountKind = "live"

    def __init__(
        self,
        settings: KalshiSettings,
        client: httpx.AsyncClient,
        permit: Permit,
        known: KnownOrders,
        demands: Demands,
        now: Callable[[], Nanos],
    ) -> None:
        if settings.key_id is None or settings.private_key_file is None:
            raise SettingsRefused("orders at Kalshi want a key: set KALSHI__KEY_ID and KALSHI__PRIVATE_KEY_FILE")
        self._settings = settings
        self._now = now
        self._permit = permit
        self._known = known
        self._demands = demands
        self._counts: Counter[str] = Counter()
        self._signer = Signer(settings.key_id, settings.private_key_file)
        rate = settings.orders_per_second
        self._caller = Caller(client, settings.base_url, settings, rate, self._sign, self._counts)
        self._portfolio = Portfolio(self._caller)
        self._reports = Reports(self._portfolio, known, permit, now, self._counts)
        self._trying = asyncio.Lock()
        self._hearing = Hearing(self._reports, known, now, self._counts)

    @property
    def counts(self) -> Mapping[str, int]:
        """Requests, and what went wrong, by kind, since the start."""
        return dict(self._counts)

    @property
    def trouble(self) -> str:
        """Why nothing can be traded now, for people; empty when it can."""
        return self._permit.trouble

    async def be_tried(self, within: float) -> None:
        """The first orders after a start come before the first look."""
        if not self._permit.was_tried:
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self._be_tried()

    def prepare(self, order: Order) -> Prepared:
        """As Kalshi takes it; it names an order only once it has it, and knows it by our own name. Raises
        OrderRejected."""
        self._demands.refuse_unfit(order)
        return Prepared(order, "", msgspec.json.encode(asked_for(order, self._now())))

    async def submit(self, prepared: Prepared) -> Report:
        """Send it, once. Raises OrderRejected when it was surely not taken, OutcomeUnknown when it may have been."""
        order = prepared.order
        await self._be_tried()
        self._permit.refuse(order)
        if (left := order.send_before - self._now()) <= 0:
            raise OrderRejected("it comes too late to be sent")
        known = self._known.note(order)
        self._permit.spend(order)
        try:
            answer = await self._caller.send("POST", ORDERS, prepared.body, within=left / SECOND)
        except NotSent as error:
            self._permit.give_back(order, Size(0))
            raise OrderRejected(str(error)) from None
        if answer.is_good:
            return self._reports.note(known, self._read_taken(order, answer))
        return await self._read_refused(order, answer)

    async def cancel(self, standing: Standing) -> Report:
        """Take back what is not filled; how it stands then. Raises OrderRejected, OutcomeUnknown, FeedUnavailable."""
        order, ref = standing.order, standing.last.ref
        known = self._known.note(order, ref)
        if not known.ref and await self.look_up(standing) is None:
            raise OrderRejected("Kalshi never had it")
        answer = await self._caller.send("DELETE", f"{ORDERS}/{known.ref}")
        if not answer.is_good:
            raise self._refused(answer)
        try:
            cancelled = wire.ORDER_CANCELLED.decode(answer.body)
            return self._reports.note(known, report_cancelled(order, cancelled, known.filled, self._now()))
        except (*NOT_READABLE, BadInput) as error:
            raise OutcomeUnknown(f"the answer to a cancellation cannot be read: {error}") from None

    async def cancel_all(self, account: AccountId) -> None:
        """Take back everything that rests, whoever has sent it. Raises FeedUnavailable."""
        try:
            answer = await self._caller.send("DELETE", ORDERS)
        except OutcomeUnknown as error:
            raise FeedUnavailable(str(error)) from None
        if not answer.is_good:
            raise FeedUnavailable(reason_of(answer), status=answer.status)

    async def look_up(self, standing: Standing) -> Report | None:
        """How it stands, with its fills; None: Kalshi never had it. Raises FeedUnavailable, also as long as one that
        was just sent may be on its way."""
        order, last = standing.order, standing.last
        known = self._known.note(order, last.ref)
        report = await self._reports.look_up(order, known.ref)
        if report is None and self._now() < last.at + SHOWN_WITHIN:
            raise FeedUnavailable("Kalshi does not show the order yet")
        return report

    async def at_venue(self, account: AccountId, since: Nanos) -> AtVenue:
        """Everything that Kalshi has of the key, whichever account of ours has sent it; fills of this account since
        then. Raises FeedUnavailable."""
        asked_at = self._now()
        resting, fills, held, balance = await asyncio.gather(
            self._reports.resting(),
            self._reports.fills_since(since),
            self._portfolio.positions(),
            self._portfolio.balance(),
        )
        return AtVenue(
            orders=tuple([await self._open_order(placed) for placed in resting]),
            fills=tuple(fill for known, fill in fills if known.order.account == account),
            positions=_positions(held),
            balance=balance,
            asked_at=asked_at,
        )

    async def hear(self, told: Callable[[Report], object]) -> None:
        """Tell what becomes of orders, until cancelled; and try now and then whether all is well."""
        await self._hearing.listen(told, self._keep_channel, self._keep_trying())

    # The way there

    async def _keep_channel(self, on_frame: OnFrame, on_gap: OnGap) -> None:
        given = self._settings
        path = urlsplit(given.socket_url).path
        channel = PrivateChannel(self._counts, self._now, on_frame, on_gap)
        await channel.keep(given.socket_url, lambda: self._sign("GET", path, b""), given.longest_wait)

    def _sign(self, method: str, path: str, _: bytes) -> Mapping[str, str]:
        return self._signer.headers(method, "".join(path.partition(SIGNED_FROM)[1:]), self._now())

    async def _be_tried(self) -> None:
        """Before the first order: whether the key is taken, and what it has."""
        async with self._trying:
            if not self._permit.was_tried:
                await self._try()

    async def _keep_trying(self) -> None:
        while True:
            async with self._trying:
                await self._try()
            await asyncio.sleep(TRIED_AGAIN if self._permit.found else TRIED_EVERY)

    async def _try(self) -> None:
        try:
            is_trading, balance = await self._portfolio.is_trading(), await self._portfolio.balance()
            if not self._permit.was_tried:
                self._permit.begin_day(await self._spent_today())
        except FeedUnavailable as error:
            self._permit.note("key", f"Kalshi does not let us in: {error}")
            return
        self._permit.note("key", "")
        self._permit.note("exchange", "" if is_trading else "Kalshi is closed")
        self._permit.note_entries("balance", "" if balance > 0 else "there is no money at Kalshi")
        self._permit.was_tried = True

    async def _spent_today(self) -> Money:
        """What today's fills of our orders have cost, where they opened something."""
        spent = 0
        today = Nanos(self._now() // DAY * DAY)
        for known, fill in await self._reports.fills_since(today):
            if known.order.side == "buy" and fill.venue_time >= today:
                spent += cost_of(fill.price, fill.size)
        return Money(spent)

    # What comes back

    def _read_taken(self, order: Order, answer: Answer) -> Report:
        try:
            return report_taken(order, wire.ORDER_TAKEN.decode(answer.body), self._now())
        except (*NOT_READABLE, BadInput) as error:
            raise OutcomeUnknown(f"the answer to an order cannot be read: {error}") from None

    async def _read_refused(self, order: Order, answer: Answer) -> Report:
        """Raises what the answer means."""
        refused = self._refused(answer)
        if isinstance(refused, OutcomeUnknown):
            raise refused
        said = str(refused).lower()
        if answer.status == _CONFLICT and any(word in said for word in _IS_THERE):
            self._counts["duplicates"] += 1
            if (report := await self._found(order)) is not None:
                return report
            raise OutcomeUnknown("Kalshi has an order of this name and does not show it")
        self._permit.give_back(order, Size(0))
        self._counts["rejected"] += 1
        if order.time_in_force == "fok" and _KILLED in said:
            return Report(order_id=order.id, state="cancelled", at=self._now(), reason=str(refused))
        raise refused

    async def _found(self, order: Order) -> Report | None:
        try:
            return await self._reports.look_up(order, "")
        except FeedUnavailable:
            return None

    def _refused(self, answer: Answer) -> OrderRejected | OutcomeUnknown:
        """Kalshi's own no is certain; an accident on the way is not."""
        if 400 <= answer.status < 500 and answer.status != _TIMED_OUT:
            return OrderRejected(reason_of(answer))
        return OutcomeUnknown(words_of(answer))

    async def _open_order(self, placed: wire.PlacedOrder) -> Report:
        known = await self._reports.owner(placed.order_id, placed.client_order_id)
        report = self._reports.placed(known, placed, self._now()) if known else None
        return report or self._reports.foreign(placed, self._now())


def _positions(held: Sequence[wire.Held]) -> dict[ContractId, Size]:
    """Raises FeedUnavailable."""
    try:
        counted = {one.ticker: held_of(one) for one in held}
    except BadInput as error:
        raise FeedUnavailable(f"what is held at Kalshi cannot be read: {error}") from None
    return {contract_of(ticker, count): Size(abs(count)) for ticker, count in counted.items() if count}
