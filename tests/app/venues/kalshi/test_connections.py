"""The recorded minute of Kalshi's socket, frame by frame through the very function that the socket calls; and what may
come in its place."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


class Line:
    """A host's end of one subscription: it tells the truth, and what lies between loses, repeats and spoils it."""

    def __init__(self) -> None:
        self.seq = 0
        self.truth = ReferenceBooks()
        self.last = b""

    def frame(self, kind: str, told: dict | None = None) -> bytes:
        self.seq += 1
        frame = {"type": kind, "sid": 1, "seq": self.seq, "msg": told or {}}
        self.truth.apply(frame)
        self.last = json.dumps(frame).encode()
        return self.last

    def snapshot(self, ticker: str) -> bytes:
        book = self.truth.books.get(ticker, {"yes": {}, "no": {}})
        levels = {side: [[str(price), str(size)] for price, size in book[side].items()] for side in book}
        told = {"market_ticker": ticker, "yes_dollars_fp": levels["yes"], "no_dollars_fp": levels["no"]}
        return self.frame("orderbook_snapshot", told)

    def change(self, ticker: str, side: str, cents: int, contracts: int) -> bytes:
        price = f"{cents / 100:.4f}"
        lies = self.truth.books[ticker][side].get(Decimal(price), Decimal(0))
        told = {
            "market_ticker": ticker,
            "price_dollars": price,
            "delta_fp": f"{max(contracts, -lies):.2f}",
            "side": side,
        }
        return self.frame("orderbook_delta", told)


TICKERS = ["ONE", "TWO", "THREE"]
CHANGES = st.tuples(st.sampled_from(TICKERS), st.sampled_from(["yes", "no"]), st.integers(1, 99), st.integers(-50, 50))
FATES = st.sampled_from(["comes"] * 6 + ["lost", "twice", "late", "spoilt", "snapshot", "old", "ended"])


@settings(deadline=None)
@given(st.lists(st.tuples(CHANGES, FATES), max_size=60))
def test_whatever_happens_on_the_way_books_are_true_or_in_doubt(happenings: list) -> None:
    line, folded = Line(), FoldedBooks()
    one = connection(folded, TICKERS)
    one.hear(b'{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":1}}', Nanos(0))
    for ticker in TICKERS:
        one.hear(line.snapshot(ticker), Nanos(0))
    late: list[bytes] = []
    for change, fate in happenings:
        if fate == "old":
            one.hear(line.last, Nanos(0))
        elif fate == "ended":
            one.hear(b'{"type":"error","msg":{"code":25,"msg":"overflow"}}', Nanos(0))
        elif fate == "snapshot":
            one.hear(line.snapshot(change[0]), Nanos(0))
        else:
            frame = line.change(*change)
            if fate == "late":
                late.append(frame)
                continue
            for heard in {"comes": [frame], "twice": [frame, frame], "spoilt": [frame[:-9]]}.get(fate, []):
                one.hear(heard, Nanos(0))
            while late:
                one.hear(late.pop(), Nanos(0))
    one.hear(line.frame("ok"), Nanos(0))  # by now anything that is missing has been noticed
    for ticker in TICKERS:
        assert folded.books[listed(ticker).book_id] in (None, (line.truth.bids(ticker), line.truth.asks(ticker)))
