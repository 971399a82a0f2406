"""Draws a dashboard from its panels' queries, as SVG: no Grafana takes part, and the picture says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Protocol

import msgspec

from tests.extras.drawn_numbers import shown
from tests.extras.drawn_panel import Line, Moments, Place, Theme, draw_panel
from tests.extras.svg import rect, text

WIDTH, HEAD, MARGIN, GAP = 1200, 96, 16, 8
COLUMN = (WIDTH - 2 * MARGIN) / 24
ROW = 26
SAID = "Drawn from the panels' queries by Prometheus, not by Grafana"

_LIGHT = {
    "green": "#2e8540",
    "red": "#c5283d",
    "blue": "#2f6fd0",
    "purple": "#7b4fb5",
    "orange": "#d97a06",
    "dark-orange": "#a84f00",
    "yellow": "#b99400",
    "super-light-blue": "#6fb1e8",
    "gray": "#7d8694",
    "text": "#1d2430",
}
_DARK = {
    "green": "#5cc06f",
    "red": "#f2667a",
    "blue": "#6ea8f7",
    "purple": "#b592ea",
    "orange": "#f5a340",
    "dark-orange": "#dd7d2d",
    "yellow": "#e3c33d",
    "super-light-blue": "#a5d3f7",
    "gray": "#98a2b0",
    "text": "#e8ecf2",
}
LIGHT = Theme(
    page="#f4f5f7", card="#ffffff", line="#d8dce3", ink="#1d2430", quiet="#5b6575", mark="#8a94a5", colours=_LIGHT
)
DARK = Theme(
    page="#12161d", card="#1b212b", line="#323b49", ink="#e8ecf2", quiet="#a3adbc", mark="#7d8899", colours=_DARK
)
THEMES = {"light": LIGHT, "dark": DARK}


class Moment(msgspec.Struct, frozen=True):
    """A step of what happened.

    Args:
        at: When, in seconds since the epoch.
        said: What happened, in a few words.
    """

    at: float
    said: str


class Span(msgspec.Struct, frozen=True):
    """From when until when, in seconds since the epoch, in steps of how many seconds."""

    since: float
    until: float
    step: float


class Asked(Protocol):
    """Answers queries as Prometheus does."""

    def over_time(self, query: str) -> Sequence[Mapping[str, Any]]:
        """Answer for each step of the time that is shown."""
        ...

    def at_the_end(self, query: str) -> Sequence[Mapping[str, Any]]:
        """Answer for its end."""
        ...


def draw_dashboard(board: Mapping[str, Any], asked: Asked, steps: Sequence[Moment], span: Span, theme: Theme) -> str:
    """Draw every panel where the dashboard has it.

    Args:
        board: As Grafana reads it.
        asked: Answers the queries.
        steps: What happened.
        span: The time that is shown.
        theme: Colours.
    """
    legend = [f"{number}: {step.said}" for number, step in enumerate(steps, start=1)]
    height = HEAD + MARGIN + ROW * max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in board["panels"])
    moments = Moments(since=span.since, until=span.until, step=span.step, marks=tuple(step.at for step in steps))
    name = board["title"].removeprefix("fleetdrift / ")
    about = f"{SAID}: {shown(span.until - span.since, 's')} of an incident in a fleet of 60 tenants"
    parts = [
        rect(0, 0, WIDTH, height, fill=theme.page),
        text(MARGIN, 34, name, font_size=22, font_weight=650, fill=theme.ink),
        text(WIDTH - MARGIN, 34, about, font_size=13, text_anchor="end", fill=theme.quiet),
        text(MARGIN, 64, " · ".join(legend), font_size=13, fill=theme.quiet),
    ]
    for panel in board["panels"]:
        place = _place_of(panel["gridPos"])
        if panel["type"] == "row":
            parts.append(text(place.x, place.y + 15, panel["title"], font_size=14, font_weight=600, fill=theme.quiet))
        else:
            lines = [line for target in panel["targets"] for line in _lines(target, asked)]
            parts.append(draw_panel(panel, lines, moments, place, theme))
    fonts = "system-ui, sans-serif"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="{fonts}" role="img">'
    )
    return "\n".join([head, f"<title>{escape(name)}: {SAID.lower()}</title>", *parts, "</svg>\n"])


def _place_of(grid: Mapping[str, int]) -> Place:
    return Place(
        x=MARGIN + grid["x"] * COLUMN + GAP / 2,
        y=HEAD + grid["y"] * ROW + GAP / 2,
        width=grid["w"] * COLUMN - GAP,
        height=grid["h"] * ROW - GAP,
    )


def _lines(target: Mapping[str, Any], asked: Asked) -> list[Line]:
    """Ask a query, and name each line by its legend."""
    found = []
    ask = asked.at_the_end if target["instant"] else asked.over_time
    for row in ask(target["expr"]):
        name = target["legendFormat"]
        for label, value in row["metric"].items():
            name = name.replace(f"{{{{{label}}}}}", value)
        points = tuple((float(at), float(value)) for at, value in row.get("values") or [row["value"]] if value != "NaN")
        found.append(Line(name=" ".join(name.split()), points=points))
    return sorted(found, key=lambda line: line.name)
