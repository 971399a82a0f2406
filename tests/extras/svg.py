"""Elements of an SVG picture, as text."""

from __future__ import annotations

from html import escape

Attributes = dict[str, str | float]
"""By their names, with `_` for `-`; those that are empty are left out."""


def _attributes(given: Attributes) -> str:
    written = {
        key: f"{value:.1f}" if isinstance(value, float) else value for key, value in given.items() if value != ""
    }
    return "".join(f' {key.replace("_", "-")}="{escape(str(value))}"' for key, value in written.items())


def text(x: float, y: float, said: str, **given: str | float) -> str:
    """Write a text; `given` as `Attributes`, likewise below."""
    return f"<text{_attributes({'x': x, 'y': y, **given})}>{escape(said)}</text>"


def rect(x: float, y: float, width: float, height: float, **given: str | float) -> str:
    """Draw a rectangle."""
    return f"<rect{_attributes({'x': x, 'y': y, 'width': width, 'height': height, **given})}/>"


def path(d: str, **given: str | float) -> str:
    """Draw a path."""
    return f"<path{_attributes({'d': d, **given})}/>"
