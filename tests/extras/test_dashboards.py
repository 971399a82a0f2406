"""The dashboards are what their code says, and what Grafana's own types and the rules of its linter ask for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from coordinator.report.model import TenantStatus
from tests.extras.programs import EXTRAS, ROOT, run

pytestmark = pytest.mark.extras

FOLDER = ROOT / "deploy/grafana/dashboards"
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))
}
TYPES = """import type { AnnotationQuery, Dashboard, DataQuery } from '@grafana/schema';
// JSON has the values of enumerations, not their names.
type Json<T> = T extends string ? `${T}` : T extends number | boolean ? T : T extends (infer U)[] ? Json<U>[]
  : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
type Asked = DataQuery & { expr: string };
type Written = Omit<Dashboard, 'annotations'> & { annotations?: { list?: (AnnotationQuery<Asked>)[] } };
"""


def panels() -> Iterator[Any]:
    for name, board in DASHBOARDS.items():
        for panel in board["panels"]:
            if panel["type"] != "row":
                yield pytest.param(panel, id=f"{name} {panel['title']}")


def test_each_file_is_what_the_code_writes():
    from deploy.grafana.code.build import dashboards  # its tool is only needed here

    assert {path.name: path.read_text() for path in FOLDER.glob("*.json")} == dashboards()


@pytest.mark.parametrize("name", DASHBOARDS)
def test_grafana_s_own_types_take_it(name, tmp_path):
    modules = EXTRAS.parent / "node_modules"
    assert (modules / "@grafana/schema").is_dir(), "needs @grafana/schema: run sh deploy/install-extras.sh"
    (tmp_path / "node_modules").symlink_to(modules)
    source = tmp_path / "dashboard.ts"
    source.write_text(f"{TYPES}export const board: Json<Written> = {(FOLDER / name).read_text()};\n")
    node = shutil.which("node")
    assert node, "needs node"
    options = ("--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "node", "--target", "es2020")
    argv = [node, modules / "typescript/bin/tsc", *options, source]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", DASHBOARDS)
def test_it_keeps_the_linter_s_rules_about_dashboards(name):
    board = DASHBOARDS[name]
    assert board["editable"] is False
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    assert (
        variables["datasource"] | {"type": "datasource", "query": "prometheus", "label": "Data source"}
        == (variables["datasource"])
    )
    assert variables["fleet"]["refresh"] == 2  # when the time range changes
    assert variables["fleet"]["datasource"]["uid"] == "${datasource}"
    assert (variables["fleet"]["multi"], variables["fleet"]["allValue"]) == (True, ".+")
    assert {each["name"] for each in board["annotations"]["list"]} == {"Scans", "Rollouts"}
    assert board["links"][0]["type"] == "dashboards"
    assert board["tags"] == board["links"][0]["tags"]


@pytest.mark.parametrize("panel", list(panels()))
def test_a_panel_keeps_the_linter_s_rules(panel):
    assert panel["title"]
    assert panel["description"]
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["fieldConfig"]["defaults"]["noValue"]
    assert panel["datasource"]["uid"] == "${datasource}"
    for target in panel["targets"]:
        expression = target["expr"]
        assert 'fleet=~"$fleet"' in expression
        asked = expression.replace("$__rate_interval", "5m").replace("$fleet", "demo")
        done = run("promtool", "promql", "format", asked) if "promql" in _verbs() else None
        assert done is None or done.returncode == 0, done.stderr
        counters = re.findall(r"fleetdrift_\w+_total", expression)
        assert all(re.search(rf"(?:rate|increase)\({name}\{{", expression) for name in counters)
        assert not re.search(r"rate\([^)]*\[(?!\$__rate_interval)", expression)


def _verbs() -> str:
    return run("promtool", "--help").stdout


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_do_not_overlap(name):
    taken: dict[tuple[int, int], str] = {}
    for panel in DASHBOARDS[name]["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]


def test_every_status_has_a_colour_of_its_own():
    from deploy.grafana.code.fleet_overview import STATUS_COLOURS  # as above

    assert set(STATUS_COLOURS) == {status.value for status in TenantStatus}
    assert len(set(STATUS_COLOURS.values())) == len(STATUS_COLOURS)


def test_every_panel_that_a_runbook_names_is_on_its_dashboard():
    titles = {
        board["title"].removeprefix("fleetdrift / "): {panel["title"] for panel in board["panels"]}
        for board in DASHBOARDS.values()
    }
    for path in sorted((ROOT / "docs/runbooks").glob("*.md")):
        for board, panel in re.findall(r"dashboard \*([^*]+)\*, \*([^*]+)\*", path.read_text()):
            assert panel in titles[board], f"{path.name}: {board}, {panel}"
