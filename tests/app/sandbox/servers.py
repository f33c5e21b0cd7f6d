"""The sandbox as a process of its own, on a free port."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PROGRAM = """
import pathlib, sys
from app.sandbox.server import serve
given = {given!r}
paths = {{name: pathlib.Path(given[name]) for name in ("slate", "plan", "kalshi_public_key") if name in given}}
serve("127.0.0.1", 0, ready=lambda url: print(url, flush=True), **{{**given, **paths}})
"""


@contextmanager
def running(**given: object) -> Iterator[str]:
    """Its base URL. `given`: seed, speed, slate, plan, kalshi_public_key."""
    with started(**given) as (url, _):
        yield url


@contextmanager
def started(**given: object) -> Iterator[tuple[str, int]]:
    """Its base URL, and the number of its process."""
    written = {name: value if isinstance(value, int | float) else str(value) for name, value in given.items()}
    program = PROGRAM.format(given=written)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()
            process.wait(10)
