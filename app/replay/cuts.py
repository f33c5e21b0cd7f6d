"""Cuts a tape out of a run, to be given away: its last minutes, one game of it, or all.

A cut begins with an empty core, as every tape does. What the core knew by then is told to it first: limits, halts,
games, and each book as it stood. So a cut decides what follows by itself, and has a hash of its own. People's names are
left out.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from app.archive.tapes import FORMAT, SUFFIX, Header, Piece, TapeWriter, read_tape
from app.domain.decisions import Decision, Taped
from app.domain.games import GameId
from app.domain.inputs import (
    Approved,
    Began,
    Cut,
    Discounted,
    Followed,
    GameLeft,
    GameTaken,
    Halted,
    Heard,
    Held,
    Hinted,
    Input,
    Limited,
    Offered,
    Seated,
    Snapshot,
    Taught,
    Tick,
)
from app.domain.prices import MILLISECOND, SECOND, BookId, LaneId, Nanos
from app.errors import BadInput
from app.pipeline import Pipeline

PIECE = 1_000  # inputs
HEARD_EVERY = 50 * MILLISECOND  # of a lane, where what it said is of no interest
SOMEBODY = "somebody"
OF_THE_PROCESS = (Began, Limited, Halted, Approved, Taught, Discounted, Held, Seated)  # told again, in this order


class Wanted(NamedTuple):
    """`first`, `last`: so many seconds of its beginning or its end; `since`, `until`: between these moments; `game_id`:
    nothing of other games."""

    game_id: GameId | None = None
    first: float | None = None
    last: float | None = None
    since: Nanos | None = None
    until: Nanos | None = None


class Recorded(msgspec.Struct, kw_only=True):
    """A tape that was made. `lasted`: seconds."""

    path: str
    bytes: int
    inputs: int
    decisions: int
    lasted: float


def cut_tape(run: Path, out: Path, wanted: Wanted) -> Recorded:
    """Write what is wanted of a run to `out`: one file, or a folder where that would be a large one. Raises BadInput
    when there is no such tape, or nothing of it is left."""
    frames = read_tape(run)
    header = next(frames, None)
    if not isinstance(header, Header) or header.format != FORMAT:
        raise BadInput(
            f"{run} is no tape that this version can cut", remedy="Replay it with the version that wrote it."
        )
    if header.part:
        raise BadInput(f"the beginning of {run} was let go", remedy="Cut another run, or let TAPE__KEEP be more.")
    if out.exists():
        raise BadInput(f"{out} is there already", remedy="Name a file that is not.")
    since = wanted.since if wanted.last is None else Nanos(_end_of(run) - round(wanted.last * SECOND))
    told = (one for frame in frames if isinstance(frame, Piece) for one in frame.inputs)
    inputs = _nameless(_of_game(_since(_until(told, wanted), header.patience, since), wanted.game_id))
    return _write(inputs, header, out)


def _end_of(run: Path) -> Nanos:
    at = Nanos(0)
    for frame in read_tape(run):
        if isinstance(frame, Piece) and frame.inputs:
            at = max(at, frame.inputs[-1].received_at)
    return at


def _until(told: Iterator[Input], wanted: Wanted) -> Iterator[Input]:
    beginning = next(told, None)
    if beginning is None or (wanted.first is None and wanted.until is None):
        return chain((beginning,) if beginning is not None else (), told)
    until = wanted.until if wanted.first is None else Nanos(beginning.received_at + round(wanted.first * SECOND))
    assert until is not None  # one of the two is said
    return takewhile(lambda one: one.received_at <= until, chain((beginning,), told))


def _since(told: Iterator[Input], patience: int, since: Nanos | None) -> Iterator[Input]:
    """What is told from then on; before it what is known by then."""
    if since is None:
        yield from told
        return
    core, kept = Pipeline(patience), dict[tuple[type, str], Input]()
    for one in told:
        if one.received_at >= since:
            yield from _opening(core, kept, one.received_at)
            yield one
            yield from told
            return
        if isinstance(one, OF_THE_PROCESS):
            kept[type(one), one.holdings.account if isinstance(one, Held) else ""] = one
        core.apply(one)


def _opening(core: Pipeline, kept: dict[tuple[type, str], Input], now: Nanos) -> Iterator[Input]:
    by_kind = sorted(kept, key=lambda key: (OF_THE_PROCESS.index(key[0]), key[1]))
    yield from (replace(kept[key], received_at=now) for key in by_kind)
    for name, listed in core.listed.items():
        ladder = core.ladder(name)
        grid = core.grid(name)
        if ladder is None or grid is None:
            continue
        yield Followed(listed, grid, now)
        if ladder.doubt != "waiting":
            doubt = ladder.doubt
            yield Snapshot(
                name, ladder.lane, ladder.bids, ladder.asks, ladder.venue_time, now, ladder.sequence, ladder.mark, doubt
            )
    for taken in core.taken.values():
        yield replace(taken, received_at=now)


def _of_game(told: Iterable[Input], game_id: GameId | None) -> Iterator[Input]:
    """Only what matters for one game: its books, and that the lanes that carry them carry anything."""
    if game_id is None:
        yield from told
        return
    sieve = _Sieve(game_id)
    for one in told:
        if sieve.holds(one):
            yield one
        elif (lane := sieve.lane_of(one)) is not None:
            yield Heard(lane, one.received_at)


class _Sieve:
    """Knows the books of one game, and which lanes carry them. Of what else a lane says it is told now and then that
    it says something: that proves what is in it."""

    def __init__(self, game_id: GameId) -> None:
        self._game_id = game_id
        self._own: set[BookId] = set()
        self._lanes: dict[BookId, LaneId] = {}  # of all books
        self._lanes_of_own: set[LaneId] = set()
        self._heard_at: dict[LaneId, Nanos] = {}

    def holds(self, one: Input) -> bool:
        if isinstance(one, (Tick, *OF_THE_PROCESS)):
            return True
        match one:
            case Hinted():
                return False
            case Heard() | Cut():
                return one.lane in self._lanes_of_own
            case Followed() | GameTaken() | GameLeft() | Offered():
                return self._is_of_game(one)
            case Snapshot():
                self._carry(one.book_id, one.lane)
        return one.book_id in self._own

    def lane_of(self, one: Input) -> LaneId | None:
        """The lane of ours that it proves, when that was not told a moment ago."""
        lane = self._lanes.get(getattr(one, "book_id", BookId("")))
        if lane not in self._lanes_of_own or one.received_at - self._heard_at.get(lane, 0) < HEARD_EVERY:
            return None
        self._heard_at[lane] = one.received_at
        return lane

    def _is_of_game(self, one: Followed | GameTaken | GameLeft | Offered) -> bool:
        match one:
            case Followed():
                game_id = one.listed.game_id
                if game_id == self._game_id:
                    self._own.add(one.listed.book_id)
            case GameTaken():
                game_id = one.game.id
            case GameLeft():
                game_id = one.game_id
            case Offered():
                game_id = one.signal.game_id
        return game_id == self._game_id

    def _carry(self, book_id: BookId, lane: LaneId) -> None:
        self._lanes[book_id] = lane
        if book_id in self._own:
            self._lanes_of_own = {self._lanes[each] for each in self._own if each in self._lanes}


def _nameless(told: Iterable[Input]) -> Iterator[Input]:
    """Who has halted or approved something is nobody else's business."""
    for one in told:
        if isinstance(one, Halted):
            halts = tuple(replace(each, halted_by=SOMEBODY, reason="") for each in one.halts)
            yield replace(one, halts=halts)
        elif isinstance(one, Approved):
            approvals = tuple(replace(each, approved_by=SOMEBODY, reason="") for each in one.approvals)
            yield replace(one, approvals=approvals)
        else:
            yield one


def _write(inputs: Iterable[Input], header: Header, out: Path) -> Recorded:
    name = out.name.removesuffix(SUFFIX)
    core, found = Pipeline(header.patience), Recorded(path=str(out), bytes=0, inputs=0, decisions=0, lasted=0.0)
    began = ended = Nanos(0)
    with tempfile.TemporaryDirectory(prefix="crosscourt-cut-") as folder:
        writer = TapeWriter(Path(folder), name, header.world, header.patience, sys.maxsize)
        for piece in _pieces(inputs):
            said: list[Decision] = [each for told in piece for each in core.apply(told)]
            writer.write(Taped(found.inputs, piece, said))
            began = began or piece[0].received_at
            ended = piece[-1].received_at
            found.inputs += len(piece)
            found.decisions += len(said)
        writer.close()
        parts = sorted((Path(folder) / name).glob(f"*{SUFFIX}"))
        if not parts:
            raise BadInput("nothing of the run is left", remedy="Name another game, or a longer time.")
        found.bytes = sum(part.stat().st_size for part in parts)
        _put_down(parts, out)
    found.lasted = round((ended - began) / SECOND, 3)
    return found


def _pieces(inputs: Iterable[Input]) -> Iterator[list[Input]]:
    told = iter(inputs)
    while piece := list(islice(told, PIECE)):
        yield piece


def _put_down(parts: Sequence[Path], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    if len(parts) == 1:
        shutil.move(parts[0], out)
    else:
        shutil.move(parts[0].parent, out)
