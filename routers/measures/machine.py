"""Measures of this process, its disk, and what lies there."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from routers.measures.families import Sample

TAPE, ARCHIVE = "tape", "archive"


def process_samples() -> Iterator[Sample]:
    """Of the process that answers."""
    process = psutil.Process()
    with process.oneshot():
        spent = process.cpu_times()
        yield Sample("crosscourt_process_cpu_seconds_total", spent.user + spent.system)
        yield Sample("crosscourt_process_memory_bytes", process.memory_info().rss)
        yield Sample("crosscourt_process_start_timestamp_seconds", process.create_time())


def disk_samples(data_dir: Path) -> list[Sample]:
    """Of the disk, the tape and the archive; walks through both: not on a loop that prices wait for."""
    usage = shutil.disk_usage(data_dir)
    found = [
        Sample("crosscourt_disk_free_bytes", usage.free),
        Sample("crosscourt_disk_size_bytes", usage.total),
    ]
    for name in (TAPE, ARCHIVE):
        count, size, newest = _seen(data_dir / name)
        found += [Sample(f"crosscourt_{name}_files", count), Sample(f"crosscourt_{name}_bytes", size)]
        if name == TAPE and newest:
            found.append(Sample("crosscourt_tape_age_seconds", max(0.0, time.time() - newest)))
    return found


def _seen(folder: Path) -> tuple[int, int, float]:
    """Files, bytes, and when one of them was changed last."""
    count, size, newest = 0, 0, 0.0
    for path in folder.rglob("*"):
        try:
            found = path.stat()
        except OSError:
            continue  # carried away meanwhile
        if path.is_file():
            count, size, newest = count + 1, size + found.st_size, max(newest, found.st_mtime)
    return count, size, newest
