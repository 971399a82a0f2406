"""Numbers as a panel shows them, by Grafana's name of their unit."""

from __future__ import annotations

_SECONDS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def shown(value: float, unit: str) -> str:
    """Write a number with its unit.

    Args:
        value: The number.
        unit: `s`, `bytes`, `percentunit`, `ops`, or `short` for a plain number.
    """
    match unit:
        case "s":
            return next((f"{value / size:.3g} {name}" for size, name in _SECONDS if value >= size), f"{value:.3g} s")
        case "bytes":
            return next((f"{value / size:.3g} {name}" for size, name in _BYTES if value >= size), f"{value:.0f} B")
        case "percentunit":
            return f"{100 * value:.3g} %"
        case "ops":
            return f"{value:.3g}/s"
        case _:
            return f"{value:.4g}"


def round_up(value: float) -> float:
    """Give the next number that is good at the end of an axis: 1, 2, 2.5, 5 or 10 with some zeros."""
    if value <= 0:
        return 1.0
    size = 1.0
    while size * 10 <= value:
        size *= 10
    while size > value:
        size /= 10
    return next(size * step for step in (1, 2, 2.5, 5, 10) if size * step >= value)
