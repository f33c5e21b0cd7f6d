"""What a live order needs before it is sent."""

import pytest

from app.domain.money import size
from app.domain.prices import SECOND, Nanos
from app.errors import OrderRejected
from app.settings import TradingSettings
from app.venues.permits import DAY, NOT_ENABLED, Permit
from tests.app.venues.live_orders import order

YES = "kalshi:T:yes"


class Desk:
    def __init__(self) -> None:
        self.is_enabled = True
        self.now = Nanos(20_000 * DAY + 3600 * SECOND)
        limits = TradingSettings(max_stake=10, max_stake_a_day=25)
        self.permit = Permit(limits, lambda: self.is_enabled, lambda: self.now)
        self.permit.was_tried = True

    def send(self, limit: str, count: str, name: str = "", **given: object) -> None:
        wanted = order(YES, limit, count, name=name, **given)
        self.permit.refuse(wanted)
        self.permit.spend(wanted)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_nothing_is_sent_before_somebody_allows_it(desk: Desk) -> None:
    desk.is_enabled = False
    assert desk.permit.trouble == NOT_ENABLED
    for side in ("buy", "sell"):
        with pytest.raises(OrderRejected, match="live enable"):
            desk.send("0.5", "1", side=side)


def test_nothing_is_sent_before_the_venue_was_tried(desk: Desk) -> None:
    desk.permit.was_tried = False
    with pytest.raises(OrderRejected, match="not tried yet"):
        desk.send("0.5", "1")


def test_what_is_found_in_the_way_stands_there_until_it_is_gone(desk: Desk) -> None:
    desk.permit.note("location", "not here")
    desk.permit.note("exchange", "closed")
    assert desk.permit.trouble == "not here; closed"
    desk.permit.note("location", "")
    with pytest.raises(OrderRejected, match=r"^closed$"):
        desk.send("0.5", "1", side="sell")
    desk.permit.note("exchange", "")
    desk.send("0.5", "1")


def test_what_hinders_entries_does_not_hinder_exits(desk: Desk) -> None:
    desk.permit.note_entries("balance", "no money")
    assert desk.permit.trouble == ""
    desk.send("0.5", "1", side="sell")
    with pytest.raises(OrderRejected, match="no money"):
        desk.send("0.5", "1")
    desk.permit.note_entries("balance", "")
    desk.send("0.5", "1")


def test_no_order_is_too_large(desk: Desk) -> None:
    desk.send("0.5", "20")
    with pytest.raises(OrderRejected, match=r"\$10\.000001 is more than TRADING__MAX_STAKE, \$10"):
        desk.send("0.0001", "100000.01")
    desk.send("0.99", "1000", side="sell")


def test_no_day_is_too_large(desk: Desk) -> None:
    desk.send("0.5", "20")
    desk.send("0.5", "20")
    with pytest.raises(OrderRejected, match=r"with \$20 spent today \$6 is more than TRADING__MAX_STAKE_A_DAY, \$25"):
        desk.send("0.5", "12")
    desk.send("0.5", "10")
    desk.now = Nanos(desk.now + DAY)
    desk.send("0.5", "20")


def test_what_was_spent_before_we_began_counts_too(desk: Desk) -> None:
    desk.permit.begin_day(size("20"))  # type: ignore[arg-type]  # twenty dollars are written like twenty contracts
    with pytest.raises(OrderRejected, match="spent today"):
        desk.send("0.5", "12")
    desk.now = Nanos(desk.now + DAY)
    desk.send("0.5", "12")


def test_what_came_to_nothing_was_not_spent(desk: Desk) -> None:
    first = order(YES, "0.5", "20", name="first")
    desk.permit.spend(first)
    desk.send("0.5", "20")
    desk.permit.give_back(first, size("4"))
    desk.send("0.5", "20", name="third")
    desk.permit.give_back(order(YES, "0.5", "20", name="never"), size("4"))
    with pytest.raises(OrderRejected, match=r"\$22 spent today"):
        desk.send("0.5", "7")


def test_an_order_counts_once_however_often_it_is_asked_for(desk: Desk) -> None:
    for _ in range(5):
        desk.send("0.5", "20", name="same")
