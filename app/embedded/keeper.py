"""Keeps one server running for as long as somebody holds the data directory.

A process of its own, run by path (`python -I -S keeper.py ...`): it imports nothing of the house and little of Python,
so it is up in 20 ms and stays small. What it must know of others it learns from file locks, which the kernel drops when
a process ends, however it ends:

- `holders`: shared by every Crosscourt process that uses the servers of this data directory
- `transition`: whoever starts or stops something
- `NAME.kept`: the keeper; the file holds its process id
- `NAME.alive`: inherited by the server and its children, so it is held while any of them lives; holds the server's id
"""

import contextlib
import fcntl
import os
import select
import signal
import sys
import time

TICK = 0.5  # seconds between two looks at the holders
LONG_ENOUGH = 5.0  # seconds; a server that never lived so long is given up after MOST_QUICK_FALLS
MOST_QUICK_FALLS = 5
LONGEST_WAIT = 5.0  # seconds before a fallen server is started again
STOPS_WITHIN = 30.0  # seconds, then it is killed; both servers recover from that
LARGEST_LOG = 4 * 1024 * 1024  # bytes; one older file of this size is kept beside it


def open_lock(path: str | os.PathLike[str]) -> int:
    """A descriptor of a lock file that only its owner can open."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(path: str | os.PathLike[str]) -> int | None:
    """A descriptor that holds the lock until it is closed; None while somebody else holds it."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def write_id(descriptor: int, process: int) -> None:
    """Say in the lock file who holds it."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(process).encode(), 0)


def bound_log(log: str, largest: int) -> None:
    """Move the log's text to `LOG.1` once it is larger; the servers append, so they go on at the new end."""
    with contextlib.suppress(OSError):  # removed by somebody, or no space left: no reason to let the server fall
        if os.path.getsize(log) > largest:
            with open(log, "rb") as full, open(f"{log}.1", "wb") as older:
                older.write(full.read())
            os.truncate(log, 0)


class Keeper:
    """One server, its locks and its log."""

    def __init__(self, locks: str, name: str, log: str, sockets: str, leftovers: list[str], command: list[str]) -> None:
        self.locks, self.name, self.log, self.sockets = locks, name, log, sockets
        self.leftovers, self.command = leftovers, command
        self.server = 0  # its process id while it runs
        self.bell, bell_rope = os.pipe()
        os.set_blocking(bell_rope, False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # only the bell is wanted
        signal.set_wakeup_fd(bell_rope)

    def run(self) -> None:
        try:
            self.keep()
        finally:
            if self.server:
                self.stop()
            with contextlib.suppress(OSError):  # the other server is still there
                os.rmdir(self.sockets)

    def keep(self) -> None:
        falls, is_proven = 0, False
        while self.start():
            began = time.monotonic()
            status = self.watch()
            if status is None:
                return
            self.say(f"{self.name} fell with exit code {status}")
            has_lived = time.monotonic() - began > LONG_ENOUGH
            is_proven, falls = is_proven or has_lived, 1 if has_lived else falls + 1
            if falls >= MOST_QUICK_FALLS and not is_proven:
                return
            if self.should_leave(min(0.05 * 2**falls, LONGEST_WAIT)):
                return

    def start(self) -> bool:
        """False when it is time to leave."""
        while (alive := try_lock(f"{self.locks}/{self.name}.alive")) is None:
            if self.should_leave(0.05):  # children of a killed server are still on their way out
                return False
        for path in self.leftovers:
            if os.path.lexists(path):
                os.unlink(path)
        os.set_inheritable(alive, True)
        environment = {"PATH": os.defpath, "LC_ALL": "C"}
        heard = (signal.SIGINT, signal.SIGHUP)  # nohup and shells in the background have them ignored
        self.server = os.posix_spawn(self.command[0], self.command, environment, setsigdef=heard)
        write_id(alive, self.server)
        os.close(alive)
        return True

    def watch(self) -> int | None:
        """The exit code of a server that fell; None when it is time to leave."""
        while True:
            leave = self.should_leave(TICK)
            done, status = os.waitpid(self.server, os.WNOHANG)
            if done:
                self.server = 0
                return os.waitstatus_to_exitcode(status)
            if leave:
                return None

    def should_leave(self, within: float) -> bool:
        """Wait for a signal, at most `within` seconds, and say whether it, or nobody being there, means the end."""
        bound_log(self.log, LARGEST_LOG)
        ringing, _, _ = select.select([self.bell], [], [], within)
        rung = os.read(self.bell, 64) if ringing else b""
        return signal.SIGTERM in rung or signal.SIGINT in rung or self.is_alone()

    def is_alone(self) -> bool:
        """Nobody holds the data directory. Then both locks stay ours to the end, so nobody starts while we stop."""
        try:
            transition = try_lock(f"{self.locks}/transition")
            if transition is None:
                return False
            if try_lock(f"{self.locks}/holders") is None:
                os.close(transition)
                return False
        except OSError:
            return True  # the data directory was removed
        return True

    def stop(self) -> None:
        os.kill(self.server, signal.SIGINT)  # to Postgres: fast shutdown; to Valkey: save and go
        deadline = time.monotonic() + STOPS_WITHIN
        while not os.waitpid(self.server, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                os.kill(self.server, signal.SIGKILL)
            time.sleep(0.01)

    def say(self, message: str) -> None:
        os.write(2, f"keeper: {message}\n".encode())


def main(arguments: list[str]) -> None:
    """`LOCKS NAME LOG SOCKETS LEFTOVER... -- COMMAND...`, with standard output and error on the log."""
    split = arguments.index("--")
    locks, name, log, sockets, *leftovers = arguments[:split]
    kept = try_lock(f"{locks}/{name}.kept")
    if kept is None:
        sys.exit(f"keeper: {name} is already kept")
    if os.fork():  # nobody's child, so whoever starts it need not wait for it; the lock is held from here on
        os._exit(0)
    write_id(kept, os.getpid())
    Keeper(locks, name, log, sockets, leftovers, arguments[split + 1 :]).run()


if __name__ == "__main__":
    main(sys.argv[1:])
