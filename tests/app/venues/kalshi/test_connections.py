"""The recorded minute of Kalshi's socket, frame by frame through the very function that the socket calls."""

import json
from collections import Counter
from pathlib import Path

import pytest

from app.domain.inputs import Followed
from app.domain.prices import FINEST_GRID, MILLISECOND, SECOND, Nanos
from app.pipeline import Pipeline
from app.venues.kalshi.connections import Connection
from app.venues.kalshi.markets import KALSHI
from tests.app.venues.kalshi.desks import listed
from tests.app.venues.kalshi.references import FoldedBooks, ReferenceBooks

TAPE = "data/tape/kalshi-ws-2026-08-07/ws_orderbook_stream.json"


def connection(put: object, tickers: list[str]) -> Connection:
    one = Connection(1_000, put, lambda: Nanos(0), Counter(), lambda _: None, lambda *_: None)
    for ticker in tickers:
        put(Followed(listed(ticker), FINEST_GRID, Nanos(0)))
        one.join(ticker, listed(ticker).book_id)
    return one


@pytest.fixture(scope="module")
def tape(shared: Path) -> dict:
    return json.loads((shared / TAPE).read_bytes())


def received(frame: dict) -> tuple[bytes, Nanos]:
    return json.dumps(frame["frame"]).encode(), Nanos(frame["received_ms"] * MILLISECOND)


def test_after_every_frame_all_books_are_those_of_the_reference(tape: dict) -> None:
    reference, folded = ReferenceBooks(), FoldedBooks()
    hear = connection(folded, tape["tickers"]).hear
    for frame in tape["frames"]:
        hear(*received(frame))
        reference.apply(frame["frame"])
        for ticker in reference.books:
            assert folded.books[listed(ticker).book_id] == (reference.bids(ticker), reference.asks(ticker))
    assert len(reference.books) == 12
    assert Counter(folded.kinds()) == {"Followed": 12, "Snapshot": 12, "Added": 245, "Heard": 11}


def test_the_trading_core_comes_to_the_same_books(tape: dict) -> None:
    reference, core = ReferenceBooks(), Pipeline(patience=3600 * SECOND)
    hear = connection(core.apply, tape["tickers"]).hear
    sequence = 0
    for frame in tape["frames"]:
        hear(*received(frame))
        reference.apply(frame["frame"])
        sequence = frame["frame"].get("seq", sequence)
        for ticker in reference.books:
            ladder = core.ladder(listed(ticker).book_id)
            assert (ladder.doubt, dict(ladder.bids), dict(ladder.asks)) == (
                None,
                reference.bids(ticker),
                reference.asks(ticker),
            )
        if frame["frame"]["type"] == "orderbook_delta":
            ladder = core.ladder(listed(frame["frame"]["msg"]["market_ticker"]).book_id)
            assert (ladder.sequence, ladder.mark) == (sequence, "1")
            assert ladder.venue_time == frame["frame"]["msg"]["ts_ms"] * MILLISECOND
    assert 0 < core.skew(KALSHI) < SECOND


def test_numbers_may_stand_without_quotes(tape: dict) -> None:
    quoted, bare = FoldedBooks(), FoldedBooks()
    for folded, as_number in ((quoted, str), (bare, float)):
        hear = connection(folded, tape["tickers"]).hear
        for frame in tape["frames"]:
            hear(*received({**frame, "frame": with_numbers(frame["frame"], as_number)}))
    assert quoted.books == bare.books


def with_numbers(frame: dict, as_number: type) -> dict:
    told = dict(frame["msg"])
    for name in ("price_dollars", "delta_fp"):
        if name in told:
            told[name] = as_number(told[name])
    for name in ("yes_dollars_fp", "no_dollars_fp"):
        if name in told:
            told[name] = [[as_number(price), as_number(size)] for price, size in told[name]]
    return {**frame, "msg": told}
