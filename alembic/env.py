"""How Alembic reaches the database: on a connection given by `app.history.migrations`, or by DATABASE__URL."""

import asyncio

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from alembic import context
from app.history.addresses import read_url
from app.history.trading_tables import METADATA
from app.settings import load_settings


def main() -> None:
    """`alembic upgrade head` and its like, and the platform's own start."""
    given = context.config.attributes.get("connection")
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", target_metadata=METADATA, literal_binds=True)
        _migrate()
    elif given is not None:
        _run(given)
    else:
        asyncio.run(_connect_and_run())


async def _connect_and_run() -> None:
    url = load_settings().database.url
    if url is None:
        raise SystemExit("DATABASE__URL is not set: the embedded database migrates itself when the platform starts.")
    engine = create_async_engine(read_url(url.get_secret_value()))
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA)
    _migrate()


def _migrate() -> None:
    with context.begin_transaction():
        context.run_migrations()


main()
