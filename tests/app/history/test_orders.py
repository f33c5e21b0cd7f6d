"""An order is written down before it is sent, once, and by who has the seat."""

import msgspec
import pytest

from app.domain.orders import OrderId
from app.domain.prices import Nanos
from app.errors import Conflict, Superseded
from app.history.accounts import take_seat
from app.history.database import Database
from app.history.orders import Journal
from tests.app.history.samples import NOW, count
from tests.app.history.trading import PAPER, change, order, seated


@pytest.fixture
def journal(history: Database) -> Journal:
    return Journal(history, "simulated")


async def test_an_intent_comes_back_as_it_was_asked(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    asked = order(1, "sell", time_in_force="gtd", expires_at=Nanos(order().wanted_at + 5_000), is_post_only=True, leg=1)
    assert await journal.intend(seat, [asked]) == {"o-1"}
    found = await journal.find(asked.id)
    assert found is not None
    assert found.order == asked
    assert (found.last.state, found.last.number, found.last.at, found.left) == (
        "intent",
        0,
        asked.wanted_at,
        asked.size,
    )
    assert await journal.unsettled(PAPER) == [found]
    assert await count(history, "order_events") == 1
    assert await journal.find(OrderId("o-2")) is None
    assert await journal.find(OrderId("o-\0")) is None


async def test_what_is_intended_again_is_not_new(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    assert await journal.intend(seat, [order(1), order(2)]) == {"o-1", "o-2"}
    assert await journal.intend(seat, [order(2), order(3)]) == {"o-3"}
    assert await journal.intend(seat, [order(1)]) == set()
    assert await journal.intend(seat, []) == set()
    assert (await count(history, "orders"), await count(history, "order_events")) == (3, 3)


async def test_each_transition_is_a_row_and_the_order_stands_as_the_last(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    await journal.intend(seat, [order()])
    for told in (change(1, "sending", ref="hash"), change(2, "unknown", reason="no answer"), change(3, "open")):
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
    await journal.intend(seat, [order()])
    await journal.note(seat, change(1, "sending"))
    await journal.note(seat, change(1, "sending"))
    for wrong in (change(1, "open"), change(3, "open"), change(1, "sending", of=2)):
        with pytest.raises(Conflict):
            await journal.note(seat, wrong)
    assert await count(history, "order_events") == 2


async def test_who_lost_the_seat_writes_nothing(history: Database, journal: Journal) -> None:
    before = await seated(history)
    await journal.intend(before, [order()])
    now = await take_seat(history, PAPER, "another", NOW)
    assert now.fence > before.fence
    for writing in (journal.intend(before, [order(2)]), journal.note(before, change(1, "sending"))):
        with pytest.raises(Superseded):
            await writing
    assert (await count(history, "orders"), await count(history, "order_events")) == (1, 1)
    await journal.note(now, change(1, "sending"))


async def test_a_seat_writes_for_its_own_account_only(history: Database, journal: Journal) -> None:
    seat = await seated(history)
    assert await journal.intend(seat, [order(1, account="model")]) == set()
    assert await count(history, "orders") == 0
