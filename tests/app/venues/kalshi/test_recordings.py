"""Real answers and frames of Kalshi: everything in them is read, or refused with its field."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from app.errors import PayloadRefused
from app.venues.kalshi import wire
from app.venues.kalshi.translate import events_from

AUGUST = "data/kalshi/mlb-wnba-nfl-2026-08"

ANSWERS = [  # file, events, markets
    ("slates/mlb-wnba-2026-08-09/kalshi/events.json", 32, 245),
    ("slates/nba-2026-01-09/kalshi/events.json", 27, 0),
    (f"{AUGUST}/events_sports_nested.json", 32, 245),
    (f"{AUGUST}/events_nfl_preseason.json", 32, 64),
    (f"{AUGUST}/markets_settled.json", 22, 44),
    ("data/kalshi/epl-2026-03/kalshi_market.json", 1, 1),
    ("data/kalshi/epl-2026-03/kalshi_markets.json", 1, 3),
]


@pytest.mark.parametrize(("file", "events", "markets"), ANSWERS)
def test_every_event_of_an_answer_is_read(shared: Path, file: str, events: int, markets: int) -> None:
    read = events_from((shared / file).read_bytes())
    assert (len(read.items), sum(len(event.markets or ()) for event in read.items)) == (events, markets)
    assert read.refused == ()


def test_every_recording_is_read_or_refused_with_the_field(shared: Path) -> None:
    files = sorted((shared / "data/kalshi").rglob("*.json"))
    assert len(files) > 15
    told = {file.name: _told(file) for file in files}
    assert {name: words for name, words in told.items() if not all(words)} == {}


def _told(file: Path) -> list[str]:
    """The field of each refusal."""
    try:
        return [refusal.field for refusal in events_from(file.read_bytes()).refused]
    except PayloadRefused as refused:
        return [str(refused).partition(":")[0]]


def _inside(file: Path, *keys: str) -> bytes:
    """What a recording keeps under some keys, with its own notes beside."""
    raw = file.read_bytes()
    for key in keys:
        raw = bytes(msgspec.json.decode(raw, type=dict[str, msgspec.Raw])[key])
    return raw


@pytest.mark.parametrize(("series", "markets"), [("KXMLBKS", 48), ("KXMLBTB", 211)])
def test_props_are_props(shared: Path, series: str, markets: int) -> None:
    file = shared / AUGUST / "events_mlb_props_nested.json"
    read = events_from(_inside(file, "events_by_series", series))
    props = [market for event in read.items for market in event.markets or ()]
    assert (len(read.items), len(props), read.refused) == (4, markets, ())
    assert {(market.topic, market.kind) for market in props} == {("prop", None)}
    assert {event.league for event in read.items} == {"mlb"}
    assert all(event.start_source == "ticker_time" and len(event.competitors) == 2 for event in read.items)


def test_combinations_are_combinations(shared: Path) -> None:
    read = events_from(_inside(shared / AUGUST / "combo_priced_markets.json", "combos"))
    assert len(read.items) == 12
    assert {(event.topic, event.league, event.day) for event in read.items} == {("combo", None, None)}


def test_the_legs_of_combinations(shared: Path) -> None:
    legs = msgspec.json.decode(
        _inside(shared / AUGUST / "combo_priced_markets.json", "legs"), type=dict[str, msgspec.Raw]
    )
    reads = [events_from(bytes(raw)) for raw in legs.values()]
    assert all(len(read.items) == 1 and read.refused == () for read in reads)
    topics = Counter(read.items[0].topic for read in reads)
    assert set(topics) == {"game", "prop"}


def test_the_august_slate(shared: Path) -> None:
    read = events_from((shared / "slates/mlb-wnba-2026-08-09/kalshi/events.json").read_bytes())
    assert Counter((event.league, event.kind) for event in read.items) == {
        **{(league, "moneyline"): 3 for league in ("ncaaf", "nfl", "mls", "mlb", "wnba")},
        **{(league, kind): 3 for league in ("mlb", "wnba") for kind in ("spread", "total")},
        (None, "spread"): 3,  # CFL
        ("nba", None): 1,
        ("nfl", None): 1,
    }
    games = [event for event in read.items if event.topic == "game"]
    assert all(event.day and event.start and len(event.competitors) == 2 for event in games)
    assert all(side.name and side.code for event in games for side in event.competitors)
    assert {event.start_source for event in games if event.league == "mlb"} == {"ticker_time"}
    assert {event.topic for event in read.items} == {"game", "future"}


def test_in_the_august_slate_yes_is_about_a_side_by_id(shared: Path) -> None:
    read = events_from((shared / "slates/mlb-wnba-2026-08-09/kalshi/events.json").read_bytes())
    winners = [event for event in read.items if event.kind == "moneyline"]
    for event in winners:
        by_code = {side.code: side.venue_team_id for side in event.competitors}
        for market in event.markets or ():
            assert market.kind == ("draw" if market.subject_code == "TIE" else "moneyline")
            assert market.kind == "draw" or by_code[market.subject_code] == market.subject_id != ""


def test_the_nba_slate_has_no_markets_and_no_times(shared: Path) -> None:
    read = events_from((shared / "slates/nba-2026-01-09/kalshi/events.json").read_bytes())
    assert {(event.markets, event.start, event.start_source) for event in read.items} == {(None, None, "date_only")}
    assert all([side.side for side in event.competitors] == ["away", "home"] for event in read.items)


def test_settled_markets_are_settled(shared: Path) -> None:
    read = events_from((shared / AUGUST / "markets_settled.json").read_bytes())
    assert Counter(market.status for event in read.items for market in event.markets or ()) == {
        "settled": 42,
        "closed": 2,
    }
    assert all(event.is_over for event in read.items)


def test_starts_agree_with_what_the_rules_say(shared: Path) -> None:
    read = events_from((shared / AUGUST / "markets_settled.json").read_bytes())
    baseball = [event for event in read.items if event.league == "mlb"]
    assert len(baseball) == 10
    assert all(event.start_source == "ticker_time" for event in baseball)


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        ("data/kalshi/epl-2026-03/kalshi_orderbook.json", ("orderbook_fp",)),
        (f"{AUGUST}/market_single.json", ("orderbook", "orderbook_fp")),
    ],
)
def test_order_books_decode(shared: Path, file: str, keys: tuple[str, ...]) -> None:
    book = msgspec.json.decode(_inside(shared / file, *keys), type=wire.OrderBookLevels)
    assert book.yes_dollars
    assert book.no_dollars
    assert [price for price, _ in book.yes_dollars] == sorted(price for price, _ in book.yes_dollars)


def test_every_frame_of_the_tape_decodes(shared: Path) -> None:
    class Received(msgspec.Struct):
        received_ms: int
        frame: msgspec.Raw

    class Tape(msgspec.Struct):
        frames: list[Received]

    file = shared / "data/tape/kalshi-ws-2026-08-07/ws_orderbook_stream.json"
    tape = msgspec.json.decode(file.read_bytes(), type=Tape)
    frames = [wire.FRAME.decode(received.frame) for received in tape.frames]
    assert Counter(type(frame).__name__ for frame in frames) == {
        "SubscribedFrame": 1,
        "SnapshotFrame": 12,
        "DeltaFrame": 245,
        "OkFrame": 11,
    }
