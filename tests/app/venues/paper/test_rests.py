"""Orders that rest: their place in the queue, and what they would have got of other markets."""

import asyncio

import pytest

from app.domain.fees import order_fee
from app.domain.markets import Handling
from app.domain.orders import Report
from app.domain.prices import Nanos
from app.settings import PaperSettings
from app.venues.paper import Outlook
from tests.app.venues.paper.rooms import ACCOUNT, Room, cents, got, standing

BIDS, ASKS = "0.40x10 0.39x5", "0.45x10 0.46x5"
ONE = 1_000_000


@pytest.fixture
async def room() -> Room:
    room = Room()
    room.show(BIDS, ASKS)
    return room


async def listening(room: Room) -> asyncio.Task[None]:
    hearing = room.listen()
    await asyncio.sleep(0)
    return hearing


async def fills_of(room: Room) -> list[tuple[int, int]]:
    """All of the account, in price and size."""
    seen = await room.gateway.at_venue(ACCOUNT, Nanos(0))
    return [(fill.price, fill.size) for fill in seen.fills]


async def rest(room: Room, text: str, *, no: bool = False) -> Report:
    report = await room.ask(text, room.no if no else room.yes)
    assert report.state == "open"
    return report


def outlook(room: Room) -> tuple[int, int, int]:
    """Of the one order that rests: contracts by optimistic, likely and pessimistic reading."""
    (found,) = room.gateway.outlooks()
    assert isinstance(found, Outlook)
    return found.optimistic // ONE, found.likely // ONE, found.pessimistic // ONE


async def test_what_lay_there_before_is_served_first(room: Room) -> None:
    await rest(room, "buy 0.40x6 gtc")
    room.trade("0.40x8", is_buy=False)
    assert (await fills_of(room), outlook(room)) == ([], (6, 0, 0))
    room.trade("0.40x5", is_buy=False)  # two for those ahead, three for us
    assert (await fills_of(room), outlook(room)) == (cents((40, 3)), (6, 3, 0))


async def test_what_is_traded_through_the_price_fills_it_for_every_reading(room: Room) -> None:
    await rest(room, "buy 0.40x6 gtc")
    room.trade("0.39x4", is_buy=False)
    assert (await fills_of(room), outlook(room)) == (cents((40, 4)), (6, 4, 4))


async def test_trades_of_the_other_side_or_behind_the_price_are_nothing_to_it(room: Room) -> None:
    await rest(room, "buy 0.40x6 gtc")
    room.trade("0.40x50", is_buy=True)
    room.trade("0.41x50", is_buy=False)
    assert (await fills_of(room), outlook(room)) == ([], (0, 0, 0))


async def test_the_other_contract_rests_on_the_other_side_of_the_same_book(room: Room) -> None:
    await rest(room, "buy 0.55x6 gtc", no=True)  # sells YES at 0.45
    room.trade("0.45x12", is_buy=True)
    assert await fills_of(room) == cents((55, 2))
    room.trade("0.46x3", is_buy=True)
    assert await fills_of(room) == cents((55, 2), (55, 3))


async def test_of_what_is_cancelled_a_share_was_ahead() -> None:
    for share, ahead in ((0.5, 8), (0.0, 6), (1.0, 6)):
        room = Room(settings=PaperSettings(kalshi_ms=0, queue_share=share, fresh=3_600))
        room.show("0.40x10", ASKS)
        await rest(room, "buy 0.40x6 gtc")
        room.show("0.40x14", ASKS)  # four more come after us
        room.show("0.40x10" if share else "0.40x6", ASKS)  # four go, or eight
        room.pass_time(5_000)
        room.trade(f"0.40x{ahead + 1}", is_buy=False)
        assert await fills_of(room) == cents((40, 1))


async def test_a_trade_that_the_book_has_shown_already_is_not_counted_twice(room: Room) -> None:
    await rest(room, "buy 0.40x6 gtc")
    room.show("0.40x4 0.39x5", ASKS)  # six were traded, as is told in a moment
    room.trade("0.40x6", is_buy=False)
    room.trade("0.40x5", is_buy=False)
    assert await fills_of(room) == cents((40, 1))


async def test_what_the_book_shows_of_a_trade_that_was_told_is_not_counted_twice(room: Room) -> None:
    await rest(room, "buy 0.40x6 gtc")
    room.trade("0.40x6", is_buy=False)
    room.show("0.40x4 0.39x5", ASKS)
    room.trade("0.40x5", is_buy=False)
    assert await fills_of(room) == cents((40, 1))


async def test_who_offers_at_its_price_trades_with_it(room: Room) -> None:
    await rest(room, "buy 0.44x6 gtc")
    room.show(BIDS, "0.44x4 0.45x10")
    assert (await fills_of(room), outlook(room)) == (cents((44, 4)), (6, 4, 0))
    room.show(BIDS, "0.44x4 0.45x10")
    assert await fills_of(room) == cents((44, 4))  # the same four
    room.show(BIDS, "0.43x9 0.45x10")
    assert (await fills_of(room), outlook(room)) == (cents((44, 4), (44, 2)), (6, 6, 6))


async def test_an_order_that_got_all_is_followed_to_know_what_a_harsher_market_would_have_given(room: Room) -> None:
    await rest(room, "buy 0.40x6 gtc")
    room.trade("0.40x16", is_buy=False)
    assert outlook(room) == (6, 6, 0)
    room.pass_time(60_000)
    room.trade("0.38x20", is_buy=False)
    assert outlook(room) == (6, 6, 6)
    assert await fills_of(room) == cents((40, 6))


async def test_what_might_have_been_is_told_with_the_end_of_an_order(room: Room) -> None:
    order = room.order("buy 0.40x6 gtc")
    await room.gateway.submit(room.gateway.prepare(order))
    room.trade("0.40x12", is_buy=False)
    room.trade("0.39x1", is_buy=False)
    report = await room.gateway.cancel(standing(order))
    words = "outlook 6 if touched, 3 by the queue, 1 if traded through"
    assert (report.filled, report.reason) == (3 * ONE, f"cancelled as asked; {words}")


async def test_one_trade_fills_no_more_than_it_was(room: Room) -> None:
    for text in ("buy 0.42x4 gtc", "buy 0.43x4 gtc", "buy 0.42x4 gtc"):
        await rest(room, text)
    room.trade("0.42x6", is_buy=False)
    assert sorted(await fills_of(room)) == cents((42, 2), (43, 4))


async def test_who_makes_pays_the_fee_of_makers_rounded_once() -> None:
    room = Room()
    room.show("0.40x0.01", ASKS)
    await rest(room, "buy 0.41x60 gtc")
    for _ in range(6):
        room.trade("0.41x10", is_buy=False)
    seen = await room.gateway.at_venue(ACCOUNT, Nanos(0))
    schedule = room.order("buy 0.41x1 gtc").fees
    whole = order_fee(schedule, cents((41, 60)), is_maker=True)
    assert (sum(fill.fee for fill in seen.fills), len(seen.fills)) == (whole, 6)
    assert whole < 6 * order_fee(schedule, cents((41, 10)), is_maker=True)
    assert all(fill.is_maker for fill in seen.fills)


async def test_what_crosses_is_taken_and_the_rest_rests(room: Room) -> None:
    report = await room.ask("buy 0.45x12 gtc")
    assert (report.state, got(report)) == ("partly_filled", cents((45, 10)))
    assert not report.fills[0].is_maker
    assert outlook(room) == (10, 10, 10)


async def test_fills_are_told_as_they_come(room: Room) -> None:
    hearing = await listening(room)
    report = await rest(room, "buy 0.42x5 gtc")
    room.trade("0.42x3", is_buy=False)
    room.trade("0.42x3", is_buy=False)
    hearing.cancel()
    told = [(each.order_id, each.state, got(each), each.filled) for each in room.heard]
    assert told == [
        (report.order_id, "partly_filled", cents((42, 3)), 3 * ONE),
        (report.order_id, "filled", cents((42, 2)), 5 * ONE),
    ]


async def test_an_order_runs_out_at_its_moment(room: Room) -> None:
    hearing = await listening(room)
    await room.ask("buy 0.42x5 gtd", expires_at=room.later(60))
    room.pass_time(59_999)
    assert room.heard == []
    room.pass_time(1)
    hearing.cancel()
    assert [report.state for report in room.heard] == ["expired"]
    room.trade("0.41x3", is_buy=False)
    assert await fills_of(room) == []


async def test_where_the_start_wipes_the_book_what_rested_is_cancelled() -> None:
    room = Room("polymarket", Handling(is_wiped_at_start=True))
    room.show(BIDS, ASKS)
    room.starts_at = room.later(60)
    hearing = await listening(room)
    await rest(room, "buy 0.42x5 gtc")
    room.pass_time(60_000)
    hearing.cancel()
    (report,) = room.heard
    assert report.state == "cancelled"
    assert report.reason.startswith("the game has begun: resting orders are wiped")


@pytest.mark.parametrize(("venue", "ends"), [("kalshi", ["cancelled"]), ("polymarket", [])])
async def test_kalshi_clears_a_book_whose_pause_is_over(venue: str, ends: list[str]) -> None:
    room = Room(venue)
    room.show(BIDS, ASKS)
    hearing = await listening(room)
    await rest(room, "buy 0.42x5 gtc")
    room.doubt("paused")
    assert room.heard == []
    room.show(BIDS, ASKS)
    hearing.cancel()
    assert [report.state for report in room.heard] == ends


async def test_in_doubt_nothing_fills_by_the_book(room: Room) -> None:
    await rest(room, "buy 0.44x6 gtc")
    room.doubt("gap")
    room.pass_time(1_000)
    assert await fills_of(room) == []


async def test_a_book_that_nobody_said_has_moved_is_looked_at_each_second(room: Room) -> None:
    await rest(room, "buy 0.44x6 gtc")
    room.core.show("kalshi", "X", BIDS, "0.44x4")
    assert await fills_of(room) == []
    room.pass_time(1_000)
    assert await fills_of(room) == cents((44, 4))
