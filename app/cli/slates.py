"""The sandbox as a process beside the platform, and the settings that point the platform at it."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from app.cli.signing_keys import KEY_ID, SigningKey, make_signing_key
from app.embedded.places import refusing
from app.errors import StartRefused
from app.settings import environment_with

log = logging.getLogger(__name__)

START_WITHIN = 20.0  # seconds
MOST_GAMES = 400  # of a simulated slate: two days of them
LONG = {"ahead": "3d"}
RECORDED = {"ahead": "7d", "behind": "1d"}  # slates list games days before, and those put off the night before

Groups = dict[str, dict[str, str]]


class Play(msgspec.Struct, frozen=True):
    """What is played: a recorded slate, or a simulated one with its seed, speed, plan, and so many games."""

    slate: Path | None = None
    plan: Path | None = None
    seed: int = 1
    speed: float = 1.0
    games: int | None = None

    def arguments(self, port: int, key: SigningKey | None) -> list[str]:
        """Of the sandbox's command line."""
        said = ["sandbox", "--port", str(port), "--seed", str(self.seed), "--speed", str(self.speed)]
        said += ["--games", str(self.games)] if self.games else []
        files = (("--slate", self.slate), ("--plan", self.plan), ("--kalshi-public-key", key and key.public_file))
        return [*said, *(word for name, file in files if file for word in (name, str(file))), "--leave-with-parent"]


@contextmanager
def played_slate(play: Play, data_dir: Path, log_file: Path) -> Iterator[Groups]:
    """A sandbox on a free port; yields the settings for it. Ends with the block. Raises StartRefused."""
    port = free_port()
    key = make_signing_key(data_dir) if play.slate is None else None  # nothing comes over a recording's sockets
    arguments = play.arguments(port, key)
    with refusing(log_file.parent):
        log = log_file.open("ab")
    with log:
        mark = log.tell()
        process = subprocess.Popen(
            (sys.executable, "-m", "app.cli", *arguments),
            env=environment_with({}),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    is_over = threading.Event()
    try:
        _wait_for_answer(process, port, log_file, mark)
        threading.Thread(target=_end_with, args=(process, is_over), daemon=True).start()
        yield settings_of(f"http://127.0.0.1:{port}", key, is_long=play.games is not None)
    finally:
        is_over.set()
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()


def _end_with(process: subprocess.Popen[bytes], is_over: threading.Event) -> None:
    """Without its slate the platform would show a frozen one: it ends too, and says why."""
    code = process.wait()
    if not is_over.is_set():
        log.error("the sandbox ended by itself; so does the platform: start it again", extra={"exit_code": code})
        os.kill(os.getpid(), signal.SIGTERM)


def settings_of(url: str, key: SigningKey | None, *, is_long: bool = False) -> Groups:
    """Every outside host replaced by the sandbox; politeness is not needed there. Without a key the slate is recorded:
    its Kalshi books are asked for over REST. `is_long`: all games of the next days are active from the start."""
    brisk = {"per_second": "500"}
    sockets = url.replace("http", "ws", 1)
    polymarket = {
        "gamma_url": f"{url}/gamma",
        "clob_url": f"{url}/clob",
        "socket_url": f"{sockets}/clob/ws/market",
        "location_url": f"{url}/polymarket/api/geoblock",
    }
    kalshi = {"base_url": f"{url}/kalshi/trade-api/v2", "socket_url": f"{sockets}/kalshi/trade-api/ws/v2"}
    if key is not None:
        kalshi |= {"key_id": KEY_ID, "private_key_file": str(key.private_file)}
    groups: Groups = {
        "espn": {"base_url": f"{url}/espn/apis/site/v2/sports", **brisk},
        "polymarket": {**polymarket, **brisk},
        "kalshi": {**kalshi, **brisk},
        "simulation": {"clock_url": f"{url}/clock"},
    }
    if key is None:
        return {**groups, "discovery": RECORDED}
    return {**groups, "discovery": LONG} if is_long else groups


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(process: subprocess.Popen[bytes], port: int, log_file: Path, mark: int) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartRefused(
                f"the sandbox did not start:\n{_tail(log_file, mark)}", remedy="Mend what its last lines name."
            )
        try:
            if httpx.get(f"http://127.0.0.1:{port}/clock", timeout=1).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise StartRefused(f"the sandbox did not answer within {START_WITHIN:g} s", remedy=f"Look into {log_file}.")


def _tail(log_file: Path, mark: int) -> str:
    return "\n".join(log_file.read_bytes()[mark:].decode(errors="replace").splitlines()[-5:])
