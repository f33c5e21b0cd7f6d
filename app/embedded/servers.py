"""Starting, sharing and stopping servers, whoever died before and however."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.embedded import keeper
from app.embedded.places import Places
from app.errors import StartRefused

READY_WITHIN = 120.0  # seconds; after a crash a long journal is read back first
GONE_WITHIN = 40.0  # seconds; the keeper kills after 30
TAIL = 8  # lines of a log that go into an error


@dataclass(frozen=True, slots=True)
class Server:
    """One server: how it is made ready and run, and how one sees that it answers."""

    name: str
    prepare: Callable[[], None]
    command: Callable[[], Sequence[str]]  # the program's full path first
    leftovers: tuple[Path, ...]  # what a killed one leaves behind and the next would stumble over
    answers: Callable[[], bool]


@contextmanager
def changing(places: Places) -> Iterator[None]:
    """Only one process at a time starts or stops servers of this data directory."""
    descriptor = keeper.open_lock(places.locks / "transition")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def take_hold(places: Places) -> int:
    """A descriptor that keeps the servers running until it is closed, or this process ends in any way."""
    descriptor = keeper.open_lock(places.locks / "holders")
    fcntl.flock(descriptor, fcntl.LOCK_SH)  # a keeper that finds nobody has the transition lock first
    return descriptor


def start_servers(places: Places, servers: Sequence[Server]) -> None:
    """Start what is not running and wait until all answer. Raises StartRefused with the server's own last words."""
    marks = {server.name: _log_size(places, server.name) for server in servers}
    for server in servers:
        if not _is_held(places, f"{server.name}.kept"):
            _stop_orphan(places, server.name)
            server.prepare()
            _start_keeper(places, server)
    for server in servers:
        _wait_for_answer(places, server, marks[server.name])


def stop_servers_if_last(places: Places, names: Sequence[str]) -> None:
    """Stop everything unless another process still holds the data directory."""
    nobody = keeper.try_lock(places.locks / "holders")
    if nobody is None:
        return
    try:
        kept = [lock for name in names if _is_held(places, lock := f"{name}.kept")]
        for lock in kept:
            _signal_holder(places, lock, signal.SIGTERM)  # all at once, so that they stop side by side
        for lock in kept:
            _wait_for_release(places, lock)
        for name in names:
            _stop_orphan(places, name)
    finally:
        os.close(nobody)


def _start_keeper(places: Places, server: Server) -> None:
    log = places.logs / f"{server.name}.log"
    program = [sys.executable, "-I", "-S", keeper.__file__]
    knows = (places.locks, server.name, log, places.sockets.resolve(), *server.leftovers)
    with open(log, "ab", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW, 0o600)) as output:
        # a session of its own: the terminal's Ctrl-C must not reach the servers before the application has left them
        subprocess.run(
            [*program, *map(str, knows), "--", *server.command()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            check=False,
        )


def _wait_for_answer(places: Places, server: Server, mark: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not server.answers():
        if not _is_held(places, f"{server.name}.kept") or time.monotonic() > deadline:
            log = places.logs / f"{server.name}.log"
            raise StartRefused(
                f"the embedded {server.name} did not start; the end of {log}:\n{_tail(log, mark)}",
                remedy="Mend what the lines say (often: free space), or set DATABASE__URL or REDIS__URL to a server.",
            )
        time.sleep(0.01)


def _stop_orphan(places: Places, name: str) -> None:
    """Stop a server whose keeper was killed; wait for the last of its children."""
    lock = f"{name}.alive"
    if not _is_held(places, lock):
        return
    _signal_holder(places, lock, signal.SIGINT)
    if not _is_released(places, lock, GONE_WITHIN):
        _signal_holder(places, lock, signal.SIGKILL)
    _wait_for_release(places, lock)


def _signal_holder(places: Places, lock: str, number: signal.Signals) -> None:
    """Send a signal to the process that wrote its id, unless the id has gone to another program since."""
    try:
        process = psutil.Process(int((places.locks / lock).read_text()))
        if any(f"{places.servers}/" in word for word in process.cmdline()):
            process.send_signal(number)
    except (OSError, ValueError, psutil.Error):
        return  # never started, already gone, or in another container


def _wait_for_release(places: Places, lock: str) -> None:
    if not _is_released(places, lock, GONE_WITHIN):
        raise StartRefused(
            f"something still uses {places.servers} and does not end (it holds {places.locks / lock})",
            remedy="End the postgres or valkey-server of this directory; it may run in another container.",
        )


def _is_released(places: Places, lock: str, within: float) -> bool:
    deadline = time.monotonic() + within
    while _is_held(places, lock):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _is_held(places: Places, lock: str) -> bool:
    descriptor = keeper.try_lock(places.locks / lock)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is None


def _log_size(places: Places, name: str) -> int:
    log = places.logs / f"{name}.log"
    return log.stat().st_size if log.exists() else 0


def _tail(log: Path, mark: int) -> str:
    text = log.read_bytes()
    fresh = text[mark:] if mark <= len(text) else text
    return "\n".join(fresh.decode(errors="replace").splitlines()[-TAIL:])
