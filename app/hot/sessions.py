"""How a browser is let in: a link that works once, and the session it opens. Only hashes of either are kept. And the
word that somebody is let in no more."""

import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from app.hot.hearings import hearing
from app.hot.keys import CODE_LIFETIME, SESSION_LIFETIME, SESSIONS_TURN, SHUT_OUT, code_key, session_key
from app.hot.lines import Message
from app.hot.shelves import Keeper, set_command

EVERYBODY = "*"  # in place of a key's name: every session


class PageSessions(Keeper):
    """One-time codes and the sessions they are exchanged for. A session bears the number of its turn: all of an earlier
    one are over."""

    async def offer_code(self, seconds: float = CODE_LIFETIME) -> str:
        """A code for the page's link, `/open?code=...`; works once, for a short while."""
        code = secrets.token_urlsafe(24)
        await self._door.transact(set_command(code_key(_hash(code)), b"1", seconds))
        return code

    async def redeem_code(self, code: str, seconds: float = SESSION_LIFETIME) -> str | None:
        """The token of a new session, or None when the code is unknown, too old or used."""
        found, turn = await self._door.transact(("GETDEL", code_key(_hash(code))), ("GET", SESSIONS_TURN))
        if found is None:
            return None
        token = secrets.token_urlsafe(32)
        await self._door.transact(set_command(session_key(_hash(token)), _turn(turn), seconds))
        return token

    async def has_session(self, token: str) -> bool:
        """Is this the token of a session that is open?"""
        found, turn = await self._door.values([session_key(_hash(token)), SESSIONS_TURN])
        return found is not None and found == _turn(turn)

    async def end_sessions(self) -> None:
        """Every browser is let in no more."""
        await self._door.transact(("INCR", SESSIONS_TURN), ("PUBLISH", SHUT_OUT, EVERYBODY))

    async def tell_shut_out(self, key_id: str) -> None:
        """Let every process know that a key opens nothing any more."""
        await self._door.transact(("PUBLISH", SHUT_OUT, key_id))

    @asynccontextmanager
    async def hear_shut_out(self) -> AsyncGenerator[AsyncIterator[str]]:
        """The keys of which that is said from the moment of entering, or `EVERYBODY`. Raises HotStoreUnavailable when
        the connection is lost."""
        async with hearing(self._door, SHUT_OUT) as messages:
            yield _names(messages)


async def _names(messages: AsyncIterator[Message]) -> AsyncIterator[str]:
    async for message in messages:
        yield message.body.decode(errors="replace")


def _turn(found: object) -> bytes:
    return found if isinstance(found, bytes) else b"0"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
