"""The unified matcher over Redis: whoever asks on `team:match:request` is answered."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Sequence

from app.domain.answers import encode_match, match_line
from app.domain.operations import Round
from app.domain.questions import MatchRequest
from app.domain.teams import TeamMatch
from app.errors import BadInput, HotStoreUnavailable
from app.hot.conversations import MatchDesk
from app.hot.rpc import Call, encode_failure, read_call
from app.matching.unified import TeamMatcher
from app.resources import Resources
from workers.turns import Breath

TURN = 5.0  # seconds between two signs of life

log = logging.getLogger(__name__)


async def team_matching(resources: Resources) -> AsyncGenerator[Round]:
    """Answer as long as Redis is there; what other processes learn of teams and names is known within seconds."""
    async with resources.hot.match_desk() as desk:
        clerk = Clerk(desk, resources.matching)
        while True:
            yield await clerk.serve(TURN)


class Clerk:
    """Takes the requests one after the other, and says what came of them."""

    def __init__(self, desk: MatchDesk, matcher: TeamMatcher) -> None:
        self._desk = desk
        self._matcher = matcher
        self._counts: Counter[str] = Counter()  # since it began
        self._troubles: list[str] = []
        self._breath = Breath()

    async def serve(self, seconds: float) -> Round:
        """Answer for so long. A round without a request, or an answer, is idle."""
        loop, before = asyncio.get_running_loop(), self._counts.total()
        ends = loop.time() + seconds
        while (left := ends - loop.time()) > 0:
            body = await self._desk.next(left)
            if body is not None:
                await self.take(body)
                await self._breath.take()
        done = Round()
        if self._counts.total() > before:
            done.counts.update(self._counts)
            done.troubles, self._troubles = self._troubles, []
        return done

    async def take(self, body: bytes) -> None:
        """Answer one request, unless it does not say where its answer would be heard."""
        call = read_call(body)
        if call is None:
            self._counts["unreadable"] += 1
            log.warning("a request to the matcher has no readable request_id", extra={"bytes": len(body)})
            return
        verdicts, answers = [], []
        for asked in call.asked:
            verdict = self._judge(asked)
            verdicts.append(verdict)
            answers.append(encode_match(verdict) if isinstance(verdict, TeamMatch) else encode_failure(verdict))
            await self._breath.take()
        self._counts["requests"] += 1
        self._desk.reply(call, answers, lambda heard_by: self._tell(call, verdicts, heard_by))

    def _judge(self, asked: MatchRequest | BadInput) -> TeamMatch | Exception:
        if isinstance(asked, BadInput):
            return asked
        try:
            return self._matcher.match(asked.target, asked.candidate, asked.sport, asked.context)
        except BadInput as error:
            return error
        except Exception as error:  # a question that nobody has foreseen costs its asker the answer, and nobody else
            log.exception("match fell", extra={"sport": asked.sport})
            return error

    def _tell(self, call: Call, verdicts: Sequence[TeamMatch | Exception], heard_by: object) -> None:
        """Once the answer is said: nobody waits for what is written down."""
        if isinstance(heard_by, HotStoreUnavailable):
            self._counts["unsent"] += 1
            self._troubles.append(str(heard_by))
            return
        self._counts["unheard"] += heard_by == 0
        for found in verdicts:
            self._counts[_outcome(found)] += 1
        if call.is_single:
            _log(call.asked[0], verdicts[0])
        else:
            matched = sum(_outcome(found) == "matched" for found in verdicts)
            log.info("Team match: %d of %d pairs", matched, len(verdicts))


def _outcome(found: TeamMatch | Exception) -> str:
    if isinstance(found, TeamMatch):
        return "matched" if found.is_match else "not_matched"
    return "refused" if isinstance(found, BadInput) else "failed"


def _log(asked: MatchRequest | BadInput, found: TeamMatch | Exception) -> None:
    if isinstance(asked, MatchRequest) and isinstance(found, TeamMatch):
        log.info(match_line(asked.target, asked.candidate, found))
    else:
        log.info("Team match refused: %r", str(found))  # quoted: what was sent may be in it
