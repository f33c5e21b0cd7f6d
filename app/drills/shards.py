"""A shard is killed with games in its hands: one of our own, which is started beside the platform for that alone."""

import asyncio
import os
import signal
import sys

from app.drills.scenes import Scene
from app.errors import DrillRefused
from app.settings import environment_with

READY_WITHIN = 60.0  # seconds until it is given games
COMMAND = ("-m", "app.cli", "up", "--workers", "game_shard", "--no-api", "--leave-with-parent", "--log", "json")


class KilledShard:
    """Safe: each of its games is worked on by another process."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._process: asyncio.subprocess.Process | None = None
        self._games: list[str] = []

    async def prepare(self) -> str:
        means = self._scene.means
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, *COMMAND, "--data-dir", str(means.data_dir)),
            env=environment_with(means.environment),
            stdin=asyncio.subprocess.PIPE,  # when it closes, the shard knows that we are gone
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us
        )
        for _ in range(round(READY_WITHIN)):
            await self._scene.pause(1.0)
            self._games = await self._in_its_hands([game.id for game in await self._scene.games()])
            if self._games or self._scene.stopped.is_set() or self._process.returncode is not None:
                break
        if not self._games:
            raise DrillRefused("a shard was started beside the platform, and was given no games")
        return f"a shard of its own with {len(self._games)} games"

    async def break_it(self) -> None:
        if self._process is None or self._process.returncode is not None:
            raise DrillRefused("the shard ended by itself")
        os.killpg(self._process.pid, signal.SIGKILL)

    async def danger(self) -> str:
        left = await self._in_its_hands(self._games)
        return f"{len(left)} games are still the dead shard's" if left else ""

    async def mend(self) -> None:
        """It ends as one that is asked to, unless it is dead: then there is nothing to do."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def lacking(self) -> str:
        return await self.danger()

    async def _in_its_hands(self, names: list[str]) -> list[str]:
        assert self._process is not None  # it was started
        mine = str(self._process.pid)
        return [each.game.id for each in await self._scene.prices(names) if _process_of(each.shard) == mine]


def _process_of(shard: str | None) -> str:
    """A shard's name has its process in it."""
    parts = (shard or "").split(":")
    return parts[1] if len(parts) > 1 else ""
