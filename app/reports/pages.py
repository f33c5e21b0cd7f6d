"""A report as a page that needs nothing else: styles, plots and the library that draws them stand in it."""

from collections.abc import Callable, Mapping

import jinja2
from plotly.offline import get_plotlyjs

from app.domain.money import Money, Price, Size, money_text, price_text, size_text
from app.reports.days import Day
from app.reports.plots import (
    coverage_plot,
    curve_plot,
    profit_plot,
    reliability_plot,
    slippage_plot,
    stages_plot,
)

NOTHING = "·"


def page_of(day: Day) -> str:
    """The whole page."""
    plots: Mapping[str, str | None] = {
        "profit": profit_plot(day.accounts),
        "curve": curve_plot(day.curve),
        "stages": stages_plot(day.signals),
        "coverage": coverage_plot(day.coverage),
        "slippage": slippage_plot(day.slippage),
        "reliability": reliability_plot(day.calibration),
    }
    return _environment().get_template("day.html").render(day=day, plots=plots, library=get_plotlyjs())


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("app.reports", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )
    shown: dict[str, Callable[..., str]] = {
        "money": _money,
        "price": _price,
        "size": _size,
        "share": _share,
        "cents": _cents,
        "seconds": _seconds,
    }
    environment.filters.update(shown)
    return environment


def _money(value: Money | None) -> str:
    """Signed, so that nobody has to tell green from red."""
    return NOTHING if value is None else f"{value / 1_000_000:+,.2f}" if value else money_text(value)


def _price(value: Price | None) -> str:
    return NOTHING if value is None else price_text(value)


def _size(value: Size) -> str:
    return size_text(value)


def _share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.4f}"


def _cents(value: float | None) -> str:
    return NOTHING if value is None else f"{value:+.2f}"


def _seconds(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f} s"
