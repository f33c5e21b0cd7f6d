"""API keys. A key is shown once, when it is made; the database holds only its fingerprint.

`cc_{public}_{secret}`: the public part finds the row and may be shown, the secret is 32 random bytes. There is nothing
to guess in random bytes, so a plain SHA-256 is enough; it is compared in constant time.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy import Update, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select

from app.clock import wall_clock
from app.domain.questions import fault_of_name
from app.errors import BadInput
from app.history.audit import Deed, written_down
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
    expires_at: datetime | None = None

    def is_over(self, at: datetime) -> bool:
        """It was taken back, or its time has come."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= at)


class Made(NamedTuple):
    """What a key is made of, besides its secret."""

    name: str
    scopes: list[str]
    expires_at: datetime | None


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
    expires_at: datetime | None = None,
    by: str = "cli",
) -> str:
    """Keep a key and answer it in plain text, this once. `plain`: a new one that was written down before.

    Raises BadInput for a scope that does not exist, for a name that cannot be kept, and for an end that has passed."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        named = f"there is no scope '{unknown[0]}'" if unknown else "a key needs at least one scope"
        raise BadInput(named, remedy=f"The scopes are {', '.join(SCOPES)}.")
    plain, now = plain or new_key(), at or wall_clock()
    if expires_at is not None and expires_at <= now:
        raise BadInput("a key that has expired opens nothing", remedy="Name a later moment, or a longer time.")
    if words := fault_of_name(name):
        raise BadInput(f"the name of a key {words}")
    async with database.transaction() as connection:
        await _make(connection, plain, Made(name, [each for each in SCOPES if each in scopes], expires_at), now, by)
    return plain


async def replace_key(
    database: Database, key_id: str, at: datetime | None = None, *, plain: str | None = None, by: str = "cli"
) -> str | None:
    """Another key for the same: its name, scopes and end. The old one opens nothing from then on, as one step. None
    when there is none of this name that opens anything."""
    plain, now = plain or new_key(), at or wall_clock()
    async with database.transaction() as connection:
        held = select(ApiKeyRow).where(col(ApiKeyRow.public_id) == key_id).with_for_update()
        found = (await connection.execute(held)).first()
        if found is None or found.revoked_at is not None or (found.expires_at and found.expires_at <= now):
            return None
        await connection.execute(_revoked(key_id, now))
        await connection.execute(written_down(Deed(at=now, who=by, what="key.replaced", detail={"id": key_id})))
        await _make(connection, plain, Made(found.name, found.scopes, found.expires_at), now, by)
    return plain


async def find_key(database: Database, plain: str, at: datetime | None = None) -> ApiKey | None:
    """The key behind its plain text; None when it is unknown, mangled, revoked or expired. Notes the use once a
    minute."""
    prefix, _, rest = plain.partition("_")
    public_id, _, secret = rest.partition("_")
    if prefix != _PREFIX or not public_id.isalnum() or not plain.isascii():
        return None
    found = await database.read(select(ApiKeyRow).where(col(ApiKeyRow.public_id) == public_id))
    known = found[0].secret_hash if found else _NOBODY
    now = at or wall_clock()
    if not hmac.compare_digest(known, _fingerprint(secret)) or not found or _key(found[0]).is_over(now):
        return None
    await _note_use(database, found[0], now)
    return _key(found[0])


async def list_keys(database: Database) -> Sequence[ApiKey]:
    """Every key ever made, revoked ones too, the oldest first."""
    return [_key(row) for row in await database.read(select(ApiKeyRow).order_by(col(ApiKeyRow.id)))]


async def revoke_key(database: Database, key_id: str, at: datetime | None = None, *, by: str = "cli") -> bool:
    """A revoked key opens nothing from now on; False when there is none (or it was revoked before)."""
    now = at or wall_clock()
    async with database.transaction() as connection:
        if (await connection.execute(_revoked(key_id, now))).rowcount != 1:
            return False
        await connection.execute(written_down(Deed(at=now, who=by, what="key.revoked", detail={"id": key_id})))
    return True


async def _make(connection: AsyncConnection, plain: str, made: Made, at: datetime, by: str) -> None:
    _, public_id, secret = plain.split("_", 2)
    row = {**made._asdict(), "public_id": public_id, "secret_hash": _fingerprint(secret), "created_at": at}
    ends = {"expires_at": made.expires_at.isoformat()} if made.expires_at else {}
    told = {"id": public_id, "name": made.name, "scopes": made.scopes, **ends}
    await connection.execute(insert(ApiKeyRow).values(row))
    await connection.execute(written_down(Deed(at=at, who=by, what="key.made", detail=told)))


def _revoked(key_id: str, at: datetime) -> Update:
    """A key is revoked once."""
    valid = (col(ApiKeyRow.public_id) == key_id, col(ApiKeyRow.revoked_at).is_(None))
    return update(ApiKeyRow).where(*valid).values(revoked_at=at)


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
        expires_at=row.expires_at,
    )
