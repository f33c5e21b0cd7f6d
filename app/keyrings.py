"""Keys of the API taken back or replaced: written down, then told to every process, so that none lets them in any more.

The doors (REST, the command line) only translate; both come through here.
"""

import logging
import os
from pathlib import Path

from app.errors import HotStoreUnavailable, NotFound, StartRefused
from app.history.database import Database
from app.history.keys import new_key, replace_key, revoke_key
from app.hot.state import HotState

ADMIN_FILE = "admin.key"  # in the data directory

_REMEDY = "`crosscourt keys list` shows those there are, and which of them are over."

log = logging.getLogger(__name__)


async def take_back(hot: HotState, history: Database, key_id: str, *, by: str) -> None:
    """It opens nothing from now on. Raises NotFound for none, or one that was taken back before."""
    if not await revoke_key(history, key_id, by=by):
        raise NotFound(f"there is no key '{key_id[:100]}' that could be taken back", remedy=_REMEDY)
    await _tell(hot, key_id)


async def replace(hot: HotState, history: Database, key_id: str, *, by: str) -> str:
    """Its heir in plain text, this once; the old one opens nothing from now on. Raises NotFound."""
    made = await replace_key(history, key_id, by=by)
    if made is None:
        raise NotFound(f"there is no key '{key_id[:100]}' that could be replaced", remedy=_REMEDY)
    await _tell(hot, key_id)
    return made


async def replace_admin(hot: HotState, history: Database, data_dir: Path, *, by: str) -> Path:
    """Another admin key in the file of the first start; the one that was there opens nothing from now on, and neither
    does any page that is open. Raises NotFound and StartRefused."""
    path = data_dir / ADMIN_FILE
    try:
        key_id = path.read_text().split("_")[1]
    except (OSError, UnicodeDecodeError, IndexError):
        raise NotFound(f"there is no key in {path}", remedy="Name the one that is meant: " + _REMEDY) from None
    heir = new_key()
    beside = write_privately(path.with_suffix(".new"), heir)  # first: a key that nobody could read would be lost
    if await replace_key(history, key_id, plain=heir, by=by) is None:
        beside.unlink()
        raise NotFound(f"the key in {path} opens nothing any more", remedy=_REMEDY)
    beside.replace(path)
    await _tell(hot, key_id)
    await hot.end_sessions()
    return path


def write_privately(path: Path, secret: str) -> Path:
    """A file that its owner alone can read. Raises StartRefused."""
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


async def _tell(hot: HotState, key_id: str) -> None:
    try:
        await hot.tell_shut_out(key_id)
    except HotStoreUnavailable as error:
        log.warning("a key that is over is forgotten within seconds only", extra={"error": str(error)})
