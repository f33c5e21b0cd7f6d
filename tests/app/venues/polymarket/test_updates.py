"""What each kind of frame tells the core, and what becomes of frames that nobody can read."""

from collections import Counter
from collections.abc import Mapping

import pytest

from app.domain.inputs import Cut, Doubted, Heard, Input, Named, Regridded, Replaced, Snapshot, Traded
from app.domain.prices import LaneId, even_grid
from app.venues.polymarket.amounts import Amounts
from app.venues.polymarket.pairs import Pair
from app.venues.polymarket.updates import Reader
from tests.app.venues.polymarket.frames import (
    BOOK,
    FIRST,
    MARKET,
    NOW,
    SECOND_TOKEN,
    book,
    change,
    changes,
    frame,
    pair_of,
)

LANE = LaneId("polymarket:1")
AT = 1_763_850_001_000_000_000
STAMP = {"timestamp": "1763850001000", "market": MARKET}


class Desk:
    """A reader, and what it has told."""

    def __init__(self) -> None:
        self.pair = pair_of(FIRST, SECOND_TOKEN)
        self.told: list[Input] = []
        self.resolved: list[Pair] = []
        pairs = {FIRST: self.pair, SECOND_TOKEN: self.pair}
        self.reader = Reader(LANE, pairs, self.told.append, Amounts(), Counter())
        self.reader.on_resolved = self.resolved.append
        self.read(book({"0.50": "10"}, {"0.52": "10"}))
        self.told.clear()

    def read(self, *updates: Mapping[str, object]) -> list[Input]:
        return self.read_bytes(frame(*updates))

    def read_bytes(self, payload: bytes) -> list[Input]:
        self.told.clear()
        self.reader.read(payload, NOW)
        return list(self.told)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def replaced(is_bid: bool, price: int, size: int, *, has_more: bool = False, mark: str = "h") -> Replaced:
    return Replaced(BOOK, is_bid, price, size, AT, NOW, 0, mark, has_more)


def named(bid: int | None, ask: int | None, *, is_exact: bool = True, is_mirrored: bool = False) -> Named:
    return Named(BOOK, bid, ask, AT, NOW, is_exact, is_mirrored)


def test_a_book_is_a_snapshot_in_terms_of_the_first_token(desk: Desk) -> None:
    told = desk.read(book({"0.38": "900", ".39": "1200.5"}, {"0.45": "300", "0.40": "250"}, hash="m"))
    bids, asks = ((3_800, 900_000_000), (3_900, 1_200_500_000)), ((4_500, 300_000_000), (4_000, 250_000_000))
    assert told == [Snapshot(BOOK, LANE, bids, asks, 1_763_850_000_000_000_000, NOW, 0, "m")]


def test_a_change_is_an_absolute_size_and_the_best_that_is_named_after_it(desk: Desk) -> None:
    told = desk.read(changes(change("BUY", "0.51", "150", ("0.51", "0.52"))))
    assert told == [replaced(True, 5_100, 150_000_000), named(5_100, 5_200)]


def test_of_several_changes_only_the_last_ends_the_message(desk: Desk) -> None:
    told = desk.read(
        changes(change("BUY", "0.50", "0", ("0.49", "0.53")), change("SELL", "0.52", "0", ("0.49", "0.53")))
    )
    assert told == [replaced(True, 5_000, 0, has_more=True), replaced(False, 5_200, 0), named(4_900, 5_300)]


def test_the_second_token_is_told_only_when_it_is_no_mirror_and_until_it_is_one_again(desk: Desk) -> None:
    first = change("BUY", "0.51", "150", ("0.51", "0.52"))

    def second(bid: str, ask: str) -> dict[str, object]:
        return change("SELL", "0.49", "150", (bid, ask), token=SECOND_TOKEN)

    plain = [replaced(True, 5_100, 150_000_000), named(5_100, 5_200)]
    assert desk.read(changes(first, second("0.48", "0.49"))) == plain
    unlike = named(5_100, 5_300, is_exact=False, is_mirrored=True)
    assert desk.read(changes(second("0.47", "0.49"), first)) == [*plain, unlike]
    again = named(5_100, 5_200, is_exact=False, is_mirrored=True)
    assert desk.read(changes(first, second("0.48", "0.49"))) == [*plain, again]
    assert desk.read(changes(first, second("0.48", "0.49"))) == plain[:1]  # these names stand


def test_a_message_of_the_second_token_alone_is_a_comparison(desk: Desk) -> None:
    told = desk.read(changes(change("SELL", "0.49", "1", ("0.48", "0.49"), token=SECOND_TOKEN)))
    assert told == [named(5_100, 5_200, is_exact=False, is_mirrored=True)]
    assert desk.read(changes(change("SELL", "0.49", "1", token=SECOND_TOKEN))) == [Heard(LANE, NOW)]


def test_no_bid_is_named_nought_and_no_ask_a_dollar(desk: Desk) -> None:
    first = change("SELL", "0.52", "0", ("0", "1"))
    second = change("BUY", "0.48", "0", ("0", "1"), token=SECOND_TOKEN)
    assert desk.read(changes(first, second)) == [replaced(False, 5_200, 0), named(None, None)]


def test_the_form_before_2025_has_one_change_and_names_no_best(desk: Desk) -> None:
    old = {"event_type": "price_change", **STAMP, "asset_id": FIRST, "price": "0.514", "size": "2.08", "side": "SELL"}
    assert desk.read(old) == [replaced(False, 5_140, 2_080_000, mark="")]


def test_a_frame_may_hold_an_array(desk: Desk) -> None:
    one = changes(change("BUY", "0.51", "150"))
    assert desk.read(one, one) == [replaced(True, 5_100, 150_000_000)] * 2


def test_the_other_kinds(desk: Desk) -> None:
    trade = {"event_type": "last_trade_price", **STAMP, "asset_id": FIRST, "price": "0.51", "size": "20", "side": "BUY"}
    assert desk.read(trade) == [Traded(BOOK, 5_100, 20_000_000, True, AT, NOW)]
    assert desk.read({**trade, "asset_id": SECOND_TOKEN}) == [Heard(LANE, NOW)]
    best = {"event_type": "best_bid_ask", **STAMP, "asset_id": FIRST, "best_bid": "0.73", "best_ask": "0.77"}
    assert desk.read(best) == [named(7_300, 7_700, is_exact=False)]
    assert desk.read({**best, "asset_id": SECOND_TOKEN}) == [named(2_300, 2_700, is_exact=False, is_mirrored=True)]
    tick = {"event_type": "tick_size_change", **STAMP, "old_tick_size": "0.01", "new_tick_size": "0.001"}
    assert desk.read({**tick, "asset_id": FIRST}) == [Regridded(BOOK, even_grid(10), NOW), Heard(LANE, NOW)]
    assert desk.read({**tick, "asset_id": SECOND_TOKEN}) == [Heard(LANE, NOW)]  # the market's grid, told once


def test_a_book_that_tells_its_tick_changes_the_grid_before_its_prices_come(desk: Desk) -> None:
    told = desk.read(book({"0.505": "1"}, {}, tick_size="0.005"))
    assert [type(each) for each in told] == [Regridded, Snapshot]
    assert told[0] == Regridded(BOOK, even_grid(50), NOW)


def test_what_is_told_of_every_market_proves_nothing(desk: Desk) -> None:
    about = {"assets_ids": [FIRST], "market": MARKET, "timestamp": "1763850001000"}
    new = {"event_type": "new_market", **about, "slug": "s", "question": "q", "outcomes": []}
    assert desk.read(new) == []
    resolved = {"event_type": "market_resolved", **about, "winning_asset_id": FIRST, "winning_outcome": "Yes"}
    assert desk.read(resolved) == []
    assert desk.resolved == [desk.pair]
    assert desk.read({**resolved, "assets_ids": ["another"]}) == []
    assert desk.resolved == [desk.pair]
    assert desk.reader.counts == {"new_markets": 1, "markets_resolved": 2}


def test_what_is_followed_no_longer_is_passed_over(desk: Desk) -> None:
    assert desk.read(changes(change("BUY", "0.51", "150", token="another"))) == []
    assert desk.read(book({}, {}, token="another")) == []


def test_a_pong_is_no_data(desk: Desk) -> None:
    assert desk.read_bytes(b"PONG") == []
    assert desk.reader.ponged_at == NOW
    assert not desk.reader.refusals


GOOD = changes(change("BUY", "0.51", "150"))
ABOUT_OURS: dict[str, Mapping[str, object]] = {
    "price of two dollars": changes(change("BUY", "2", "150")),
    "price with five decimals": changes(change("BUY", "0.51234", "150")),
    "negative size": changes(change("BUY", "0.51", "-1")),
    "size that is a word": changes(change("BUY", "0.51", "NaN")),
    "no size at all": changes({"asset_id": FIRST, "price": "0.5", "side": "BUY"}),
    "a third side": changes(change("HOLD", "0.51", "1")),
    "no time": {**GOOD, "timestamp": "soon"},
    "no changes": {"event_type": "price_change", **STAMP},
    "two markets in one message": changes(change("BUY", "0.51", "1"), change("BUY", "0.51", "1", token="other")),
    "a book without asks": {"event_type": "book", **STAMP, "asset_id": FIRST, "bids": []},
    "a best that is none": changes(change("BUY", "0.51", "1", ("best", "0.52"))),
    "a trade at no price": {
        **{"event_type": "last_trade_price", **STAMP, "asset_id": FIRST, "price": "", "size": "1", "side": "BUY"}
    },
}


@pytest.mark.parametrize("update", ABOUT_OURS.values(), ids=list(ABOUT_OURS))
def test_an_unreadable_update_puts_its_own_book_in_doubt(desk: Desk, update: Mapping[str, object]) -> None:
    other = pair_of("other", market="0xb2")
    desk.reader._pairs["other"] = other  # type: ignore[index]
    told = desk.read(update)
    assert Doubted(BOOK, "garbage", NOW) in told
    assert not any(isinstance(each, Cut) for each in told)
    assert sum(desk.reader.counts.values()) == 1
    assert len(desk.reader.refusals) == 1


@pytest.mark.parametrize("payload", [b"\x00\xff", b"{", b"[", b"", b"INVALID", b'"text"', b"[1]", b"17", b"[[]]"])
def test_a_frame_that_says_nothing_puts_everything_in_doubt(desk: Desk, payload: bytes) -> None:
    assert desk.read_bytes(payload) == [Cut(LANE, "garbage", NOW)]
    assert desk.reader.counts == {"refused_unreadable": 1}


def test_an_unknown_type_is_refused_by_name_and_costs_nothing(desk: Desk) -> None:
    assert desk.read({"event_type": "sports_update", "market": MARKET}) == []
    assert desk.reader.counts == {"refused_unknown_type": 1}
    assert desk.reader.refusals[0].field == "sports_update"


def test_one_unreadable_element_costs_the_others_nothing(desk: Desk) -> None:
    told = desk.read(GOOD, {"event_type": "tomorrow"}, changes(change("BUY", "two", "1")), GOOD)
    plain = replaced(True, 5_100, 150_000_000)
    assert told == [plain, Doubted(BOOK, "garbage", NOW), plain]
    assert desk.reader.counts == {"refused_unknown_type": 1, "refused_price_change": 1}


def test_an_unreadable_update_about_others_costs_nothing(desk: Desk) -> None:
    assert desk.read({**changes(change("BUY", "two", "1", token="x"), market="0xff")}) == []
    assert desk.read({"event_type": "book", "asset_id": "x"}) == []
