"""A house behind a real server, and a browser that looks at it."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from tests.routers.houses import House, with_state

if TYPE_CHECKING:
    from playwright.async_api import Page

ROOT = Path(__file__).resolve().parents[2]
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


@contextmanager
def chromium() -> Iterator[str]:
    """The address of a browser in a process of its own, for as many pages as one likes."""
    pytest.importorskip("playwright", reason="Playwright's Python package is not installed")
    if not HAS_CHROMIUM:
        pytest.skip(f"no Chromium at {CHROMIUM}")
    command = [sys.executable, "-m", "tests.routers.chromium"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()  # its input ends, and so does it


@asynccontextmanager
async def browsed(house: House, chromium: str) -> AsyncIterator["Page"]:
    """The house, looked at by nobody who has been here before; whatever the page complains about fails the test."""
    playwright = pytest.importorskip("playwright.async_api")
    async with served(house) as url, playwright.async_playwright() as p:
        browser = await p.chromium.connect_over_cdp(chromium)
        context = await browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.set_default_timeout(PATIENCE)
        yield page
        await context.close()
        assert complaints == []
