"""The plots of a report."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from app.analytics.calibration import Calibration
from app.analytics.fills import Slippage
from app.domain.money import MONEY_UNITS
from app.domain.reports import Coverage, SignalCount, Worth
from app.domain.signals import STAGES
from app.reports.profits import AccountProfit

GAIN, LOSS, INK, ACCENT, FAINT = "#1a7f4b", "#b3261e", "#1b1f24", "#2457c5", "#9aa4b2"
CAUSES = ("edge", "slippage", "fees", "leg_miss", "mismatch")
HEIGHT = 300


def profit_plot(accounts: Sequence[AccountProfit]) -> str | None:
    """A waterfall: what each cause brought or took, and what was gained in the end."""
    moved = [each for each in accounts if each.profit.realised or each.gained]
    if not moved:
        return None
    sums = {cause: sum(getattr(each.profit, cause) for each in moved) / MONEY_UNITS for cause in CAUSES}
    sums["unrealised"] = sum(each.unrealised or 0 for each in moved) / MONEY_UNITS
    names = [name.replace("_", " ") for name in sums]
    shown = go.Waterfall(
        x=[*names, "gained"],
        y=[*sums.values(), 0],
        measure=["relative"] * len(sums) + ["total"],
        increasing={"marker": {"color": GAIN}},
        decreasing={"marker": {"color": LOSS}},
        totals={"marker": {"color": INK}},
        texttemplate="%{delta:+,.2f}",
    )
    return drawn([shown], "dollars")


def curve_plot(curve: Sequence[Worth]) -> str | None:
    """What each account had gained, over time."""
    by_account: defaultdict[str, list[Worth]] = defaultdict(list)
    for point in curve:
        by_account[point.account].append(point)
    lines = [
        go.Scatter(
            x=[each.at for each in told], y=[each.gained / MONEY_UNITS for each in told], name=name, mode="lines"
        )
        for name, told in sorted(by_account.items())
    ]
    return drawn(lines, "dollars gained", legend=True) if lines else None


def stages_plot(signals: Sequence[SignalCount]) -> str | None:
    """How many were let go at each stage, and how many were sent."""
    counts = dict.fromkeys(STAGES, 0)
    for each in signals:
        counts[each.stage] += each.n + each.like_it  # type: ignore[index]  # as it was written
    names = list(counts)
    colours = [ACCENT if name == "sent" else FAINT for name in names]
    bars = go.Bar(x=list(counts.values()), y=names, orientation="h", marker={"color": colours}, texttemplate="%{x:,}")
    return drawn([bars], "", reverse=True) if any(counts.values()) else None


def coverage_plot(games: Sequence[Coverage]) -> str | None:
    """Of each league's games: at both venues, at one, at none."""
    if not games:
        return None
    leagues = [each.league for each in games]
    parts = {
        "at both venues": (ACCENT, [each.at_both for each in games]),
        "at one": (FAINT, [each.at_one for each in games]),
        "at none": ("#e3e7ec", [each.games - each.at_both - each.at_one for each in games]),
    }
    bars = [go.Bar(x=leagues, y=counts, name=name, marker={"color": tone}) for name, (tone, counts) in parts.items()]
    return drawn(bars, "games", legend=True, barmode="stack")


def slippage_plot(slippage: Sequence[Slippage]) -> str | None:
    """Cents above the price that was counted with, per contract."""
    if not slippage:
        return None
    names = [f"{each.detector} {each.purpose}, {each.venue} ({each.orders})" for each in slippage]
    cents = [100 * each.per_contract for each in slippage]
    colours = [LOSS if each > 0 else GAIN for each in cents]
    bars = go.Bar(x=cents, y=names, orientation="h", marker={"color": colours}, texttemplate="%{x:+.2f}")
    return drawn([bars], "cents a contract; less is better", reverse=True)


def reliability_plot(calibration: Iterable[Calibration]) -> str | None:
    """What was said beside what came, all leagues together; the size of a point is how often it was said."""
    whole = [each for each in calibration if each.league == "all" and each.bins]
    if not whole:
        return None
    exact = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": FAINT, "dash": "dot"}, name="exact")
    points = [
        go.Scatter(
            x=[one.said for one in each.bins],
            y=[one.came for one in each.bins],
            mode="markers+lines",
            name=f"{each.source} (n {each.n})",
            marker={"size": [max(6, min(28, one.n**0.5)) for one in each.bins]},
            text=[f"n {one.n}, {one.groups} games" for one in each.bins],
        )
        for each in whole
    ]
    return drawn([exact, *points], "came true", legend=True)


def drawn(
    traces: Sequence[object], unit: str, *, legend: bool = False, reverse: bool = False, barmode: str = "group"
) -> str:
    """A piece of HTML; the library itself stands in the page once. `unit`: of the axis that counts."""
    figure = go.Figure(data=list(traces))
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=legend,
        barmode=barmode,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 13, "color": "#5d6773"},
    )
    figure.update_xaxes(automargin=True, gridcolor="rgba(128,128,128,.25)", title="" if not reverse else unit)
    figure.update_yaxes(automargin=True, gridcolor="rgba(128,128,128,.25)", title=unit if not reverse else "")
    if reverse:
        figure.update_yaxes(autorange="reversed")
    html: str = figure.to_html(include_plotlyjs=False, full_html=False, config={"displayModeBar": False})
    return html
