"""One venue on paper: orders come, are refused, matched, delayed, or rest; books move, others trade, time passes.

Nothing here waits or knows the time by itself: the same calls at the same moments, over the same books, end the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from app.domain.games import GameId
from app.domain.inputs import Traded
from app.domain.markets import ContractId, Handling, MarketId, VenueId
from app.domain.money import Money, Size
from app.domain.orders import AccountId, Fill, Order, OrderId, Report, Standing, State
from app.domain.positions import Position
from app.domain.prices import MILLISECOND, SECOND, BookId, Grid, Ladder, Level, Listed, Nanos
from app.errors import OrderRejected
from app.ports import Books
from app.venues.paper.matching import matched
from app.venues.paper.placings import Placing, cost_of
from app.venues.paper.purses import Purse, Stocks
from app.venues.paper.queues import Outlook
from app.venues.paper.refusals import Arrival, Form, closed, refused, refused_form, uncovered
from app.venues.paper.rests import Made, Rests
from app.venues.paper.takings import Takings

MOST_KEPT = 10_000  # orders of which nothing more comes
RESTS = ("gtc", "gtd")
CLEARS_AFTER_PAUSE = frozenset({VenueId("kalshi")})  # resting orders are cancelled when a paused market goes on
NEVER_ARRIVED = ("intent", "sending", "unknown")


class Markets(NamedTuple):
    """What is known of the markets, asked for when it is needed. `starts`: when a game begins; None: nobody knows."""

    books: Books
    handling: Callable[[ContractId], Handling | None]
    grid: Callable[[MarketId], Grid | None]
    starts: Callable[[GameId], Nanos | None]


class Exchange:
    """`fresh_within`: nanoseconds; a book that was proved longer ago is not matched against."""

    def __init__(
        self, venue: VenueId, markets: Markets, purse: Purse, *, fresh_within: int, queue_share: float
    ) -> None:
        self.venue = venue
        self._markets = markets
        self._purse = purse
        self._fresh_within = fresh_within
        self._stocks = Stocks()
        self._takings = Takings()
        self._rests = Rests(self._takings, queue_share)
        self._placings: dict[OrderId, Placing] = {}
        self._open: dict[OrderId, Placing] = {}
        self._listed: dict[ContractId, Listed] = {}
        self._paused: set[BookId] = set()

    # What is asked

    def check(self, order: Order) -> None:
        """Raises OrderRejected for what has not the right form, whatever the book."""
        if order.kind != "paper" or order.venue != self.venue:
            raise OrderRejected(f"not a paper order of {self.venue}")
        if reason := refused_form(Form(order, self._handling(order), self._markets.grid(order.market_id))):
            raise OrderRejected(reason)

    def arrive(self, order: Order, now: Nanos) -> Report:
        """The venue looks at it. Raises OrderRejected when it takes nothing of it."""
        if order.id in self._placings:
            raise OrderRejected("duplicate order id")
        self.check(order)
        ladder = self._open_ladder(order.contract_id, now)
        placing = Placing(order, now)
        placing.orient(ladder.listed)
        arrival = self._arrival(placing, ladder, now)
        if reason := refused(arrival):
            raise OrderRejected(reason)
        self._keep(placing)
        if arrival.handling.delay_ms and arrival.crosses:
            placing.due, placing.reason = Nanos(now + arrival.handling.delay_ms * MILLISECOND), "delayed"
        else:
            self._match(placing, ladder, now)
        self._settle(placing)
        return placing.report(now)

    def cancel(self, order_id: OrderId, now: Nanos) -> Report:
        """What is not filled is taken back. Raises OrderRejected when there is nothing, or it cannot be yet."""
        placing = self._placings.get(order_id)
        if placing is None:
            raise OrderRejected("order not found")
        if placing.due:
            raise OrderRejected("delayed: it cannot be cancelled before it is matched")
        if not placing.is_open:
            raise OrderRejected(f"already {placing.state}")
        return self._end(placing, "cancelled", "cancelled as asked", now)

    def cancel_all(self, account: AccountId, now: Nanos) -> Sequence[Report]:
        """The same of everything that rests."""
        resting = [each for each in self._of(account) if not each.due]
        return [self._end(each, "cancelled", "cancelled as asked", now) for each in resting]

    def find(self, order_id: OrderId, now: Nanos) -> Report | None:
        """How it stands; None: it was never here."""
        placing = self._placings.get(order_id)
        return None if placing is None else placing.report(now)

    def open_orders(self, account: AccountId, now: Nanos) -> tuple[Report, ...]:
        """Those of which more may come."""
        return tuple(each.report(now) for each in self._of(account))

    def fills(self, account: AccountId, since: Nanos) -> tuple[Fill, ...]:
        """What it got since then, oldest first."""
        placings = (each for each in self._placings.values() if each.order.account == account)
        got = (fill for each in placings for fill in each.fills if fill.venue_time >= since)
        return tuple(sorted(got, key=lambda fill: (fill.venue_time, fill.id)))

    def positions(self, account: AccountId) -> dict[ContractId, Size]:
        """Contracts that it holds here."""
        return self._stocks.of(account)

    def outlooks(self, now: Nanos) -> Iterator[Outlook]:
        """Of every order that has rested."""
        return (each.outlook(now) for each in self._placings.values() if each.place is not None)

    # What happens

    def touch(self, contract_id: ContractId, now: Nanos) -> Sequence[Report]:
        """The book of a contract moved: what its resting orders get of it."""
        listed = self._listed.get(contract_id)
        if listed is None or not (self._rests.has(listed.book_id) or self._takings.has(listed.book_id)):
            return ()
        book, ladder = listed.book_id, self._markets.books.ladder(listed.first)
        if ladder is None or closed(ladder, now, self._fresh_within):
            if ladder is not None and ladder.doubt == "paused":
                self._paused.add(book)
            return ()
        if book in self._paused:
            self._paused.discard(book)
            if self.venue in CLEARS_AFTER_PAUSE:
                resting = [each for each in self._open.values() if each.book_id == book and not each.due]
                return [self._end(each, "cancelled", "market was paused", now) for each in resting]
        self._takings.see(ladder)
        return [self._make(made, now) for made in self._rests.look(ladder, now)]

    def trade(self, told: Traded, now: Nanos) -> Sequence[Report]:
        """Others have traded: what is left of it for our resting orders."""
        return [self._make(made, now) for made in self._rests.trade(told, now)]

    def pass_time(self, now: Nanos) -> Sequence[Report]:
        """What has run out, what was delayed, what the beginning of a game wipes."""
        return [report for each in tuple(self._open.values()) if (report := self._age(each, now))]

    def look_round(self, now: Nanos) -> Sequence[Report]:
        """Every book in which something is open, whether or not somebody said that it moved."""
        contracts = {each.order.contract_id: None for each in self._open.values()}
        return [report for contract_id in contracts for report in self.touch(contract_id, now)]

    def due(self, now: Nanos) -> Nanos | None:
        """When `pass_time` is next needed: at the end of a delay, and each second while anything is open."""
        ends = (each.due for each in self._open.values() if each.due)
        return min((Nanos(now + SECOND), *ends)) if self._open else None

    def settle(self, account: AccountId, contract_id: ContractId, now: Nanos) -> Sequence[Report]:
        """A contract has been turned to cash: nothing of it is held or rests any more."""
        self._stocks.clear(account, contract_id)
        ended = [each for each in self._of(account) if each.order.contract_id == contract_id]
        return [self._end(each, "cancelled", "market settled", now) for each in ended]

    def reset(self, account: AccountId, now: Nanos) -> Sequence[Report]:
        """An account begins anew: it holds nothing, and nothing of it is open."""
        self._stocks.clear(account)
        return [self._end(each, "cancelled", "account reset", now) for each in self._of(account)]

    def restore(self, standings: Iterable[Standing], fills: Iterable[Fill], positions: Iterable[Position]) -> None:
        """What our own books say of this venue, after the process that kept it is gone. What was still on its way then
        never arrived, and what was delayed was never matched."""
        got: dict[OrderId, list[Fill]] = {}
        for fill in fills:
            got.setdefault(fill.order_id, []).append(fill)
        for standing in standings:
            order, state = standing.order, standing.last.state
            has_arrived = state not in NEVER_ARRIVED or order.id in got
            if order.kind == "paper" and order.venue == self.venue and has_arrived:
                self._return(standing, got.get(order.id, ()))
        for position in positions:
            if position.venue == self.venue:
                self._stocks.put(position.account, position.contract_id, position.size)

    # How

    def _handling(self, order: Order) -> Handling:
        return self._markets.handling(order.contract_id) or Handling()

    def _of(self, account: AccountId) -> list[Placing]:
        return [each for each in self._open.values() if each.order.account == account]

    def _open_ladder(self, contract_id: ContractId, now: Nanos) -> Ladder:
        """The book in terms of its first contract. Raises OrderRejected when nothing can be matched against it."""
        ladder = self._markets.books.ladder(contract_id)
        if ladder is not None and ladder.listed.first != contract_id:
            ladder = self._markets.books.ladder(ladder.listed.first)
        if ladder is None:
            raise OrderRejected("market closed: nobody follows its book")
        if reason := closed(ladder, now, self._fresh_within):
            raise OrderRejected(reason)
        self._takings.see(ladder)
        listed = ladder.listed
        self._listed |= {each: listed for each in (listed.first, listed.second) if each is not None}
        return ladder

    def _arrival(self, placing: Placing, ladder: Ladder, now: Nanos) -> Arrival:
        order = placing.order
        best = next(self._takings.left(ladder, placing.is_bid), None)
        return Arrival(
            order=order,
            handling=self._handling(order),
            now=now,
            starts_at=self._markets.starts(order.game_id),
            is_bid=placing.is_bid,
            limit=placing.limit,
            best=None if best is None else best[0],
            money=self._purse.usable(order.account, now),
            needed=placing.needed,
            contracts=self._sellable(placing),
        )

    def _sellable(self, placing: Placing) -> int:
        """Contracts that no other order is selling."""
        order = placing.order
        others = (each for each in self._of(order.account) if each is not placing and each.order.side == "sell")
        promised = sum(each.left for each in others if each.order.contract_id == order.contract_id)
        return self._stocks.held(order.account, order.contract_id) - promised

    def _match(self, placing: Placing, ladder: Ladder, now: Nanos) -> tuple[Fill, ...]:
        order, is_bid = placing.order, placing.is_bid
        levels = self._takings.left(ladder, is_bid)
        got = matched(levels, is_bid, placing.limit, placing.left, whole=order.time_in_force == "fok")
        self._takings.take(placing.book_id, is_bid, got)
        fills = tuple(self._fill(placing, level, now, is_maker=False) for level in got)
        if placing.left and order.time_in_force in RESTS:
            self._rests.join(placing, ladder)
        elif placing.left:
            missing = "not fully fillable" if order.time_in_force == "fok" else "no more to match"
            placing.end("cancelled", missing if fills or order.time_in_force == "fok" else "nothing to match", now)
        return fills

    def _fill(self, placing: Placing, level: Level, now: Nanos, *, is_maker: bool) -> Fill:
        order, fill = placing.order, placing.fill(level, now, is_maker=is_maker)
        if order.side == "buy":
            self._purse.spend(fill.id, order.account, cost_of(fill.price, fill.size) + fill.fee, now)
        held = self._stocks.held(order.account, order.contract_id)
        self._stocks.put(order.account, order.contract_id, held + (fill.size if order.side == "buy" else -fill.size))
        return fill

    def _make(self, made: Made, now: Nanos) -> Report:
        placing = made.placing
        fill = self._fill(placing, (placing.limit, made.size), now, is_maker=True)
        self._settle(placing)
        return placing.report(now, (fill,))

    def _age(self, placing: Placing, now: Nanos) -> Report | None:
        order = placing.order
        if placing.due:
            return self._mature(placing, now) if placing.due <= now else None
        if order.time_in_force == "gtd" and order.expires_at <= now:
            return self._end(placing, "expired", "expired", now)
        if self._is_wiped(placing, now):
            return self._end(placing, "cancelled", "the game has begun: resting orders are wiped", now)
        if placing.place is None:
            self._rest_again(placing, now)
        return None

    def _mature(self, placing: Placing, now: Nanos) -> Report:
        """A delayed order is looked at once more, and matched."""
        placing.due, placing.reason = Nanos(0), ""
        self._purse.hold(placing.order.id, placing.order.account, Money(0))
        fills: tuple[Fill, ...] = ()
        try:
            ladder = self._open_ladder(placing.order.contract_id, now)
            if reason := uncovered(self._arrival(placing, ladder, now)):
                raise OrderRejected(reason)
            fills = self._match(placing, ladder, now)
        except OrderRejected as rejected:
            placing.end("rejected", str(rejected), now)
        self._settle(placing)
        return placing.report(now, fills)

    def _is_wiped(self, placing: Placing, now: Nanos) -> bool:
        starts_at = self._markets.starts(placing.order.game_id)
        if starts_at is None or not placing.placed_at < starts_at <= now:
            return False
        return self._handling(placing.order).is_wiped_at_start

    def _return(self, standing: Standing, fills: Iterable[Fill]) -> None:
        order, last = standing.order, standing.last
        placing = Placing(order, order.wanted_at)
        for fill in sorted(fills, key=lambda fill: (fill.venue_time, fill.id)):
            placing.remember(fill)
        if standing.is_settled:
            placing.end(last.state, last.reason, last.at)
        elif placing.left and order.time_in_force not in RESTS:
            placing.end("cancelled", "the venue stopped before it was matched", last.at)
        self._keep(placing)
        self._settle(placing)

    def _rest_again(self, placing: Placing, now: Nanos) -> None:
        """After a restart, once its book is known: at the end of the queue. What it had taken may still be shown."""
        try:
            ladder = self._open_ladder(placing.order.contract_id, now)
        except OrderRejected:
            return
        placing.orient(ladder.listed)
        taken = [(placing.own(fill.price), fill.size) for fill in placing.fills if not fill.is_maker]
        self._takings.take(placing.book_id, placing.is_bid, taken)
        self._rests.join(placing, ladder)

    def _end(self, placing: Placing, state: State, reason: str, now: Nanos) -> Report:
        placing.end(state, reason, now)
        self._rests.leave(placing)
        self._settle(placing)
        return placing.report(now, ())

    def _keep(self, placing: Placing) -> None:
        self._placings[placing.order.id] = self._open[placing.order.id] = placing
        if len(self._placings) > MOST_KEPT + len(self._open):
            del self._placings[next(name for name in self._placings if name not in self._open)]

    def _settle(self, placing: Placing) -> None:
        """Its money is held as long as it may be needed."""
        order = placing.order
        self._purse.hold(order.id, order.account, placing.needed)
        if not placing.is_open:
            self._open.pop(order.id, None)
