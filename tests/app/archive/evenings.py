"""Tapes of a small evening: two games, three books each, edges that come and go."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.archive.tapes import DecisionHash, Frame, Header, Piece, TapeWriter, read_tape
from app.domain.decisions import Taped
from app.domain.inputs import Added, Followed, GameTaken, Halted, Input, Limited, Snapshot, Tick
from app.domain.money import Price, Size
from app.domain.prices import CENT_GRID, SECOND, BookId, LaneId, Listed, Nanos
from app.domain.risks import RiskLimits
from app.pipeline import Pipeline
from tests.app.pipeline.cores import FAR, START, a_game, both_winners, levels

PATIENCE = 3_600 * SECOND
KEEP = 10**9
BOOKS = ("kalshi:BOS", "kalshi:LAL", "polymarket:0x1", "kalshi:402-BOS", "kalshi:402-LAL", "polymarket:402-0x1")


EDGE = {  # LAL for 50 cents on Polymarket, BOS for 46 on Kalshi
    20: ("polymarket:0x1", "0.50x300", "0.56x300"),
    21: ("kalshi:BOS", "0.40x300", "0.46x300"),
    22: ("kalshi:BOS", *FAR),
}


def opening(games: int = 2) -> Iterator[Input]:
    """What a run begins with."""
    at = START
    yield Halted((), at)
    yield Limited(RiskLimits(), at)
    for game in (a_game(), a_game("402", "nhl"))[:games]:
        links = both_winners(game)
        yield GameTaken(game, links, at)
        for first, second in zip(links[::2], links[1::2], strict=True):
            book = BookId(f"{first.venue}:{first.market_id}")
            listed = Listed(book, first.venue, first.market_id, game.id, first.contract_id, second.contract_id)  # type: ignore[arg-type]
            yield Followed(listed, CENT_GRID, at)
            yield Snapshot(book, LaneId(f"{first.venue}:1"), *map(levels, FAR), at, at)


def changes(many: int, seconds: float = 0.25) -> Iterator[Input]:
    """One after another, each so many seconds after the one before."""
    for number in range(many):
        at = Nanos(START + round((number + 1) * seconds * SECOND))
        if number % 10 == 9:
            yield Tick(at)
            continue
        if number % 40 in EDGE:
            book, bids, asks = EDGE[number % 40]
            yield Snapshot(BookId(book), LaneId(f"{book.partition(':')[0]}:1"), levels(bids), levels(asks), at, at)
            continue
        book = BookId(BOOKS[number % len(BOOKS)])
        cents, is_bid = 30 + number * 7 % 20, number % 3 > 0
        lies = Size((1 + number % 5) * 1_000_000)
        yield Added(book, is_bid, Price((cents if is_bid else 100 - cents + 2) * 100), lies, at, at, number)


def pieces(inputs: Sequence[Input], each: int) -> Iterator[Taped]:
    """As the intake hands them out."""
    core = Pipeline(PATIENCE)
    for first in range(0, len(inputs), each):
        some = inputs[first : first + each]
        yield Taped(first, some, [said for told in some for said in core.apply(told)])


def record(
    tapes: Path,
    name: str = "run",
    *,
    many: int = 400,
    each: int = 20,
    parts: int = 4,
    seconds: float = 0.25,
    games: int = 2,
) -> Path:
    """Write a run in so many parts; its folder."""
    writer = TapeWriter(tapes, name, "simulated", PATIENCE, KEEP, keeps_decisions=True)
    told = list(pieces([*opening(games), *changes(many, seconds)], each))
    size = -(-len(told) // parts)
    for number, piece in enumerate(told, 1):
        writer.write(piece)
        if number % size == 0:
            writer.close()
    writer.close()
    return tapes / name


def frames(folder: Path) -> list[Frame]:
    """Everything of a run, wherever it lies."""
    return list(read_tape(folder))


class Replayed(NamedTuple):
    """What a core of the test's own decides upon a tape."""

    hash: str
    inputs: int
    missed: int
    same: bool


def replayed(folder: Path) -> Replayed:
    """Of a tape that is whole."""
    (header, *_), decided, inputs, missed, same = read_tape(folder), DecisionHash(), 0, 0, True
    assert isinstance(header, Header)
    core = Pipeline(header.patience)
    for frame in read_tape(folder):
        if isinstance(frame, Piece):
            missed = frame.first - inputs
            inputs += len(frame.inputs)
            same &= decided.take([said for told in frame.inputs for said in core.apply(told)]) == frame.decided
    return Replayed(decided.take(()), inputs, missed, same)
