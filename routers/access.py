"""Who calls, and what a caller may do: keys with scopes, browser sessions, and callers on this machine without either.

On loopback anybody may read and ask; what changes state needs a key. Bound to another address everything needs one.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from fastapi.params import Security
from fastapi.security import APIKeyHeader
from starlette.requests import HTTPConnection

from app.errors import AccessDenied, HistoryUnavailable, HotStoreUnavailable, KeyRequired

Scope = Literal["read", "match", "paper", "live", "admin"]

KEY_HEADER = "X-API-Key"
SESSION_COOKIE = "crosscourt_session"
REMEMBERED_FOR = 5.0  # seconds: so soon a revoked key stops working, so seldom a busy one asks Postgres
KEPT = 4_096  # keys and sessions remembered at once

NO_KEY_REMEDY = (
    f"Send a key in {KEY_HEADER}. The first start wrote an admin key to `admin.key` in the data directory; "
    "`crosscourt keys` makes others. On the page: open the one-time link that `crosscourt up` prints."
)


class Caller(NamedTuple):
    """Who calls: `name` is that of the key, of the session, or the address."""

    name: str
    scopes: frozenset[str]
    has_key: bool = False

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "admin" in self.scopes


class Remembered(NamedTuple):
    """What was found for a secret, and when."""

    caller: Caller | None
    at: float


Find = Callable[[str], Awaitable[Caller | None]]


class Callers:
    """Finds the caller behind a key or a session, and remembers it for a few seconds.

    While the store is away the last answer stands: nobody can revoke a key in the meantime either.
    """

    def __init__(self, find_key: Find, find_session: Find, *, is_loopback: bool) -> None:
        self._find_key = find_key
        self._find_session = find_session
        self._known: dict[bytes, Remembered] = {}
        self.nobody = Caller("", frozenset({"read"} if is_loopback else ()))  # who comes without key

    async def by_key(self, key: str, now: float) -> Caller | None:
        """The caller of a key; None when nobody knows it. Raises HistoryUnavailable."""
        return await self._find(self._find_key, key, now)

    async def by_session(self, token: str, now: float) -> Caller | None:
        """The browser that was let in; None when its session is over, or when Redis cannot say."""
        try:
            return await self._find(self._find_session, token, now)
        except HotStoreUnavailable:
            return None  # the page then shows what anybody may see

    async def _find(self, find: Find, secret: str, now: float) -> Caller | None:
        digest = hashlib.sha256(secret.encode()).digest()
        known = self._known.get(digest)
        if known is not None and now - known.at < REMEMBERED_FOR:
            return known.caller
        try:
            caller = await find(secret)
        except (HistoryUnavailable, HotStoreUnavailable):
            if known is None or known.caller is None:
                raise
            return known.caller
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[digest] = Remembered(caller, now)
        return caller


class Needs(APIKeyHeader):
    """A route's condition: any one of these scopes. `read` is what a caller on this machine has without a key."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__(
            name=KEY_HEADER,
            scheme_name="key",
            description="A key made by `crosscourt keys`, with some of the scopes read, match, paper, live, admin. "
            "On this machine, reading and asking need none.",
            auto_error=False,
        )
        self.scopes = scopes

    async def __call__(self, request: HTTPConnection) -> str:
        """The caller's name. Raises KeyRequired or AccessDenied."""
        caller: Caller = request.state.caller
        if any(caller.may(scope) for scope in self.scopes):
            return caller.name
        wanted = " or ".join(self.scopes)
        if not caller.has_key:
            raise KeyRequired(f"this needs a key with the scope {wanted}", remedy=NO_KEY_REMEDY)
        raise AccessDenied(
            f"the key '{caller.name}' has not the scope {wanted}",
            remedy=f"Make one that has: `crosscourt keys create NAME --scope {self.scopes[-1]}`.",
        )


def needs(*scopes: Scope) -> Security:
    """The dependency of a route that any one of these scopes opens; `admin` opens all."""
    return Security(Needs(*scopes))
