"""The keys of this installation: found for the gate, and the first one made at the first start."""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from app.clock import wall_clock
from app.errors import HistoryUnavailable, HotStoreUnavailable, StartRefused
from app.history.database import Database
from app.history.keys import create_key, find_key, list_keys, new_key
from app.hot.state import HotState
from app.keyrings import ADMIN_FILE, write_privately
from app.settings import Settings
from app.venues.secret_files import refuse_open_file
from routers.access import SESSION, Caller, Callers

log = logging.getLogger(__name__)

ADMIN = "admin"
TRIES_EVERY = 0.5  # seconds, while Redis is away


def callers_of(history: Database, hot: HotState, *, is_loopback: bool) -> Callers:
    """Keys are in Postgres, browser sessions in Redis."""

    async def by_key(key: str) -> Caller | None:
        found = await find_key(history, key)
        if found is None:
            return None
        ends = found.expires_at
        lives = math.inf if ends is None else (ends - wall_clock()).total_seconds()
        return Caller(f"key {found.name}", frozenset(found.scopes), has_key=True, key_id=found.id, lives=lives)

    async def by_session(token: str) -> Caller | None:
        if not await hot.has_session(token):
            return None
        return Caller("the page", frozenset({ADMIN}), has_key=True, key_id=SESSION)

    return Callers(by_key, by_session, is_loopback=is_loopback)


@asynccontextmanager
async def forgetting(hot: HotState, callers: Callers) -> AsyncGenerator[None]:
    """Meanwhile whoever is shut out by any process is forgotten here at once."""
    task = asyncio.create_task(_keep_forgetting(hot, callers), name="forgetting keys")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_forgetting(hot: HotState, callers: Callers) -> None:
    while True:
        try:
            async with hot.hear_shut_out() as names:
                callers.forget("")
                async for name in names:
                    callers.forget(name)
        except HotStoreUnavailable:  # those who are remembered are asked for again every few seconds
            await asyncio.sleep(TRIES_EVERY)


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

    Raises StartRefused when the file cannot be written, SettingsRefused when others can read it."""
    file = data_dir / ADMIN_FILE
    if file.is_file():
        refuse_open_file(file)
    try:
        if await _has_keys(history):
            return None
        key = new_key()
        path = write_privately(file, key)  # first: a key that nobody could read would be lost
        await create_key(history, ADMIN, (ADMIN,), plain=key, by="the first start")
    except HistoryUnavailable as error:
        log.warning("no admin key was made", extra={"error": str(error)})
        return None
    return path


async def _has_keys(history: Database) -> bool:
    now = wall_clock()
    return any(not key.is_over(now) for key in await list_keys(history))
