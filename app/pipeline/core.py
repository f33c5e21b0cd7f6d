"""Composes the rooms: books, detectors, rules, sizing and controls."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from app.domain import inputs
from app.domain.decisions import Decision
from app.domain.funnels import Funnel
from app.domain.games import GameId
from app.domain.inputs import GameLeft, GameTaken, Input
from app.domain.leagues import LeagueCode
from app.domain.links import Link
from app.domain.prices import BookId, Listed, Nanos
from app.domain.settlements import Approval
from app.domain.signals import Estimate
from app.execution import Desk
from app.pipeline.examinations import Examination
from app.prices.board import UNCHANGED, Board
from app.settlement import approved_terms, payoffs
from app.signals.detection import Detection
from app.signals.estimates import NONE_PROMOTED, estimate
from app.signals.models import promoted
from app.signals.outcomes import Model

Handler = Callable[[Any], Sequence[Decision]]  # of one kind of input


class Pipeline:
    """`patience`: nanoseconds of silence that a lane is granted."""

    def __init__(self, patience: int) -> None:
        self._said: list[Decision] = []
        self._detection = Detection()
        board = Board(patience, self._detection.look, self._said)
        self._board = board
        self.desk = Desk()
        self._examination = Examination(board, self.desk, payoffs, self._said)
        self._detection.consult(board.quote, self._examination.examine)
        self.ladder = board.ladder
        self.grid = board.grid
        self.quote = board.quote
        self.hint = board.hint
        self.lanes = board.lanes
        self.skew = board.skew
        self.take_moved = board.take_moved
        self.forget_said = self._detection.forget_said
        self.doubts = board.quarantine.now
        self._taken: dict[GameId, GameTaken] = {}
        self._approvals: Mapping[str, Approval] = {}
        self._read: dict[GameId, Read] = {}
        self.promoted: Mapping[LeagueCode, Model] = NONE_PROMOTED
        self._began = Nanos(0)
        self.handlers: Mapping[type, Handler] = {**_of_prices(board), **self._of_trading()}  # `apply`, without a call

    def apply(self, told: Input) -> Sequence[Decision]:
        """What follows from it, in order."""
        return self.handlers[type(told)](told)

    def _of_trading(self) -> Mapping[type, Handler]:
        return {
            inputs.Tick: self._pass_time,
            GameTaken: self._take,
            GameLeft: self._leave,
            inputs.Began: self._begin,
            inputs.Limited: self._limit,
            inputs.Halted: self._halt,
            inputs.Held: self._hold,
            inputs.Approved: self._approve,
            inputs.Taught: self._learn,
            inputs.Discounted: self._discount,
            inputs.Seated: self._seat,
            inputs.Offered: self._judge,
        }

    @property
    def listed(self) -> Mapping[BookId, Listed]:
        """Every followed market."""
        return self._board.listed()

    @property
    def taken(self) -> Mapping[GameId, GameTaken]:
        """The games that are worked on here, and those that are followed."""
        return MappingProxyType(self._taken)

    @property
    def is_seated(self) -> bool:
        """This process has the last word on signals."""
        return self._examination.is_final

    def funnel(self) -> Funnel:
        """Where everything stands that could be worth more than it costs, and why."""
        tally = self._detection.tally
        linked = sum(_is_linked(offer.links) for offer in self._detection.offers)
        return Funnel(len(self._detection.offers), linked, +tally.detectors, tally.stops(), self._began)

    def _pass_time(self, told: inputs.Tick) -> Sequence[Decision]:
        said = self._board.pass_time(told)
        self._detection.pass_time(told.received_at)
        return (*said, *self._take_said()) if self._said else said

    def _take(self, told: GameTaken) -> Sequence[Decision]:
        self._taken[told.game.id] = told
        self._watch(told)
        return self._take_said()

    def _leave(self, told: GameLeft) -> Sequence[Decision]:
        taken = self._taken.pop(told.game_id, None)
        if taken is not None:
            self._read.pop(told.game_id, None)
            self._detection.leave(told.game_id)
            self._board.forget_hints(link.contract_id for link in taken.links if link.contract_id)
        return UNCHANGED

    def _begin(self, told: inputs.Began) -> Sequence[Decision]:
        self._examination.run, self._began = told.run, told.received_at
        return UNCHANGED

    def _limit(self, told: inputs.Limited) -> Sequence[Decision]:
        self.desk.limit(told)
        self._detection.look_again(told.received_at)
        return self._take_said()

    def _halt(self, told: inputs.Halted) -> Sequence[Decision]:
        self.desk.halt(told)
        self._detection.look_again(told.received_at)
        return self._take_said()

    def _hold(self, told: inputs.Held) -> Sequence[Decision]:
        self.desk.hold(told)
        self._detection.look_again(told.received_at)
        return self._take_said()

    def _approve(self, told: inputs.Approved) -> Sequence[Decision]:
        before, self._approvals = self._approvals, {each.rules_hash: each for each in told.approvals}
        changed = {name for name in {*before, *self._approvals} if before.get(name) != self._approvals.get(name)}
        for taken in tuple(self._taken.values()):
            if any(link.rules_hash in changed for link in taken.links):
                self._read.pop(taken.game.id, None)
                self._watch(msgspec.structs.replace(taken, received_at=told.received_at))
        return self._take_said()

    def _learn(self, told: inputs.Taught) -> Sequence[Decision]:
        self.promoted = promoted(told.models)
        for taken in tuple(self._taken.values()):
            self._watch(msgspec.structs.replace(taken, received_at=told.received_at))
        return self._take_said()

    def _discount(self, told: inputs.Discounted) -> Sequence[Decision]:
        self.desk.discount(told)
        self._detection.look_again(told.received_at)
        return self._take_said()

    def _seat(self, told: inputs.Seated) -> Sequence[Decision]:
        self._examination.is_final = told.is_here
        return UNCHANGED

    def _judge(self, told: inputs.Offered) -> Sequence[Decision]:
        self._examination.offer(told.signal, told.received_at)
        return self._take_said()

    def _watch(self, told: GameTaken) -> None:
        if told.is_followed:
            self._detection.leave(told.game.id)
            return
        valued = estimate(told.game, told.pregame, told.received_at, self.promoted)
        links = self._as_approved(told)
        self._detection.take(told.game, links, valued if isinstance(valued, Estimate) else None, told.received_at)

    def _as_approved(self, told: GameTaken) -> tuple[Link, ...]:
        """The links with what people say that their rules mean; the same ones for the same links."""
        read = self._read.get(told.game.id)
        if read is None or read.told is not told.links:
            links = told.links
            if any(link.rules_hash in self._approvals for link in links):
                links = tuple(map(self._approved, links))
            read = self._read[told.game.id] = Read(told.links, links)
        return read.meant

    def _approved(self, link: Link) -> Link:
        approval = self._approvals.get(link.rules_hash)
        return link if approval is None else msgspec.structs.replace(link, terms=approved_terms(link, approval))

    def _take_said(self) -> Sequence[Decision]:
        said = tuple(self._said)
        self._said.clear()
        return said


def _of_prices(board: Board) -> Mapping[type, Handler]:
    return {
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
    }


class Read(NamedTuple):
    """Links as they were told, and as they are meant."""

    told: tuple[Link, ...]
    meant: tuple[Link, ...]


def _is_linked(links: Sequence[Link]) -> bool:
    """Two venues have something to trade."""
    return len({link.venue for link in links if link.verdict == "tradable"}) > 1
