"""Our orders as Polymarket's, and its words as ours."""

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.fees import FeeSchedule
from app.domain.money import LARGEST, Price, Size, money, size
from app.domain.prices import SECOND
from app.errors import BadInput, OrderRejected
from app.venues.polymarket import trading_wire as wire
from app.venues.polymarket.orders import (
    balance_of,
    fill_made,
    fill_taken,
    posted,
    report_placed,
    report_shown,
    state_of,
    type_of,
    typed,
)
from app.venues.polymarket.typed_data import TypedOrder
from tests.app.venues.live_orders import NOW, order

TOKEN = "1119"
A = "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1"


def signed(limit: str, count: str, **given: object) -> TypedOrder:
    return typed(order(f"polymarket:{TOKEN}", limit, count, **given), A, A, 0, 7, NOW())


AMOUNTS = [  # side, time in force, limit, shares; given, wanted
    ("buy", "gtc", "0.41", "100", 41_000_000, 100_000_000),
    ("sell", "gtc", "0.41", "100", 100_000_000, 41_000_000),
    ("buy", "ioc", "0.41", "31.57", 12_943_700, 31_570_000),  # as one that may rest: for so many shares
    ("buy", "ioc", "0.985", "9.98", 9_830_300, 9_980_000),
    ("sell", "ioc", "0.985", "9.98", 9_980_000, 9_830_300),
    ("sell", "ioc", "0.9855", "9.97", 9_970_000, 9_825_400),  # what it wants has four decimals
    ("buy", "fok", "0.41", "100", 41_000_000, 100_000_000),
    ("buy", "fok", "0.985", "9.98", 9_830_000, 9_979_600),  # whole cents, and shares with four decimals
    ("sell", "fok", "0.41", "100", 100_000_000, 41_000_000),
]


@pytest.mark.parametrize(("side", "time_in_force", "limit", "count", "paid", "got"), AMOUNTS)
def test_amounts(side: str, time_in_force: str, limit: str, count: str, paid: int, got: int) -> None:
    wanted = signed(limit, count, side=side, time_in_force=time_in_force)
    assert (wanted.maker_amount, wanted.taker_amount) == (paid, got)
    assert (wanted.side, wanted.token_id) == (0 if side == "buy" else 1, 1119)


prices, shares = st.integers(1, 9_999), st.integers(500, 10**8).map(lambda hundredths: Size(hundredths * 10_000))
times = st.sampled_from(["gtc", "ioc", "fok"])


@given(prices, shares, times)
def test_nobody_pays_more_than_the_limit_and_no_tick_less(limit: int, count: int, time_in_force: str) -> None:
    assume(time_in_force != "fok" or limit * count >= 10**10)  # a cent, and it is of a dollar or more that matters
    wanted = order(f"polymarket:{TOKEN}", "0.5", "1", time_in_force=time_in_force)
    asked = typed(msgspec.structs.replace(wanted, limit=Price(limit), size=count), A, A, 0, 7, NOW())
    assert asked.maker_amount <= count * limit // 10_000
    assert asked.taker_amount <= count
    assert asked.maker_amount * 10_000 >= asked.taker_amount * limit  # else nobody who asks the limit is met
    assert asked.maker_amount * 10_000 < asked.taker_amount * (limit + 1)


KINDS = [
    ("buy", "ioc", "GTC"),
    ("sell", "ioc", "FAK"),
    ("buy", "fok", "FOK"),
    ("sell", "fok", "FOK"),
    ("buy", "gtc", "GTC"),
    ("sell", "gtd", "GTD"),
]


@pytest.mark.parametrize(("side", "time_in_force", "kind"), KINDS)
def test_kinds(side: str, time_in_force: str, kind: str) -> None:
    assert type_of(order(f"polymarket:{TOKEN}", "0.5", "5", side=side, time_in_force=time_in_force)) == kind


def test_the_body_of_a_call() -> None:
    until = NOW() + 300 * SECOND
    wanted = order(f"polymarket:{TOKEN}", "0.5", "5", time_in_force="gtd", expires_at=until, is_post_only=True)
    body = posted(wanted, typed(wanted, A, A, 2, 7, NOW()), "0xabc", "my-key")
    assert (body.owner, body.order_type, body.post_only, body.defer_exec) == ("my-key", "GTD", True, False)
    assert (body.order.expiration, body.order.token_id, body.order.side) == (str(until // SECOND), TOKEN, "BUY")
    assert (body.order.salt, body.order.signature_type, body.order.signature) == (7, 2, "0xabc")


REFUSED = [
    ({"count": "0.005"}, "hundredths"),
    ({"limit": "0"}, "between nothing and a dollar"),
    ({"contract_id": "polymarket:yes"}, "no contract"),
    ({"is_post_only": True}, "cannot be over at once"),
    ({"time_in_force": "gtd", "expires_at": 5}, "three minutes"),
    ({"time_in_force": "fok", "limit": "0.001", "count": "5"}, "less than a cent"),
]


@pytest.mark.parametrize(("given", "why"), REFUSED)
def test_what_the_venue_would_refuse_is_not_signed(given: dict, why: str) -> None:
    said = {"contract_id": f"polymarket:{TOKEN}", "limit": "0.55", "count": "5", **given}
    with pytest.raises(OrderRejected, match=why):
        typed(order(**said), A, A, 0, 7, NOW())


PLACED = [  # time in force and side, status, given and got, state and how much
    ("ioc", "buy", "matched", ("4.2", "10"), ("filled", "10")),
    ("ioc", "buy", "matched", ("2.1", "5"), ("partly_filled", "5")),
    ("ioc", "buy", "live", ("", ""), ("open", "0")),
    ("ioc", "buy", "delayed", ("", ""), ("open", "0")),
    ("ioc", "sell", "matched", ("6", "2.4"), ("cancelled", "6")),
    ("ioc", "sell", "unmatched", ("", ""), ("cancelled", "0")),
    ("ioc", "sell", "delayed", (None, None), ("open", "0")),
    ("fok", "buy", "matched", ("4.2", "10.2439"), ("filled", "10.2439")),
    ("gtc", "buy", "unmatched", ("", ""), ("open", "0")),
]


@pytest.mark.parametrize(("time_in_force", "side", "status", "amounts", "expected"), PLACED)
def test_the_answer_to_an_order(
    time_in_force: str, side: str, status: str, amounts: tuple[str, str], expected: tuple[str, str]
) -> None:
    wanted = order(f"polymarket:{TOKEN}", "0.42", "10", side=side, time_in_force=time_in_force)
    placed = wire.Placed(success=True, status=status, making_amount=amounts[0], taking_amount=amounts[1])
    report = report_placed(wanted, placed, "0x1", NOW())
    assert (report.state, report.filled) == (expected[0], size(expected[1]))


STATES = [  # the venue's word, how much, whether it is over at once; state
    ("LIVE", "0", False, "open"),
    ("ORDER_STATUS_LIVE", "4", False, "partly_filled"),
    ("MATCHED", "10", False, "filled"),
    ("MATCHED", "4", False, "cancelled"),
    ("DELAYED", "0", True, "open"),
    ("UNMATCHED", "0", True, "cancelled"),
    ("UNMATCHED", "0", False, "open"),
    ("CANCELED", "4", False, "cancelled"),
    ("CANCELED_NOT_ENOUGH_BALANCE", "0", False, "cancelled"),
    ("CANCELED_EXPIRED_ORDER", "0", False, "expired"),
    ("INVALID", "0", False, "cancelled"),
    ("SOMETHING", "0", False, "open"),
]


@pytest.mark.parametrize(("word", "filled", "is_over_at_once", "state"), STATES)
def test_what_its_words_mean(word: str, filled: str, is_over_at_once: bool, state: str) -> None:
    assert state_of(word, size(filled), size("10"), is_over_at_once=is_over_at_once) == state


def test_an_order_as_it_is_shown_says_why_it_is_over() -> None:
    shown = wire.ShownOrder(id="0x1", status="CANCELED_NOT_ENOUGH_BALANCE", size_matched="4")
    report = report_shown(order(f"polymarket:{TOKEN}", "0.42", "10"), shown, NOW())
    assert (report.state, report.filled, report.reason) == ("cancelled", size("4"), "canceled_not_enough_balance")


FEES = FeeSchedule(50_000, step=10, least=10)
TRADE = wire.Trade(id="t", taker_order_id="0x1", size="30", price="0.42", status="MATCHED", match_time="1763850000")


def test_who_takes_pays_and_the_fee_is_the_markets_own() -> None:
    fill = fill_taken(order(f"polymarket:{TOKEN}", "0.42", "30", fees=FEES), TRADE, NOW())
    assert (fill.id, fill.price, fill.size, fill.fee) == ("polymarket:t", 4200, size("30"), money("0.3654"))
    assert (fill.stage, fill.is_maker, fill.venue_time) == ("provisional", False, 1_763_850_000 * SECOND)


MET = [  # what stood there: shares, price, token; what was paid
    ([], 4200),
    ([("30", "0.42", "1119")], 4200),
    ([("30", "0.58", "2228")], 4200),  # a bid for the other outcome
    ([("10", "0.40", "1119"), ("20", "0.59", "2228")], 4067),
    ([("10", "0.40", "1119")], 4200),  # not all of it is told
]


@pytest.mark.parametrize(("met", "paid"), MET)
def test_who_takes_pays_what_those_ask_who_stand_there(met: list[tuple[str, str, str]], paid: int) -> None:
    makers = [
        wire.MakerOrder(order_id="0x2", matched_amount=count, price=price, asset_id=token)
        for count, price, token in met
    ]
    trade = msgspec.structs.replace(TRADE, asset_id=TOKEN, maker_orders=makers)
    assert fill_taken(order(f"polymarket:{TOKEN}", "0.42", "30"), trade, NOW()).price == paid


def test_who_is_met_pays_nothing_and_got_what_stands_beside_its_order() -> None:
    made = wire.MakerOrder(order_id="0xabcdef0123456789", matched_amount="12", price="0.58")
    fill = fill_made(order(f"polymarket:{TOKEN}", "0.58", "30", fees=FEES), TRADE, made, NOW())
    assert (fill.id, fill.price, fill.size, fill.fee) == ("polymarket:t:23456789", 5800, size("12"), 0)
    assert fill.is_maker


STAGES = [
    ("MATCHED", "provisional"),
    ("TRADE_STATUS_MATCHED_NOT_BROADCASTED", "provisional"),
    ("MINED", "provisional"),
    ("RETRYING", "provisional"),
    ("TRADE_STATUS_CONFIRMED", "confirmed"),
    ("FAILED", "undone"),
]


@pytest.mark.parametrize(("word", "stage"), STAGES)
def test_how_far_a_trade_is(word: str, stage: str) -> None:
    trade = wire.Trade(id="t", taker_order_id="0x1", size="30", price="0.42", status=word)
    assert fill_taken(order(f"polymarket:{TOKEN}", "0.42", "30"), trade, NOW()).stage == stage


@pytest.mark.parametrize("written", ["-1", "much", "NaN", "1e999", None])
def test_numbers_that_are_none(written: str | None) -> None:
    with pytest.raises(BadInput):
        balance_of(written)  # type: ignore[arg-type]


def test_an_allowance_without_an_end_is_a_number() -> None:
    assert balance_of(str(2**256 - 1)) == LARGEST
