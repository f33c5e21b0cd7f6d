"""One open application a test, over empty stores of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.app.hot.samples import ARSENAL_GAME, CELTICS_GAME, KALSHI, NOW, POLYMARKET, PROVISIONAL_GAME, link
from tests.routers import browsers
from tests.routers.houses import House, open_house, settings_for

if TYPE_CHECKING:
    from playwright.async_api import Page


@pytest.fixture
async def house(fresh_database_url: str, fresh_redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """On loopback, as it is by default."""
    async with open_house(settings_for(fresh_database_url, fresh_redis_url, tmp_path)) as house:
        yield house


@pytest.fixture
async def slate(house: House) -> House:
    """The house with three games: one linked on both venues, one provisional, one with nothing."""
    links = [
        link(POLYMARKET, "0xml", outcome="Celtics"),
        link(KALSHI, "KX-BOS", outcome="yes"),
        link(KALSHI, "KX-BOS", outcome="no", polarity="no"),
        link(KALSHI, "KX-SPR", "spread", points=-3.5, outcome="yes", verdict="watch"),
        link(KALSHI, "KX-1H", "draw", scope="1h", team=None, outcome="yes"),
        link(POLYMARKET, "0xold", "total", points=221.5, team=None, outcome="Over", verdict="rejected"),
    ]
    await house.hot.save_games([CELTICS_GAME, PROVISIONAL_GAME, ARSENAL_GAME])
    await house.hot.save_links(CELTICS_GAME.id, links)
    await house.hot.publish_game(CELTICS_GAME, links, NOW)
    return house


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """One browser for the whole run."""
    with browsers.chromium() as address:
        yield address


@pytest.fixture
async def page(slate: House, chromium: str) -> AsyncIterator["Page"]:
    """A browser at the page of the slate."""
    async with browsers.browsed(slate, chromium) as page:
        yield page
