"""G13: from the command until the API answers a question about two names, beside what importing the same libraries
takes in a process that does nothing else. The first start makes a database besides: the time of `initdb`, and of
creating every table, is taken off by measuring it alone. Wall time, since several processes start at once.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
import uvloop
from _rows import report

from app.embedded import embedded_servers
from app.history.database import Database

ROOT = Path(__file__).parents[1]
ROUNDS = 5
WITHIN = 180.0  # seconds
OURS = ("app", "routers", "workers")
QUESTION = {"target": "Celtics", "candidate": "Boston Celtics", "sport": "nba"}
LIST = f"""
import json, sys
bare = set(sys.modules)
import app.cli.up
print(json.dumps([name for name in sys.modules if name not in bare and name.partition(".")[0] not in {OURS!r}]))
"""
IMPORT = """
import importlib, sys
for name in sys.stdin.read().split():
    try:
        importlib.import_module(name)
    except ImportError:  # a name that a library gave itself
        pass
"""


def environment() -> dict[str, str]:
    """This process's, without settings of Crosscourt; no host outside is asked."""
    plain = {name: value for name, value in os.environ.items() if "__" not in name and name != "DATA_DIR"}
    nowhere = dict.fromkeys(("ESPN__BASE_URL", "POLYMARKET__GAMMA_URL", "KALSHI__BASE_URL"), "http://127.0.0.1:9")
    return {**plain, **nowhere, "PYTHONPATH": str(ROOT)}


def libraries() -> str:
    """Every module that the platform imports and has not written, in the order in which it does."""
    found = subprocess.run([sys.executable, "-c", LIST], env=environment(), capture_output=True, check=True)
    return "\n".join(json.loads(found.stdout))


def time_imports(names: str) -> float:
    """Seconds of a process that imports them, and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORT], env=environment(), input=names, text=True, check=True)
    return time.perf_counter() - began


def time_start(data_dir: Path) -> float:
    """Seconds from the command to the first answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app.cli", "up", "--port", str(port), "--data-dir", str(data_dir)]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, cwd=data_dir.parent) as process:
        try:
            while process.poll() is None and time.perf_counter() - began < WITHIN:
                if answers(port):
                    return time.perf_counter() - began
                time.sleep(0.01)
            raise SystemExit("the platform does not answer")
        finally:
            process.send_signal(signal.SIGINT)


def answers(port: int) -> bool:
    try:
        answer = httpx.post(f"http://127.0.0.1:{port}/match", json=QUESTION, timeout=WITHIN, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.is_success


async def migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


def time_servers(folder: Path) -> float:
    """Seconds until both servers answer, and every table is there."""
    began = time.perf_counter()
    with embedded_servers(folder, postgres=True, valkey=True) as servers:
        assert servers.database_url is not None
        uvloop.run(migrate(servers.database_url))
        return time.perf_counter() - began


def main() -> None:
    names, first, again, imports, making = libraries(), list[float](), list[float](), list[float](), list[float]()
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="crosscourt-bench-") as folder:
            data_dir, other = Path(folder) / "data", Path(folder) / "other"
            imports.append(time_imports(names))
            first.append(time_start(data_dir))
            again.append(time_start(data_dir))
            making.append(time_servers(other) - time_servers(other))
    least, made = median(imports), max(0.0, median(making))
    report("G13", "started again, until it answers / its libraries' imports", median(again), least, 1.5, "s")
    what = f"started first, less {made:.1f} s for the database / imports"
    report("G13", what, median(first) - made, least, 1.5, "s")


if __name__ == "__main__":
    main()
