"""A client that hears of every fill, as a bot would: over `/ws`, going on after the last one it has seen when its
connection is lost. It cuts it by itself now and then, so that a soak proves resuming, too."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.platform.platforms import Json

CUT_EVERY = 60.0  # seconds
WAIT = 0.5  # seconds between two looks at the clock, and before it connects again
CHANNEL = "fills"


class Follower:
    """What it has heard. `faults`: what must not happen, in words."""

    def __init__(self, port: int) -> None:
        self._url = f"ws://127.0.0.1:{port}/ws"
        self._cursor: Json = {"since": 0, "epoch": 0}  # all that is kept
        self._last = 0  # seq of the last fill
        self._is_over = Event()
        self.fills: dict[str, Json] = {}
        self.waits: list[float] = []  # ms from the venue's answer until it is told here
        self.told = self.twice = self.connections = 0
        self.faults: list[str] = []

    def run(self) -> None:
        """Until it is told to end."""
        while not self._is_over.is_set():
            try:
                with connect(self._url, max_size=None) as socket:
                    self.connections += 1
                    socket.send(json.dumps({"op": "subscribe", "channels": [CHANNEL], **self._cursor}))
                    self._hear(socket, time.monotonic() + CUT_EVERY)
            except (OSError, WebSocketException):
                self._is_over.wait(WAIT)

    def end(self) -> None:
        self._is_over.set()

    def take(self, message: Json, at: datetime) -> None:
        """One message, heard at a moment."""
        kind = message["type"]
        if kind in ("missing", "error") or (kind == "epoch" and self.told):
            self.faults.append(json.dumps(message))
        elif kind == "update":
            self._take_fill(message, at)
        if kind in ("update", "live", "cursor", "epoch"):
            self._cursor = {"since": message.get("seq", 0), "epoch": message["epoch"]}

    def _take_fill(self, message: Json, at: datetime) -> None:
        fill = message["data"]
        self.told += 1
        if message["before"] > self._last:
            self.faults.append(f"told of fill {message['seq']} after {self._last}, {message['before']} was left out")
        self._last = max(self._last, message["seq"])
        self.twice += fill["id"] in self.fills and fill["stage"] == self.fills[fill["id"]]["stage"]
        self.fills[fill["id"]] = fill
        self.waits.append((at - datetime.fromisoformat(fill["received_at"])).total_seconds() * 1_000)

    def _hear(self, socket: ClientConnection, until: float) -> None:
        while time.monotonic() < until and not self._is_over.is_set():
            try:
                text = socket.recv(timeout=WAIT)
            except TimeoutError:
                continue
            self.take(json.loads(text), datetime.now().astimezone())


@contextmanager
def following(port: int) -> Iterator[Follower]:
    """One that follows meanwhile."""
    follower = Follower(port)
    hearing = Thread(target=follower.run, daemon=True)
    hearing.start()
    try:
        yield follower
    finally:
        follower.end()
        hearing.join(10)
