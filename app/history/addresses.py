"""DATABASE__URL as people write it → as the driver takes it, and the name it may be shown by."""

from sqlalchemy import URL, make_url
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import ArgumentError

from app.errors import SettingsRefused

DRIVER = "postgresql+asyncpg"
SCHEMES = frozenset({"postgres", "postgresql", DRIVER})
PASSED_ON = frozenset({"host", "port", "ssl"})

_REMEDY = (
    "DATABASE__URL is postgresql://user:password@host:5432/database, "
    "or postgresql://user@/database?host=/folder/of/the/socket; `?sslmode=require` for TLS."
)


def read_url(url: str) -> URL:
    """The address for asyncpg. Raises SettingsRefused without repeating the URL: it may hold a password."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsRefused("DATABASE__URL cannot be read as the address of a database.", remedy=_REMEDY) from None
    if address.drivername not in SCHEMES:
        raise SettingsRefused(f"DATABASE__URL names {address.drivername!r}, not Postgres.", remedy=_REMEDY)
    if "@" in (address.host or ""):
        raise SettingsRefused("DATABASE__URL has a bare @ in its user or password: write it as %40.", remedy=_REMEDY)
    if not address.database:
        raise SettingsRefused("DATABASE__URL names no database.", remedy=_REMEDY)
    query = {"ssl" if name == "sslmode" else name: value for name, value in address.query.items()}
    unknown = sorted(set(query) - PASSED_ON)
    if unknown:
        raise SettingsRefused(f"DATABASE__URL has a parameter that is not known: {unknown[0]}.", remedy=_REMEDY)
    return _checked(address.set(drivername=DRIVER, query=query))


def _checked(address: URL) -> URL:
    try:
        PGDialect_asyncpg().create_connect_args(address)  # type: ignore[no-untyped-call]
    except (ArgumentError, ValueError):
        raise SettingsRefused("DATABASE__URL names its hosts or ports wrongly.", remedy=_REMEDY) from None
    return address


def name_of(address: URL) -> str:
    """Host and database in words, never with a user or password."""
    folder = address.query.get("host")
    place = f"socket {folder}" if folder else f"{address.host or 'localhost'}:{address.port or 5432}"
    return f"{place}, database {address.database}"
