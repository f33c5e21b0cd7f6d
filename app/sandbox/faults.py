"""Faults on demand: what hosts do on bad days, planted over `/faults`. Those of sockets are worked in `outlets`."""

import asyncio
import time
from collections.abc import Callable
from typing import Annotated, Literal, cast

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal[
    "429",
    "500",
    "503",
    "html",
    "cut",
    "slow",
    "garbage",
    "wrong_type",
    "missing_field",
    "duplicate",
    "disconnect",
    "timeout",
    "refuse",
    "silence",
    "gap",
    "reordered",
    "crossed",
    "latency",
    "down",
    "lost",
    "late",
    "rejected",
    "short",
    "ghost",
    "hidden",
    "blocked",
]
OF_HANDSHAKES = frozenset({"429", "500", "503", "refuse", "slow", "timeout", "down"})
OF_ANSWERS = frozenset(
    {"429", "500", "503", "html", "cut", "slow", "garbage", "wrong_type", "missing_field", "duplicate"}
    | {"disconnect", "timeout", "down", "lost", "late"}
)
LASTING = frozenset({"silence", "latency", "down"})  # make no sense for a single frame
HOSTS = {"kalshi": ("/kalshi",), "polymarket": ("/gamma", "/clob", "/polymarket", "/data-api"), "espn": ("/espn",)}
_STATUSES: dict[str, int] = {"429": 429, "500": 500, "503": 503}
_HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"
GARBAGE = b"\x00\xff\xfe{]this is no json"


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong at a venue, or where a path holds `match`: `count` times or for so many seconds.

    A time is a request, a handshake, a connection, or a frame about a market.
    """

    match: str  # "kalshi", "polymarket", "espn", or part of a path
    kind: Kind
    on: Literal["", "http", "socket"] = ""  # where a kind is known to both; empty: wherever it comes first
    method: str = ""  # of requests: "POST", "DELETE"; empty: any
    market: str = ""  # of sockets and orders: only what is about this ticker, condition or token, or of this channel
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    for_seconds: float | None = None
    retry_after: int | None = None
    status: int = 429  # of refuse
    after: float = 0.0  # seconds from now until it begins
    every: float | None = None  # seconds after which it begins again, until all faults are cleared
    seconds: float = 3.0  # how long slow, timeout, late, latency hold back, ghosts stay, hidden hides, LASTING lasts
    field: str = ""  # of the first element, for wrong_type and missing_field; empty: its first one

    def is_at(self, path: str) -> bool:
        """Whether this path is meant."""
        return any(place in path for place in HOSTS.get(self.match, (self.match,)))


class Planted(msgspec.Struct, kw_only=True):
    """A fault with its tally. Times are the machine's own seconds."""

    fault: Fault
    since: float
    lasts: float | None
    left: int | None
    used: int = 0

    def is_in_force(self, now: float) -> bool:
        """Whether it strikes now; one that comes again and again begins anew when it is time."""
        every = self.fault.every
        if every and now >= self.since + every:
            self.since += (now - self.since) // every * every
            self.left = _strikes(self.fault, self.lasts)
        return self.left != 0 and self.since <= now and (self.lasts is None or now < self.since + self.lasts)


def _strikes(fault: Fault, lasts: float | None) -> int | None:
    """How often; None: as long as it lasts."""
    return fault.count if fault.count is not None or lasts is not None else 1


class Faults:
    """The faults in force."""

    def __init__(self) -> None:
        self._planted: list[Planted] = []
        self.on_plant: list[Callable[[], None]] = []  # for what strikes lines on which nothing is said

    def plant(self, fault: Fault) -> Planted:
        """Put a fault in force; without count and seconds it happens once, or lasts its `seconds`."""
        lasts = fault.for_seconds
        if lasts is None and fault.count is None and fault.kind in LASTING:
            lasts = fault.seconds
        since = time.monotonic() + fault.after
        planted = Planted(fault=fault, since=since, lasts=lasts, left=_strikes(fault, lasts))
        self._planted.append(planted)
        for wake in tuple(self.on_plant):
            wake()
        return planted

    def clear(self) -> None:
        self._planted.clear()

    def in_force(self) -> list[Planted]:
        if not self._planted:
            return []
        now = time.monotonic()
        return [one for one in self._planted if one.is_in_force(now)]

    def take(self, path: str, method: str = "") -> Fault | None:
        """The fault that strikes this request, if any."""
        return self._take(path, OF_ANSWERS, "http", method=method)

    def take_deed(self, kind: Kind, path: str, names: tuple[str, ...] = (), method: str = "") -> Fault | None:
        """The fault of this kind that strikes what somebody asks a venue to do, if any. `names`: of its market."""
        return self._take(path, frozenset({kind}), "http", names, method)

    def take_handshake(self, path: str) -> Fault | None:
        """The fault that strikes this handshake of a socket, if any."""
        return self._take(path, OF_HANDSHAKES, "socket")

    def take_frame(self, kind: Kind, path: str, names: tuple[str, ...]) -> Fault | None:
        """The fault of this kind that strikes this frame of a socket, if any. `names`: of the market it is about."""
        return self._take(path, frozenset({kind}), "socket", names)

    def _take(
        self, path: str, kinds: frozenset[str], on: str, names: tuple[str, ...] | None = None, method: str = ""
    ) -> Fault | None:
        for planted in self.in_force():
            fault = planted.fault
            is_meant = fault.kind in kinds and fault.on in ("", on) and fault.is_at(path)
            is_meant = is_meant and fault.method in ("", method)
            if is_meant and (names is None or not fault.market or fault.market in names):
                planted.used += 1
                planted.left = None if planted.left is None else planted.left - 1
                return fault
        return None


class FaultyMiddleware:
    """Raw ASGI: lets faults strike on the way out."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_socket = scope["type"] == "websocket"
        fault = None
        if is_socket:
            fault = self._faults.take_handshake(path)
        elif scope["type"] == "http" and not path.startswith("/faults"):
            fault = self._faults.take(path, scope["method"])
        if fault is None:
            await self._app(scope, receive, send)
        elif is_socket and fault.kind not in ("slow", "timeout"):
            await _refuse_socket(fault, receive, send)
        else:
            await self._strike(fault, scope, receive, send)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind in _STATUSES:
            await _send(send, _STATUSES[fault.kind], _REFUSAL, headers=_retry_after(fault))
        elif fault.kind == "html":
            await _send(send, 200, _HTML, b"text/html")
        elif fault.kind == "garbage":
            await _send(send, 200, GARBAGE)
        elif fault.kind in ("slow", "timeout"):
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        elif fault.kind == "down":
            await _hang_up(send)
        elif fault.kind == "lost":
            await _answer_of(self._app, scope, receive)
            await _hang_up(send)
        elif fault.kind == "late":
            await self._app(scope, receive, _held_back(send, fault.seconds))
        else:
            await _send_spoilt(send, fault, await _answer_of(self._app, scope, receive))


async def _refuse_socket(fault: Fault, receive: Receive, send: Send) -> None:
    await receive()  # the wish to connect
    status = _STATUSES.get(fault.kind, fault.status)
    headers = [(b"content-type", b"application/json"), *_retry_after(fault)]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": _REFUSAL})


_REFUSAL = b'{"error":"too many requests"}'


def _retry_after(fault: Fault) -> list[tuple[bytes, bytes]]:
    return [] if fault.retry_after is None else [(b"retry-after", str(fault.retry_after).encode())]


async def _hang_up(send: Send) -> None:
    """No word of an answer: what was sent breaks off before the first of them."""
    await _start(send, 200, 1, b"application/json", [])
    await send({"type": "http.response.body", "body": b"", "more_body": True})


def _held_back(send: Send, seconds: float) -> Send:
    async def send_late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return send_late


async def _answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> bytes:
    body = bytearray()

    async def keep(message: Message) -> None:
        body.extend(message.get("body", b""))

    headers = [(name, value) for name, value in scope["headers"] if not name.startswith(b"if-")]
    await app({**scope, "headers": headers}, receive, keep)
    return bytes(body)


async def _send_spoilt(send: Send, fault: Fault, body: bytes) -> None:
    if fault.kind == "disconnect":
        await _start(send, 200, len(body), b"application/json", [])
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    elif fault.kind == "cut":
        await _send(send, 200, body[: len(body) // 2])
    else:
        await _send(send, 200, msgspec.json.encode(_spoil(msgspec.json.decode(body), fault)))


def _spoil(payload: object, fault: Fault) -> object:
    elements = _first_list(payload)
    if not elements:
        return payload
    if fault.kind == "duplicate":
        elements.append(elements[0])
        return payload
    element = cast("dict[str, object]", elements[0])
    field = fault.field or next(iter(element))
    if fault.kind == "missing_field":
        element.pop(field, None)
    else:
        element[field] = {"unexpected": "object"}
    return payload


def _first_list(payload: object) -> list[object]:
    """The list of things in an answer: itself, or the last-named list of objects in it."""
    if isinstance(payload, list):
        return payload
    lists = [value for value in payload.values() if isinstance(value, list)] if isinstance(payload, dict) else []
    filled = [value for value in lists if value and isinstance(value[0], dict)]
    return filled[-1] if filled else []


async def _send(
    send: Send,
    status: int,
    body: bytes,
    kind: bytes = b"application/json",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    await _start(send, status, len(body), kind, headers or [])
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, length: int, kind: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    named = [(b"content-type", kind), (b"content-length", str(length).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": named})
