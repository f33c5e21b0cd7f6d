"""Redis and Postgres for a command: those configured, or the embedded ones of the data directory."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from app.cli.slates import Groups
from app.embedded import embedded_servers
from app.errors import SettingsRefused, StartRefused
from app.history.database import Database
from app.hot.state import HotState, open_hot_state
from app.settings import Settings, load_settings


@contextmanager
def with_servers(settings: Settings) -> Iterator[Groups]:
    """Embedded servers for whatever is not configured, as settings; shared with a platform that runs already."""
    wants_postgres, wants_valkey = settings.database.url is None, settings.redis.url is None
    with embedded_servers(settings.data_dir, postgres=wants_postgres, valkey=wants_valkey) as endpoints:
        groups: Groups = {}
        if endpoints.database_url:
            groups["database"] = {"url": endpoints.database_url}
        if endpoints.redis_url:
            groups["redis"] = {"url": endpoints.redis_url}
        yield groups


@contextmanager
def stored(data_dir: Path | None) -> Iterator[Settings]:
    """Settings whose Redis and Postgres can be opened, for as long as the block lasts."""
    given: dict[str, object] = {"data_dir": data_dir} if data_dir else {}
    settings = load_settings(**given)
    if not has_stores(settings):
        raise StartRefused(
            f"nothing was started in {settings.data_dir.resolve()} yet",
            remedy="Name the platform's own folder with --data-dir, or start it once with `crosscourt up`.",
        )
    with with_servers(load_settings(**given)) as groups:
        yield load_settings(**given, **groups)


def has_stores(settings: Settings) -> bool:
    """Whether there is anything to look into: servers of one's own, or a data directory that was used."""
    is_configured = settings.database.url is not None and settings.redis.url is not None
    return is_configured or (settings.data_dir / "servers").is_dir()


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncIterator[tuple[HotState, Database]]:
    """Both, opened and migrated."""
    if settings.redis.url is None or settings.database.url is None:
        raise SettingsRefused("REDIS__URL and DATABASE__URL are needed here")
    async with open_hot_state(settings.redis.url.get_secret_value()) as hot:
        history = Database(settings.database.url.get_secret_value())
        try:
            await history.migrate()
            yield hot, history
        finally:
            await history.close()
