"""The platform as anybody sees it from outside, and the simulated venues behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import httpx
import msgspec

from app.clock import Clock
from app.drills.wire import Anything, Games, GameSeen, Prices, Problem, Signals, SignalSeen
from app.errors import DrillRefused

AT_ONCE = 8  # questions under way
PAGE = 500
TRIES = 10  # of a platform that is busy with starting
MOST_GAMES = 60  # that are looked at; those that are played first

Seen = TypeVar("Seen")


class Means(NamedTuple):
    """What a drill may do besides calling. `lose_answer`: to the next order of a paper account; `environment`: of a
    process that is to work for the platform."""

    lose_answer: Callable[[str], Awaitable[None]]
    environment: Mapping[str, str]
    data_dir: Path


class Scene:
    """`sandbox`: None where the venues are real. `stopped`: somebody has asked to end; nothing waits any longer."""

    def __init__(
        self,
        api: httpx.AsyncClient,
        sandbox: httpx.AsyncClient | None,
        means: Means,
        clock: Clock,
        stopped: asyncio.Event,
    ) -> None:
        self._api = api
        self._sandbox = sandbox
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.means = means
        self.clock = clock
        self.stopped = stopped

    async def pause(self, seconds: float) -> None:
        """So long, or until somebody asks to end."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopped.wait()
        except TimeoutError:
            pass

    # The platform. Everything raises DrillRefused for what is not answered as it should be.

    async def hear(self) -> None:
        """Whether it answers, to somebody who may do what drills do."""
        for _ in range(TRIES):
            with suppress(DrillRefused):
                await self.get("/keys", list[Anything])  # who may not see these may not resume what was halted
                return
            await self.pause(1.0)
        await self.get("/keys", list[Anything])

    async def get(self, path: str, kind: type[Seen], **params: str | int) -> Seen:
        """An answer of the platform."""
        async with self._gate:
            return await _answer(self._api.get(path, params=params), path, kind)

    async def post(self, path: str, body: Mapping[str, object]) -> None:
        """Change something."""
        _read(await self.send(path, body), path, Anything)

    async def send(self, path: str, body: Mapping[str, object], key: str = "") -> httpx.Response:
        """The same, of what may well be refused. `key`: of a wish that is to be done once."""
        headers = {"Idempotency-Key": key} if key else {}
        return await _asked(self._api.post(path, json=body, headers=headers), path)

    async def games(self) -> Sequence[GameSeen]:
        """Those that are followed and tradable, the ones that are played first."""
        page = await self.get("/games", Games, limit=PAGE)
        found = [game for game in page.items if game.is_open and not game.is_provisional]
        return sorted(found, key=lambda game: (game.status != "live", game.start, game.id))[:MOST_GAMES]

    async def prices(self, names: Sequence[str]) -> Sequence[Prices]:
        """Of these games; those that are gone meanwhile are left out."""
        found = await asyncio.gather(*(self._prices(name) for name in names))
        return [each for each in found if each is not None]

    async def _prices(self, name: str) -> Prices | None:
        async with self._gate:
            response = await _asked(self._api.get(f"/games/{name}/prices"), name)
        return None if response.status_code == 404 else _read(response, f"/games/{name}/prices", Prices)

    async def sent_since(self, at: str, **wanted: str) -> Sequence[SignalSeen]:
        """Signals that were found then or later, and sent. `at`: as `moment` says it."""
        return (await self.get("/signals", Signals, stage="sent", since=at, limit=PAGE, **wanted)).items

    def moment(self) -> str:
        """Now, as the API writes it."""
        return self.clock().isoformat().replace("+00:00", "Z")

    # The simulated venues

    async def ask_sandbox(self, path: str, kind: type[Seen]) -> Seen:
        """What it knows."""
        return await _answer(self._venues().get(path), path, kind)

    async def tell_sandbox(self, path: str, body: object) -> None:
        """A fault, or entries of a plan."""
        await _answer(self._venues().post(path, content=msgspec.json.encode(body)), path, Anything)

    def _venues(self) -> httpx.AsyncClient:
        if self._sandbox is None:
            raise DrillRefused("the venues are real, and faults of theirs cannot be had")
        return self._sandbox


async def _asked(asking: Awaitable[httpx.Response], path: str) -> httpx.Response:
    try:
        return await asking
    except httpx.HTTPError as error:
        raise DrillRefused(f"{path} is not answered: {error or type(error).__name__}") from error


async def _answer(asking: Awaitable[httpx.Response], path: str, kind: type[Seen]) -> Seen:
    return _read(await _asked(asking, path), path, kind)


def _read(response: httpx.Response, path: str, kind: type[Seen]) -> Seen:
    if not response.is_success:
        raise DrillRefused(f"{path} answers {response.status_code}: {why_not(response)}")
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        raise DrillRefused(f"{path} answers what this version cannot read: {error}") from error


def why_not(response: httpx.Response) -> str:
    """What a refusal says."""
    try:
        return msgspec.json.decode(response.content, type=Problem).detail or response.text[:200]
    except msgspec.DecodeError:
        return response.text[:200]
