"""How a browser is let in: a link that works once, and the session it opens. Only hashes of either are kept."""

import hashlib
import secrets

from app.hot.keys import CODE_LIFETIME, SESSION_LIFETIME, code_key, session_key
from app.hot.shelves import Keeper, set_command


class PageSessions(Keeper):
    """One-time codes and the sessions they are exchanged for."""

    async def offer_code(self, seconds: float = CODE_LIFETIME) -> str:
        """A code for the page's link, `/open?code=...`; works once, for a short while."""
        code = secrets.token_urlsafe(24)
        await self._door.transact(set_command(code_key(_hash(code)), b"1", seconds))
        return code

    async def redeem_code(self, code: str, seconds: float = SESSION_LIFETIME) -> str | None:
        """The token of a new session, or None when the code is unknown, too old or used."""
        (found,) = await self._door.transact(("GETDEL", code_key(_hash(code))))
        if found is None:
            return None
        token = secrets.token_urlsafe(32)
        await self._door.transact(set_command(session_key(_hash(token)), b"1", seconds))
        return token

    async def has_session(self, token: str) -> bool:
        """Is this the token of a session that is open?"""
        return (await self._door.values([session_key(_hash(token))]))[0] is not None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
