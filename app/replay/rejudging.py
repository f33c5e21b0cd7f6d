"""Asks for a signal's moment once more, in a process of its own: minutes of a tape are read for it."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

import msgspec

from app.chores import ChoreUnfinished, do
from app.domain.signals import Judged
from app.errors import BadInput, Conflict, CrosscourtError, Unavailable
from app.replay.moments import Failed, Question, Rejudged, limits_to_change

WITHIN = 60.0  # seconds
MOST_AT_ONCE = 2

_COMMAND = ("app.replay.moments",)
_ANSWER: msgspec.json.Decoder[Rejudged | Failed] = msgspec.json.Decoder(Rejudged | Failed)
_ERRORS: Mapping[str, type[CrosscourtError]] = {each.__name__: each for each in (BadInput, Conflict)}

log = logging.getLogger(__name__)


class Rejudging:
    """One per process; so many questions at once, the others wait for their turn."""

    def __init__(self, tapes: Path, within: float = WITHIN) -> None:
        self._tapes = tapes
        self._within = within
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def ask(self, recorded: Judged, changed: tuple[str, ...]) -> Rejudged:
        """Raises QuestionRefused and BadInput for settings that cannot be, Conflict when there is no tape of that
        moment, Unavailable when it takes too long."""
        limits_to_change(changed)  # before a process is begun for it
        question = msgspec.json.encode(Question(str(self._tapes.resolve()), recorded, changed))
        async with self._turns:
            answer = await self._asked(question)
        if isinstance(answer, Failed):
            raise _ERRORS.get(answer.kind, Conflict)(answer.message, remedy=answer.remedy)
        return answer

    async def _asked(self, question: bytes) -> Rejudged | Failed:
        try:
            done = await do(_COMMAND, within=self._within, told=question)
        except ChoreUnfinished as error:
            raise Unavailable(
                f"the tape could not be played: {error}",
                remedy="`crosscourt replay TAPE --until ... --set ...` takes its time.",
            ) from None
        try:
            return _ANSWER.decode(done.said)
        except msgspec.MsgspecError:
            log.warning("a moment could not be asked for once more", extra={"trouble": done.trouble})
            raise Unavailable("the replay fell", remedy="Look at the server's log at this moment.") from None
