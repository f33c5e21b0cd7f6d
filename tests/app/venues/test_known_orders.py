"""Whose an order is, by our name and by the venue's, and what is missing of it."""

from app.domain.money import Size, money, price, size
from app.domain.orders import Fill, FillId, Order
from app.domain.prices import Nanos
from app.venues.known_orders import MOST_ASKED, Known, KnownOrders
from tests.app.venues.live_orders import NOW, order

YES = "kalshi:T:yes"


def fill(known: Known, count: str, name: str = "f", **given: object) -> Fill:
    said = {"price": price("0.5"), "size": size(count), "fee": money("0"), "venue_time": NOW(), "received_at": NOW()}
    return Fill(id=FillId(name), order_id=known.order.id, **{**said, **given})  # type: ignore[arg-type]


async def test_an_order_is_found_by_either_name() -> None:
    known, wanted = KnownOrders(), order(YES, "0.5", "10", name="ours")
    known.note(wanted)
    assert await known.find("theirs") is None
    found = await known.find("ours", "theirs")
    assert found is not None
    assert found.ref == "theirs"
    assert await known.find("theirs") is found


async def test_an_order_of_another_process_is_recalled_once() -> None:
    asked: list[str] = []
    wanted = order(YES, "0.5", "10", name="ours")

    async def recall(name: str) -> Order | None:
        asked.append(name)
        return wanted if name in ("ours", "theirs") else None

    known = KnownOrders(recall)
    for _ in range(3):
        assert (await known.find("theirs")) is not None
        assert await known.find("somebody's") is None
    assert asked == ["theirs", "somebody's"]
    assert (await known.find("ours")) is await known.find("theirs")


async def test_what_was_nobodys_is_ours_once_we_know_it() -> None:
    known = KnownOrders()
    assert await known.find("theirs") is None
    known.note(order(YES, "0.5", "10"), "theirs")
    assert await known.find("theirs") is not None


def test_fills_may_lag_behind_their_sum() -> None:
    known = KnownOrders()
    one = known.note(order(YES, "0.5", "10"))
    one.note("cancelled", size("6"))
    assert (one.filled, known.owing()) == (size("6"), [one])
    one.note_fill(fill(one, "4", "a"))
    one.note_fill(fill(one, "4", "a"))
    assert (one.filled, known.owing()) == (size("6"), [one])
    one.note_fill(fill(one, "2", "b"))
    assert (one.filled, one.state, known.owing()) == (size("6"), "cancelled", [])


def test_what_was_asked_for_often_in_vain_is_left_alone() -> None:
    known = KnownOrders()
    one = known.note(order(YES, "0.5", "10"))
    one.note("filled", size("10"))
    one.asked = MOST_ASKED
    assert known.owing() == []


def test_what_may_not_rest_and_is_open_owes_an_end() -> None:
    known = KnownOrders()
    at_once, rests = known.note(order(YES, "0.5", "10")), known.note(order(YES, "0.5", "10", time_in_force="gtc"))
    at_once.note("open", Size(0))
    rests.note("open", Size(0))
    assert known.owing() == [at_once]
    assert known.open() == [rests, at_once]


def test_fills_make_an_order_full_and_what_is_over_stays_so() -> None:
    one = KnownOrders().note(order(YES, "0.5", "10", time_in_force="gtc"))
    one.note_fill(fill(one, "4", "a"))
    assert one.state == "partly_filled"
    one.note_fill(fill(one, "6", "b"))
    assert (one.state, one.filled) == ("filled", size("10"))
    one.note("open", Size(0))
    assert one.state == "filled"


def test_a_fill_that_is_undone_is_taken_out_again() -> None:
    one = KnownOrders().note(order(YES, "0.5", "10"))
    one.note("filled", size("10"))
    one.note_fill(fill(one, "10", "a", stage="provisional"))
    one.note_fill(fill(one, "10", "a", stage="undone", received_at=Nanos(NOW())))
    assert (one.filled, one.owes) == (0, False)
