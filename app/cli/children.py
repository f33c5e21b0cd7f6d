"""Processes of our own beside this one: started, watched, restarted when they fall, and never left behind."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from app.cli.copies import Copy
from app.settings import environment_with

log = logging.getLogger(__name__)

FIRST_WAIT = 1.0  # seconds before a fallen child is started again; doubled each time
LONGEST_WAIT = 30.0
STEADY = 60.0  # a child that lived this long falls for the first time again
PATIENCE = 10.0  # seconds a child has to end when asked


class Child:
    """One `crosscourt` process. Its standard input stays open: when it closes, the child knows that we are gone.
    `first`: a copy of this process that does the work already; once it has ended, it is the command's turn."""

    def __init__(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], first: Copy | None = None
    ) -> None:
        self.name = name
        self._command = (sys.executable, "-m", "app.cli", *arguments)
        self._environment = environment_with(environment)
        self._process: asyncio.subprocess.Process | Copy | None = first

    async def keep_running(self) -> None:
        """Start it, and start it again whenever it ends."""
        wait = FIRST_WAIT
        while True:
            began = asyncio.get_running_loop().time()
            ending = await self._run_once()
            if asyncio.get_running_loop().time() - began > STEADY:
                wait = FIRST_WAIT
            log.warning("process ended; starting it again", extra={"child": self.name, "ending": ending, "in": wait})
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _run_once(self) -> str:
        """How it ended, in words."""
        if self._process is None:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, env=self._environment, stdin=asyncio.subprocess.PIPE, start_new_session=True
                )
            except OSError as error:
                return f"not started: {error}"
        code = await self._process.wait()
        self._process = None
        return f"exit code {code}"

    async def stop(self) -> None:
        """Ask it to end, and make it end."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            log.warning("process did not end when asked", extra={"child": self.name})
            process.kill()
            await process.wait()


@asynccontextmanager
async def accompanied(children: Sequence[Child]) -> AsyncIterator[None]:
    """Keep the children running beside the body; all are gone when it ends."""
    tasks = [asyncio.create_task(child.keep_running(), name=child.name) for child in children]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in children))
