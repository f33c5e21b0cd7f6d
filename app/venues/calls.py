"""Private calls to a venue: signed when they are sent, by the direct route, and what changes anything is sent once."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

import httpx
import msgspec

from app.domain.parsing import Wire, decode
from app.errors import FeedUnavailable, OutcomeUnknown, PayloadRefused
from app.fetching import USER_AGENT, Params, Turns
from app.settings import FeedSettings

Sign = Callable[[str, str, bytes], Mapping[str, str]]  # method, path with its query, body → headers

FIRST_REST, LONGEST_REST = 0.5, 8.0  # seconds without a call after the venue was asked too often; doubled each time
LONGEST_TOLD = 60.0  # seconds; a venue that says more is not waited for any longer
ASKED_AGAIN = 2  # times that a question is asked again
MOST_WORDS = 200  # characters of what a venue says

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_ASKED_TOO_OFTEN = 429


class Answer(NamedTuple):
    """What came back, whatever it says."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


class NotSent(FeedUnavailable):
    """The call never left, or was turned away at the door: nothing has happened there."""


class Caller:
    """One host, and one key of it. `per_second`: calls that change something; questions have turns of their own."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        base_url: str,
        settings: FeedSettings,
        per_second: float,
        sign: Sign,
        counts: Counter[str],
    ) -> None:
        self._client = client
        self._base_url = httpx.URL(base_url)
        self._timeout = settings.timeout
        self._sign = sign
        self._counts = counts
        self._questions, self._deeds = Turns(settings.per_second), Turns(per_second)
        self._rest_until = float("-inf")
        self._rest = FIRST_REST

    async def send(self, method: str, path: str, body: bytes = b"", *, within: float = LONGEST_TOLD) -> Answer:
        """Once. `within`: seconds after which it would come too late. Raises NotSent, or OutcomeUnknown when it left
        and no answer to it can be read."""
        await self._wait(self._deeds, path, within)
        return await self._call(method, path, {}, body)

    async def read(self, path: str, decoder: msgspec.json.Decoder[Wire], params: Params | None = None) -> Wire:
        """An answer, decoded. What cannot be read is as good as not told: raises FeedUnavailable."""
        payload = await self.ask(path, params)
        try:
            return decode(payload, decoder)
        except PayloadRefused as refused:
            self._counts["not_as_described"] += 1
            raise FeedUnavailable(f"{self._at(path)}: {refused}") from None

    async def ask(self, path: str, params: Params | None = None) -> bytes:
        """The body of an answer. Raises FeedUnavailable, with the status."""
        for left in range(ASKED_AGAIN, -1, -1):
            try:
                await self._wait(self._questions, path, LONGEST_REST)
                answer = await self._call("GET", path, params or {}, b"")
            except (FeedUnavailable, OutcomeUnknown) as error:
                if not left:
                    raise FeedUnavailable(str(error)) from None
                continue
            if answer.is_good:
                return answer.body
            if answer.status < 500 or not left:
                break
        raise FeedUnavailable(f"{self._at(path)}: {words_of(answer)}", status=answer.status)

    async def _wait(self, turns: Turns, path: str, within: float) -> None:
        now = time.monotonic()
        wait = max(self._rest_until, turns.take(now)) - now
        if wait > within:
            raise NotSent(f"{self._at(path)}: not asked for another {wait:.1f} s", retry_after=wait)
        if wait > 0:
            await asyncio.sleep(wait)

    async def _call(self, method: str, path: str, params: Params, body: bytes) -> Answer:
        self._counts["requests"] += 1
        url = self._base_url.copy_with(path=self._base_url.path.rstrip("/") + path)
        url = url.copy_merge_params(params) if params else url
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        try:
            async with asyncio.timeout(self._timeout * 2):  # an answer that drips is none either
                signed = headers | {**self._sign(method, url.raw_path.decode(), body)}
                response = await self._client.request(
                    method, url, content=body or None, headers=signed, timeout=self._timeout, follow_redirects=False
                )
        except _NOT_SENT as error:
            self._counts["not_sent"] += 1
            raise NotSent(f"{self._at(path)}: {type(error).__name__}") from None
        except (httpx.HTTPError, TimeoutError) as error:
            self._counts["unanswered"] += 1
            raise OutcomeUnknown(f"{self._at(path)}: no answer ({type(error).__name__})") from None
        return self._heard(path, response)

    def _heard(self, path: str, response: httpx.Response) -> Answer:
        if response.status_code == _ASKED_TOO_OFTEN:
            self._counts["rate_limited"] += 1
            told = response.headers.get("Retry-After", "")
            wait = min(float(told), LONGEST_TOLD) if told.isdecimal() else self._rest
            self._rest_until = time.monotonic() + wait
            self._rest = min(self._rest * 2, LONGEST_REST)
            raise NotSent(f"{self._at(path)}: asked too often", status=_ASKED_TOO_OFTEN, retry_after=wait)
        self._rest = FIRST_REST
        self._counts["server_errors" if response.status_code >= 500 else "answers"] += 1
        return Answer(response.status_code, response.content)

    def _at(self, path: str) -> str:
        return f"{self._base_url.host}{path}"


def words_of(answer: Answer) -> str:
    """What an answer says, for people."""
    said = " ".join(answer.body[: MOST_WORDS * 4].decode(errors="replace").split())[:MOST_WORDS]
    return f"answered {answer.status} {said}".strip()
