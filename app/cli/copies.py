"""A process of ours that begins as a copy of this one: what has been imported and indexed here it need not do again,
and the memory of that is there once for both."""

import asyncio
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import typer

OPEN = Path("/proc/self/fd")  # what this process has open, by number
CAN_COPY = sys.platform == "linux" and OPEN.is_dir()  # elsewhere libraries may not live on in a copy


class Copy:
    """The other process, as its parent sees it. `lifeline`: its standard input, which closes when the parent ends, in
    whatever way; `ending`: a pipe that closes when the copy does."""

    def __init__(self, process: int, lifeline: int, ending: int) -> None:
        self._process, self._lifeline, self._ending = process, lifeline, ending
        self.returncode: int | None = None

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        if self.returncode is None:
            loop.add_reader(self._ending, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._ending)
            self._let_go()
        assert self.returncode is not None  # let go just now
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Make it end."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self._process, number)  # nobody else's: it has not been waited for

    def _let_go(self) -> None:
        _, status = os.waitpid(self._process, 0)
        self.returncode = os.waitstatus_to_exitcode(status)
        os.close(self._ending)
        os.close(self._lifeline)


def copy_of_this(name: str, work: Callable[[], None]) -> Copy:
    """Go on twice: here, and in a process that does this work and ends with it. No event loop may be running yet, and
    what other threads do is not gone on with. `name`: of the process, for whoever looks at a list of them."""
    gc.freeze()  # a collector that marked what both have would make it two
    hearing, lifeline = os.pipe()
    ending, living = os.pipe()
    process = os.fork()
    if process:
        os.close(hearing)
        os.close(living)
        return Copy(process, lifeline, ending)
    code = 1
    try:
        os.setsid()  # Ctrl-C in the terminal is for the parent
        os.dup2(hearing, 0)
        _forget_what_is_open(but=living)
        with suppress(OSError):  # a file system that only reads: then it goes by the parent's name
            Path("/proc/self/comm").write_text(name)
        code = _done(work)
    finally:
        _end(code)


def _forget_what_is_open(but: int) -> None:
    """Ports, locks and pipes belong to the parent. Whatever here still has their numbers writes into nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in map(int, os.listdir(OPEN)):
        if number > 2 and number != but:
            with suppress(OSError):  # what leads to nothing already
                os.dup2(nothing, number, inheritable=False)


def _done(work: Callable[[], None]) -> int:
    """The exit code."""
    try:
        work()
    except KeyboardInterrupt:
        return 0
    except typer.Exit as end:
        return end.exit_code
    except BaseException:  # nothing above this may be gone on with: it is the parent's
        traceback.print_exc()
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """Without what the parent has still to close."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
