"""A command of ours in a process of its own: it may take long, import what the platform must not, or fall, and nothing
here waits behind it or falls with it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

from app.errors import CrosscourtError
from app.settings import Settings, as_environment, environment_with

BEHIND = 10  # its niceness: what trades goes first
NOTHING: Mapping[str, str] = MappingProxyType({})


class ChoreUnfinished(CrosscourtError):
    """A process of ours could not be begun, or took too long."""


class Done(NamedTuple):
    """How it ended, and what it has said to standard output and to standard error."""

    code: int
    said: bytes
    grumbled: bytes = b""

    @property
    def trouble(self) -> str:
        """What went wrong, in one line; empty when all is well. Of a traceback the last line says most."""
        if not self.code:
            return ""
        lines = self.grumbled.decode(errors="replace").strip().splitlines()
        return lines[-1 if lines[0].startswith("Traceback") else 0] if lines else f"exit code {self.code}"


async def do(
    command: Sequence[str], *, within: float, environment: Mapping[str, str] = NOTHING, told: bytes = b""
) -> Done:
    """Run `python -m ...command`, tell it that, and wait for its end. After `within` seconds, or when nobody waits any
    more, it goes with everything that it has started. Raises ChoreUnfinished.

    A command can be read by everybody on the machine: secrets go by the environment, or are told.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *command),
            env=environment_with(environment),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,  # a group of its own, to be ended whole
        )
    except OSError as error:
        raise ChoreUnfinished(f"it cannot be begun: {error}") from None
    _put_behind(process)
    try:
        async with asyncio.timeout(within):
            said, grumbled = await process.communicate(told)
    except BaseException as error:
        await _end(process)
        if isinstance(error, TimeoutError):
            raise ChoreUnfinished(f"it took longer than {within:g} s") from None
        raise
    return Done(process.returncode or 0, said, grumbled)


def same_stores(settings: Settings) -> dict[str, str]:
    """The environment of a process that has the same data, stores and archive."""
    given, database, redis = settings.archive, settings.database.url, settings.redis.url
    target = given.target.get_secret_value() if given.target else ""
    told = {"decisions": str(given.decisions), "keep_for": f"{given.keep_for.total_seconds():.0f}s"}
    told |= {"keep": str(given.keep), "target": target, "target_options": given.target_options.get_secret_value()}
    stores = {"database": database, "redis": redis}
    urls = {name: {"url": url.get_secret_value()} for name, url in stores.items() if url is not None}
    return {"DATA_DIR": str(settings.data_dir), **as_environment({"archive": told, **urls})}


def _put_behind(process: Process) -> None:
    with suppress(OSError):  # it has ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, BEHIND)


async def _end(process: Process) -> None:
    """Also what it has started and left behind: a group lives as long as anybody in it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
