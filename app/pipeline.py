"""The trading core: one synchronous composition of the rooms below, without clock, I/O or randomness of its own.

What it is told in the same order it answers in the same way, live or from a tape.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.domain import inputs
from app.domain.decisions import Decision
from app.domain.games import GameId
from app.domain.inputs import GameLeft, GameTaken, Input
from app.domain.prices import BookId, Listed
from app.prices.board import UNCHANGED, Board

Handler = Callable[[Any], Sequence[Decision]]  # of one kind of input


class Pipeline:
    """`patience`: nanoseconds of silence that a lane is granted."""

    def __init__(self, patience: int) -> None:
        board = Board(patience)
        self._board = board
        self.ladder = board.ladder
        self.quote = board.quote
        self.hint = board.hint
        self.lanes = board.lanes
        self.skew = board.skew
        self.take_moved = board.take_moved
        self.doubts = board.quarantine.now
        self._taken: dict[GameId, GameTaken] = {}
        self.handlers: Mapping[type, Handler] = {  # by kind of input; `apply` is the same with a call in between
            inputs.Added: board.add,
            inputs.Replaced: board.replace,
            inputs.Snapshot: board.load,
            inputs.Named: board.compare_best,
            inputs.Shown: board.compare_book,
            inputs.Traded: board.note_trade,
            inputs.Heard: board.hear,
            inputs.Cut: board.cut,
            inputs.Doubted: board.doubt,
            inputs.Followed: board.follow,
            inputs.Dropped: board.drop,
            inputs.Regridded: board.regrid,
            inputs.Hinted: board.note_hint,
            inputs.Tick: board.pass_time,
            GameTaken: self._take,
            GameLeft: self._leave,
        }

    def apply(self, told: Input) -> Sequence[Decision]:
        """What follows from it, in order."""
        return self.handlers[type(told)](told)

    @property
    def listed(self) -> Mapping[BookId, Listed]:
        """Every followed market."""
        return self._board.listed()

    @property
    def taken(self) -> Mapping[GameId, GameTaken]:
        """The games that are worked on here."""
        return MappingProxyType(self._taken)

    def _take(self, told: GameTaken) -> Sequence[Decision]:
        self._taken[told.game.id] = told
        return UNCHANGED

    def _leave(self, told: GameLeft) -> Sequence[Decision]:
        taken = self._taken.pop(told.game_id, None)
        if taken is not None:
            self._board.forget_hints(link.contract_id for link in taken.links if link.contract_id)
        return UNCHANGED
