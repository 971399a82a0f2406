"""What all dashboards have in common: panels of a few kinds, the variables, the links and the annotations."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models

SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
TAG = "fleetdrift"
FLEET = 'fleet=~"$fleet"'
"""What every query asks of each metric."""

_OF_THE_PRESENT = frozenset({"stat", "bars"})
"""Kinds of panels that ask for the present only: a range would go on to show what is no longer known."""

_COLUMNS = 24
_REFRESH = "1m"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Panel:
    """A panel, or with nothing but a title the row above some.

    Args:
        title: Above it.
        description: What it shows, and what to do about it, in a sentence or two.
        queries: (PromQL, legend) of each line.
        unit: Grafana's name of the unit of all values.
        kind: `stat`, `lines`, `stacked`, or `bars`.
        width: Columns of 24.
        height: Rows.
        bad: The value from which on a stat is coloured as bad; None colours nothing.
        good: The value from which on a stat is coloured as good, and below which as bad; instead of `bad`.
        colour: The bad colour.
        colours: Colour of a line by its legend.
        no_value: What is shown where there is no series.
        page: Path of the coordinator's page about a value, with its labels as Grafana writes them; empty for none.
    """

    title: str
    description: str = ""
    queries: Sequence[tuple[str, str]] = ()
    unit: str = "short"
    kind: str = "lines"
    width: int = 8
    height: int = 8
    bad: float | None = None
    good: float | None = None
    colour: str = "red"
    colours: Mapping[str, str] = dataclasses.field(default_factory=dict)
    no_value: str = "unknown"
    page: str = ""


def metric(name: str, *labels: str, where: str = "") -> str:
    """Ask for a metric of the chosen fleets, whichever of several coordinators says it.

    Args:
        name: As exported.
        labels: Kept beside `fleet`.
        where: More matchers.
    """
    return f"max by ({', '.join(('fleet', *labels))}) ({name}{{{', '.join(filter(None, (FLEET, where)))}}})"


def total(name: str, *labels: str, kept: Sequence[str] = (), where: str = "") -> str:
    """Ask for the sum of a metric over labels that are told apart in the coordinator.

    Args:
        name: As exported.
        labels: Told apart.
        kept: Those of them that stay.
        where: More matchers.
    """
    return f"sum by ({', '.join(('fleet', *kept))}) ({metric(name, *labels, where=where)})"


def newest(name: str) -> str:
    """Ask for the newest of some moments, also when the coordinator is down that said it.

    Args:
        name: As exported.
    """
    return f"max by (fleet) (max_over_time({name}{{{FLEET}}}[6h]))"


def dashboard_json(uid: str, title: str, description: str, panels: Sequence[Panel]) -> str:
    """Write a dashboard as Grafana reads it.

    Args:
        uid: Its id, for ever.
        title: Above it.
        description: What it is for.
        panels: In their order; each takes the next free place.
    """
    board = (
        dashboard.Dashboard(f"fleetdrift / {title}")
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .refresh(_REFRESH)
        .time("now-24h", "now")
        .timezone("browser")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
    )
    for variable in _variables():
        board = board.with_variable(variable)
    for annotation in _annotations():
        board = board.annotation(annotation)
    for link in _links():
        board = board.link(link)
    place = _Places()
    for number, panel in enumerate(panels, start=1):
        if panel.queries:
            board = board.with_panel(_built(panel).id(number).grid_pos(place.next(panel.width, panel.height)))
        else:
            board = board.with_row(dashboard.Row(panel.title).id(number).grid_pos(place.row()))
    written = json.loads(json.dumps(board.build(), cls=JSONEncoder))
    for variable in written["templating"]["list"]:
        for key in ("auto", "auto_count", "auto_min"):  # of another kind of variable
            del variable[key]
    for annotation in written["annotations"]["list"]:
        annotation["target"] = {"expr": annotation.pop("expr"), "refId": annotation["name"], "datasource": _SOURCE}
    return json.dumps(written, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


class _Places:
    """Gives each panel the next place, left to right, in rows of the highest of each."""

    def __init__(self) -> None:
        self._x = self._y = self._height = 0

    def next(self, width: int, height: int) -> models.GridPos:
        if self._x + width > _COLUMNS:
            self._break()
        place = models.GridPos(h=height, w=width, x=self._x, y=self._y)
        self._x += width
        self._height = max(self._height, height)
        return place

    def row(self) -> models.GridPos:
        self._break()
        self._y += 1
        return models.GridPos(h=1, w=_COLUMNS, x=0, y=self._y - 1)

    def _break(self) -> None:
        self._y += self._height
        self._x = self._height = 0


def _built(panel: Panel) -> Any:
    match panel.kind:
        case "stat":
            built: Any = (
                stat.Panel()
                .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
                .graph_mode(common_models.BigValueGraphMode.NONE)
                .thresholds(_thresholds(panel))
            )
        case "bars":
            built = bargauge.Panel().reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        case _:
            legend = common.VizLegendOptions().display_mode(common_models.LegendDisplayMode.LIST)
            legend = legend.placement(common_models.LegendPlacement.BOTTOM).show_legend(True)
            built = timeseries.Panel().legend(legend).min(0).fill_opacity(10)
            if panel.kind == "stacked":
                built = built.stacking(common.StackingConfig().mode(common_models.StackingMode.NORMAL)).fill_opacity(70)
    built = built.title(panel.title).description(panel.description).datasource(SOURCE).unit(panel.unit)
    built = built.no_value(panel.no_value)
    if panel.page:
        about = dashboard.DashboardLink("On its page").url(f"${{coordinator}}{panel.page}").target_blank(True)
        built = built.data_links([about])
    for name, colour in panel.colours.items():
        fixed = models.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": colour})
        built = built.override_by_name(name, [fixed])
    for letter, (expression, legend_format) in zip("ABCDEFGH", panel.queries, strict=False):
        query = prometheus.Dataquery().ref_id(letter).expr(expression).legend_format(legend_format).datasource(SOURCE)
        built = built.with_target(query.instant() if panel.kind in _OF_THE_PRESENT else query.range())
    return built


def _thresholds(panel: Panel) -> Any:
    steps = [models.Threshold(value=None, color="text")]
    if panel.good is not None:
        steps = [models.Threshold(value=None, color=panel.colour), models.Threshold(value=panel.good, color="green")]
    elif panel.bad is not None:
        steps = [models.Threshold(value=None, color="green"), models.Threshold(value=panel.bad, color=panel.colour)]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _variables() -> list[Any]:
    source = dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
    source = source.current(models.VariableOption(text="default", value="default"))
    fleet = (
        dashboard.QueryVariable("fleet")
        .label("Fleet")
        .datasource(SOURCE)
        .query("label_values(fleetdrift_build_info, fleet)")
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".+")
        .current(models.VariableOption(text=["All"], value=["$__all"]))
    )
    coordinator = dashboard.TextBoxVariable("coordinator").label("Coordinator").default_value("http://127.0.0.1:9187")
    return [source, fleet, coordinator]


def _annotations() -> list[Any]:
    """Mark where scans ended, and where rollouts are going on."""
    ended = f"changes(fleetdrift_last_scan_timestamp_seconds{{{FLEET}}}[1m]) > 0"
    rollout = f"{total('fleetdrift_tenants', 'status', where=_PENDING)} > 0"
    return [
        dashboard.AnnotationQuery().name("Scans").datasource(SOURCE).enable(False).icon_color("blue").expr(ended),
        dashboard.AnnotationQuery().name("Rollouts").datasource(SOURCE).enable(True).icon_color("purple").expr(rollout),
    ]


_PENDING = 'status="pending"'


def _links() -> list[Any]:
    others = dashboard.DashboardLink("Dashboards").type(models.DashboardLinkType.DASHBOARDS).tags([TAG])
    others = others.as_dropdown(True).include_vars(True).keep_time(True)
    pages = (
        ("Overview", ""),
        ("Changes", "changes"),
        ("Tenants", "tenants"),
        ("Contracts", "contracts"),
        ("Scans", "scans"),
    )
    return [
        others,
        *(
            dashboard.DashboardLink(title)
            .type(models.DashboardLinkType.LINK)
            .url(f"${{coordinator}}/{path}")
            .target_blank(True)
            for title, path in pages
        ),
    ]
