"""The page of a running platform, looked at by somebody who may do everything there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.platform.platforms import PATIENCE, Json, Platform
from tests.routers.browsers import CHROMIUM, HAS_CHROMIUM

with_chromium = pytest.mark.skipif(not HAS_CHROMIUM, reason=f"no Chromium at {CHROMIUM}")


class Looked:
    """A browser's page of the running platform."""

    def __init__(self, up: Platform, page: Page) -> None:
        self.up = up
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)

    def at(self, address: str, part: str) -> Locator:
        """Go there, and wait for a part of it."""
        self.page.goto("about:blank")
        self.page.goto(f"/{address}")
        self.page.locator(part).first.wait_for()
        return self.page.locator(part)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser; until it is closed nothing else in this thread may run an event loop."""
    with sync_playwright() as p:
        opened = p.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


def let_in(up: Platform, browser: Browser, link: str) -> Json:
    """What a browser keeps that has come in by a one-time link."""
    context = browser.new_context(base_url=str(up.http.base_url))
    context.new_page().goto(f"/open?{link.partition('?')[2]}")
    kept: Json = context.storage_state()
    context.close()
    return kept


@contextmanager
def looking(up: Platform, browser: Browser, session: Json, **given: Any) -> Iterator[Looked]:
    """Whatever the browser complains about fails the test."""
    url, size = str(up.http.base_url), {"width": 1440, "height": 900}
    context = browser.new_context(base_url=url, storage_state=session, **{"viewport": size, **given})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    looked = Looked(up, page)
    yield looked
    context.close()
    assert looked.complaints == []
