"""Who calls, and what a caller may do: keys with scopes, browser sessions, and callers on this machine without either.

On loopback anybody may read and ask; what changes state needs a key. Bound to another address everything needs one.
"""

import asyncio
import hashlib
import math
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

import msgspec
from fastapi.params import Security
from fastapi.security import APIKeyHeader
from starlette.requests import HTTPConnection

from app.errors import AccessDenied, HistoryUnavailable, HotStoreUnavailable, KeyRequired, Unavailable

Scope = Literal["read", "match", "paper", "live", "admin"]

EVERYBODY = "*"  # as `hot.sessions` names every session
SESSION = "session"  # in place of a key's name
KEY_HEADER = "X-API-Key"
SESSION_COOKIE = "crosscourt_session"
REMEMBERED_FOR = 5.0  # seconds: so soon a revoked key stops working, so seldom a busy one asks Postgres
KEPT = 4_096  # of those who were found, and as many secrets that nobody knows
FOUND_WITHIN = 1.0  # seconds for a store to say who it is
SPARED_FOR = 5.0  # seconds: a store that did not answer is not waited for again so soon

NO_KEY_REMEDY = (
    f"Send a key in {KEY_HEADER}. The first start wrote an admin key to `admin.key` in the data directory; "
    "`crosscourt keys` makes others. On the page: open the one-time link that `crosscourt up` prints."
)


class Caller(msgspec.Struct, frozen=True, gc=False):
    """Who calls: `name` is that of the key, of the session, or the address."""

    name: str
    scopes: frozenset[str]
    has_key: bool = False
    key_id: str = ""  # the part of the key that may be shown
    lives: float = math.inf  # seconds from when it was found until its key expires


class Remembered(NamedTuple):
    """What was found for a secret, and when."""

    caller: Caller | None
    at: float
    is_doubted: bool = False  # a word about it may have been missed

    def is_fresh(self, now: float) -> bool:
        return not self.is_doubted and now - self.at < REMEMBERED_FOR

    def caller_at(self, now: float) -> Caller | None:
        """None as soon as its key has expired, whether a store can be asked or not."""
        caller = self.caller
        return caller if caller is not None and now - self.at < caller.lives else None


Find = Callable[[str], Awaitable[Caller | None]]


class Acquaintances:
    """Those whom one store knows by a secret, remembered for a few seconds.

    While the store is away the last answer stands: nobody can revoke a key in the meantime either. Strangers are
    kept apart, so that guesses push nobody out.
    """

    def __init__(self, find: Find, silence: Unavailable) -> None:
        """`silence`: what is raised when the store does not answer in time."""
        self._find = find
        self._silence = silence
        self._known: dict[bytes, Remembered] = {}
        self._strangers: dict[bytes, Remembered] = {}
        self._trouble: Unavailable | None = None
        self._spared_until = 0.0

    def has_met(self, secret: str, now: float) -> bool:
        """It is known, or was found unknown a moment ago: the store need not be asked for a guess."""
        digest = _digest(secret)
        stranger = self._strangers.get(digest)
        return digest in self._known or (stranger is not None and now - stranger.at < REMEMBERED_FOR)

    async def find(self, secret: str, now: float) -> Caller | None:
        """Raises HistoryUnavailable or HotStoreUnavailable for one never seen while the store does not answer."""
        digest = _digest(secret)
        met = self._known.get(digest) or self._strangers.get(digest)
        if met is not None and met.is_fresh(now):
            return met.caller_at(now)
        try:
            caller = await self._ask(secret, now)
        except Unavailable:
            if met is None or met.caller is None:
                raise
            return met.caller_at(now)
        self._remember(digest, Remembered(caller, now))
        return caller

    def forget(self, key_id: str) -> None:
        """It opens nothing any more. Empty: ask for all of them again."""
        gone = [digest for digest, met in self._known.items() if met.caller and key_id in ("", met.caller.key_id)]
        for digest in gone:
            if key_id:
                del self._known[digest]
            else:
                self._known[digest] = self._known[digest]._replace(is_doubted=True)

    async def _ask(self, secret: str, now: float) -> Caller | None:
        if self._trouble is not None and now < self._spared_until:
            raise self._trouble.with_traceback(None)  # raised often: it must not grow
        try:
            async with asyncio.timeout(FOUND_WITHIN):
                caller = await self._find(secret)
        except (Unavailable, TimeoutError) as error:
            self._trouble = error if isinstance(error, Unavailable) else self._silence
            self._spared_until = now + FOUND_WITHIN + SPARED_FOR
            raise self._trouble from None
        self._trouble = None
        return caller

    def _remember(self, digest: bytes, met: Remembered) -> None:
        kept, other = (self._known, self._strangers) if met.caller else (self._strangers, self._known)
        other.pop(digest, None)
        if digest not in kept and len(kept) >= KEPT:
            del kept[next(iter(kept))]  # the one that came first
        kept[digest] = met


class Callers:
    """Finds the caller behind a key or a session."""

    def __init__(self, find_key: Find, find_session: Find, *, is_loopback: bool) -> None:
        self._keys = Acquaintances(find_key, HistoryUnavailable())
        self._sessions = Acquaintances(find_session, HotStoreUnavailable())
        self.nobody = Caller("", frozenset({"read"} if is_loopback else ()))  # who comes without key

    def visitor(self, address: str) -> Caller:
        """Who comes from there without key."""
        return Caller(address, self.nobody.scopes)

    def forget(self, key_id: str) -> None:
        """A key that is over, or `*`: every session. Empty: nobody knows whose word was missed, ask for all again."""
        if key_id == EVERYBODY:
            self._sessions.forget(SESSION)
            return
        self._keys.forget(key_id)
        if not key_id:
            self._sessions.forget("")

    def has_met(self, key: str, now: float) -> bool:
        """The key needs no look into Postgres that a guess could cause."""
        return self._keys.has_met(key, now)

    async def by_key(self, key: str, now: float) -> Caller | None:
        """The caller of a key; None when nobody knows it. Raises HistoryUnavailable."""
        return await self._keys.find(key, now)

    async def by_session(self, token: str, now: float) -> Caller | None:
        """The browser that was let in; None when its session is over, or when Redis cannot say."""
        try:
            return await self._sessions.find(token, now)
        except HotStoreUnavailable:
            return None  # the page then shows what anybody may see


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
        self._opening = frozenset((*scopes, "admin"))

    async def __call__(self, request: HTTPConnection) -> str:
        """The caller's name. Raises KeyRequired or AccessDenied."""
        caller: Caller = request.scope["state"]["caller"]
        return self.opened_by(caller)

    def opened_by(self, caller: Caller) -> str:
        """The same, of somebody who is known already."""
        if not self._opening.isdisjoint(caller.scopes):
            return caller.name
        wanted = " or ".join(self.scopes)
        if not caller.has_key:
            raise KeyRequired(f"this needs a key with the scope {wanted}", remedy=NO_KEY_REMEDY)
        raise AccessDenied(
            f"the key '{caller.name}' has not the scope {wanted}",
            remedy=f"Make one that has: `crosscourt keys create NAME --scopes {self.scopes[-1]}`.",
        )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def needs(*scopes: Scope) -> Security:
    """The dependency of a route that any one of these scopes opens; `admin` opens all."""
    return Security(Needs(*scopes))
