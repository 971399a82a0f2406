"""Draws one panel: a number, bars, lines, or areas upon each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import msgspec

from tests.extras.drawn_numbers import round_up, shown
from tests.extras.svg import Attributes, path, rect, text

_PALETTE = ("blue", "orange", "green", "purple", "red", "super-light-blue", "yellow", "dark-orange", "gray")
_TITLE, _AXIS, _LEGEND_LINE, _LETTER = 24, 44, 16, 6.4
_LEGEND_LINES = 2


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Colours, by what they are for; `colours` by Grafana's names."""

    page: str
    card: str
    line: str
    ink: str
    quiet: str
    mark: str
    colours: Mapping[str, str]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


Points = tuple[tuple[float, float], ...]


class Line(msgspec.Struct, frozen=True):
    """A line of a panel: its name, and (seconds since the epoch, value)."""

    name: str
    points: Points


class Moments(msgspec.Struct, frozen=True, kw_only=True):
    """The time that a picture shows, the time between two points, and when the steps were: seconds since the epoch."""

    since: float
    until: float
    step: float
    marks: tuple[float, ...]


def draw_panel(panel: Mapping[str, Any], lines: Sequence[Line], moments: Moments, place: Place, theme: Theme) -> str:
    """Draw a panel with its title; without a value it says what Grafana would say.

    Args:
        panel: As Grafana reads it.
        lines: What its queries gave.
        moments: The time to show.
        place: Where.
        theme: Colours.
    """
    full = [line for line in lines if line.points]
    inner = Place(x=place.x + 10, y=place.y + _TITLE + 6, width=place.width - 20, height=place.height - _TITLE - 14)
    name = f"{panel['title']}: {panel['description']}"
    size = min(13.0, 1.6 * inner.width / len(panel["title"]))
    parts = [
        f"<g><title>{escape(name)}</title>",
        rect(place.x, place.y, place.width, place.height, rx=6, fill=theme.card, stroke=theme.line),
        text(place.x + 10, place.y + 20, panel["title"], fill=theme.ink, font_size=size, font_weight=600),
    ]
    if not full:
        parts.append(
            text(inner.x, inner.y + 24, panel["fieldConfig"]["defaults"]["noValue"], fill=theme.quiet, font_size=14)
        )
    elif panel["type"] == "stat":
        parts += _stat(panel, full, inner, theme)
    elif panel["type"] == "bargauge":
        parts += _bars(panel, full, inner, theme)
    else:
        parts += _chart(panel, full, moments, inner, theme)
    return "\n".join([*parts, "</g>"])


def _short(said: str, width: float) -> str:
    most = max(4, int(width / _LETTER))
    return said if len(said) <= most else said[: most - 1] + "…"


def _unit(panel: Mapping[str, Any]) -> str:
    return str(panel["fieldConfig"]["defaults"]["unit"])


def _stat(panel: Mapping[str, Any], lines: Sequence[Line], place: Place, theme: Theme) -> list[str]:
    """Write the value of each line, in the colour that its thresholds give it."""
    parts = []
    size = 30 if len(lines) == 1 else 20
    for number, line in enumerate(lines):
        value = line.points[-1][1]
        y = place.y + 34 + number * (size + 16)
        colour = _threshold(panel, value, theme)
        parts.append(text(place.x, y, shown(value, _unit(panel)), fill=colour, font_size=size, font_weight=650))
        if len(lines) > 1:
            right = place.x + place.width
            parts.append(text(right, y, line.name, fill=theme.quiet, font_size=12, text_anchor="end"))
    return parts


def _threshold(panel: Mapping[str, Any], value: float, theme: Theme) -> str:
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    reached = [step["color"] for step in steps if step["value"] is None or value >= step["value"]]
    return theme.colours[reached[-1]]


def _bars(panel: Mapping[str, Any], lines: Sequence[Line], place: Place, theme: Theme) -> list[str]:
    """Draw the value of each line as a bar."""
    high = max(1e-9, *(line.points[-1][1] for line in lines))
    step = min(24.0, place.height / len(lines))
    name_width, value_width = place.width * 0.5, 40
    parts = []
    for number, line in enumerate(lines):
        y, value = place.y + number * step, line.points[-1][1]
        length = (place.width - name_width - value_width) * value / high
        letters: Attributes = {"fill": theme.ink, "font_size": min(12, step * 0.7)}
        said = shown(value, _unit(panel))
        parts += [
            text(place.x, y + step * 0.7, _short(line.name, name_width), **letters),
            rect(place.x + name_width, y + step * 0.2, length, step * 0.6, fill=theme.colours["blue"]),
            text(place.x + place.width, y + step * 0.7, said, text_anchor="end", **letters),
        ]
    return parts


def _chart(panel: Mapping[str, Any], lines: Sequence[Line], moments: Moments, place: Place, theme: Theme) -> list[str]:
    """Draw lines or areas over time, with an axis, the steps of the incident, and a legend."""
    stacked = "stacking" in panel["fieldConfig"]["defaults"]["custom"]
    colours = _colours(panel, lines, theme)
    legend = _legend(lines, colours, place, theme)
    plot = Place(
        x=place.x + _AXIS,
        y=place.y + 8,
        width=place.width - _AXIS,
        height=place.height - 24 - _LEGEND_LINE * _LEGEND_LINES,
    )
    moved = _upon_each_other(lines, moments) if stacked else [(line, ()) for line in lines]
    high = round_up(max(value for line, _ in moved for _, value in line.points))

    def at(moment: float, value: float) -> str:
        x = plot.x + plot.width * (moment - moments.since) / (moments.until - moments.since)
        return f"{x:.1f},{plot.y + plot.height * (1 - value / high):.1f}"

    parts = _axes(high, _unit(panel), moments, plot, theme)
    for line, below in reversed(moved):
        colour = colours[line.name]
        if stacked:
            edge = [at(*point) for point in (*_corners(line.points), *reversed(_corners(below)))]
            parts.append(path(f"M{'L'.join(edge)}Z", fill=colour, fill_opacity=0.75))
        else:
            drawn = "".join(
                f"M{'L'.join(at(*point) for point in _corners(part))}"
                for part in _without_gaps(line.points, moments.step)
            )
            parts.append(path(drawn, fill="none", stroke=colour, stroke_width=1.8, stroke_linecap="round"))
    return [*parts, *legend]


def _without_gaps(points: Points, step: float) -> Iterator[Points]:
    """Split a line where it has no value for a while."""
    ends = [place for place in range(1, len(points)) if points[place][0] - points[place - 1][0] > 1.5 * step]
    for begin, end in itertools.pairwise((0, *ends, len(points))):
        yield points[begin:end]


def _upon_each_other(lines: Sequence[Line], moments: Moments) -> list[tuple[Line, Points]]:
    """Give each line added to those before it, and what it stands on. Where it has no value it is 0."""
    steps = range(int((moments.until - moments.since) / moments.step) + 1)
    below = [0.0] * len(steps)
    found = []
    for line in lines:
        own = {round((at - moments.since) / moments.step): value for at, value in line.points}
        floor, below = below, [base + own.get(step, 0.0) for step, base in zip(steps, below, strict=True)]
        edges = [
            tuple((moments.since + step * moments.step, value) for step, value in zip(steps, values, strict=True))
            for values in (below, floor)
        ]
        found.append((Line(name=line.name, points=edges[0]), edges[1]))
    return found


def _corners(points: Points) -> Points:
    """Leave out the points between two of the same value: the line is the same."""
    inner = (
        point
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
        if not before[1] == point[1] == after[1]
    )
    return (*points[:1], *inner, *points[1:][-1:])


def _axes(high: float, unit: str, moments: Moments, plot: Place, theme: Theme) -> list[str]:
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = plot.y + plot.height * (1 - share)
        said = shown(high * share, unit)
        parts.append(path(f"M{plot.x:.1f},{y:.1f}h{plot.width:.1f}", stroke=theme.line))
        parts.append(text(plot.x - 6, y + 4, said, fill=theme.quiet, font_size=10, text_anchor="end"))
    for number, moment in enumerate(moments.marks, start=1):
        x = plot.x + plot.width * (moment - moments.since) / (moments.until - moments.since)
        parts.append(path(f"M{x:.1f},{plot.y:.1f}v{plot.height:.1f}", stroke=theme.mark, stroke_dasharray="2 3"))
        parts.append(text(x + 2, plot.y + plot.height + 11, str(number), fill=theme.quiet, font_size=9))
    return parts


def _colours(panel: Mapping[str, Any], lines: Sequence[Line], theme: Theme) -> dict[str, str]:
    fixed = {
        each["matcher"]["options"]: each["properties"][0]["value"]["fixedColor"]
        for each in panel["fieldConfig"]["overrides"]
    }
    return {
        line.name: theme.colours[fixed.get(line.name, _PALETTE[place % len(_PALETTE)])]
        for place, line in enumerate(lines)
    }


def _legend(lines: Sequence[Line], colours: Mapping[str, str], place: Place, theme: Theme) -> list[str]:
    """Name the lines that were ever above 0, the largest first, as far as there is room."""
    largest = sorted(lines, key=lambda line: -max(value for _, value in line.points))
    named = [line for line in largest if any(value for _, value in line.points)] or list(lines[:1])
    parts: list[str] = []
    x, y = place.x, place.y + place.height - _LEGEND_LINE * (_LEGEND_LINES - 1)
    right = place.x + place.width
    letters: Attributes = {"fill": theme.quiet, "font_size": 11}
    for number, line in enumerate(named):
        said = _short(line.name, place.width - 20)
        width = 16 + len(said) * _LETTER
        if x + width > right and x > place.x:
            x, y = place.x, y + _LEGEND_LINE
            if y > place.y + place.height:
                parts.append(text(right, y - _LEGEND_LINE, f"+{len(named) - number}", text_anchor="end", **letters))
                break
        parts.append(rect(x, y - 8, 10, 8, rx=2, fill=colours[line.name]))
        parts.append(text(x + 14, y, said, **letters))
        x += width + 8
    return parts
