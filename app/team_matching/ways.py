"""The ways to a matcher in another process: Redis, where it is quickest, and HTTP."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Literal, Protocol, TypeVar

import httpx
import msgspec

from app.domain.answers import decode_match
from app.domain.parsing import NOT_READABLE
from app.domain.questions import Fault, MatchRequest, QuestionRefused
from app.domain.teams import TeamMatch
from app.errors import AccessDenied, BadInput, HotStoreUnavailable, MatchingUnavailable
from app.hot.connections import Door, open_redis
from app.hot.conversations import MatchCaller
from app.hot.keys import MATCH_REQUESTS
from app.hot.rpc import read_reply

PAIRS_A_MESSAGE = 250  # of the RPC: a small question does not wait behind a thousand others
PAIRS_A_CALL = 200  # of HTTP: with the longest names they are a megabyte, and the API reads no more

Answer = TeamMatch | BadInput
Said = TypeVar("Said")


class Way(Protocol):
    """One way to the matcher. Raises MatchingUnavailable when it leads nowhere now."""

    @property
    def name(self) -> str: ...

    async def reach(self) -> None: ...

    async def answers(self, asked: Sequence[MatchRequest]) -> Sequence[Answer]: ...

    async def close(self) -> None: ...


class ByRedis:
    name: Literal["redis"] = "redis"

    def __init__(self, url: str, timeout: float) -> None:
        self._door = Door(open_redis(url, tries_again=1))
        self._timeout = timeout
        self._opening = asyncio.Lock()
        self._caller = MatchCaller()

    async def reach(self) -> None:
        await self._within_time(self._look())

    async def answers(self, asked: Sequence[MatchRequest]) -> Sequence[Answer]:
        answers: list[Answer] = []
        for first in range(0, len(asked), PAIRS_A_MESSAGE):
            some = asked[first : first + PAIRS_A_MESSAGE]
            answers += read_reply(await self._within_time(self._ask(some)), len(some))
        return answers

    async def close(self) -> None:
        self._caller.close()
        await self._door.close()

    async def _look(self) -> None:
        await self._open()
        if not await self._door.count_listeners(MATCH_REQUESTS):
            raise MatchingUnavailable(f"nobody listens to {MATCH_REQUESTS}")

    async def _ask(self, asked: Sequence[MatchRequest]) -> bytes:
        if not self._caller.is_open:
            await self._open()
        return await self._caller.ask(asked)

    async def _open(self) -> None:
        """One subscription for all that is asked at once; another when Redis was away."""
        async with self._opening:
            if not self._caller.is_open:
                self._caller = MatchCaller()
                await self._caller.open(self._door)

    async def _within_time(self, said: Awaitable[Said]) -> Said:
        try:
            async with asyncio.timeout(self._timeout):
                return await said
        except TimeoutError:
            self._caller.close()  # it may be deaf: the next question goes over another
            raise MatchingUnavailable(f"no answer from {self._door.name} within {self._timeout:g} s") from None
        except HotStoreUnavailable as error:
            raise MatchingUnavailable(str(error)) from error


class ByHttp:
    name: Literal["http"] = "http"

    def __init__(self, url: str, api_key: str | None, timeout: float) -> None:
        headers = {"content-type": "application/json", **({"x-api-key": api_key} if api_key else {})}
        self._http = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout)

    async def reach(self) -> None:
        await self._send("GET", "/health/live")

    async def answers(self, asked: Sequence[MatchRequest]) -> Sequence[Answer]:
        if len(asked) == 1:
            return [await self._answer(asked[0])]
        answers: list[Answer] = []
        for first in range(0, len(asked), PAIRS_A_CALL):
            body = msgspec.json.encode({"pairs": asked[first : first + PAIRS_A_CALL]})
            entries = _read(await self._send("POST", "/match/batch", body), _BATCH).entries
            answers += [_answer_of(entry) for entry in entries]
        return answers

    async def close(self) -> None:
        await self._http.aclose()

    async def _answer(self, asked: MatchRequest) -> Answer:
        try:
            return _verdict(await self._send("POST", "/match", msgspec.json.encode(asked)))
        except BadInput as error:
            return error

    async def _send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        try:
            answer = await self._http.request(method, path, content=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = str(error) or type(error).__name__
            raise MatchingUnavailable(f"{self._http.base_url} does not answer: {said}") from error
        if answer.is_success:
            return answer.content
        raise _refusal(answer)


class _Problem(msgspec.Struct, frozen=True):
    detail: str = ""
    remedy: str = ""
    errors: tuple[Fault, ...] = ()


class _Entry(msgspec.Struct, frozen=True):
    answer: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET  # `null` beside a problem
    problem: _Problem | None = None


class _Batch(msgspec.Struct, frozen=True):
    entries: list[_Entry]


_BATCH = msgspec.json.Decoder(_Batch)
_PROBLEM = msgspec.json.Decoder(_Problem)


def _refusal(answer: httpx.Response) -> BadInput | AccessDenied | MatchingUnavailable:
    """What an answer other than a success means to who asked."""
    problem = _read(answer.content, _PROBLEM)
    if answer.status_code == 422:
        return _bad_input(problem)
    if answer.status_code in (401, 403):
        return AccessDenied(problem.detail, remedy=problem.remedy)
    return MatchingUnavailable(f"answered {answer.status_code}: {problem.detail}", remedy=problem.remedy)


def _answer_of(entry: _Entry) -> Answer:
    if entry.problem is not None:
        return _bad_input(entry.problem)
    return _verdict(bytes(entry.answer) if entry.answer is not msgspec.UNSET else b"")


def _bad_input(problem: _Problem) -> BadInput:
    faults = [
        Fault(each.field.removeprefix("body."), each.expected) for each in problem.errors
    ]  # as in every other way
    return QuestionRefused(faults) if faults else BadInput(problem.detail, remedy=problem.remedy)


def _verdict(body: bytes) -> TeamMatch:
    try:
        return decode_match(body)
    except NOT_READABLE as error:
        raise MatchingUnavailable(f"the answer cannot be read: {error}") from None


def _read(body: bytes, decoder: msgspec.json.Decoder[Said]) -> Said:
    try:
        return decoder.decode(body)
    except NOT_READABLE as error:
        raise MatchingUnavailable(f"the answer cannot be read: {error}") from None
