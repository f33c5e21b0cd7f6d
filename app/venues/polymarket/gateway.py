"""Polymarket with real money: orders signed by a wallet, named by their hash before they are sent, and sent once; what
becomes of them as its user channel says."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

import httpx
import msgspec

from app.domain.markets import VenueId
from app.domain.money import Money, Size
from app.domain.orders import UNSETTLED, AccountId, AccountKind, AtVenue, Order, Prepared, Report, Standing
from app.domain.parsing import NOT_READABLE
from app.domain.prices import SECOND, Nanos
from app.errors import BadInput, FeedError, FeedUnavailable, OrderRejected, OutcomeUnknown
from app.fetching import Fetcher
from app.settings import PolymarketSettings
from app.venues.calls import Answer, Caller, NotSent
from app.venues.demands import Demands
from app.venues.hearings import Hearing, OnGap
from app.venues.known_orders import Known, KnownOrders
from app.venues.permits import DAY, Permit, cost_of
from app.venues.polymarket import trading_wire as wire
from app.venues.polymarket.accounts import Account, reason_of, refused
from app.venues.polymarket.heartbeats import Heartbeat
from app.venues.polymarket.location import ask_location, words_for
from app.venues.polymarket.markets import POLYMARKET
from app.venues.polymarket.orders import SALT_BITS, may_not_rest, posted, report_placed, type_of, typed
from app.venues.polymarket.private import OnEvent, UserChannel
from app.venues.polymarket.reports import Reports
from app.venues.polymarket.typed_data import BY_WALLET, EXCHANGE, NEG_RISK_EXCHANGE, order_hash
from app.venues.polymarket.wallets import Credentials, open_wallet

SHOWN_WITHIN = 5 * SECOND  # after that, what the venue does not show it does not have
TRIED_EVERY = 120.0  # seconds
TRIED_AGAIN = 5.0  # seconds after something was found in the way

_IS_THERE = "duplicated"
_OTHER_ORDERS = "order_version_mismatch"
_FORBIDDEN = 403
_NOTHING_THERE = ("fok orders are fully filled or killed", "fak orders are partially filled or killed")

log = logging.getLogger(__name__)


class PolymarketGateway:
    """One wallet's. Raises SettingsRefused for a key that is of no use, or that others can read."""

    venue: VenueId = POLYMARKET
    kind: AccountKind = "live"

    def __init__(
        self,
        settings: PolymarketSettings,
        client: httpx.AsyncClient,
        permit: Permit,
        known: KnownOrders,
        demands: Demands,
        now: Callable[[], Nanos],
    ) -> None:
        self._settings = settings
        self._now = now
        self._permit = permit
        self._known = known
        self._demands = demands
        self._counts: Counter[str] = Counter()
        self._wallet = open_wallet(settings)
        self._holder = settings.funder or self._wallet.address
        self._base_path = httpx.URL(settings.clob_url).path.rstrip("/")
        rate = settings.orders_per_second
        self._caller = Caller(client, settings.clob_url, settings, rate, self._sign, self._counts)
        positions = Fetcher(client, settings.data_url, settings)
        self._account = Account(self._caller, positions, self._holder, settings.signature_type)
        self._reports = Reports(self._account, known, permit, self._holder, now, self._counts)
        self._hearing = Hearing(self._reports, known, now, self._counts)
        self._heartbeat = Heartbeat(self._caller, self._counts)
        self._location = Fetcher(client, settings.location_url, settings)
        self._credentials: Credentials | None = None
        self._is_let_in = asyncio.Event()
        self._trying = asyncio.Lock()

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
        """Signed, with the hash by which the venue will name it. Raises OrderRejected, also before the venue has let
        us in: what is sent says by whose key."""
        self._demands.refuse_unfit(order)
        handling = self._demands.handling(order.contract_id)
        if handling is None:
            raise OrderRejected("nobody says which of Polymarket's exchanges trades it")
        if self._credentials is None:
            raise OrderRejected(self._permit.found.get("key", "Polymarket was not tried yet"))
        exchange = NEG_RISK_EXCHANGE if handling.is_neg_risk else EXCHANGE
        kind = self._settings.signature_type
        signer = self._holder if kind == BY_WALLET else self._wallet.address
        signed = typed(order, self._holder, signer, kind, secrets.randbits(SALT_BITS), self._now())
        body = posted(order, signed, self._wallet.sign_order(signed, exchange), self._credentials.key)
        return Prepared(order, "0x" + order_hash(signed, exchange).hex(), msgspec.json.encode(body))

    async def submit(self, prepared: Prepared) -> Report:
        """Send it, once. Raises OrderRejected when it was surely not taken, OutcomeUnknown when it may have been."""
        order = prepared.order
        await self._be_tried()
        self._permit.refuse(order)
        if (left := order.send_before - self._now()) <= 0:
            raise OrderRejected("it comes too late to be sent")
        known = self._known.note(order, prepared.ref)
        self._permit.spend(order)
        if type_of(order) in ("GTC", "GTD"):
            self._heartbeat.begin()
        try:
            answer = await self._caller.send("POST", "/order", prepared.body, within=left / SECOND)
        except NotSent as error:
            self._permit.give_back(order, Size(0))
            raise OrderRejected(str(error)) from None
        placed = self._read_placed(answer)
        if answer.is_good and placed.success and not placed.error_msg:
            return await self._taken(known, placed)
        return await self._not_taken(known, answer)

    async def cancel(self, standing: Standing) -> Report:
        """Take back what is not filled; how it stands then. Raises OrderRejected, OutcomeUnknown, FeedUnavailable."""
        known = self._known.note(standing.order, standing.last.ref)
        if why := await self._account.take_back(known.ref):
            raise OrderRejected(why)
        cancelled = Report(
            order_id=standing.order.id, state="cancelled", at=self._now(), ref=known.ref, filled=known.filled
        )
        self._reports.note(known, cancelled)
        try:
            return await self._reports.look_up(standing.order, known.ref) or cancelled
        except FeedUnavailable:
            return cancelled

    async def cancel_all(self, account: AccountId) -> None:
        """Take back everything that rests, whoever has sent it. Raises FeedUnavailable."""
        try:
            await self._account.take_all_back()
        except (OrderRejected, OutcomeUnknown) as error:
            raise FeedUnavailable(str(error)) from None

    async def look_up(self, standing: Standing) -> Report | None:
        """How it stands, with its fills; None: the venue never had it. Raises FeedUnavailable, also as long as one that
        was just sent may be on its way."""
        order, last = standing.order, standing.last
        known = self._known.note(order, last.ref)
        was_there = last.state in ("open", "partly_filled")
        report = await self._reports.look_up(order, known.ref, was_there=was_there)
        if report is None and self._now() < last.at + SHOWN_WITHIN:
            raise FeedUnavailable("Polymarket does not show the order yet")
        return report

    async def at_venue(self, account: AccountId, since: Nanos) -> AtVenue:
        """Everything that the venue has of the wallet, whichever account of ours has sent it; fills of this account
        since then. Raises FeedUnavailable."""
        asked_at = self._now()
        shown, fills, positions, (balance, _) = await asyncio.gather(
            self._account.orders(), self._reports.fills_since(since), self._account.positions(), self._account.balance()
        )
        return AtVenue(
            orders=tuple([await self._open_order(one) for one in shown]),
            fills=tuple(fill for known, fill in fills if known.order.account == account),
            positions=positions,
            balance=balance,
            asked_at=asked_at,
        )

    async def hear(self, told: Callable[[Report], object]) -> None:
        """Tell what becomes of orders, until cancelled; try now and then whether all is well, and keep what rests."""
        await self._hearing.listen(told, self._keep_channel, self._keep_trying(), self._heartbeat.keep())

    # The way there

    def _sign(self, method: str, path: str, body: bytes) -> Mapping[str, str]:
        seconds = self._now() // SECOND
        if self._credentials is None:
            return self._wallet.attest(seconds)
        plain = path.removeprefix(self._base_path).partition("?")[0]
        return self._credentials.headers(self._wallet.address, seconds, method, plain, body)

    async def _keep_channel(self, on_event: OnEvent, on_gap: OnGap) -> None:
        await self._is_let_in.wait()
        assert self._credentials is not None  # that is what is waited for
        channel = UserChannel(self._settings, self._credentials, self._counts, self._now, on_event, on_gap)
        await channel.keep()

    async def _be_tried(self) -> None:
        """Before the first order: whether the place may trade, the key is taken, and what the wallet has."""
        async with self._trying:
            if not self._permit.was_tried:
                await self._try()

    async def _keep_trying(self) -> None:
        while True:
            async with self._trying:
                await self._try()
            await asyncio.sleep(TRIED_AGAIN if self._permit.found else TRIED_EVERY)

    async def _try(self) -> None:
        await self._try_location()
        try:
            if self._credentials is None:
                self._credentials = await self._ask_to_be_let_in()
                self._is_let_in.set()
            balance, may_take = await self._account.balance()
            is_closing_only = await self._account.is_closing_only()
            if not self._permit.was_tried:
                self._permit.begin_day(await self._spent_today())
        except (FeedUnavailable, OutcomeUnknown) as error:
            self._permit.note("key", f"Polymarket does not let us in: {error}")
            return
        self._permit.note("key", "")
        self._permit.note_entries("balance", "" if balance > 0 else "there is no money in the wallet")
        self._permit.note_entries("allowance", "" if may_take else "the exchange may not take the wallet's money")
        self._permit.note_entries("ban", "Polymarket lets the wallet close only" if is_closing_only else "")
        self._permit.was_tried = True

    async def _try_location(self) -> None:
        """What cannot be asked is as good as a no."""
        try:
            self._permit.note("location", words_for(await ask_location(self._location)))
        except FeedError as error:
            self._permit.note("location", f"Polymarket does not say whether this location may trade: {error}")

    async def _ask_to_be_let_in(self) -> Credentials:
        """The wallet's keys to the interface; always the same, made if there are none yet. Raises FeedUnavailable and
        OutcomeUnknown."""
        try:
            told = await self._caller.read("/auth/derive-api-key", wire.API_KEY)
        except FeedUnavailable as error:
            if error.status not in (400, 404):
                raise
            answer = await self._caller.send("POST", "/auth/api-key")
            if not answer.is_good:
                raise FeedUnavailable(reason_of(answer), status=answer.status) from None
            told = self._read_key(answer)
        return Credentials(told.api_key, told.secret, told.passphrase)

    def _read_key(self, answer: Answer) -> wire.ApiKey:
        try:
            return wire.API_KEY.decode(answer.body)
        except NOT_READABLE:  # what it says may quote the key
            raise FeedUnavailable("Polymarket's answer to a wish for a key cannot be read") from None

    async def _spent_today(self) -> Money:
        spent, today = 0, Nanos(self._now() // DAY * DAY)
        for known, fill in await self._reports.fills_since(today):
            if known.order.side == "buy" and fill.venue_time >= today and fill.stage != "undone":
                spent += cost_of(fill.price, fill.size)
        return Money(spent)

    # What comes back

    def _read_placed(self, answer: Answer) -> wire.Placed:
        """Raises OutcomeUnknown where it says nothing."""
        try:
            return wire.PLACED.decode(answer.body)
        except NOT_READABLE as error:
            if answer.is_good:
                raise OutcomeUnknown(f"the answer to an order cannot be read: {error}") from None
            return wire.Placed()

    async def _taken(self, known: Known, placed: wire.Placed) -> Report:
        if placed.order_id and placed.order_id != known.ref:
            log.error("an order has another name", extra={"ours": known.ref, "theirs": placed.order_id})
            self._permit.note("names", "Polymarket names orders otherwise than we do: nothing more is sent")
        try:
            report = self._reports.note(known, report_placed(known.order, placed, known.ref, self._now()))
        except BadInput as error:
            raise OutcomeUnknown(f"the answer to an order cannot be read: {error}") from None
        if report.state in UNSETTLED and may_not_rest(known.order) and placed.status != "delayed":
            return await self._found(known) or report
        return report

    async def _not_taken(self, known: Known, answer: Answer) -> Report:
        """Raises what the answer means."""
        error = OrderRejected(reason_of(answer)) if answer.is_good else refused(answer)
        if isinstance(error, OutcomeUnknown):
            raise error
        said = str(error).lower()
        if _IS_THERE in said:
            self._counts["duplicates"] += 1
            if (report := await self._found(known)) is not None:
                return report
            raise OutcomeUnknown("Polymarket has this order and does not show it")
        self._permit.give_back(known.order, Size(0))
        self._counts["rejected"] += 1
        if _OTHER_ORDERS in said:
            self._permit.note("version", "Polymarket takes orders of another version than we sign")
        if answer.status == _FORBIDDEN:
            self._permit.note("location", f"Polymarket takes no orders from here: {error}")
        if any(words in said for words in _NOTHING_THERE):
            return Report(order_id=known.order.id, state="cancelled", at=self._now(), ref=known.ref, reason=str(error))
        raise error

    async def _found(self, known: Known) -> Report | None:
        try:
            return await self._reports.look_up(known.order, known.ref)
        except FeedUnavailable:
            return None

    async def _open_order(self, shown: wire.ShownOrder) -> Report:
        known = await self._known.find(shown.id)
        report = self._reports.shown(known, shown) if known else None
        return report or self._reports.foreign(shown)
