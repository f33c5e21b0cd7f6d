"""One replica a test, over empty stores of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.hot.quotes import PricesMirror
from app.hot.state import HotState
from app.settings import Settings
from tests.app.hot.samples import CELTICS_GAME, KALSHI, link
from tests.routers.houses import settings_for
from tests.routers.sockets.replicas import Follower, Replica, follower, replica
from tests.servers import Server


@pytest.fixture
def settings(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(fresh_database_url, fresh_redis_url, tmp_path)


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Replica]:
    async with replica(settings) as api:
        links = [link(KALSHI, "KX-BOS", outcome=outcome) for outcome in ("yes", "no")]
        await api.resources.hot.save_games([CELTICS_GAME])
        await api.resources.hot.save_links(CELTICS_GAME.id, links)
        yield api


@pytest.fixture
def hot(api: Replica) -> HotState:
    return api.resources.hot


@pytest.fixture
async def mirror(hot: HotState) -> PricesMirror:
    return await hot.open_mirror(KALSHI)


@pytest.fixture
async def bot(api: Replica) -> AsyncIterator[Follower]:
    async with follower(api) as bot:
        yield bot


@pytest.fixture
async def own_redis(server: Server, fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Replica]:
    """A replica that hears a Redis that may be stopped and started."""
    async with replica(settings_for(fresh_database_url, server.url, tmp_path)) as api:
        yield api
