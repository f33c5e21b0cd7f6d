"""A run that has kept its frames: Kalshi's, over one connection, through the very code that reads its socket."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import count
from pathlib import Path

import msgspec

from app.archive.tapes import TapeWriter
from app.domain.frames import ConnectionNumber
from app.domain.games import GameId
from app.domain.inputs import Followed
from app.domain.markets import ContractId, MarketId, VenueId
from app.domain.prices import CENT_GRID, MILLISECOND, SECOND, Listed, Nanos, book_id
from app.intake import Intake
from app.pipeline import Pipeline
from app.venues.kalshi.connections import Connection

KALSHI = VenueId("kalshi")
TICKERS = ("KXNBA-A", "KXNBA-B")
BEGAN = 1_000_000 * SECOND
EACH = 20  # frames of a piece


def frames(changes: int) -> list[bytes]:
    """Both books, changes of both in turn, a gap in their sequence, and the books again."""
    told: list[dict[str, object]] = [{"type": "subscribed", "id": 1, "msg": {"channel": "orderbook_delta", "sid": 1}}]
    sequence = count(1)
    for lost in (0, 1):
        told += [_frame("orderbook_snapshot", next(sequence) + lost, _book(name)) for name in TICKERS]
        sequence = count(next(sequence) + lost)
        told += [_frame("orderbook_delta", next(sequence), _change(number)) for number in range(changes)]
        sequence = count(next(sequence) + 1)
        told.append(_frame("orderbook_delta", next(sequence), _change(0)))
    return [msgspec.json.encode(each) for each in told]


def keep(tapes: Path, said: Sequence[bytes], name: str = "run") -> Path:
    """Where the run is."""
    at = [Nanos(BEGAN)]
    intake = Intake(Pipeline(5 * SECOND), lambda: at[0])
    writer = TapeWriter(tapes, name, "simulated", 5 * SECOND, 10**9)
    connection = Connection(9, intake.put, intake.now, Counter(), lambda _: None, lambda *_: None)
    for ticker in TICKERS:
        _follow(intake, connection, ticker)
    overheard = partial(intake.keep_frame, KALSHI, ConnectionNumber(1))
    for number, payload in enumerate(said, 1):
        at[0] = Nanos(at[0] + MILLISECOND)
        overheard(payload, at[0])
        connection.hear(payload, at[0])
        if number % EACH == 0:
            writer.write(intake.take_tape())
    writer.write(intake.take_tape())
    writer.close()
    return tapes / name


def _follow(intake: Intake, connection: Connection, ticker: str) -> None:
    name = book_id(KALSHI, MarketId(ticker))
    contracts = (ContractId(f"kalshi:{ticker}:{side}") for side in ("yes", "no"))
    intake.put(Followed(Listed(name, KALSHI, MarketId(ticker), GameId("1"), *contracts), CENT_GRID, intake.now()))
    connection.join(ticker, name)


def _frame(kind: str, sequence: int, told: dict[str, object]) -> dict[str, object]:
    return {"type": kind, "sid": 1, "seq": sequence, "msg": told}


def _book(ticker: str) -> dict[str, object]:
    return {
        "market_ticker": ticker,
        "yes_dollars_fp": [["0.4000", "10.00"]],
        "no_dollars_fp": [["0.5500", "10.00"]],
    }


def _change(number: int) -> dict[str, object]:
    ticker, cents = TICKERS[number % len(TICKERS)], 30 + number % 10
    return {
        "market_ticker": ticker,
        "price_dollars": f"0.{cents}00",
        "delta_fp": "5.00",
        "side": "yes",
        "ts_ms": BEGAN // MILLISECOND + number,
    }
