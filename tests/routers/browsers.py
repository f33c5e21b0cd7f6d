"""A house behind a real server, and a browser that looks at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from tests.routers.houses import House, with_state

if TYPE_CHECKING:
    from playwright.async_api import Page

CHROMIUM = Path("/usr/bin/chromium")
HAS_CHROMIUM = CHROMIUM.exists()
PATIENCE = 20_000  # milliseconds, on a busy machine


class Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        self.listening.set()


@asynccontextmanager
async def served(house: House) -> AsyncIterator[str]:
    """The house behind a real server on a free port."""
    config = uvicorn.Config(
        with_state(house.app, house.state), port=0, lifespan="off", log_level="error", ws="websockets-sansio"
    )
    server = Server(config)
    task = asyncio.create_task(server.serve())
    await server.listening.wait()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def browsed(house: House) -> AsyncIterator["Page"]:
    """A browser at the page of the house; whatever it complains about fails the test."""
    playwright = pytest.importorskip("playwright.async_api", reason="Playwright's Python package is not installed")
    if not HAS_CHROMIUM:
        pytest.skip(f"no Chromium at {CHROMIUM}")
    async with served(house) as url, playwright.async_playwright() as p:
        browser = await p.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = await browser.new_page(base_url=url, viewport={"width": 1440, "height": 900})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.set_default_timeout(PATIENCE)
        yield page
        await browser.close()
        assert complaints == []
