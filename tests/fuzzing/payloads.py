"""How what is fed to a decoder comes to it: the same in answer to every question."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import cast

import httpx

from app.domain.parsing import describe_other_than_json
from app.errors import PayloadRefused
from app.fetching import Fetcher, Params
from app.settings import FeedSettings
from app.venues.calls import Answer, Caller

NOBODY = cast("httpx.AsyncClient", None)
SETTINGS = FeedSettings()


class Told(Fetcher):
    """A host that answers everything with this."""

    def __init__(self, payload: bytes) -> None:
        super().__init__(NOBODY, "http://127.0.0.1:9", SETTINGS)
        self._payload = payload

    async def get(self, path: str, params: Params | None = None) -> bytes:
        if unlike := describe_other_than_json(self._payload):  # as it looks at a body that has come
            raise PayloadRefused(unlike)
        return self._payload

    async def post(self, path: str, body: bytes) -> bytes:
        return await self.get(path)


class Called(Caller):
    """The same behind a key."""

    def __init__(self, payload: bytes) -> None:
        super().__init__(NOBODY, "http://127.0.0.1:9", SETTINGS, 1.0, lambda method, path, body: {}, Counter())
        self._payload = payload

    async def ask(self, path: str, params: Params | None = None) -> bytes:
        return self._payload

    async def send(self, method: str, path: str, body: bytes = b"", *, within: float = 1.0) -> Answer:
        return Answer(200 if len(self._payload) % 2 else 400, self._payload)


def lines_of(*messages: object) -> bytes:
    """One a line."""
    return b"\n".join(written(one) for one in messages)


def written(message: object) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def each_line(payload: bytes) -> Sequence[bytes]:
    return payload.split(b"\n")
