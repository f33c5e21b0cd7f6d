"""A process that begins as a copy of this one does its work, holds nothing of ours, and is waited for like another."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
import typer

from app.cli.children import Child
from app.cli.copies import CAN_COPY, Copy, copy_of_this

pytestmark = pytest.mark.skipif(not CAN_COPY, reason="processes cannot go on as copies here")
ORPHANED = """
import os, sys
from app.cli.copies import copy_of_this

def work():
    print(os.getpid(), flush=True)
    os.read(0, 1)  # until the parent is gone
    print("left", flush=True)

copy_of_this("planted", work)
sys.stdin.read()
"""

Copied = Callable[[Callable[[], None]], Copy]


@pytest.fixture
def copied() -> Iterator[Copied]:
    made = list[Copy]()

    def make(work: Callable[[], None]) -> Copy:
        made.append(copy_of_this("planted", work))
        return made[-1]

    yield make
    for copy in made:
        copy.kill()
        asyncio.run(copy.wait())


def leave(code: int) -> None:
    raise typer.Exit(code)


def until_told() -> None:
    os.read(0, 1)


def say_and_wait(file: Path) -> None:
    file.touch()
    until_told()


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # the suite's own limit ends it
        time.sleep(0.01)


def test_it_does_its_work_with_what_is_known_here_and_ends(copied: Copied, tmp_path: Path) -> None:
    known = {"as it was": tmp_path / "written"}
    copy = copied(lambda: known["as it was"].write_text(Path("/proc/self/comm").read_text()) and None)
    assert asyncio.run(copy.wait()) == 0
    assert (tmp_path / "written").read_text() == "planted\n"


@pytest.mark.parametrize(
    ("work", "code"),
    [(partial(leave, 3), 3), (partial(signal.raise_signal, signal.SIGINT), 0), (partial(int, "none"), 1)],
    ids=["refused", "asked to end", "fell"],
)
def test_how_it_ended_is_its_exit_code(work: Callable[[], None], code: int, copied: Copied) -> None:
    assert asyncio.run(copied(work).wait()) == code


def test_what_was_open_is_ours_alone(copied: Copied, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        copy = copied(partial(say_and_wait, tmp_path / "works"))
    until((tmp_path / "works").exists)
    with socket.socket() as again:  # without SO_REUSEADDR: refused while anybody has it
        again.bind(("127.0.0.1", port))
    assert copy.returncode is None


def test_it_can_be_killed_and_waited_for_again_after_a_wait_was_given_up(copied: Copied) -> None:
    async def give_up_and_wait() -> int:
        copy = copied_once
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await copy.wait()
        copy.kill()
        return await copy.wait()

    copied_once = copied(until_told)
    assert asyncio.run(give_up_and_wait()) == -signal.SIGKILL


def test_it_leaves_when_its_parent_is_killed() -> None:
    root = Path(__file__).parents[3]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", ORPHANED], cwd=root, text=True, **pipes) as parent:
        assert parent.stdout is not None
        copy = psutil.Process(int(parent.stdout.readline()))
        assert copy.parent().pid == parent.pid
        parent.kill()
        assert parent.stdout.readline() == "left\n"
        psutil.wait_procs([copy], timeout=10)
    assert not copy.is_running() or copy.status() == psutil.STATUS_ZOMBIE


class Endings(logging.Handler):
    """What a child's watch says of how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Queue[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.told.put_nowait(vars(record)["ending"])


def test_when_it_has_fallen_the_command_takes_its_place(copied: Copied) -> None:
    async def watch(child: Child) -> list[str]:
        logger, endings = logging.getLogger("app.cli.children"), Endings()
        logger.addHandler(endings)
        running = asyncio.create_task(child.keep_running())
        try:
            async with asyncio.timeout(60):
                return [await endings.told.get() for _ in range(2)]
        finally:
            logger.removeHandler(endings)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await child.stop()

    child = Child("planted", ["--version"], {}, copied(partial(leave, 7)))
    assert asyncio.run(watch(child)) == ["exit code 7", "exit code 0"]
