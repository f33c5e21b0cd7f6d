"""The keys of this installation: found for the gate, and the first one made at the first start."""

import logging
import os
from pathlib import Path

from app.errors import HistoryUnavailable, StartRefused
from app.history.database import Database
from app.history.keys import create_key, find_key, list_keys, new_key
from app.hot.state import HotState
from app.settings import Settings
from routers.access import Caller, Callers

log = logging.getLogger(__name__)

ADMIN = "admin"


def callers_of(history: Database, hot: HotState, *, is_loopback: bool) -> Callers:
    """Keys are in Postgres, browser sessions in Redis."""

    async def by_key(key: str) -> Caller | None:
        found = await find_key(history, key)
        return None if found is None else Caller(f"key {found.name}", frozenset(found.scopes), has_key=True)

    async def by_session(token: str) -> Caller | None:
        if not await hot.has_session(token):
            return None
        return Caller("the page", frozenset({ADMIN}), has_key=True)

    return Callers(by_key, by_session, is_loopback=is_loopback)


async def refuse_open_door(history: Database, settings: Settings) -> None:
    """Raises StartRefused when others could call and no key exists to keep them out or let them in."""
    if settings.api.is_loopback or await _has_keys(history):
        return
    raise StartRefused(
        f"API__HOST={settings.api.host} lets other machines call, and there is no key yet.",
        remedy="Make one: `crosscourt keys create NAME --scopes admin`.",
    )


async def ensure_admin_key(history: Database, data_dir: Path) -> Path | None:
    """The file of the first start's admin key, readable by its owner only; None when there are keys already.

    Raises StartRefused when the file cannot be written."""
    try:
        if await _has_keys(history):
            return None
        key = new_key()
        path = _write_privately(data_dir / "admin.key", key)  # first: a key that nobody could read would be lost
        await create_key(history, ADMIN, (ADMIN,), plain=key, by="the first start")
    except HistoryUnavailable as error:
        log.warning("no admin key was made", extra={"error": str(error)})
        return None
    return path


async def _has_keys(history: Database) -> bool:
    return any(key.revoked_at is None for key in await list_keys(history))


def _write_privately(path: Path, secret: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret + "\n")
    except OSError as error:
        raise StartRefused(
            f"{path} cannot be written: {error.strerror}", remedy="Give --data-dir a folder you own."
        ) from None
    return path
