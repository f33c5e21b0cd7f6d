"""The dashboard and the alerts: what Grafana and Prometheus accept, asking only for measures that there are."""

import json
import re
from pathlib import Path
from typing import Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from routers.measures.families import FAMILIES

ROOT = Path(__file__).resolve().parents[1]
NAMES = {family.name for family in FAMILIES}
THEIRS = {"up"}  # Prometheus's own, of each target
LABELS = {family.name: {*family.labels, "instance", "job"} for family in FAMILIES} | {"up": {"instance", "job"}}
SELECTED = re.compile(r"\b(up|crosscourt_\w+)\b(?:\{([^}]*)\})?")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
ROWS = [
    "At a glance",
    "Discovery: which games there are",
    "Prices: what venues say",
    "Signals: why, and why not",
    "Orders and fills",
    "Money",
    "Risk",
    "Workers",
    "Stores",
    "The machine, tape and archive",
]


class Part(BaseModel):
    """A part of Grafana's schema, as far as the dashboard uses it: nothing else may be there."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class Source(Part):
    type: Literal["prometheus"]
    uid: Literal["${datasource}"]


class Place(Part):
    x: int = Field(ge=0, le=23)
    y: int = Field(ge=0)
    w: int = Field(ge=1, le=24)
    h: int = Field(ge=1)


class Target(Part):
    ref_id: str = Field(pattern="^[A-Z]$")
    expr: str = Field(min_length=1)
    legend_format: str
    datasource: Source


class Step(Part):
    color: Literal["green", "orange", "red"]
    value: float | None


class Thresholds(Part):
    mode: Literal["absolute"]
    steps: list[Step] = Field(min_length=1)


class Custom(Part):
    draw_style: Literal["line"] = "line"
    fill_opacity: int = 0
    line_width: int = 1
    show_points: Literal["never"] = "never"


class Defaults(Part):
    unit: Literal["none", "s", "bytes", "reqps", "cps", "bool", "percentunit", "currencyUSD"]
    custom: Custom
    thresholds: Thresholds


class FieldConfig(Part):
    defaults: Defaults
    overrides: list[object] = Field(max_length=0)


class Panel(Part):
    id: int
    type: Literal["row", "stat", "timeseries", "bargauge"]
    title: str = Field(min_length=1)
    grid_pos: Place
    datasource: Source | None = None
    field_config: FieldConfig | None = None
    options: dict[str, object] = {}
    targets: list[Target] = []
    collapsed: bool = False
    panels: list[object] = Field([], max_length=0)


class Dashboard(Part):
    uid: str = Field(max_length=40)
    title: str
    description: str
    tags: list[str]
    schema_version: Literal[39]
    version: int
    editable: bool
    timezone: Literal["browser", "utc", ""]
    refresh: str = Field(pattern=r"^\d+[smh]$")
    time: dict[Literal["from", "to"], str]
    graph_tooltip: Literal[0, 1, 2]
    templating: dict[Literal["list"], list[dict[str, object]]]
    annotations: dict[Literal["list"], list[object]]
    links: list[object]
    panels: list[Panel]


class Alert(Part):
    alert: str = Field(pattern=r"^[A-Z][A-Za-z]+$")
    expr: str
    wait: str = Field("0s", alias="for", pattern=r"^\d+[smh]$")
    labels: dict[Literal["severity"], Literal["page", "ticket"]]
    annotations: dict[Literal["summary", "runbook"], str]


@pytest.fixture(scope="module")
def dashboard() -> Dashboard:
    return Dashboard.model_validate_json((ROOT / "ops/grafana/crosscourt.json").read_bytes())


@pytest.fixture(scope="module")
def alerts() -> list[Alert]:
    told = yaml.safe_load((ROOT / "ops/prometheus/alerts.yml").read_text(encoding="utf-8"))
    return [Alert.model_validate(rule) for group in told["groups"] for rule in group["rules"]]


def check(expr: str) -> None:
    """Only measures that there are, by labels that they have; every bracket is closed."""
    asked = SELECTED.findall(expr)
    assert asked, expr
    for name, selector in asked:
        assert name in NAMES | THEIRS, f"{name} in {expr}"
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", TEXT.sub("", selector))) <= LABELS[name], expr
    grouped = re.findall(r"\b(?:by|on|ignoring|without)\s*\(([^)]*)\)", expr)
    known = {label for name, _ in asked for label in LABELS[name]}
    assert {label.strip() for group in grouped for label in group.split(",") if label.strip()} <= known, expr
    bare = TEXT.sub("", expr)
    assert all(bare.count(first) == bare.count(last) for first, last in ("()", "{}", "[]")), expr


def test_every_panel_asks_for_what_there_is(dashboard: Dashboard) -> None:
    panels = [panel for panel in dashboard.panels if panel.type != "row"]
    assert len(panels) > 40
    for panel in panels:
        assert panel.targets, panel.title
        assert panel.datasource is not None, panel.title
        for target in panel.targets:
            check(target.expr)


def test_rows_are_in_the_order_of_the_pipeline_and_panels_lie_apart(dashboard: Dashboard) -> None:
    assert [panel.title for panel in dashboard.panels if panel.type == "row"] == ROWS
    assert len({panel.id for panel in dashboard.panels}) == len(dashboard.panels)
    taken = [
        (x, y)
        for place in (panel.grid_pos for panel in dashboard.panels)
        for x in range(place.x, place.x + place.w)
        for y in range(place.y, place.y + place.h)
    ]
    assert len(taken) == len(set(taken))
    assert all(panel.grid_pos.x + panel.grid_pos.w <= 24 for panel in dashboard.panels)


def test_variables_of_the_dashboard_are_those_it_uses(dashboard: Dashboard) -> None:
    variables = {str(each["name"]) for each in dashboard.templating["list"]}
    told = json.dumps([panel.model_dump() for panel in dashboard.panels])
    used = {name for name in re.findall(r"\$\{?([a-z]\w*)", told) if not name.startswith("__")}
    assert used == variables
    for each in dashboard.templating["list"]:
        if each["type"] == "query":
            asked = each["query"]
            assert isinstance(asked, dict)
            check(asked["query"].removeprefix("label_values(").split(",")[0])


def test_every_alert_asks_for_what_there_is_and_has_its_line_in_the_runbook(alerts: list[Alert]) -> None:
    runbook = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^## (\w+)\n\n(.+)$", runbook, re.MULTILINE))
    for alert in alerts:
        check(alert.expr)
        assert alert.annotations["runbook"] == f"docs/runbook.md#{alert.alert.lower()}"
        assert alert.annotations["summary"]
    assert set(lines) == {alert.alert for alert in alerts}
    assert len(alerts) == len(lines) >= 10
