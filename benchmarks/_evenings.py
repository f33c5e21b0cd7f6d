"""A simulated evening, written down as fast as the sandbox can be asked: calm books of all games, their scores, the
time; and somebody who outbids the best of some book, or takes it away, as often as in busy markets. Nobody decides
anything meanwhile; that is for the replay.

`python -m benchmarks._evenings FOLDER GAMES SECONDS MOVES`, from the project's root.
"""

import random
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.archive.tapes import TapeWriter
from app.domain.decisions import Taped
from app.domain.inputs import GameTaken, Input, Tick
from app.domain.prices import SECOND, BookId, Nanos
from app.domain.risks import RiskLimits
from app.intake import Intake
from app.pipeline import Pipeline
from app.sandbox.books import Book, Change
from tests.app.planted_cores import PlantedCore
from tests.platform.plans import Writer

PATIENCE = 5 * SECOND
MAKERS_EVERY = 5  # seconds
SCORES_EVERY = 15
TICKS = 10  # a second
CENT = 100
INTO = timedelta(0)
SEED = 7


class Writing(Intake):
    """Takes down what is told, and tells nobody."""

    def __init__(self) -> None:
        super().__init__(Pipeline(PATIENCE), lambda: Nanos(0))
        self.told: list[Input] = []
        self.inputs = 0

    def put(self, told: Input) -> None:
        self.told.append(told)

    def take_away(self) -> Taped:
        piece = Taped(self.inputs, self.told, ())
        self.inputs += len(self.told)
        self.told = []
        return piece


class Evening(PlantedCore):
    """Every game of a slate, from some time into the evening on."""

    def __init__(self, games: int, folder: Path, *, into: timedelta) -> None:
        self.writing = Writing()
        super().__init__(SEED, games, Writer(SEED, games, 0.0), folder, RiskLimits(), self.writing)
        self._skip(into)

    def write(self, writer: TapeWriter, seconds: int, moves: int) -> None:
        """So many seconds of it, with so many moves of some book's best in each."""
        draw = random.Random(SEED)
        for second in range(seconds):
            if second % SCORES_EVERY == 0:
                self._tell_scores()
            if second % MAKERS_EVERY == 0:
                self._move(int(self._at.timestamp() * 1_000))
                books = [each for each in self._books.items() if min(len(each[1].bids), len(each[1].asks)) > 1]
            self._hear()
            for turn in range(TICKS):
                for _ in range(moves * (turn + 1) // TICKS - moves * turn // TICKS):
                    if books:
                        self._outbid(*draw.choice(books), is_bid=draw.random() < 0.5)
                    self._at += timedelta(microseconds=1)
                self.writing.put(Tick(self._now()))
                self._at = self._began + timedelta(seconds=second + (turn + 1) / TICKS)
            writer.write(self.writing.take_away())

    def _outbid(self, name: str, book: Book, *, is_bid: bool) -> None:
        """One cent more is bid (or one less is asked), or that is taken away again."""
        side, other = (book.bids, book.asks) if is_bid else (book.asks, book.bids)
        if len(side) < 2 or not other:
            return
        best, limit = (max(side), min(other)) if is_bid else (min(side), max(other))
        better = best + CENT if is_bid else best - CENT
        is_room = better < limit if is_bid else better > limit
        change = Change(is_bid, better if is_room else best, 0, 5_000 if is_room else 0)
        book.apply(change, 0)
        self.writing.put(self._told(BookId(name), change))

    def _skip(self, into: timedelta) -> None:
        self._at += into
        self._began = self._at
        before, self.writing.told = self.writing.told, []
        now = self._now()
        for told in before:
            self.writing.put(type(told)(*_moved(told, now)))

    def _tell_scores(self) -> None:
        for game in self._games():
            if self.games.get(game.id) != game:
                self.games[game.id] = game
                self.writing.put(GameTaken(game, tuple(self.links.get(game.id, ())), self._now()))


def _moved(told: Input, now: Nanos) -> Sequence[Any]:
    return [now if name == "received_at" else getattr(told, name) for name in told.__struct_fields__]


def main() -> None:
    """Write the run `evening` into a folder."""
    folder, (games, seconds, moves) = Path(sys.argv[1]), map(int, sys.argv[2:])
    writer = TapeWriter(folder, "evening", "simulated", PATIENCE, 1 << 40)
    Evening(games, folder, into=INTO).write(writer, seconds, moves)
    writer.close()


if __name__ == "__main__":
    main()
