"""What the venues refuse, and in which words."""

import pytest

from app.domain.markets import Handling, VenueId
from app.domain.money import ONE_DOLLAR, Price, Size
from app.domain.prices import CENT_GRID, Grid, Step
from app.errors import OrderRejected
from app.settings import PaperSettings
from tests.app.venues.paper.rooms import Room, got

BIDS, ASKS = "0.40x10 0.39x5", "0.45x10 0.46x5"
TAPERED = Grid(
    (Step(Price(0), Price(1_000), 10), Step(Price(1_000), Price(9_000), 100), Step(Price(9_000), ONE_DOLLAR, 10))
)
SHARES = Handling(least=Size(5_000_000), step=Size(10_000))

FORM = [
    ("buy 0.455x10 ioc", CENT_GRID, None, "invalid tick size: 0.4550 lies between two ticks"),
    ("buy 0.455x10 ioc", TAPERED, None, "invalid tick size"),
    ("buy 0.00x10 ioc", CENT_GRID, None, "invalid price"),
    ("buy 1.00x10 ioc", CENT_GRID, None, "invalid price"),
    ("buy 0.45x4.99 ioc", CENT_GRID, SHARES, "invalid size: 4.99 is less than 5"),
    ("buy 0.45x0 ioc", CENT_GRID, None, "invalid size"),
    ("buy 0.45x5.001 ioc", CENT_GRID, SHARES, "invalid size: 5.001 is no multiple of 0.01"),
]


@pytest.mark.parametrize(("text", "grid", "handling", "reason"), FORM)
def test_what_has_not_the_right_form_is_not_even_sent(
    text: str, grid: Grid, handling: Handling | None, reason: str
) -> None:
    room = Room(grid=grid, handling=handling)
    with pytest.raises(OrderRejected, match=reason):
        room.gateway.prepare(room.order(text))


def test_an_order_that_cannot_wait_cannot_be_post_only() -> None:
    room = Room()
    with pytest.raises(OrderRejected, match="invalid post-only"):
        room.gateway.prepare(room.order("buy 0.45x1 ioc", is_post_only=True))


def test_no_order_for_real_money_and_none_of_another_venue_is_taken() -> None:
    room, other = Room(), Room("polymarket")
    for order in (room.order("buy 0.45x1 ioc", kind="live"), other.order("buy 0.45x1 ioc")):
        with pytest.raises(OrderRejected, match="not a paper order of kalshi"):
            room.gateway.prepare(order)


async def test_a_finer_grid_takes_finer_prices() -> None:
    room = Room(grid=TAPERED)
    room.show(BIDS, ASKS)
    assert (await room.ask("buy 0.055x10 gtc")).state == "open"


DOUBTS = [
    ("paused", "market paused"),
    ("gap", "book in doubt: gap"),
    ("lost", "market closed"),
]


@pytest.mark.parametrize(("doubt", "reason"), DOUBTS)
async def test_nothing_is_matched_against_a_book_that_is_in_doubt(doubt: str, reason: str) -> None:
    room = Room()
    room.show(BIDS, ASKS)
    room.doubt(doubt)  # type: ignore[arg-type]
    with pytest.raises(OrderRejected, match=reason):
        await room.ask("buy 0.45x1 ioc")


async def test_nothing_is_matched_against_a_book_that_waits_for_its_first_snapshot_or_is_not_followed() -> None:
    room = Room()
    with pytest.raises(OrderRejected, match="book in doubt: waiting"):
        await room.ask("buy 0.45x1 ioc")
    room.drop()
    with pytest.raises(OrderRejected, match="market closed: nobody follows its book"):
        await room.ask("buy 0.45x1 ioc")


async def test_nothing_is_matched_against_an_old_book() -> None:
    room = Room(settings=PaperSettings(kalshi_ms=0, fresh=5))
    room.show(BIDS, ASKS)
    room.pass_time(5_000)
    assert got(await room.ask("buy 0.45x1 ioc"))
    room.pass_time(1)
    with pytest.raises(OrderRejected, match=r"book is old: proved 5\.0 s ago"):
        await room.ask("buy 0.45x1 ioc")


async def test_nothing_is_bought_without_the_money_for_all_of_it() -> None:
    room = Room(cash=10)
    room.show("0.40x100", "0.45x100")
    with pytest.raises(OrderRejected, match=r"not enough balance: 11\.95 needed, 10 there"):
        await room.ask("buy 0.46x25 ioc")  # 11.50, a fee of 0.44, and a cent of rounding
    await room.ask("buy 0.30x20 gtc")
    with pytest.raises(
        OrderRejected, match=r"not enough balance: .* 3\.69 there"
    ):  # the order that rests may cost more
        await room.ask("buy 0.45x10 ioc")


async def test_nothing_is_sold_that_is_not_held_or_is_being_sold_already() -> None:
    room = Room()
    room.show(BIDS, ASKS)
    with pytest.raises(OrderRejected, match="not enough contracts: 1 asked, 0 there"):
        await room.ask("sell 0.40x1 ioc")
    await room.ask("buy 0.45x10 ioc")
    with pytest.raises(OrderRejected, match="not enough contracts"):
        await room.ask("sell 0.40x1 ioc", room.no)
    await room.ask("sell 0.50x7 gtc")
    with pytest.raises(OrderRejected, match="not enough contracts: 4 asked, 3 there"):
        await room.ask("sell 0.40x4 ioc")


async def test_a_post_only_order_that_would_trade_is_refused() -> None:
    room = Room()
    room.show(BIDS, ASKS)
    with pytest.raises(OrderRejected, match="order crosses book"):
        await room.ask("buy 0.45x1 gtc", is_post_only=True)
    with pytest.raises(OrderRejected, match="order crosses book"):
        await room.ask("buy 0.60x1 gtc", room.no, is_post_only=True)
    assert (await room.ask("buy 0.44x1 gtc", is_post_only=True)).state == "open"


@pytest.mark.parametrize(("venue", "notice"), [("polymarket", 180), ("kalshi", 0)])
async def test_an_order_that_runs_out_is_given_notice(venue: str, notice: int) -> None:
    room = Room(venue)
    room.show(BIDS, ASKS)
    with pytest.raises(OrderRejected, match="invalid expiration"):
        await room.ask("buy 0.41x5 gtd", expires_at=room.later(notice))
    assert (await room.ask("buy 0.41x5 gtd", expires_at=room.later(notice + 1))).state == "open"


async def test_where_the_start_wipes_the_book_nothing_rests_after_it() -> None:
    room = Room("polymarket", Handling(is_wiped_at_start=True))
    room.show(BIDS, ASKS)
    room.starts_at = room.later(0)
    with pytest.raises(OrderRejected, match="the game has begun"):
        await room.ask("buy 0.41x5 gtc")
    assert got(await room.ask("buy 0.45x5 ioc"))


def test_the_venue_is_asked_by_its_name() -> None:
    assert Room("polymarket").gateway.venue == VenueId("polymarket")
