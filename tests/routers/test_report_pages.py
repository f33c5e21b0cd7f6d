"""A report's page in a browser: its plots are drawn, and whatever stands in it can act for nobody."""

from datetime import date
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from app.history.usage import keep_report
from tests.app.hot.samples import NOW
from tests.routers.houses import House

if TYPE_CHECKING:
    from playwright.async_api import Page

DAY = date(2026, 1, 9)


async def test_plots_are_drawn_and_nothing_is_asked_of_us(slate: House, page: "Page") -> None:
    folder = slate.settings.data_dir / "reports"
    folder.mkdir()
    figure = go.Figure(go.Bar(x=["a", "b"], y=[1, 2]))
    (folder / f"{DAY}.html").write_text(figure.to_html(include_plotlyjs=True, full_html=True))
    await keep_report(slate.history, DAY, NOW, {})
    await page.goto(f"/analytics/daily/{DAY}/page")
    await page.locator(".main-svg").first.wait_for()
    assert await page.locator(".bars path").count() == 2
    assert await page.evaluate("window.origin") == "null"
