"""An order as the paper venue keeps it, and what it has got."""

from app.domain.fees import order_fee
from app.domain.money import ONE_DOLLAR, Money, Price, Size
from app.domain.orders import UNSETTLED, Fill, FillId, Order, Report, State
from app.domain.prices import BookId, Level, Listed, Nanos, book_id
from app.venues.paper.queues import Outlook, Place

_PER_PRICE = 10_000  # units of price times size in one of Money


class Placing:
    """`is_bid`, `limit`: in terms of the book's first contract, once it is known which one that is. `due`: when an
    order that the venue delays is matched; 0: it is not delayed. `place`: where it stands in the queue, once it rests.
    """

    def __init__(self, order: Order, placed_at: Nanos) -> None:
        self.order = order
        self.is_first = True
        self.is_bid = order.side == "buy"
        self.limit = order.limit
        self.book_id: BookId = book_id(order.venue, order.market_id)
        self.placed_at = placed_at
        self.state: State = "open"
        self.reason = ""
        self.due = Nanos(0)
        self.place: Place | None = None
        self.fills: list[Fill] = []
        self._charged: dict[bool, list[Level]] = {False: [], True: []}  # by whether it made them
        self._fee: dict[bool, Money] = {False: Money(0), True: Money(0)}
        self.is_touched = False  # somebody traded, or would trade, at its price or beyond
        self.through = 0  # so much was traded, or offered, beyond its price
        self.ended_at = Nanos(0)

    def orient(self, listed: Listed) -> None:
        """The book is told so."""
        self.is_first = self.order.contract_id == listed.first
        self.is_bid = (self.order.side == "buy") == self.is_first
        self.limit = self.own(self.order.limit)

    def own(self, price: Price) -> Price:
        """A price of the book in terms of the order's contract, and the other way round."""
        return price if self.is_first else Price(ONE_DOLLAR - price)

    @property
    def queue(self) -> Place:
        """Of one that rests."""
        assert self.place is not None
        return self.place

    @property
    def filled(self) -> Size:
        return Size(sum(fill.size for fill in self.fills))

    @property
    def left(self) -> Size:
        return Size(self.order.size - self.filled)

    @property
    def is_open(self) -> bool:
        return self.state in UNSETTLED

    @property
    def needed(self) -> Money:
        """What the rest of a buy may yet cost with its fee; one step of rounding more, as what it gets at other prices
        or makes itself is rounded otherwise."""
        order, left = self.order, self.left
        if order.side == "sell" or not self.is_open or not left:
            return Money(0)
        charged = self._charged[False]
        fee = order_fee(order.fees, [*charged, (order.limit, left)]) - order_fee(order.fees, charged)
        return Money(cost_of(order.limit, left) + fee + (order.fees.step if fee else 0))

    def fill(self, level: Level, now: Nanos, *, is_maker: bool) -> Fill:
        """It gets this much, at this price of the book."""
        price, size = self.own(level[0]), level[1]
        number = len(self.fills)
        name = FillId(f"{self.order.venue}:paper:{self.order.id}:{number:04d}")
        fill = Fill(
            id=name,
            order_id=self.order.id,
            price=price,
            size=size,
            fee=self._charge((price, size), now, is_maker),
            is_maker=is_maker,
            venue_time=now,
            received_at=now,
        )
        self._add(fill)
        return fill

    def remember(self, fill: Fill) -> None:
        """It had got this before this process began."""
        self._charge((fill.price, fill.size), fill.venue_time, fill.is_maker)
        self._add(fill)

    def end(self, state: State, reason: str, now: Nanos) -> None:
        """Nothing more comes of it."""
        self.state, self.reason, self.due, self.ended_at = state, reason, Nanos(0), now

    def report(self, at: Nanos, fills: tuple[Fill, ...] | None = None) -> Report:
        """How it stands; `fills`: those that are told along, or else all of them. With the end of one that has rested
        its outlook is told."""
        outlook = self.outlook(at).words if self.place is not None and not self.is_open else ""
        return Report(
            order_id=self.order.id,
            state=self.state,
            at=at,
            ref=f"paper:{self.order.id}",
            filled=self.filled,
            fills=tuple(self.fills) if fills is None else fills,
            reason="; ".join(filter(None, (self.reason, outlook))),
        )

    def outlook(self, at: Nanos) -> Outlook:
        """What became of it, and might have."""
        order = self.order
        taken = sum(fill.size for fill in self.fills if not fill.is_maker)
        return Outlook(
            order_id=order.id,
            account=order.account,
            size=order.size,
            optimistic=order.size if self.is_touched else Size(taken),
            likely=self.filled,
            pessimistic=Size(min(order.size, taken + self.through)),
            at=at,
        )

    def _add(self, fill: Fill) -> None:
        self.fills.append(fill)
        self.state = "partly_filled" if self.left else "filled"
        self.ended_at = Nanos(0) if self.left else fill.venue_time

    def _charge(self, level: Level, now: Nanos, is_maker: bool) -> Money:
        """What the venue adds to the order's fee for this: all its fills are rounded together."""
        schedule = self.order.fees
        if now < schedule.waived_until:
            return Money(0)
        self._charged[is_maker].append(level)
        before = self._fee[is_maker]
        self._fee[is_maker] = order_fee(schedule, self._charged[is_maker], is_maker=is_maker)
        return Money(self._fee[is_maker] - before)


def cost_of(price: Price, size: Size) -> Money:
    """What so many contracts cost without the fee, rounded up."""
    return Money(-(-price * size // _PER_PRICE))
