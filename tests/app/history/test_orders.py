"""An order is written down before it is sent, once, and by who has the seat."""

import msgspec
import pytest

from app.domain.games import GameId
from app.domain.leagues import LeagueCode
from app.domain.orders import AccountId, FillId, OrderChange, OrderId, Standing, TradeId
from app.domain.prices import Nanos
from app.errors import Conflict, Superseded
from app.history.accounts import take_seat
from app.history.database import Database
from app.history.ledger import Ledger
from app.history.orders import Journal
from app.history.trades import Trade
from tests.app.history.samples import NOW, count
from tests.app.history.trading import PAPER, T0, asked, change, fill, order, seated

TRADE = Trade(
    id=TradeId("t-1"),
    account=PAPER,
    signal_id="a-1",
    detector="cross_venue",
    game_id=GameId("401"),
    league=LeagueCode("nba"),
    status="open",
    detail={"plan": {"legs": [1, 2]}},
    began_at=T0,
)


@pytest.fixture
def journal(history: Database) -> Journal:
    return Journal(history, "simulated")


async def test_an_intent_comes_back_as_it_was_asked(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    more = {"time_in_force": "gtd", "expires_at": Nanos(T0 + 5_000), "is_post_only": True, "leg": 1, "signal_id": "a-1"}
    first = asked(1, "sell", ref="0xab", **more)
    assert await journal.intend(seat, first)
    assert await journal.find(first.order.id) == first
    assert await journal.find_ref("0xab") == first
    assert await journal.orders_of([first.order.trade_id]) == [first]
    assert await journal.unsettled(PAPER) == [first]
    events = await history.run("SELECT number, state, ref FROM order_events ORDER BY number")
    assert [tuple(row) for row in events] == [(0, "intent", ""), (1, "sending", "0xab")]


async def test_what_is_not_there_is_not_found(history: Database, journal: Journal) -> None:
    assert await journal.find(OrderId("o-2")) is None
    assert await journal.find(OrderId("o-\0")) is None
    assert await journal.find_ref("") is None
    assert await journal.find_ref("\0") is None
    assert await journal.orders_of([]) == []
    assert await journal.unsettled(PAPER) == []
    assert await journal.fills_of([OrderId("o-2")]) == {}
    assert await journal.booked_among([FillId("f\0"), FillId("f")]) == frozenset()


async def test_an_order_that_is_only_intended_has_one_transition(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    intent = OrderChange(order_id=order().id, number=0, state="intent", at=order().wanted_at)
    await journal.intend(seat, Standing(order(), intent))
    assert await count(history, "order_events") == 1
    await journal.note(seat, change(1, "sending"))


async def test_what_is_intended_again_is_not_new(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    assert await journal.intend(seat, asked(1), TRADE)
    assert not await journal.intend(seat, asked(1), TRADE)
    assert await journal.intend(seat, asked(2, trade_id=TRADE.id), TRADE)
    found = [await count(history, table) for table in ("orders", "order_events", "trades")]
    assert found == [2, 4, 1]


async def test_each_transition_is_a_row_and_the_order_stands_as_the_last(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    await journal.intend(seat, asked(ref="hash"))
    for told in (change(2, "unknown", reason="no \0 answer"), change(3, "open")):
        await journal.note(seat, told)
    found = await journal.find(OrderId("o-1"))
    assert found is not None
    assert found.last == msgspec.structs.replace(change(3, "open"), ref="hash")
    assert await count(history, "order_events") == 4
    await journal.note(seat, change(4, "cancelled", filled=3))
    assert await journal.unsettled(PAPER) == []


async def test_a_transition_told_again_is_no_error_and_another_under_its_number_is(
    history: Database, journal: Journal
) -> None:
    seat = await seated(history)
    await journal.intend(seat, asked())
    await journal.note(seat, change(2, "unknown"))
    await journal.note(seat, change(2, "unknown"))
    for wrong in (change(2, "open"), change(4, "open"), change(2, "open", of=2)):
        with pytest.raises(Conflict):
            await journal.note(seat, wrong)
    assert await count(history, "order_events") == 3


async def test_who_lost_the_seat_writes_nothing(history: Database, journal: Journal) -> None:
    before = await seated(history)
    await journal.intend(before, asked(), TRADE)
    now = await take_seat(history, PAPER, "another", NOW)
    assert now.fence > before.fence
    for writing in (
        journal.intend(before, asked(2), msgspec.structs.replace(TRADE, id=TradeId("t-2"))),
        journal.note(before, change(2, "open")),
        journal.finish_trade(before, TRADE.id, "hedged", {}, T0),
    ):
        with pytest.raises(Superseded):
            await writing
    assert [await count(history, table) for table in ("orders", "order_events", "trades")] == [1, 2, 1]
    await journal.note(now, change(2, "open"))


async def test_a_seat_writes_for_its_own_account_only(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    with pytest.raises(Conflict):
        await journal.intend(seat, asked(1, account=AccountId("model")))
    assert await count(history, "orders") == 0


async def test_a_trade_is_open_until_it_ends_and_then_stays_as_it_ended(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    await journal.intend(seat, asked(), TRADE)
    assert await journal.open_trades(PAPER) == [TRADE]
    for status in ("hedged", "missed"):
        await journal.finish_trade(seat, TRADE.id, status, {"held": [1, 2]}, T0)
    assert await journal.open_trades(PAPER) == []
    rows = await history.run("SELECT status, detail ->> 'held', detail ? 'plan' FROM trades")
    assert [tuple(row) for row in rows] == [("hedged", "[1, 2]", True)]


async def test_what_an_order_has_got_comes_back_without_what_was_undone(history: Database, journal: Journal) -> None:
    seat, ledger = await seated(history), Ledger(history, "simulated")
    await journal.intend(seat, asked())
    for each in (fill(1), fill(2, is_maker=True), fill(3, stage="undone")):
        await ledger.book(seat, order(), each)
    assert await journal.fills_of([order().id]) == {order().id: [fill(1), fill(2, is_maker=True)]}
    asked_for = [fill(number).id for number in range(1, 5)]
    assert await journal.booked_among(asked_for) == set(asked_for[:3])
