"""Real answers of Gamma and the CLOB: everything in them is read, or refused with its field."""

from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from app.errors import PayloadRefused
from app.venues.polymarket import wire
from app.venues.polymarket.translate import events_from

UPDATES = [  # frames of the market channel
    *("py_ws_messages_book", "py_ws_messages_last_trade_price", "py_ws_messages_price_change"),
    *("py_ws_messages_price_change_v2", "py_ws_messages_tick_size_change", "rs_ws_market_best_bid_ask_msg"),
    *("rs_ws_market_book_msg", "rs_ws_market_last_trade_msg", "rs_ws_market_new_market_msg"),
    *("rs_ws_market_price_change_msg", "rs_ws_market_resolved_msg", "rs_ws_market_tick_size_msg"),
]
UNTAGGED = {  # the same, kept without their event_type
    "rs_ws_book_snapshot": wire.Book,
    "rs_ws_last_trade": wire.LastTradePrice,
    "rs_ws_quotes": wire.PriceChange,
    "rs_ws_tick_size_change": wire.TickSizeChange,
    "py_http_responses_book": wire.Book,
    "rs_clob_book_response": wire.Book,
}
CATALOGUE = {  # events and markets in them
    "rs_gamma_event": (1, 2),
    "rs_gamma_market": (1, 1),
    "rs_gamma_market_closed_binary_accepting_false": (1, 1),
    "rs_gamma_market_closed_binary_accepting_true": (1, 1),
    "rs_gamma_market_closed_nonbinary_legacy": (1, 1),
    "rs_gamma_market_closed_zero_zero_legacy": (1, 1),
    "rs_gamma_market_sports_market_map_handicap": (1, 1),
    "rs_gamma_market_sports_market_money_line": (1, 1),
    "rs_search_response": (1, 1),
}


def message(shared: Path, name: str) -> bytes:
    return (shared / "data/polymarket/messages" / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", UPDATES)
def test_frames_of_the_market_channel_decode(shared: Path, name: str) -> None:
    assert wire.UPDATE.decode(message(shared, name)) is not None


@pytest.mark.parametrize(("name", "kind"), UNTAGGED.items())
def test_answers_of_the_order_book_server_decode(shared: Path, name: str, kind: type[msgspec.Struct]) -> None:
    assert msgspec.json.Decoder(kind, strict=False).decode(message(shared, name)) is not None


@pytest.mark.parametrize(("name", "counts"), CATALOGUE.items())
def test_answers_of_the_catalogue_are_read(shared: Path, name: str, counts: tuple[int, int]) -> None:
    read = events_from(message(shared, name))
    assert (len(read.items), sum(len(event.markets or ()) for event in read.items)) == counts
    assert read.refused == ()


def test_every_recording_is_read_or_refused_with_the_field(shared: Path) -> None:
    files = sorted((shared / "data/polymarket").rglob("*.json"))
    assert len(files) > 40
    told = {file.name: _told(file) for file in files}
    assert {name: words for name, words in told.items() if not all(words)} == {}


def _told(file: Path) -> list[str]:
    """The field of each refusal."""
    try:
        return [refusal.field for refusal in events_from(file.read_bytes()).refused]
    except PayloadRefused as refused:
        return [str(refused).partition(":")[0]]


def test_the_nba_slate(shared: Path) -> None:
    read = events_from((shared / "slates/nba-2026-01-09/polymarket/events.json").read_bytes())
    markets = [market for event in read.items for market in event.markets or ()]
    assert (len(read.items), len(markets), read.refused) == (50, 738, ())
    assert Counter((market.topic, market.kind, market.scope) for market in markets) == {
        ("prop", None, None): 469,
        ("game", "total", "game"): 83,
        ("game", "spread", "game"): 53,
        ("game", "moneyline", "game"): 50,
        ("game", "total", "1h"): 40,
        ("game", "spread", "1h"): 27,
        ("game", "moneyline", "1h"): 16,
    }
    assert {event.league for event in read.items} == {"nba"}
    assert all(event.start and event.day and event.start_source == "start_field" for event in read.items)
    assert all(len(market.outcomes) == 2 for market in markets)


def test_in_the_nba_slate_a_spread_names_the_code_that_gives(shared: Path) -> None:
    read = events_from((shared / "slates/nba-2026-01-09/polymarket/events.json").read_bytes())
    event = next(event for event in read.items if event.id == "nba-mem-lal-2026-01-04")
    assert [(side.code, side.side) for side in event.competitors] == [("mem", "away"), ("lal", "home")]
    spreads = [market for market in event.markets or () if market.kind == "spread"]
    assert {(market.subject_code, market.outcomes[0].label) for market in spreads} == {("lal", "Lakers")}
    assert {market.line for market in spreads if market.scope == "game"} == {-3.5, -4.5, -5.5, -6.5}
    assert {market.line for market in spreads if market.scope == "1h"} == {2.5, 3.5}  # the sign differs: kept as it is


def test_a_day_may_be_the_utc_one(shared: Path) -> None:
    file = shared / "data/cross/nfl-det-buf-2026-09-17/gamma_event_det_buf.json"
    event = events_from(file.read_bytes()).items[0]
    assert (event.day, event.start and event.start.isoformat()) == (date(2026, 9, 18), "2026-09-18T00:15:00+00:00")
    assert (event.is_over, [market.id for market in event.markets or ()]) == (True, ["3398287"])


def test_tennis_events_without_tokens_lose_their_markets_and_say_so(shared: Path) -> None:
    read = events_from((shared / "data/polymarket/tennis/gamma_events_tennis.json").read_bytes())
    assert Counter((event.league, event.topic) for event in read.items) == {
        ("tennis", "game"): 5,
        ("tennis", "future"): 1,
    }
    assert {refusal.field for refusal in read.refused} == {"clobTokenIds"}
