"""API keys. A key is shown once, when it is made; the database holds only its fingerprint.

`cc_{public}_{secret}`: the public part finds the row and may be shown, the secret is 32 random bytes. There is nothing
to guess in random bytes, so a plain SHA-256 is enough; it is compared in constant time.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from app.clock import wall_clock
from app.errors import BadInput
from app.history.audit import Deed, write_down
from app.history.database import Database
from app.history.tables import ApiKeyRow

SCOPES = ("read", "match", "paper", "live", "admin")
USE_NOTED_EVERY = timedelta(minutes=1)

_PREFIX = "cc"
_NOBODY = hashlib.sha256(b"").digest()


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret."""

    id: str  # the part that may be shown
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


def new_key() -> str:
    """A key in plain text that opens nothing until `create_key` keeps it."""
    return f"{_PREFIX}_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"


async def create_key(
    database: Database,
    name: str,
    scopes: Collection[str],
    at: datetime | None = None,
    *,
    plain: str | None = None,
    by: str = "cli",
) -> str:
    """Keep a key and answer it in plain text, this once. `plain`: a new one that was written down before.

    Raises BadInput for a scope that does not exist."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        named = f"there is no scope '{unknown[0]}'" if unknown else "a key needs at least one scope"
        raise BadInput(named, remedy=f"The scopes are {', '.join(SCOPES)}.")
    plain, now = plain or new_key(), at or wall_clock()
    _, public_id, secret = plain.split("_", 2)
    made = {
        "public_id": public_id,
        "name": name,
        "secret_hash": _fingerprint(secret),
        "scopes": [scope for scope in SCOPES if scope in scopes],
        "created_at": now,
    }
    await database.write(insert(ApiKeyRow).values(made))
    told = {"id": public_id, "name": name, "scopes": made["scopes"]}
    await write_down(database, Deed(at=now, who=by, what="key.made", detail=told))
    return plain


async def find_key(database: Database, plain: str, at: datetime | None = None) -> ApiKey | None:
    """The key behind its plain text; None when it is unknown, mangled or revoked. Notes the use once a minute."""
    prefix, _, rest = plain.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != _PREFIX or not public_id.isalnum() or not plain.isascii():
        return None
    found = await database.read(select(ApiKeyRow).where(col(ApiKeyRow.public_id) == public_id))
    known = found[0].secret_hash if found else _NOBODY
    if not hmac.compare_digest(known, _fingerprint(secret)) or not found or found[0].revoked_at is not None:
        return None
    await _note_use(database, found[0], at or wall_clock())
    return _key(found[0])


async def list_keys(database: Database) -> Sequence[ApiKey]:
    """Every key ever made, revoked ones too, the oldest first."""
    return [_key(row) for row in await database.read(select(ApiKeyRow).order_by(col(ApiKeyRow.id)))]


async def revoke_key(database: Database, key_id: str, at: datetime | None = None, *, by: str = "cli") -> bool:
    """A revoked key opens nothing from now on; False when there is none (or it was revoked before)."""
    valid = (col(ApiKeyRow.public_id) == key_id, col(ApiKeyRow.revoked_at).is_(None))
    now = at or wall_clock()
    if await database.write(update(ApiKeyRow).where(*valid).values(revoked_at=now)) != 1:
        return False
    await write_down(database, Deed(at=now, who=by, what="key.revoked", detail={"id": key_id}))
    return True


async def _note_use(database: Database, row: ApiKeyRow, at: datetime) -> None:
    if row.last_used_at is None or at - row.last_used_at >= USE_NOTED_EVERY:
        this = col(ApiKeyRow.public_id) == row.public_id
        await database.write(update(ApiKeyRow).where(this).values(last_used_at=at))


def _fingerprint(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.public_id,
        name=row.name,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
