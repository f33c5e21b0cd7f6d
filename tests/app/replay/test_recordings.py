"""Frames through the venues' own code."""

import json
from pathlib import Path

import pytest

from app.errors import BadInput
from app.replay.recordings import hear

FRAMES = [
    {"type": "subscribed", "id": 1, "msg": {"channel": "orderbook_delta", "sid": 1}},
    {
        "type": "orderbook_snapshot",
        "sid": 1,
        "seq": 1,
        "msg": {"market_ticker": "KXNBA-A", "yes_dollars_fp": [["0.4000", "10.00"]], "no_dollars_fp": []},
    },
    {
        "type": "orderbook_delta",
        "sid": 1,
        "seq": 2,
        "msg": {"market_ticker": "KXNBA-A", "price_dollars": "0.4100", "delta_fp": "5.00", "side": "yes", "ts_ms": 1},
    },
]


@pytest.mark.parametrize("is_lines", [False, True])
def test_frames_become_books_and_quotes(tmp_path: Path, is_lines: bool) -> None:
    framed = [{"received_ms": 1_000 + number, "frame": frame} for number, frame in enumerate(FRAMES)]
    recording = tmp_path / "frames.json"
    recording.write_text("\n".join(map(json.dumps, framed)) if is_lines else json.dumps({"frames": framed}))
    found = hear(recording)
    assert (found.venue, found.frames, found.snapshots, found.changes, found.books) == ("kalshi", 3, 1, 1, 1)
    assert found.quotes == 2


def test_the_recorded_evening_plays_to_one_hash(shared: Path) -> None:
    recording = shared / "data/tape/kalshi-ws-2026-08-07/ws_orderbook_stream.json"
    first, second = hear(recording), hear(recording)
    assert (first.frames, first.snapshots, first.changes, first.books) == (269, 12, 245, 12)
    assert first.quotes > 0
    assert first.hash == second.hash
    assert first.counts == {}  # no gap, no garbage


def test_a_message_of_polymarket_that_was_kept_alone_plays(shared: Path) -> None:
    found = hear(shared / "data/polymarket/messages/rs_ws_market_book_msg.json")
    assert (found.venue, found.snapshots, found.quotes, found.books) == ("polymarket", 1, 1, 1)


@pytest.mark.parametrize("content", ["", "Dear core,", "[]", '{"frames": [{"frame": {}}]}'])
def test_what_holds_no_frames_is_refused(tmp_path: Path, content: str) -> None:
    letter = tmp_path / "letter.json"
    letter.write_text(content)
    with pytest.raises(BadInput):
        hear(letter)
