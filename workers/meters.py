"""What the processes of the platform use of this machine: those that were started with us, and the embedded servers of
our data directory. The sandbox is no part of the platform; its processes count as nothing."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from app.domain.reports import Used

SIMULATED = "sandbox"
KEEPER = "keeper.py"

Seen = dict[int, tuple[str, float]]  # by process id: its name, and its CPU seconds since it began


class Meter:
    """Of one machine. `data_dir`: whose servers count."""

    def __init__(self, data_dir: Path) -> None:
        self._servers = str((data_dir / "servers").absolute())
        self._seen: Seen = {}
        self._at: float | None = None

    def read(self, at: float) -> list[Used]:
        """By kind of process, what was used since the last reading; the first one only remembers. `at`: seconds, of any
        clock that goes evenly. Takes some milliseconds: not for a loop that prices wait for."""
        now: Seen = {}
        memory: dict[str, int] = {}
        for name, process in self._processes():
            try:
                times, used = process.cpu_times(), process.memory_full_info()
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            now[process.pid] = name, times.user + times.system
            memory[name] = memory.get(name, 0) + int(getattr(used, "pss", used.rss))
        found = [] if self._at is None else self._since(now, memory, at - self._at)
        self._seen, self._at = now, at
        return found

    def _since(self, now: Seen, memory: dict[str, int], seconds: float) -> list[Used]:
        cpu = dict.fromkeys(memory, 0.0)
        for pid, (name, spent) in now.items():
            before = self._seen.get(pid)
            cpu[name] += spent - before[1] if before is not None and before[0] == name else spent
        return [Used(name, round(cpu[name], 3), seconds, memory[name]) for name in sorted(memory)]

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if any(KEEPER in word for word in words) and any(self._servers in word for word in words):
                yield from (("servers", each) for each in (process, *_below(process)))
        ours = psutil.Process()
        parent = ours.parent()
        whole = parent if parent is not None and "up" in _words(parent) else ours
        yield from ((_name(each), each) for each in (whole, *_below(whole)) if _name(each) != SIMULATED)


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        below: list[psutil.Process] = process.children(recursive=True)
        return below
    except psutil.NoSuchProcess:
        return []


def _words(process: psutil.Process) -> list[str]:
    try:
        words: list[str] = process.cmdline()
        return words
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def _name(process: psutil.Process) -> str:
    words = _words(process)
    return next((word for word in (SIMULATED, "report", "archive") if word in words), "platform")
