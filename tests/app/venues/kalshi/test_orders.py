"""Our orders as Kalshi's, and its words as ours."""

import pytest

from app.domain.money import money, price, size
from app.domain.prices import SECOND
from app.errors import BadInput, OrderRejected
from app.venues.calls import Answer
from app.venues.kalshi import trading_wire as wire
from app.venues.kalshi.orders import (
    asked_for,
    balance_of,
    contract_of,
    fill_of,
    held_of,
    reason_of,
    report_cancelled,
    report_placed,
    report_taken,
)
from tests.app.venues.live_orders import NOW, order

T = "KXNBAGAME-26NOV22LALBOS-BOS"
YES, NO = f"kalshi:{T}:yes", f"kalshi:{T}:no"

SIDES = [  # contract, side, limit, side and price in the book of YES, whether it may only reduce
    (YES, "buy", "0.55", "bid", "0.5500", False),
    (YES, "sell", "0.55", "ask", "0.5500", True),
    (NO, "buy", "0.44", "ask", "0.5600", False),
    (NO, "sell", "0.44", "bid", "0.5600", True),
]


@pytest.mark.parametrize(("contract", "side", "limit", "book_side", "of_yes", "only_reduces"), SIDES)
def test_every_order_is_one_for_yes(
    contract: str, side: str, limit: str, book_side: str, of_yes: str, only_reduces: bool
) -> None:
    asked = asked_for(order(contract, limit, "12.5", side=side), NOW())
    assert (asked.ticker, asked.side, asked.price, asked.count) == (T, book_side, of_yes, "12.50")
    assert (asked.time_in_force, asked.reduce_only) == ("immediate_or_cancel", only_reduces)


TIMES = [
    ("fok", "fill_or_kill", False),
    ("ioc", "immediate_or_cancel", False),
    ("gtc", "good_till_canceled", True),
    ("gtd", "good_till_canceled", True),
]


@pytest.mark.parametrize(("ours", "theirs", "rests"), TIMES)
def test_how_long_it_stands(ours: str, theirs: str, rests: bool) -> None:
    until = NOW() + 90 * SECOND
    asked = asked_for(order(YES, "0.55", "1", time_in_force=ours, expires_at=until), NOW())
    assert (asked.time_in_force, asked.cancel_order_on_pause) == (theirs, rests)
    assert asked.expiration_time == (until // SECOND if ours == "gtd" else None)


REFUSED = [
    ({"limit": "0.5555"}, "tenths of a cent"),
    ({"limit": "0"}, "tenths of a cent"),
    ({"count": "0.005"}, "hundredths"),
    ({"count": "0"}, "hundredths"),
    ({"name": "x" * 65}, "64 characters"),
    ({"contract_id": "kalshi:X"}, "no contract"),
    ({"is_post_only": True}, "cannot be over at once"),
    ({"time_in_force": "gtd", "expires_at": 5}, "expired"),
]


@pytest.mark.parametrize(("given", "why"), REFUSED)
def test_what_kalshi_would_refuse_is_not_sent(given: dict, why: str) -> None:
    said = {"contract_id": YES, "limit": "0.55", "count": "1", **given}
    with pytest.raises(OrderRejected, match=why):
        asked_for(order(**said), NOW())


TAKEN = [  # time in force, filled and remaining, state
    ("ioc", "10.00", "0.00", "filled"),
    ("ioc", "4.00", "0.00", "cancelled"),
    ("ioc", "4.00", "6.00", "cancelled"),
    ("ioc", "0.00", "0.00", "cancelled"),
    ("gtc", "0.00", "10.00", "open"),
    ("gtc", "4.00", "6.00", "partly_filled"),
    ("gtc", "10.00", "0.00", "filled"),
    ("gtc", "4.00", "0.00", "cancelled"),
]


@pytest.mark.parametrize(("time_in_force", "filled", "left", "state"), TAKEN)
def test_the_answer_to_an_order(time_in_force: str, filled: str, left: str, state: str) -> None:
    wanted = order(YES, "0.55", "10", time_in_force=time_in_force)
    report = report_taken(wanted, wire.OrderTaken(order_id="8c2a", fill_count=filled, remaining_count=left), NOW())
    assert (report.state, report.filled, report.ref) == (state, size(filled), "8c2a")


SHOWN = [  # status, filled, state
    ("resting", "0.00", "open"),
    ("resting", "4.00", "partly_filled"),
    ("executed", "10.00", "filled"),
    ("executed", "8.00", "cancelled"),  # what is over at once and got less
    ("canceled", "4.00", "cancelled"),
    ("pending", "0.00", "open"),
]


@pytest.mark.parametrize(("status", "filled", "state"), SHOWN)
def test_an_order_as_it_is_shown(status: str, filled: str, state: str) -> None:
    shown = wire.PlacedOrder(order_id="8c2a", status=status, fill_count_fp=filled)
    assert report_placed(order(YES, "0.55", "10"), shown, NOW()).state == state


def test_what_was_taken_back_after_its_time_had_expired() -> None:
    wanted = order(YES, "0.55", "10", time_in_force="gtd", expires_at=NOW() - 1)
    shown = wire.PlacedOrder(order_id="8c2a", status="canceled")
    assert report_placed(wanted, shown, NOW()).state == "expired"


def test_what_was_not_taken_back_was_filled() -> None:
    wanted = order(YES, "0.55", "10")
    cancelled = wire.OrderCancelled(order_id="8c2a", reduced_by="6.00")
    assert report_cancelled(wanted, cancelled, size("0"), NOW()).filled == size("4")


def test_a_fill_is_told_in_terms_of_its_own_contract() -> None:
    told = wire.Fill(
        order_id="8c2a", yes_price_dollars="0.5600", count_fp="80.00", trade_id="t", fee_cost="1.3900", ts_ms=5
    )
    assert fill_of(order(YES, "0.56", "80"), told, NOW()).price == price("0.56")
    fill = fill_of(order(NO, "0.44", "80"), told, NOW())
    assert (fill.id, fill.price, fill.size, fill.fee) == ("kalshi:t", price("0.44"), size("80"), money("1.39"))
    assert (fill.venue_time, fill.is_maker, fill.stage) == (5_000_000, False, "confirmed")


BAD_FILLS = [{"fill_id": None}, {"count_fp": "-1"}, {"yes_price_dollars": "2"}, {"created_time": "?"}]


@pytest.mark.parametrize("given", BAD_FILLS)
def test_a_fill_that_cannot_be_read(given: dict) -> None:
    said = {"order_id": "8c2a", "yes_price_dollars": "0.56", "count_fp": "1", "fill_id": "f", **given}
    with pytest.raises(BadInput):
        fill_of(order(YES, "0.56", "80"), wire.Fill(**said), NOW())


def test_what_is_held_and_owned() -> None:
    assert held_of(wire.Held(ticker=T, position_fp="-3.50")) == -size("3.5")
    assert (contract_of(T, -1), contract_of(T, 1)) == (NO, YES)
    assert balance_of(wire.Balance(balance=1234)) == money("12.34")
    assert balance_of(wire.Balance(balance=1234, balance_dollars="12.3456")) == money("12.3456")
    with pytest.raises(BadInput):
        balance_of(wire.Balance())


WORDS = [
    (b'{"code":"bad","message":"no","details":"why"}', "bad: no: why"),
    (b'{"error":{"code":"bad","message":"no"}}', "bad: no"),
    (b'{"error":"too many requests"}', 'answered 400 {"error":"too many requests"}'),
    (b"<html>", "answered 400 <html>"),
    (b"", "answered 400"),
]


@pytest.mark.parametrize(("body", "words"), WORDS)
def test_why_not_in_its_own_words(body: bytes, words: str) -> None:
    assert reason_of(Answer(400, body)) == words
