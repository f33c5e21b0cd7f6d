"""A fetcher over a mocked transport, on a clock that moves by itself."""

import asyncio
from datetime import UTC, datetime

import httpx
import respx

from app.fetching import (
    Fetcher,
)
from app.settings import FeedSettings

HOST = "https://feed.example"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FAST = FeedSettings(per_second=1000, tries=3)


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Desk:
    """A fetcher, its time and its router."""

    def __init__(self, client: httpx.AsyncClient, router: respx.MockRouter) -> None:
        self.client = client
        self.router = router
        self.time = Time()

    def fetcher(self, settings: FeedSettings = FAST) -> Fetcher:
        return Fetcher(
            self.client,
            f"{HOST}/v1/",
            settings,
            sleep=self.time.sleep,
            monotonic=self.time.monotonic,
            clock=lambda: NOW,
        )

    def answers(self, *answers: httpx.Response | type[httpx.TransportError]) -> respx.Route:
        return self.router.get(f"{HOST}/v1/events").mock(side_effect=list(answers))
