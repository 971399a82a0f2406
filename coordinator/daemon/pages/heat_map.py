"""The heat map: a square for each tenant, those of one schema together, coloured by status."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coordinator.memory.views import ShapeShare
from coordinator.report.renderers.squares import lay_out


class MapRun(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants of one schema and one status.

    Args:
        share: Whose, and how many.
        path: Their squares as the `d` of an SVG path, one unit a square.
    """

    share: ShapeShare
    path: str


class HeatMap(msgspec.Struct, frozen=True, kw_only=True):
    """The map of a fleet.

    Args:
        columns: Width in squares.
        rows: Height in squares.
        runs: In the order in which they are drawn.
    """

    columns: int
    rows: int
    runs: tuple[MapRun, ...]


def draw_map(shares: Sequence[ShapeShare]) -> HeatMap:
    """Lay out the map.

    Args:
        shares: In the order in which they are drawn.
    """
    squares = lay_out([share.tenants for share in shares])
    runs = (MapRun(share=share, path=path) for share, path in zip(shares, squares.paths, strict=True))
    return HeatMap(columns=squares.columns, rows=squares.rows, runs=tuple(runs))
