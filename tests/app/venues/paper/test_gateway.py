"""Orders of every kind, over the books of a real core."""

import asyncio

import pytest

from app.domain.fees import order_fee
from app.domain.markets import Handling
from app.domain.orders import OrderId
from app.domain.positions import Position
from app.domain.prices import Nanos
from app.errors import FeedUnavailable, OrderRejected, OutcomeUnknown
from app.settings import PaperSettings
from app.venues.paper import Purse
from tests.app.venues.paper.rooms import ACCOUNT, AT_ONCE, Room, cents, got, standing

BIDS, ASKS = "0.40x10 0.39x5", "0.45x10 0.46x5"
SLOW = PaperSettings(kalshi_ms=100, kalshi_spread_ms=50, polymarket_ms=100, polymarket_spread_ms=50, fresh=3_600)
DELAYED = Handling(delay_ms=3_000)


@pytest.fixture
def room() -> Room:
    room = Room()
    room.show(BIDS, ASKS)
    return room


async def test_an_order_takes_the_levels_up_to_its_limit_and_the_rest_is_cancelled(room: Room) -> None:
    report = await room.ask("buy 0.45x20 ioc")
    assert (report.state, report.filled, got(report)) == ("cancelled", 10_000_000, cents((45, 10)))
    assert report.reason == "no more to match"


async def test_an_order_pays_the_price_of_each_level_not_its_limit(room: Room) -> None:
    report = await room.ask("buy 0.60x12 ioc")
    assert (report.state, got(report)) == ("filled", cents((45, 10), (46, 2)))


async def test_who_sells_takes_the_bids(room: Room) -> None:
    await room.ask("buy 0.46x15 ioc")
    report = await room.ask("sell 0.39x12 ioc")
    assert (report.state, got(report)) == ("filled", cents((40, 10), (39, 2)))


async def test_the_other_contract_is_the_same_book_seen_from_behind(room: Room) -> None:
    report = await room.ask("buy 0.61x12 ioc", room.no)
    assert got(report) == cents((60, 10), (61, 2))


async def test_what_was_taken_is_there_no_more_whichever_contract_is_traded(room: Room) -> None:
    await room.ask("buy 0.46x15 ioc")
    await room.ask("buy 0.60x8 ioc", room.no)  # takes 8 of the 10 bid at 0.40
    assert got(await room.ask("buy 0.46x15 ioc")) == []
    assert got(await room.ask("sell 0.40x15 ioc")) == cents((40, 2))


async def test_what_comes_to_a_level_later_is_there(room: Room) -> None:
    await room.ask("buy 0.45x10 ioc")
    room.show(BIDS, "0.45x13 0.46x5")
    assert got(await room.ask("buy 0.45x20 ioc")) == cents((45, 3))


async def test_a_level_that_went_away_and_came_back_is_new(room: Room) -> None:
    await room.ask("buy 0.45x10 ioc")
    room.show(BIDS, "0.46x5")
    room.show(BIDS, ASKS)
    assert got(await room.ask("buy 0.45x20 ioc")) == cents((45, 10))


async def test_all_or_nothing(room: Room) -> None:
    report = await room.ask("buy 0.46x15.01 fok")
    assert (report.state, report.filled, report.reason) == ("cancelled", 0, "not fully fillable")
    assert (await room.ask("buy 0.46x15 fok")).state == "filled"


async def test_the_fee_is_that_of_all_fills_together_rounded_once(room: Room) -> None:
    report = await room.ask("buy 0.46x12.34 ioc")
    order = room.order("buy 0.46x12.34 ioc")
    assert sum(fill.fee for fill in report.fills) == order_fee(order.fees, got(report))
    assert len(report.fills) == 2


async def test_polymarket_charges_in_five_decimals() -> None:
    room = Room("polymarket")
    room.show(BIDS, ASKS)
    report = await room.ask("buy 0.46x12.34 ioc")
    fee = sum(fill.fee for fill in report.fills)
    assert fee % 10 == 0
    assert fee == order_fee(room.order("buy 0.46x1 ioc").fees, got(report))


async def test_a_market_that_is_free_for_a_while_charges_nothing(room: Room) -> None:
    fees = type(room.order("buy 0.45x1 ioc").fees)(taker=70_000, step=10_000, waived_until=room.later(60))
    report = await room.ask("buy 0.45x10 ioc", fees=fees)
    assert [fill.fee for fill in report.fills] == [0]


async def test_the_book_is_looked_at_when_the_order_arrives_and_not_when_it_is_sent() -> None:
    room = Room(settings=SLOW)
    room.show(BIDS, ASKS)
    order = room.order("buy 0.45x10 ioc")
    sent = asyncio.create_task(room.gateway.submit(room.gateway.prepare(order)))
    await asyncio.sleep(0)
    room.show(BIDS, "0.46x5")
    report = await sent
    assert (report.state, report.reason, got(report)) == ("cancelled", "nothing to match", [])
    assert [round(seconds, 3) for seconds in room.waited] == [0.128]  # of this name, each time


async def test_an_order_is_taken_once(room: Room) -> None:
    order = room.order("buy 0.45x1 ioc")
    await room.gateway.submit(room.gateway.prepare(order))
    with pytest.raises(OrderRejected, match="duplicate"):
        await room.gateway.submit(room.gateway.prepare(order))
    assert len((await room.gateway.at_venue(ACCOUNT, Nanos(0))).fills) == 1


async def test_an_order_that_is_sent_twice_at_once_is_taken_once() -> None:
    room = Room(settings=SLOW)
    room.show(BIDS, ASKS)
    prepared = room.gateway.prepare(room.order("buy 0.45x1 ioc"))
    first, second = await asyncio.gather(
        room.gateway.submit(prepared), room.gateway.submit(prepared), return_exceptions=True
    )
    assert not isinstance(first, BaseException)
    assert isinstance(second, OrderRejected)


async def test_an_order_whose_sending_is_cancelled_was_never_there() -> None:
    room = Room(settings=SLOW)
    room.show(BIDS, ASKS)
    order = room.order("buy 0.45x1 ioc")
    sent = asyncio.create_task(room.gateway.submit(room.gateway.prepare(order)))
    await asyncio.sleep(0)
    with pytest.raises(FeedUnavailable):  # nobody can say yet
        await room.gateway.look_up(standing(order, "sending"))
    sent.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sent
    assert await room.gateway.look_up(standing(order, "sending")) is None


async def test_in_a_delayed_market_an_order_that_would_trade_waits_and_cannot_be_taken_back() -> None:
    room = Room("polymarket", DELAYED)
    room.show(BIDS, ASKS)
    order = room.order("buy 0.46x12 ioc")
    report = await room.gateway.submit(room.gateway.prepare(order))
    assert (report.state, report.reason, report.filled) == ("open", "delayed", 0)
    with pytest.raises(OrderRejected, match="delayed"):
        await room.gateway.cancel(standing(order))
    hearing = room.listen()
    await asyncio.sleep(0)
    room.show(BIDS, "0.46x5")  # prices move in between
    room.pass_time(3_000)
    hearing.cancel()
    (heard,) = room.heard
    assert (heard.order_id, heard.state, got(heard)) == (order.id, "cancelled", cents((46, 5)))
    found = await room.gateway.look_up(standing(order))
    assert found is not None
    assert (found.state, got(found)) == ("cancelled", cents((46, 5)))


async def test_what_is_due_is_done_to_the_moment_while_somebody_hears() -> None:
    room = Room("polymarket", Handling(delay_ms=20))
    room.show(BIDS, ASKS)
    hearing = room.listen()
    await asyncio.sleep(0)
    await room.ask("buy 0.45x10 ioc")
    room.core.pass_time(20)  # nobody ticks
    async with asyncio.timeout(5):
        await room.told.wait()
    hearing.cancel()
    assert room.heard[0].state == "filled"


async def test_while_somebody_hears_orders_run_out_though_nothing_happens(room: Room) -> None:
    await room.ask("buy 0.41x10 gtd", expires_at=room.later(60))
    hearing = room.listen()
    await asyncio.sleep(0)
    room.core.pass_time(60_000)
    async with asyncio.timeout(5):
        await room.told.wait()  # it looks once a second
    hearing.cancel()
    assert room.heard[0].state == "expired"


async def test_an_order_of_which_a_fill_is_booked_had_arrived(room: Room) -> None:
    order = room.order("buy 0.46x12 ioc")
    told = await room.gateway.submit(room.gateway.prepare(order))
    room.gateway = room.another()
    room.gateway.restore([standing(order, "sending")], told.fills[:1], [])
    found = await room.gateway.look_up(standing(order, "sending"))
    assert found is not None
    assert (found.state, got(found)) == ("cancelled", cents((45, 10)))


async def test_a_delayed_order_that_finds_the_market_closed_is_rejected() -> None:
    room = Room("polymarket", DELAYED)
    room.show(BIDS, ASKS)
    order = room.order("buy 0.46x12 ioc")
    await room.gateway.submit(room.gateway.prepare(order))
    room.doubt("paused")
    room.pass_time(3_000)
    found = await room.gateway.look_up(standing(order))
    assert found is not None
    assert (found.state, found.reason) == ("rejected", "market paused")


async def test_what_rests_is_not_delayed() -> None:
    room = Room("polymarket", DELAYED)
    room.show(BIDS, ASKS)
    report = await room.ask("buy 0.41x12 gtc")
    assert (report.state, report.reason) == ("open", "")


async def test_what_rests_can_be_taken_back_once(room: Room) -> None:
    order = room.order("buy 0.45x12 gtc")
    report = await room.gateway.submit(room.gateway.prepare(order))
    assert (report.state, report.filled) == ("partly_filled", 10_000_000)
    report = await room.gateway.cancel(standing(order))
    assert (report.state, report.filled) == ("cancelled", 10_000_000)
    with pytest.raises(OrderRejected, match="already cancelled"):
        await room.gateway.cancel(standing(order))
    with pytest.raises(OrderRejected, match="not found"):
        await room.gateway.cancel(standing(room.order("buy 0.45x12 gtc")))


async def test_everything_that_rests_is_taken_back_together(room: Room) -> None:
    for text in ("buy 0.41x1 gtc", "buy 0.42x1 gtc"):
        await room.ask(text)
    hearing = room.listen()
    await asyncio.sleep(0)
    await room.gateway.cancel_all(ACCOUNT)
    hearing.cancel()
    assert [report.state for report in room.heard] == ["cancelled", "cancelled"]
    assert (await room.gateway.at_venue(ACCOUNT, Nanos(0))).orders == ()


async def test_the_venue_tells_what_it_has_of_an_account(room: Room) -> None:
    bought = await room.ask("buy 0.45x10 ioc")
    await room.ask("buy 0.30x5 ioc", room.no)
    resting = await room.ask("buy 0.41x1 gtc")
    seen = await room.gateway.at_venue(ACCOUNT, Nanos(0))
    assert [report.order_id for report in seen.orders] == [resting.order_id]
    assert seen.fills == bought.fills
    assert seen.positions == {room.yes: 10_000_000}
    assert seen.balance == room.cash
    assert (await room.gateway.at_venue(ACCOUNT, room.later(1))).fills == ()


async def test_a_settled_contract_is_neither_held_nor_traded_any_more(room: Room) -> None:
    await room.ask("buy 0.45x10 ioc")
    await room.ask("buy 0.41x10 gtc")
    room.gateway.settle(ACCOUNT, room.yes)
    seen = await room.gateway.at_venue(ACCOUNT, Nanos(0))
    assert (seen.orders, seen.positions) == ((), {})


async def test_a_drill_loses_the_answer_to_the_next_order_that_is_taken(room: Room) -> None:
    room.gateway.lose_answer(ACCOUNT)
    with pytest.raises(OrderRejected):
        await room.ask("buy 0.45x1000000 fok")
    lost = room.order("buy 0.45x10 ioc")
    with pytest.raises(OutcomeUnknown):
        await room.gateway.submit(room.gateway.prepare(lost))
    found = await room.gateway.look_up(standing(lost, "unknown"))
    assert found is not None
    assert (found.state, found.filled) == ("filled", 10_000_000)
    assert (await room.ask("buy 0.46x5 ioc")).state == "filled"


async def test_an_account_can_begin_anew(room: Room) -> None:
    await room.ask("buy 0.45x10 ioc")
    await room.ask("buy 0.41x10 gtc")
    room.gateway.reset(ACCOUNT)
    seen = await room.gateway.at_venue(ACCOUNT, Nanos(0))
    assert (seen.orders, seen.positions) == ((), {})


async def test_after_a_restart_the_venue_goes_on_with_what_our_books_say(room: Room) -> None:
    asked = {text: room.order(text) for text in ("buy 0.45x12 gtc", "buy 0.41x1 ioc", "buy 0.42x1 ioc")}
    rests, delayed, lost = asked.values()
    told = await room.gateway.submit(room.gateway.prepare(rests))
    held = Position(
        account=ACCOUNT,
        contract_id=room.yes,
        venue=room.venue,
        market_id=rests.market_id,
        game_id=rests.game_id,
        league=rests.league,
        size=told.filled,
        trade_id=rests.trade_id,
        opened_at=room.core.now,
        changed_at=room.core.now,
    )
    books = [standing(rests, "partly_filled", told.filled), standing(delayed), standing(lost, "sending")]
    room.gateway = room.another()
    room.gateway.restore(books, told.fills, [held])
    room.gateway.tick(room.core.now)
    assert await room.gateway.look_up(books[2]) is None  # it was never there
    ended = await room.gateway.look_up(books[1])
    assert ended is not None
    assert (ended.state, ended.filled) == ("cancelled", 0)
    seen = await room.gateway.at_venue(ACCOUNT, Nanos(0))
    assert [report.order_id for report in seen.orders] == [rests.id]
    assert (seen.fills, seen.positions) == (told.fills, {room.yes: 10_000_000})
    with pytest.raises(OrderRejected, match="duplicate"):
        await room.gateway.submit(room.gateway.prepare(rests))
    room.show(BIDS, "0.45x30")
    found = await room.gateway.look_up(books[0])
    assert found is not None
    assert (found.state, found.filled) == ("filled", 12_000_000)
    fees = sum(fill.fee for fill in found.fills)
    taker, maker = got(found)[:1], got(found)[1:]
    assert fees == order_fee(rests.fees, taker) + order_fee(rests.fees, maker, is_maker=True)
    assert len({fill.id for fill in found.fills}) == len(found.fills)


async def test_an_account_spends_its_money_at_one_venue_only() -> None:
    room, other = Room(cash=5), Room("polymarket", cash=5)
    purse = Purse(lambda _: room.cash)
    room.gateway, other.gateway = room.another(purse), other.another(purse)
    for each in (room, other):
        each.show(BIDS, ASKS)
    await room.gateway.submit(room.gateway.prepare(room.order("buy 0.45x10 ioc")))  # and the ledger is slow
    with pytest.raises(OrderRejected, match="not enough balance"):
        await other.gateway.submit(other.gateway.prepare(other.order("buy 0.45x10 ioc")))


async def test_it_counts_what_it_does(room: Room) -> None:
    await room.ask("buy 0.46x11 ioc")
    with pytest.raises(OrderRejected):
        await room.ask("buy 0.46x1000000 ioc")
    assert room.gateway.counts == {"submitted": 2, "filled": 1, "fills": 2, "refused: not enough balance": 1}
    assert (room.gateway.trouble, room.gateway.kind, room.gateway.venue) == ("", "paper", "kalshi")


async def test_the_same_orders_over_the_same_books_end_the_same() -> None:
    async def run() -> list[object]:
        room = Room(settings=SLOW)
        room.show(BIDS, ASKS)
        return [await room.ask(text) for text in ("buy 0.45x4 ioc", "sell 0.40x2 ioc", "buy 0.46x30 gtc")]

    assert await run() == await run()


async def test_without_latency_nothing_waits() -> None:
    room = Room(settings=AT_ONCE)
    room.show(BIDS, ASKS)
    await room.ask("buy 0.45x1 ioc", id=OrderId("x"))
    assert room.waited == []
