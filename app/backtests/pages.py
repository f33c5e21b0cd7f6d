"""A backtest as a page that needs nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import jinja2
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from app.backtests.deflations import FEW, SURE_ENOUGH
from app.backtests.pairs import Pair
from app.backtests.scores import Score, Verdict
from app.clock import moment_of
from app.domain.money import MONEY_UNITS, Money
from app.reports.plots import ACCENT, FAINT, GAIN, LOSS, drawn

MOST_DRAWN = 40  # settings
SHOWN_OF_CURVES = 3  # settings, the best ones


def page_of(verdict: Verdict, pairs: Sequence[Pair], made_at: datetime) -> str:
    """The whole page."""
    plots: Mapping[str, str | None] = {
        "ratios": _ratios(verdict),
        "gains": _gains(verdict),
        "curves": _curves(verdict, pairs),
        "grid": _grid(verdict),
    }
    facts = {"tapes": len({pair.tape for pair in pairs}), "pairs": len(pairs), "few": FEW, "sure": SURE_ENOUGH}
    template = _environment().get_template("backtest.html")
    return template.render(verdict=verdict, plots=plots, facts=facts, made_at=made_at, library=get_plotlyjs())


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("app.backtests", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["money"] = _money
    return environment


def _money(value: Money) -> str:
    return f"{value / MONEY_UNITS:+,.2f}" if value else "0"


def _ratios(verdict: Verdict) -> str:
    """Of each setting, beside what luck alone shows."""
    shown = verdict.scores[:MOST_DRAWN]
    colours = [ACCENT if at == 0 else FAINT for at in range(len(shown))]
    names = [each.name for each in shown]
    bars = go.Bar(
        x=[each.shape.sharpe for each in shown], y=names, orientation="h", marker={"color": colours}, name="a game"
    )
    luck = go.Scatter(
        x=[verdict.luck] * 2, y=[names[0], names[-1]], mode="lines", line={"color": LOSS, "dash": "dot"}, name="luck"
    )
    return drawn([bars, luck], "mean over deviation of what a game gained", legend=True, reverse=True)


def _gains(verdict: Verdict) -> str:
    shown = verdict.scores[:MOST_DRAWN]
    colours = [GAIN if each.gain > 0 else LOSS for each in shown]
    bars = go.Bar(
        x=[each.gain / MONEY_UNITS for each in shown],
        y=[each.name for each in shown],
        orientation="h",
        marker={"color": colours},
        texttemplate="%{x:+,.2f}",
    )
    return drawn([bars], "simulated dollars, all tapes", reverse=True)


def _curves(verdict: Verdict, pairs: Sequence[Pair]) -> str | None:
    """Of the first tape, by the best settings."""
    first = pairs[0].tape
    best = {each.setting: each for each in verdict.scores[:SHOWN_OF_CURVES]}
    lines = [
        go.Scatter(
            x=[moment_of(point.at) for point in pair.curve],
            y=[point.gain / MONEY_UNITS for point in pair.curve],
            mode="lines",
            name=best[pair.setting].name,
        )
        for pair in pairs
        if pair.tape == first and pair.setting in best and pair.curve
    ]
    return drawn(lines, "simulated dollars gained", legend=True) if lines else None


def _grid(verdict: Verdict) -> str | None:
    """Where exactly two names were swept: a gentle hill is worth more than a lonely peak."""
    axes = _axes(verdict.scores)
    if len(axes) != 2:
        return None
    (first, across), (second, down) = axes.items()
    ratios = {each.setting: each.shape.sharpe for each in verdict.scores}
    rows = [[ratios.get((f"{first}={one}", f"{second}={two}")) for one in across] for two in down]
    shown = go.Heatmap(
        z=rows, x=[f"{first} {one}" for one in across], y=[f"{second} {two}" for two in down], colorscale="RdBu", zmid=0
    )
    return drawn([shown], "")


def _axes(scores: Sequence[Score]) -> Mapping[str, Sequence[str]]:
    """The swept names with their values, when each has one of each."""
    found: dict[str, dict[str, None]] = {}
    for score in scores:
        for one in score.setting:
            name, _, value = one.partition("=")
            found.setdefault(name, {})[value] = None
    is_whole = all(len(score.setting) == len(found) for score in scores)
    return {name: sorted(values, key=_in_order) for name, values in found.items()} if is_whole else {}


def _in_order(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value
