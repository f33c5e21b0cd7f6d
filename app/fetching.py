"""Polite asking: every request to an outside host goes through that host's Fetcher, which keeps to its rate, tries
again when that may help, reads no more than it should, and counts all that went wrong."""

import asyncio
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from app.clock import Clock, wall_clock
from app.domain.parsing import Page, Refusal, describe_other_than_json
from app.errors import FeedError, FeedUnavailable, PayloadRefused, PayloadTooLarge
from app.settings import FeedSettings

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Params = Mapping[str, str | int | Sequence[str]]

USER_AGENT = "Mozilla/5.0 (compatible; Crosscourt/0.1)"  # ESPN and Gamma turn the defaults of libraries away
REMEMBERED_BYTES = 64 * 1024 * 1024
SLICE_SECONDS = 0.005  # of parsing between two breaths of the event loop
MOST_PAGES = 200
MOST_LOGGED = 1000
PATIENCE = 4.0  # seconds of a pause that are waited out; in a longer one callers are told at once
FIRST_PAUSE_REFUSED = 1.0  # seconds; each further one is twice as long
FIRST_PAUSE_DOWN = 5.0
LONGEST_PAUSE = 300.0
LONGEST_PAUSE_TOLD = 600.0  # a host that says more means milliseconds, or nothing
FAILURES_IN_A_ROW = 8  # without one answer between them: the host is down
_TOO_OFTEN = frozenset({403, 429})  # ESPN says 403 when asked too often
_WORTH_ANOTHER_TRY = _TOO_OFTEN | {0, 408, 425}  # 0: no answer


class Fetcher:
    """One host. Safe to share by any number of tasks; `concurrency` of them have a request under way at once."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        base_url: str,
        settings: FeedSettings,
        *,
        concurrency: int = 8,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Clock = wall_clock,
    ) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._host = httpx.URL(base_url).host
        self._settings = settings
        self._sleep = sleep
        self._monotonic = monotonic
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrency)
        self._turns = Turns(settings.per_second)
        self._pauses = _Pauses()
        self._memory = _Memory(REMEMBERED_BYTES)
        self._counts: Counter[str] = Counter()
        self._logged: set[Refusal] = set()

    @property
    def counts(self) -> dict[str, int]:
        """Since the start: requests, answers, bytes, and what went wrong by kind."""
        return dict(self._counts)

    async def get(self, path: str, params: Params | None = None) -> bytes:
        """The body of a JSON answer. Raises FeedUnavailable, PayloadRefused or PayloadTooLarge; they name the host
        and the path, never a parameter. While the host is given a rest, FeedUnavailable comes without a request."""
        return await self._try(path, params or {}, None)

    async def post(self, path: str, body: bytes) -> bytes:
        """The same for a question that is too long for an address; it changes nothing at the host, so it may be asked
        again. `body` is JSON."""
        return await self._try(path, {}, body)

    async def _try(self, path: str, params: Params, body: bytes | None) -> bytes:
        tries = AsyncRetrying(
            stop=stop_after_attempt(self._settings.tries),
            wait=wait_random_exponential(multiplier=0.5, max=self._settings.longest_wait),
            retry=retry_if_exception(self._is_worth_another_try),
            before_sleep=self._count_retry,
            sleep=self._sleep,
            reraise=True,
        )
        async with self._slots:
            return await tries(self._try_once, path, params, body)

    async def read(
        self, path: str, params: Params | None, open_page: Callable[[bytes], Page[Item]]
    ) -> tuple[list[Item], str]:
        """The good elements of one page and the cursor of the next. Parsing lets the event loop breathe. Raises as
        `get` does; a refused element is counted and logged."""
        payload = await self.get(path, params)
        try:
            page = open_page(payload)
        except PayloadRefused as refused:
            self._counts["not_as_described"] += 1
            raise PayloadRefused(f"{self._host}{path}: {refused}") from None
        items: list[Item] = []
        began = self._monotonic()
        for element in page.elements:
            if isinstance(element, Refusal):
                self._note_refused(path, element)
            else:
                items.append(element)
            if self._monotonic() - began > SLICE_SECONDS:
                await asyncio.sleep(0)
                began = self._monotonic()
        return items, page.cursor

    async def read_all(
        self, path: str, params: Params, open_page: Callable[[bytes], Page[Item]], cursor_name: str
    ) -> list[Item]:
        """Every page to the last; `cursor_name` is the parameter that asks for the next. A cursor that comes again
        ends it, as its pages would."""
        items: list[Item] = []
        seen: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES):
            page, cursor = await self.read(path, {**params, cursor_name: cursor} if cursor else params, open_page)
            items += page
            if not cursor:
                return items
            if cursor in seen:
                break
            seen.add(cursor)
        self._counts["endless_pages"] += 1
        log.warning("paging did not end", extra={"host": self._host, "path": path, "pages": len(seen) + 1})
        return items

    async def _try_once(self, path: str, params: Params, body: bytes | None) -> bytes:
        await self._wait_for_turn(path)
        self._counts["requests"] += 1
        after = self._pauses.number
        try:
            async with asyncio.timeout(self._settings.timeout * 3):  # a body that drips is no answer either
                return await self._ask(path, params, body, after)
        except (httpx.TimeoutException, TimeoutError):
            self._pauses.failed(self._monotonic(), after)
            raise self._unavailable("timeouts", path, f"no answer within {self._settings.timeout:g} s") from None
        except (httpx.RequestError, httpx.InvalidURL) as error:
            self._pauses.failed(self._monotonic(), after)
            raise self._unavailable("network", path, f"{type(error).__name__} {error}".strip()) from None

    async def _ask(self, path: str, params: Params, sent: bytes | None, after: int) -> bytes:
        query = httpx.QueryParams(params)
        key = (path, str(query))
        known = self._memory.recall(key) if sent is None else None
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **(known.conditions if known else {})}
        if sent is not None:
            headers["Content-Type"] = "application/json"
        async with self._client.stream(
            "GET" if sent is None else "POST",
            self._base_url + path,
            params=query,
            content=sent,
            headers=headers,
            timeout=self._settings.timeout,
        ) as response:
            if response.status_code == 304 and known:
                self._pauses.answered(after)
                self._counts["not_modified"] += 1
                return known.body
            if response.status_code != 200:
                raise self._turned_down(response, path, after)
            body = await self._read_body(response, path)
            self._pauses.answered(after)
        if sent is None:
            self._memory.keep(key, response.headers, body)
        return body

    async def _read_body(self, response: httpx.Response, path: str) -> bytes:
        largest = self._settings.largest_answer
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > largest:
                self._counts["too_large"] += 1
                raise PayloadTooLarge(f"{self._host}{path}: more than {largest} bytes")
        self._counts["bytes"] += len(body)
        payload = bytes(body)
        if unlike := describe_other_than_json(payload):
            self._counts["not_json"] += 1
            raise PayloadRefused(f"{self._host}{path}: expected JSON, got {unlike}")
        self._counts["answers"] += 1
        return payload

    async def _wait_for_turn(self, path: str) -> None:
        self._raise_in_a_long_pause(path)
        if (wait := self._turns.take(self._monotonic()) - self._monotonic()) > 0:
            await self._sleep(wait)
        while (wait := self._pauses.until - self._monotonic()) > 0:  # others met with trouble meanwhile
            self._raise_in_a_long_pause(path)
            await self._sleep(wait)

    def _raise_in_a_long_pause(self, path: str) -> None:
        if (wait := self._pauses.until - self._monotonic()) > PATIENCE:
            raise self._unavailable("held_back", path, f"not asked for another {wait:.0f} s", retry_after=wait)

    def _turned_down(self, response: httpx.Response, path: str, after: int) -> FeedUnavailable:
        status, now = response.status_code, self._monotonic()
        told = self._seconds_to_wait(response.headers.get("Retry-After", ""))
        if status in _TOO_OFTEN:
            self._pauses.refused(now, after, told or 0.0)
        elif _may_pass(status):
            self._pauses.failed(now, after, told or 0.0)
        wait = self._pauses.until - now
        return self._unavailable(_kind(status), path, f"answered {status}", status, wait if wait > 0 else None)

    def _seconds_to_wait(self, retry_after: str) -> float | None:
        if retry_after.strip().isdecimal():
            return float(retry_after)
        try:
            return max(0.0, (parsedate_to_datetime(retry_after) - self._clock()).total_seconds())
        except (ValueError, TypeError, OverflowError):  # absent, or a date without a zone, or no date of this world
            return None

    def _is_worth_another_try(self, error: BaseException) -> bool:
        if not isinstance(error, FeedUnavailable) or (error.retry_after or 0) > PATIENCE:
            return False
        return _may_pass(error.status)

    def _unavailable(
        self, kind: str, path: str, what: str, status: int = 0, retry_after: float | None = None
    ) -> FeedUnavailable:
        self._counts[kind] += 1
        return FeedUnavailable(f"{self._host}{path}: {what}", status=status, retry_after=retry_after)

    def _count_retry(self, _: RetryCallState) -> None:
        self._counts["retries"] += 1

    def _note_refused(self, path: str, refusal: Refusal) -> None:
        """Count every one, log each once: a listing that stays bad is met again on every round."""
        self._counts["refused_elements"] += 1
        if refusal in self._logged or len(self._logged) >= MOST_LOGGED:
            return
        self._logged.add(refusal)
        fields = {"where": refusal.where, "field": refusal.field, "detail": refusal.detail}
        log.warning("element refused", extra={"host": self._host, "path": path, **fields})


def is_unknown(error: FeedError) -> bool:
    """The host knows no such thing. Whatever else it answers, there may be something that was not told."""
    return isinstance(error, FeedUnavailable) and error.status == 404


async def answers_and_failures(calls: Sequence[Awaitable[Item]]) -> tuple[list[Item], list[FeedError]]:
    """What came of calls made at once, after the last has come back; anything but a FeedError is raised."""
    came = await asyncio.gather(*calls, return_exceptions=True)
    failures: list[FeedError] = []
    for failure in came:
        if isinstance(failure, FeedError):
            failures.append(failure)
        elif isinstance(failure, BaseException):
            raise failure
    return [answer for answer in came if not isinstance(answer, BaseException)], failures


async def all_that_answer(calls: Sequence[Awaitable[Item]], may_fail: Callable[[FeedError], bool]) -> list[Item]:
    """The answers of calls made at once; one that may fail does not cost the others. Otherwise, and when all fail,
    the first error is raised."""
    answers, failures = await answers_and_failures(calls)
    for failure in failures:
        if not answers or not may_fail(failure):
            raise failure
        log.warning("one of several calls failed", extra={"error": str(failure)})
    return answers


def _may_pass(status: int) -> bool:
    return status in _WORTH_ANOTHER_TRY or status >= 500


class Turns:
    """A token bucket that holds one second's worth of requests, told as the moment each caller may go."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._slack = max(per_second - 1, 0) * self._interval
        self._next = float("-inf")

    def take(self, now: float) -> float:
        self._next = max(self._next, now - self._slack)
        turn = self._next
        self._next += self._interval
        return turn


class _Pauses:
    """When a host is not asked at all: for as long as it says, and for longer each time that it turns us away or is
    down once more. What was sent before a pause says nothing new about it."""

    def __init__(self) -> None:
        self.until = float("-inf")
        self.number = 0  # of pauses so far: callers remember after which one they sent
        self._refusals = 0
        self._failures = 0

    def refused(self, now: float, after: int, told: float) -> None:
        if after == self.number:
            self._pause(now, max(_doubled(FIRST_PAUSE_REFUSED, self._refusals), min(told, LONGEST_PAUSE_TOLD)))
            self._refusals += 1
        elif told:
            self._pause(now, min(told, LONGEST_PAUSE_TOLD))

    def failed(self, now: float, after: int, told: float = 0.0) -> None:
        pause = min(told, LONGEST_PAUSE_TOLD)
        if after == self.number:
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW:
                pause = max(pause, _doubled(FIRST_PAUSE_DOWN, self._failures - FAILURES_IN_A_ROW))
        if pause:
            self._pause(now, pause)

    def answered(self, after: int) -> None:
        if after == self.number:
            self._refusals = self._failures = 0

    def _pause(self, now: float, seconds: float) -> None:
        self.until = max(self.until, now + seconds)
        self.number += 1


def _doubled(first: float, times: int) -> float:
    return min(first * 2.0 ** min(times, 30), LONGEST_PAUSE)


class _Remembered:
    __slots__ = ("body", "conditions")

    def __init__(self, conditions: dict[str, str], body: bytes) -> None:
        self.conditions = conditions
        self.body = body


class _Memory:
    """The last answers that can be asked for on condition that they changed, the longest unused forgotten first."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[tuple[str, str], _Remembered] = OrderedDict()

    def recall(self, key: tuple[str, str]) -> _Remembered | None:
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def keep(self, key: tuple[str, str], headers: httpx.Headers, body: bytes) -> None:
        self._forget(key)
        asked = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        conditions = {ask: headers[told] for ask, told in asked if told in headers}
        if not conditions:
            return
        self._answers[key] = _Remembered(conditions, body)
        self._bytes += len(body)
        while self._bytes > self._most_bytes:
            self._forget(next(iter(self._answers)))

    def _forget(self, key: tuple[str, str]) -> None:
        if old := self._answers.pop(key, None):
            self._bytes -= len(old.body)


def _kind(status: int) -> str:
    if status == 429:
        return "rate_limited"
    if status == 403:
        return "forbidden"
    return "server_errors" if status >= 500 else "other_statuses"
