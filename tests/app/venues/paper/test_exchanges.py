"""Whatever happens to a market and whatever is asked of it: nobody gets what was not there, or cannot be paid."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.fees import order_fee
from app.domain.inputs import Replaced, Traded
from app.domain.markets import Handling, MarketId
from app.domain.money import Money, Price, Size
from app.domain.orders import Fill, Order, OrderId, Report
from app.domain.prices import ONE_DOLLAR, SECOND, Nanos, book_id
from app.errors import OrderRejected
from app.venues.paper.exchanges import Exchange, Markets
from app.venues.paper.purses import Purse
from tests.app.venues.paper.rooms import ACCOUNT, Room

CONTRACT = 1_000_000
LATE = SECOND  # until the ledger has a fill, where it is slow


class Ask(NamedTuple):
    side: str
    is_no: bool
    cents: int
    contracts: int
    time_in_force: str
    is_post_only: bool


class Change(NamedTuple):
    is_bid: bool
    cents: int
    contracts: int


class Deal(NamedTuple):
    cents: int
    contracts: int
    is_buy: bool


class Take(NamedTuple):
    number: int


class Pass(NamedTuple):
    milliseconds: int


Act = Ask | Change | Deal | Take | Pass
SEEDS = st.integers(0, 1 << 32)


def acts_of(seed: int) -> Iterator[Act]:
    """What chance tells."""
    draw = random.Random(seed)
    for _ in range(60):
        cents, contracts, chance = draw.randrange(44, 57), draw.randrange(1, 31), draw.random() < 0.5
        match draw.choices(("ask", "change", "deal", "take", "pass"), (10, 5, 3, 1, 1))[0]:
            case "ask":
                kind = draw.choice(("ioc", "fok", "gtc", "gtc", "gtd"))
                yield Ask(draw.choice(("buy", "buy", "sell")), chance, cents, contracts, kind, draw.random() < 0.1)
            case "change":
                yield Change(chance, cents, draw.choice((0, contracts, 2 * contracts)))
            case "deal":
                yield Deal(cents, contracts, chance)
            case "take":
                yield Take(draw.randrange(20))
            case _:
                yield Pass(draw.choice((1, 400, 1_500, 70_000)))


class Story:
    """One market in which things happen, and what must be so after each of them."""

    def __init__(self, *, delay_ms: int = 0, cash: int = 60, is_late: bool = False) -> None:
        self.room = room = Room("polymarket", Handling(delay_ms=delay_ms), cash)
        self.is_late = is_late
        markets = Markets(room, lambda _: room.handling, lambda _: room.grid, lambda _: None)
        purse = Purse(lambda _: room.cash)
        self.exchange = Exchange(room.venue, markets, purse, fresh_within=3_600 * SECOND, queue_share=0.5)
        self.orders: dict[OrderId, Order] = {}
        self.fills: defaultdict[OrderId, list[Fill]] = defaultdict(list)
        self.said: list[Report | str] = []
        self.booked_at: list[tuple[Nanos, Money]] = []
        self.was_there: Counter[tuple[bool, int]] = Counter()  # ever put to a level, by side and price
        self.taken: Counter[tuple[bool, int]] = Counter()
        self.crossed: Counter[bool] = Counter()  # what resting bids, and asks, got of offers that came
        room.core.show("polymarket", "X", "0.48x10 0.47x10", "0.52x10 0.53x10")
        self.note_levels({})

    @property
    def now(self) -> Nanos:
        return self.room.core.now

    def levels(self) -> dict[tuple[bool, int], int]:
        ladder = self.room.ladder(self.room.yes)
        assert ladder is not None
        return {
            (side, price): size
            for side, all_of in ((True, ladder.bids), (False, ladder.asks))
            for price, size in all_of
        }

    def note_levels(self, before: dict[tuple[bool, int], int]) -> None:
        for place, size in self.levels().items():
            self.was_there[place] += max(0, size - before.get(place, 0))

    def live(self, acts: Iterable[Act]) -> None:
        for act in acts:
            self.do(act)
            self.hold()
            self.book()
            self.check()

    def do(self, act: Act) -> None:
        match act:
            case Ask():
                self.ask(act)
            case Change():
                self.change(act)
            case Deal(cents, contracts, is_buy):
                size = Size(contracts * CONTRACT)
                book = book_id(self.room.venue, MarketId("X"))
                told = Traded(book, Price(cents * 100), size, is_buy, self.now, self.now)
                assert sum(fill.size for fill in self.hear(self.exchange.trade(told, self.now))) <= size
            case Take(number):
                if number < len(self.orders):
                    self.cancel(list(self.orders)[number])
            case Pass(milliseconds):
                self.room.core.pass_time(milliseconds)
                for fill in self.hear(self.exchange.pass_time(self.now)):
                    self.note_taken(fill)

    def ask(self, act: Ask) -> None:
        text = f"{act.side} 0.{act.cents}x{act.contracts} {act.time_in_force}"
        contract = self.room.no if act.is_no else self.room.yes
        until = self.room.later(240) if act.time_in_force == "gtd" else Nanos(0)
        order = self.room.order(text, contract, is_post_only=act.is_post_only, expires_at=until)
        try:
            report = self.exchange.arrive(order, self.now)
        except OrderRejected as rejected:
            self.said.append(str(rejected))
            return
        self.orders[order.id] = order
        for fill in self.hear([report]):
            self.note_taken(fill)
        if act.time_in_force in ("ioc", "fok") and report.reason != "delayed":
            assert report.state in ("filled", "cancelled")

    def change(self, act: Change) -> None:
        before, best = self.levels(), (48, 52)
        cents = min(act.cents, best[1] - 1) if act.is_bid else max(act.cents, best[0] + 1)
        lies = {place: size for place, size in before.items() if place[0] is not act.is_bid}
        if any((at <= cents * 100) if act.is_bid else (at >= cents * 100) for _, at in lies):
            return  # it would be crossed
        book, size = book_id(self.room.venue, MarketId("X")), Size(act.contracts * CONTRACT)
        self.room.core.put(Replaced(book, act.is_bid, Price(cents * 100), size, self.now, self.now))
        self.note_levels(before)
        for fill in self.hear(self.exchange.touch(self.room.no, self.now)):
            self.crossed[self.bids(fill)] += fill.size

    def cancel(self, order_id: OrderId) -> None:
        try:
            self.hear([self.exchange.cancel(order_id, self.now)])
        except OrderRejected as rejected:
            self.said.append(str(rejected))

    def bids(self, fill: Fill) -> bool:
        order = self.orders[fill.order_id]
        return (order.side == "buy") is (order.contract_id == self.room.yes)

    def note_taken(self, fill: Fill) -> None:
        is_first = self.orders[fill.order_id].contract_id == self.room.yes
        self.taken[not self.bids(fill), fill.price if is_first else ONE_DOLLAR - fill.price] += fill.size

    def hear(self, reports: Sequence[Report]) -> list[Fill]:
        """Fills that are new."""
        self.said += reports
        new = [(report.order_id, fill) for report in reports for fill in report.fills]
        for order_id, fill in new:
            assert fill not in self.fills[order_id]
            self.fills[order_id].append(fill)
            order = self.orders[order_id]
            worth = fill.price * fill.size // 10_000
            moved = Money((-worth if order.side == "buy" else worth) - fill.fee)
            self.booked_at.append((Nanos(self.now + (LATE if self.is_late else 0)), moved))
        for report in reports:
            assert report.filled == sum(fill.size for fill in self.fills[report.order_id])
        return [fill for _, fill in new]

    def hold(self) -> None:
        """What was really spent is never more than there was."""
        assert self.room.cash + sum(moved for _, moved in self.booked_at) >= 0

    def book(self) -> None:
        due = [moved for at, moved in self.booked_at if at <= self.now]
        self.booked_at = [(at, moved) for at, moved in self.booked_at if at > self.now]
        self.room.cash = Money(self.room.cash + sum(due))

    def check(self) -> None:
        for place, size in self.taken.items():
            assert size <= self.was_there[place]
        for is_bid in (True, False):
            offered = sum(size for (side, _), size in self.was_there.items() if side is not is_bid)
            used = sum(size for (side, _), size in self.taken.items() if side is not is_bid)
            assert used + self.crossed[is_bid] <= offered
        held: Counter[str] = Counter()
        for name, order in self.orders.items():
            fills = self.fills[name]
            held[order.contract_id] += sum(fill.size for fill in fills) * (1 if order.side == "buy" else -1)
            self.check_order(order, fills)
        assert all(size >= 0 for size in held.values())
        assert self.exchange.positions(ACCOUNT) == {contract: size for contract, size in held.items() if size}

    def check_order(self, order: Order, fills: Sequence[Fill]) -> None:
        filled = sum(fill.size for fill in fills)
        assert filled <= order.size
        assert all(fill.price <= order.limit if order.side == "buy" else fill.price >= order.limit for fill in fills)
        taker = [(fill.price, fill.size) for fill in fills if not fill.is_maker]
        maker = [(fill.price, fill.size) for fill in fills if fill.is_maker]
        owed = order_fee(order.fees, taker) + order_fee(order.fees, maker, is_maker=True)
        assert sum(fill.fee for fill in fills) == owed
        if order.time_in_force == "fok":
            assert filled in (0, order.size)
        if order.is_post_only:
            assert not taker
        if order.time_in_force == "gtd":
            assert all(fill.venue_time < order.expires_at for fill in fills)
        assert len({fill.id for fill in fills}) == len(fills)


@settings(max_examples=300)
@given(SEEDS, st.booleans())
def test_no_more_than_lay_there_never_past_the_limit_never_without_the_money(seed: int, is_late: bool) -> None:
    story = Story(cash=8 + seed % 40, is_late=is_late)
    story.live(acts_of(seed))
    for outlook in story.exchange.outlooks(story.now):
        assert max(outlook.likely, outlook.pessimistic) <= outlook.optimistic <= outlook.size


@given(SEEDS)
def test_the_same_where_orders_are_delayed(seed: int) -> None:
    Story(cash=8 + seed % 40, delay_ms=1_000).live([*acts_of(seed), Pass(2_000)])


@settings(max_examples=25)
@given(SEEDS, st.booleans())
def test_the_same_things_at_the_same_moments_end_the_same(seed: int, is_delayed: bool) -> None:
    stories = [Story(delay_ms=1_000 * is_delayed) for _ in range(2)]
    for story in stories:
        story.live(acts_of(seed))
    assert stories[0].said == stories[1].said


def test_orders_of_which_nothing_more_comes_are_forgotten_one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.venues.paper.exchanges.MOST_KEPT", 50)
    story = Story(cash=10_000)
    rests, ends = Ask("buy", False, 44, 1, "gtc", False), Ask("buy", False, 45, 1, "ioc", False)
    story.live([rests, *[ends] * 100])
    known = [name for name in story.orders if story.exchange.find(name, story.now)]
    assert len(known) == 52
    assert known[:2] == [OrderId("o0"), OrderId("o50")]
