"""What accounts do on a venue's floor, beside its makers: they take what stands there, rest, are filled, are paid."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

import msgspec

from app.sandbox.accounts import Account, Fill, Order, Settled, Stage
from app.sandbox.books import Book, Change
from app.sandbox.exchanges import Exchange
from app.sandbox.faults import Fault, Faults, Kind
from app.sandbox.gamma_ids import hash_of
from app.sandbox.grids import DOLLAR, Grid
from app.sandbox.makers import Ladder, milliseconds
from app.sandbox.markets import Market
from app.sandbox.takings import Takings

REST = 0.02  # seconds between two looks at what is due
PAID_EVERY = 250  # milliseconds between two looks at what was settled

Charge = Callable[[Order, int, int, bool], int]  # order, price, size, whether it takes → micro-dollars


class Teller(Protocol):
    """Who hears what becomes of orders: a private channel."""

    def order_changed(self, order: Order, what: str) -> None:
        """`what`: "placed", "updated", "canceled"."""
        ...

    def filled(self, fill: Fill) -> None:
        """A fill, or another word about one."""
        ...


class Hit(msgspec.Struct, frozen=True):
    """What an order can have at a price: of the makers, or of an account's order."""

    price: int
    size: int
    order: Order | None = None


class Desk:
    """The accounts of one venue. `path`: where orders are taken, for faults; `steps`: what becomes of a fill, and after
    how many milliseconds; `has_wipes`: what rests is cancelled when a game begins."""

    def __init__(
        self,
        exchange: Exchange,
        charge: Charge,
        faults: Faults,
        path: str,
        steps: tuple[tuple[Stage, int], ...] = (("confirmed", 0),),
        *,
        has_wipes: bool = False,
    ) -> None:
        self.exchange = exchange
        self.faults = faults
        self.tellers: list[Teller] = []
        self.accounts: list[Account] = []
        self._charge = charge
        self._path = path
        self._steps = steps
        self._has_wipes = has_wipes
        self._takings = Takings()
        self._resting: dict[str, list[Order]] = {}
        self._quoted: dict[str, Ladder] = {}  # what makers last had, less what was taken of it
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = itertools.count(1)
        self._paid_at = 0
        self._pulse: asyncio.Task[None] | None = None
        exchange.customers = self

    def now(self) -> int:
        """Unix milliseconds."""
        return milliseconds(self.exchange.clock())

    def strikes(self, kind: Kind, market: Market, method: str = "") -> Fault | None:
        """The fault of this kind that strikes what somebody does in a market, if any."""
        return self.faults.take_deed(kind, self._path, (market.id, *market.tokens), method)

    def stand_in(self, market: Market, ladder: Ladder | None) -> Ladder | None:
        """The makers' ladder without what was taken of it and with what rests here, once the two have met."""
        if ladder is None:
            self._quoted.pop(market.id, None)
            for order in tuple(self._resting.get(market.id, ())):
                self._withdraw(order, "market closed")
            return None
        left = self._quoted[market.id] = self._takings.left(market.id, ladder)
        for order in tuple(self._resting.get(market.id, ())):
            self._meet(order, left)
        resting = self._resting.get(market.id)
        return _with_orders(left, resting) if resting else left

    def reach(self, order: Order) -> int:
        """How much of it could be filled at once."""
        found = (hit.size for hit in self._hits(order) if hit.order is None or hit.order.account is not order.account)
        return min(order.size, sum(found))

    def hold(self, order: Order, seconds: float, then: Callable[[Order], None]) -> None:
        """Take it, and let it wait, out of reach, until it is placed."""
        order.status = "delayed"
        self._accept(order)
        self.later(round(seconds * 1000), partial(then, order))

    def place(self, order: Order) -> None:
        """Let it have what stands there; what is left rests or is withdrawn. It was checked before."""
        if order.status != "delayed":
            self._accept(order)
        order.status = "resting"
        self._match(order)

    def cancel(self, order: Order, reason: str = "") -> int:
        """Take back what is not filled; how much that was."""
        left = order.left
        self._withdraw(order, reason)
        self.exchange.book(order.market.id)
        return left

    def amend(self, order: Order, price: int, left: int) -> None:
        """Let it ask for so much, at this price, from now on; it goes to the end of the queue."""
        self._remove(order)
        order.size += left - order.left
        order.price, order.left, order.changed = price, left, self.now()
        self._tell(order, "updated")
        self._match(order)

    def open_orders(self, account: Account) -> list[Order]:
        return [order for order in account.orders.values() if order.is_open]

    def later(self, milliseconds_from_now: int, do: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now() + milliseconds_from_now, next(self._numbers), do))
        self._wake()

    def catch_up(self) -> None:
        """Do what is due."""
        now = self.now()
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()
        if now - self._paid_at >= PAID_EVERY:
            self._paid_at = now
            for account in self.accounts:
                self._pay(account, now)

    def level_changed(self, book: Book, change: Change, *, is_trade: bool) -> None:
        """Only that somebody looks at books in which something rests."""

    def grid_changed(self, book: Book, before: Grid) -> None:
        """Nothing to do."""

    def looked(self, book: Book) -> None:
        """Nothing to do."""

    def _accept(self, order: Order) -> None:
        """It is the account's from now on."""
        order.account.orders[order.id] = order
        hidden = self.strikes("hidden", order.market)
        if hidden:
            order.hidden_until = self.now() + round(hidden.seconds * 1000)
        self._tell(order, "placed")

    def _match(self, order: Order) -> None:
        for hit in self._hits(order):
            if not order.left:
                break
            if hit.order is None or hit.order.account is not order.account:
                self._trade(order, hit)
            elif order.stops_makers:
                self._withdraw(hit.order, "self trade")
            else:
                self._withdraw(order, "self trade")
        if order.left and order.time_in_force in ("gtc", "gtd"):
            self._rest(order)
        elif order.left:
            self._withdraw(order, "not filled")
        self.exchange.book(order.market.id)

    def _hits(self, order: Order) -> Iterator[Hit]:
        """What it reaches, best first; at a price makers before accounts, these in the order in which they came."""
        self.exchange.book(order.market.id)
        quoted = self._quoted.get(order.market.id)
        if quoted is None:
            return
        makers = quoted.asks if order.is_bid else quoted.bids
        others = [one for one in self._resting.get(order.market.id, ()) if one.is_bid != order.is_bid]
        prices = {*makers, *(one.price for one in others)}
        for price in sorted(prices, reverse=not order.is_bid):
            if not _reaches(order, price):
                return
            if price in makers:
                yield Hit(price, makers[price])
            for one in others:
                if one.price == price and one.is_open:
                    yield Hit(price, one.left, one)

    def _trade(self, order: Order, hit: Hit) -> None:
        size = min(order.left, hit.size)
        if hit.order:
            self._fill(hit.order, hit.price, size, is_taker=False, counter=order.id)
        else:
            self._take(order.market, is_bid=not order.is_bid, price=hit.price, size=size)
        self._fill(order, hit.price, size, is_taker=True, counter=hit.order.id if hit.order else "")

    def _meet(self, order: Order, makers: Ladder) -> None:
        """Makers have come to its price, or past it: they take it."""
        levels = makers.asks if order.is_bid else makers.bids
        for price in sorted(levels, reverse=not order.is_bid):
            if not order.left or not _reaches(order, price):
                return
            size = min(order.left, levels[price])
            self._take(order.market, is_bid=not order.is_bid, price=price, size=size)
            self._fill(order, order.price, size, is_taker=False, counter="")

    def _take(self, market: Market, *, is_bid: bool, price: int, size: int) -> None:
        quoted = self._quoted[market.id]
        self._takings.note(market.id, quoted, is_bid=is_bid, price=price, size=size, at=self.now())

    def _fill(self, order: Order, price: int, size: int, *, is_taker: bool, counter: str) -> None:
        number, at = next(self._numbers), self.now()
        fill = Fill(
            id=f"{hash_of('fill', f'{order.id}:{number}')[2:34]}",
            order=order,
            price=price,
            size=size,
            is_taker=is_taker,
            fee=self._charge(order, price, size, is_taker),
            at=at,
            stage=self._steps[0][0],
            changed=at,
            counter=counter or hash_of("maker", f"{order.id}:{number}"),
        )
        order.left -= size
        order.changed = at
        if not order.left:
            self._remove(order)
            order.status = "executed"
        order.account.take(fill)
        for teller in self.tellers:
            teller.filled(fill)
        self._tell(order, "updated")
        self._follow_up(fill)

    def _follow_up(self, fill: Fill) -> None:
        market = fill.order.market
        ghost = self.strikes("ghost", market)
        if ghost:
            wait = round(ghost.seconds * 1000)
            if len(self._steps) > 1:  # a chain tries again before it gives up
                self.later(wait // 2, partial(self._step, fill, "retrying"))
            self.later(wait, partial(self._undo, fill))
            return
        for stage, after in self._steps[1:]:
            self.later(after, partial(self._step, fill, stage))
        self._wake()

    def _step(self, fill: Fill, stage: Stage) -> None:
        fill.stage, fill.changed = stage, self.now()
        for teller in self.tellers:
            teller.filled(fill)

    def _undo(self, fill: Fill) -> None:
        order = fill.order
        order.account.undo(fill, self.now())
        if order.status == "executed":
            order.status = "canceled"
        order.changed, order.reason = self.now(), "a fill was undone"
        for teller in self.tellers:
            teller.filled(fill)
        self._tell(order, "updated")

    def _rest(self, order: Order) -> None:
        market = order.market
        self._resting.setdefault(market.id, []).append(order)
        self._resting[market.id].sort(key=lambda one: (-one.price if one.is_bid else one.price, one.created))
        self.exchange.follow(market, self)
        if order.ends is not None:
            self.later(max(0, order.ends - self.now()), partial(self._expire, order, "expired"))
        if self._has_wipes and market.contest and milliseconds(market.contest.start) > self.now():
            start = milliseconds(market.contest.start)
            self.later(start - self.now(), partial(self._expire, order, "wiped"))

    def _expire(self, order: Order, reason: str) -> None:
        if order.is_open:
            self.cancel(order, reason)

    def _withdraw(self, order: Order, reason: str) -> None:
        if not order.is_open:
            return
        self._remove(order)
        order.left, order.status = 0, "canceled"
        order.changed, order.reason = self.now(), reason
        self._tell(order, "canceled")

    def _remove(self, order: Order) -> None:
        resting = self._resting.get(order.market.id, [])
        if order in resting:
            resting.remove(order)
            if not resting:
                del self._resting[order.market.id]
                self.exchange.leave(order.market, self)

    def _pay(self, account: Account, now: int) -> None:
        for key, holding in tuple(account.holdings.items()):
            market = self.exchange.quoting.markets.get(key) if holding.size else None
            ending = self.exchange.quoting.ending(market) if market else None
            if market is None or ending is None or now < ending.final:
                continue
            first = self.exchange.quoting.pays(market)
            pays = DOLLAR - first if market.tokens[1:] == (key,) else first
            had = holding.size, holding.cost, holding.fees
            payout = holding.settle(pays, now)
            account.settlements.append(Settled(market, *had, pays, payout, now, is_void=ending.is_void))
            for order in self.open_orders(account):
                if order.market.id == market.id:
                    self._withdraw(order, "market settled")

    def _tell(self, order: Order, what: str) -> None:
        for teller in self.tellers:
            teller.order_changed(order, what)

    def _wake(self) -> None:
        if self._pulse is None or self._pulse.done():
            self._pulse = asyncio.get_running_loop().create_task(self._keep_going())

    async def _keep_going(self) -> None:
        while self._due or any(holding.size for one in self.accounts for holding in one.holdings.values()):
            self.catch_up()
            await asyncio.sleep(REST)


def _reaches(order: Order, price: int) -> bool:
    return price <= order.price if order.is_bid else price >= order.price


def _with_orders(left: Ladder, resting: list[Order]) -> Ladder:
    bids, asks, at = dict(left.bids), dict(left.asks), left.at
    for order in resting:
        levels = bids if order.is_bid else asks
        levels[order.price] = levels.get(order.price, 0) + order.left
        at = max(at, order.changed)
    return msgspec.structs.replace(left, bids=bids, asks=asks, at=at)
