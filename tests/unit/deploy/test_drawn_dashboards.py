"""The pictures of dashboards in docs/ are drawn from what queries give: nothing is left out, and nothing is made up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.extras.drawn_dashboard import LIGHT, SAID, Moment, Span, draw_dashboard
from tests.extras.drawn_numbers import round_up, shown

BOARDS = sorted((Path(__file__).parents[3] / "deploy/grafana/dashboards").glob("*.json"))
SPAN = Span(0.0, 100.0, 1.0)
STEPS = (Moment(10.0, "all is <clean>"), Moment(50.0, "a server is away"))


class Always:
    """Answers every query with the same rows; a query about the end with their newest value."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._rows = rows

    def over_time(self, _: str) -> Sequence[dict[str, Any]]:
        return self._rows

    def at_the_end(self, _: str) -> Sequence[dict[str, Any]]:
        return [{"metric": row["metric"], "value": row["values"][-1]} for row in self._rows]


def drawn(board: dict[str, Any], *rows: dict[str, Any]) -> ET.Element:
    return ET.fromstring(draw_dashboard(board, Always(rows), STEPS, SPAN, LIGHT))


def texts(picture: ET.Element) -> list[str]:
    return [element.text or "" for element in picture.iter("{http://www.w3.org/2000/svg}text")]


def paths(picture: ET.Element) -> list[str]:
    return [element.attrib["d"] for element in picture.iter("{http://www.w3.org/2000/svg}path")]


def row(values: Iterable[tuple[float, float]], **labels: str) -> dict[str, Any]:
    return {"metric": labels, "values": [[at, str(value)] for at, value in values]}


def board_of(title: str, kind: str = "timeseries") -> dict[str, Any]:
    """A dashboard of a single panel, as one of ours has it."""
    board = next(json.loads(path.read_text()) for path in BOARDS if f'"title": "{title}"' in path.read_text())
    [panel] = [each for each in board["panels"] if (each["title"], each["type"]) == (title, kind)]
    return {**board, "panels": [{**panel, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8}}]}


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_every_panel_is_there_and_says_that_it_has_no_value(path):
    board = json.loads(path.read_text())
    said = texts(drawn(board))
    panels = [panel for panel in board["panels"] if panel.get("targets")]
    assert {panel["title"] for panel in panels} <= set(said)
    assert {panel["fieldConfig"]["defaults"]["noValue"] for panel in panels} <= set(said)
    assert any(each.startswith(SAID) for each in said)
    assert "1: all is <clean> · 2: a server is away" in said


def test_a_number_is_the_newest_one_with_its_unit():
    assert "2 min" in texts(drawn(board_of("Age of the figures", "stat"), row([(1, 7), (2, 120)], fleet="shop")))


def test_a_line_is_not_drawn_where_it_has_no_value():
    values = [(at, 3.0) for at in range(100) if not 40 < at < 60]
    found = [d for d in paths(drawn(board_of("Queue"), row(values, fleet="shop"))) if "L" in d]
    assert {d.count("M") for d in found} == {2}


def test_an_area_ends_where_it_has_no_value():
    values = [(at, 3.0) for at in range(100) if not 40 < at < 60]
    picture = drawn(board_of("Progress of the running scan"), row(values, state="waiting"))
    [area] = [d for d in paths(picture) if d.endswith("Z")]
    heights = {point.split(",")[1] for point in area.strip("MZ").split("L")}
    assert len(heights) == 2, "of three, and of none"


def test_areas_stand_upon_each_other():
    rows = [
        row([(at, count) for at in range(100)], status=status) for status, count in (("drifted", 2), ("in_sync", 4))
    ]
    picture = drawn(board_of("Tenants by status"), *rows)
    assert {"in_sync", "drifted", "10", "5"} <= set(texts(picture)), "6 together, of an axis that ends at 10"
    assert len([d for d in paths(picture) if d.endswith("Z")]) == 2


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.05, "percentunit", "5 %"),
        (93_000_000, "bytes", "93 MB"),
        (7200, "s", "2 h"),
        (1.5, "s", "1.5 s"),
        (3, "ops", "3/s"),
        (60, "short", "60"),
    ],
)
def test_a_value_is_written_with_its_unit(value, unit, said):
    assert shown(value, unit) == said


@pytest.mark.parametrize(("value", "end"), [(0, 1), (60, 100), (2, 2), (0.03, 0.05), (24, 25)])
def test_an_axis_ends_at_a_round_number(value, end):
    assert round_up(value) == pytest.approx(end)
