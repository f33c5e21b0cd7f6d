"""A sandbox to ask, over its whole ASGI stack, on a clock that the test holds."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.sandbox.server import build_on
from app.sandbox.simulations import Simulation

NOW = datetime(2026, 11, 22, 23, 10, tzinfo=UTC)  # 18:10 in New York


class HeldClock:
    """Reads what the test sets."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_time(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def simulation(clock: Callable[[], datetime]) -> Simulation:
    return Simulation(seed=7, speed=1.0, clock=clock)


@pytest.fixture
async def sandbox(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_on(simulation))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield client


@pytest.fixture
async def client(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the sandbox that a file of tests has started as `base_url`."""
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        yield client
