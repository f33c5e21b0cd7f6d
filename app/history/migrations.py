"""The schema, brought up to date by Alembic from `[tool.alembic]` in pyproject.toml."""

from pathlib import Path
from typing import Literal

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from alembic import command
from app.errors import StartRefused

ROOT = Path(__file__).resolve().parents[2]
Age = Literal["none", "older", "current", "newer"]

ONE_AT_A_TIME = 0x63726F7373  # the key of the advisory lock: "cross"


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Migrate up within the connection's transaction, holding the lock until it ends."""
    command.upgrade(_prepared(connection), revision)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Migrate down, likewise."""
    command.downgrade(_prepared(connection), revision)


def age_of(connection: Connection) -> Age:
    """Which version of this program made the tables; "newer": one that this program does not know."""
    scripts = ScriptDirectory.from_config(_prepared(connection))
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return "none"
    try:
        scripts.get_revision(found)
    except CommandError:
        return "newer"
    return "current" if found == scripts.get_current_head() else "older"


def _prepared(connection: Connection) -> Config:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    settings = ROOT / "pyproject.toml"
    if not (ROOT / "alembic" / "env.py").is_file() or not settings.is_file():
        raise StartRefused(
            "The migrations are not beside the program.",
            remedy="Run Crosscourt from its source tree: `alembic/` and `pyproject.toml` must lie beside `app/`.",
        )
    config = Config(toml_file=settings)
    config.attributes["connection"] = connection
    return config
