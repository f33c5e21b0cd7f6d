"""The matcher asked from another process."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Self

from app.domain.answers import match_line
from app.domain.questions import MatchRequest, checked
from app.domain.teams import MatchContext, TeamMatch
from app.errors import BadInput, MatchingUnavailable
from app.team_matching.ways import Answer, ByHttp, ByRedis, Way

TIMEOUT = 2.0  # seconds for one answer, and for one message of many
REST = 5.0  # seconds that a way which failed is left alone while there is another

log = logging.getLogger(__name__)


class TeamMatchingClient:
    """`ports.TeamMatching` by the platform: over Redis, and over HTTP when Redis is away or nobody answers there.

    Give one address or both; `api_key` is for an API that is open to other hosts; `timeout` is in seconds. Any number
    of questions may be under way at once.
    """

    def __init__(
        self,
        redis_url: str | None = None,
        http_url: str | None = None,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._ways: list[Way] = []
        if redis_url is not None:
            self._ways.append(ByRedis(redis_url, timeout))
        if http_url is not None:
            self._ways.append(ByHttp(http_url, api_key, timeout))
        if not self._ways:
            raise BadInput("no address of the platform is given", remedy="Give redis_url, http_url, or both.")
        self._rested: dict[str, float] = {}  # the ways that failed last, until when, on the loop's clock
        self._is_connected = False

    async def __aenter__(self) -> Self:
        """Looks whether anybody is there, and says so; who is not may come later."""
        for way in self._ways:
            try:
                await way.reach()
            except MatchingUnavailable as error:
                self._rest(way, error)
            else:
                self._say_connected(way)
                break
        return self

    async def __aexit__(self, *_: object) -> None:
        for way in self._ways:
            await way.close()

    async def match(self, target: str, candidate: str, sport: str, context: MatchContext | None = None) -> TeamMatch:
        """Are two names one team? Raises BadInput for what cannot be asked, AccessDenied and MatchingUnavailable."""
        (found,) = await self.match_many([MatchRequest(target, candidate, sport, context)])
        if isinstance(found, BadInput):
            raise found
        log.info(match_line(target, candidate, found))
        return found

    async def match_many(self, asked: Sequence[MatchRequest]) -> Sequence[Answer]:
        """An answer for each, in their order, or what is wrong with it. Raises AccessDenied and MatchingUnavailable.

        What nobody would answer is refused here: it could be too much to be read, and others would wait behind it."""
        read = [_read(each) for each in asked]
        sent = [each for each in read if isinstance(each, MatchRequest)]
        found = iter(await self._ask(sent) if sent else ())
        return [next(found) if isinstance(each, MatchRequest) else each for each in read]

    async def _ask(self, asked: Sequence[MatchRequest]) -> Sequence[Answer]:
        troubles = []
        for way in self._ways_open():
            try:
                answers = await way.answers(asked)
            except MatchingUnavailable as error:
                self._rest(way, error)
                troubles.append(f"{way.name}: {error}")
            else:
                self._return_to(way)
                return answers
        raise MatchingUnavailable("; ".join(troubles))

    def _ways_open(self) -> Sequence[Way]:
        now = asyncio.get_running_loop().time()
        return [way for way in self._ways if self._rested.get(way.name, now) <= now] or self._ways

    def _rest(self, way: Way, error: MatchingUnavailable) -> None:
        if len(self._ways) > 1 and way.name not in self._rested:  # who has no other way is told by an error
            log.warning("team matching does not answer", extra={"over": way.name, "error": str(error)})
        self._rested[way.name] = asyncio.get_running_loop().time() + REST

    def _return_to(self, way: Way) -> None:
        if self._rested.pop(way.name, None) is not None and self._is_connected:
            log.info("team matching answers again", extra={"over": way.name})
        self._say_connected(way)

    def _say_connected(self, way: Way) -> None:
        if not self._is_connected:
            log.info("Connected to unified team matching service", extra={"over": way.name})
        self._is_connected = True


def _read(asked: MatchRequest) -> MatchRequest | BadInput:
    try:
        return checked(asked)
    except BadInput as error:
        return error
