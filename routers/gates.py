"""The gate before every route: one raw ASGI middleware that refuses by small named checks and counts what it lets in.

Host keeps foreign names that point at this machine out (DNS rebinding), Origin keeps foreign pages from acting in a
visitor's name, the body limit keeps the memory, the window keeps the peace.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import CrosscourtError, KeyRequired
from app.settings import ApiSettings
from routers.access import KEY_HEADER, NO_KEY_REMEDY, SESSION_COOKIE, Caller, Callers
from routers.buckets import Allowance, Buckets, Kind, Rates
from routers.errors import Problem, ProblemResponse, answer_of, problem_for, unexpected_answer

LARGEST_BODY = 1024 * 1024  # bytes
_POLICY = b"content-security-policy"
_KEY = KEY_HEADER.lower().encode()
SOCKET = "WEBSOCKET"  # in place of a method; a foreign page may not even listen
ASKS = frozenset({"/match", "/match/batch", "/match/resolve", "/match/listing"})
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_TO_ALL = frozenset({"/health/live", "/open"})  # says nothing, and takes a code of its own
MANNERS_KEPT = 1_000
UNCOUNTED = frozenset({"/health/live"})  # a busy process must not look like a dead one

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
Headers = tuple[tuple[bytes, bytes], ...]

SECURITY_HEADERS: Headers = (
    (_POLICY, CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")  # a year, of this name alone


class Call(msgspec.Struct, frozen=True, gc=False):
    """What the gate looks at."""

    method: str
    path: str
    address: str
    host: str  # as sent, with port
    origin: str
    length: str
    key: str
    cookie: str
    is_in_pieces: bool = False  # its length shows only when all of it has come


Check = Callable[[Call, ApiSettings], Problem | None]  # a reason to refuse, or None


def names_a_host_of_ours(call: Call, settings: ApiSettings) -> Problem | None:
    if not call.host:
        return problem_for(400, "the call has no Host header", call.path, "Send one; every HTTP/1.1 client does.")
    name = host_name(call.host)
    if name in settings.allowed_hosts or (name == settings.host and not settings.is_loopback):
        return None
    remedy = "Call it by one of the names in API__ALLOWED_HOSTS, or add this one there and start again."
    return problem_for(421, f"nobody here answers to the host '{name[:100]}'", call.path, remedy, "host-not-allowed")


def comes_from_our_page(call: Call, settings: ApiSettings) -> Problem | None:
    if call.method in READING_METHODS or not call.origin or call.origin in settings.allowed_origins:
        return None
    if call.origin.lower() in (f"http://{call.host.lower()}", f"https://{call.host.lower()}"):
        return None
    remedy = "Call without an Origin header, as programs do, or add the page's origin to API__ALLOWED_ORIGINS."
    detail = f"a page of '{call.origin[:100]}' may neither act nor listen here"
    return problem_for(403, detail, call.path, remedy, "origin-not-allowed")


def is_short_enough(call: Call, _: ApiSettings) -> Problem | None:
    if call.length.isdecimal() and int(call.length) > LARGEST_BODY:
        return problem_for(413, f"a body may have {LARGEST_BODY:,} bytes", call.path, name="body-too-large")
    return None


CHECKS: tuple[Check, ...] = (names_a_host_of_ours, comes_from_our_page, is_short_enough)


class Gate:
    """Lets a call in or answers with the problem; adds what every answer carries."""

    def __init__(self, app: ASGIApp, settings: ApiSettings, rates: Rates) -> None:
        self.app = app
        self._counted = RequestBodyLimitMiddleware(app, LARGEST_BODY)
        self._settings = settings
        self._passed: set[tuple[str, str, str, str]] = set()  # whoever calls often, calls alike
        self._guards = (*SECURITY_HEADERS, STRICT_TRANSPORT) if settings.behind_tls else SECURITY_HEADERS
        self._rates = rates.of
        self._guesses = rates.of["guess"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        call = _read_call(scope)
        visit = _Visit(self._rates[kind_of(call)], call.address)
        if scope["type"] == "websocket":
            refused = self._refuse(call) or await self._admit(call, visit, scope["state"])
            await (refused or self.app)(scope, receive, send)
            return
        answer = _Answer(visit, send, self._guards)
        refusal = self._refuse(call) or await self._admit(call, visit, scope["state"])
        if refusal is not None:
            await refusal(scope, receive, answer.send)
            return
        inner = self._counted if call.is_in_pieces else self.app
        try:
            await inner(scope, receive, answer.send)
        except Exception:
            if not answer.has_begun:
                await unexpected_answer(call.path)(scope, receive, answer.send)
            raise  # the server logs it

    def _refuse(self, call: Call) -> ProblemResponse | None:
        manner = (call.method, call.host, call.origin, call.length)  # all that the checks look at
        if manner in self._passed:
            return None
        for check in CHECKS:
            if (problem := check(call, self._settings)) is not None:
                return ProblemResponse(problem)
        if len(self._passed) >= MANNERS_KEPT:
            self._passed.clear()
        self._passed.add(manner)
        return None

    async def _admit(self, call: Call, visit: "_Visit", state: dict[str, object]) -> ProblemResponse | None:
        """Find who calls and count the call; a guessed key is paid for by the address."""
        callers = state["callers"]
        assert isinstance(callers, Callers)  # the lifespan put them there
        try:
            try:
                has_papers = call.key or call.cookie or not callers.nobody.scopes
                caller = (
                    await self._find_caller(call, callers, visit.at) if has_papers else callers.visitor(call.address)
                )
                visit.payer = caller.key_id or caller.name
            finally:
                if call.path not in UNCOUNTED:
                    visit.charge(1)
        except CrosscourtError as error:
            return answer_of(error, call.path)
        state["caller"] = caller
        state["charge"] = visit.charge
        if call.method == SOCKET:
            state["recall"] = partial(self._find_caller, call, callers)
            state["introduce"] = partial(self._find_by_key, address=call.address, callers=callers)
        return None

    async def _find_caller(self, call: Call, callers: Callers, now: float) -> Caller:
        if call.path in OPEN_TO_ALL:
            return callers.visitor(call.address)
        if call.key:
            return await self._find_by_key(call.key, now, address=call.address, callers=callers)
        token = session_token(call.cookie) if call.cookie else ""
        session = await callers.by_session(token, now) if token else None
        if session is not None:
            return session
        if not callers.nobody.scopes and call.method != SOCKET:  # which may send its key as its first message
            raise KeyRequired("every call from outside this machine needs a key", remedy=NO_KEY_REMEDY)
        return callers.visitor(call.address)

    async def _find_by_key(self, key: str, now: float, *, address: str, callers: Callers) -> Caller:
        is_stranger = not callers.has_met(key, now)
        if is_stranger:
            self._guesses.look(address, now).refuse_if_spent()  # before Postgres is asked
        found = await callers.by_key(key, now)
        if found is None:
            if is_stranger:
                self._guesses.take(address, now)
            raise KeyRequired("nobody here knows the key that was sent", remedy=NO_KEY_REMEDY)
        return found


class _Visit:
    """Who pays for a call, and what is left to them. The call's own state holds it: it must not hold the call."""

    __slots__ = ("_buckets", "allowance", "at", "payer")

    def __init__(self, buckets: Buckets, payer: str) -> None:
        self.payer = payer
        self.at = time.monotonic()
        self.allowance: Allowance | None = None
        self._buckets = buckets

    def charge(self, calls: int) -> None:
        """Raises TooManyCalls."""
        self.allowance = self._buckets.take(self.payer, self.at, calls)
        self.allowance.refuse_if_spent()


class _Answer:
    """Sends on, with the headers that every answer carries."""

    __slots__ = ("_guards", "_send", "_visit", "has_begun")

    def __init__(self, visit: _Visit, send: Send, guards: Headers) -> None:
        self._guards = guards
        self._visit = visit
        self._send = send
        self.has_begun = False

    def send(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.has_begun = True
            allowance = self._visit.allowance
            allowed = () if allowance is None else allowance.headers()
            headers = message.get("headers", ())
            guards = self._guards
            if any(name == _POLICY for name, _ in headers):  # a page that names its own: two would both be held
                guards = tuple(guard for guard in guards if guard[0] != _POLICY)
            message = {**message, "headers": [*headers, *guards, *allowed]}
        return self._send(message)


def kind_of(call: Call) -> Kind:
    """From which bucket it is paid."""
    if call.path in ASKS:
        return "match"
    if call.method == SOCKET:
        return "socket"
    return "read" if call.method in READING_METHODS else "change"


def host_name(host: str) -> str:
    """The name in a Host header: without port and brackets, in lower case."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return name.lower().rstrip(".")


def _read_call(scope: Scope) -> Call:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    header = headers.get
    client = scope.get("client")
    return Call(
        scope.get("method", SOCKET),
        scope["path"],
        client[0] if client else "socket",
        header(b"host", b"").decode("latin-1"),
        header(b"origin", b"").decode("latin-1"),
        header(b"content-length", b"").decode("latin-1"),
        header(_KEY, b"").decode("latin-1"),
        header(b"cookie", b"").decode("latin-1"),
        b"content-length" not in headers or b"transfer-encoding" in headers,
    )


def session_token(cookie: str) -> str:
    """Read by hand: the standard library's parser stops at the first cookie of somebody else that it dislikes."""
    for part in cookie.split(";"):
        name, _, value = part.strip().partition("=")
        if name == SESSION_COOKIE:
            return value.strip('"')
    return ""
