"""The heat map: a square for each tenant, those of one schema together, coloured by status. Pure geometry for an SVG.

The squares fill columns from top to bottom. Tenants of the same schema and status are one run, and a run is one path of
at most three rectangles, so the picture of 100,000 tenants has as many elements as there are runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from coordinator.memory.views import ShapeShare

_WIDTH_TO_HEIGHT = 5.0
_FEWEST_ROWS = 2
_FEWEST_COLUMNS = 25
"""A fleet of three is not drawn with squares as large as a hand."""


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
    total = sum(share.tenants for share in shares)
    rows = max(_FEWEST_ROWS, math.ceil(math.sqrt(total / _WIDTH_TO_HEIGHT)))
    runs, begin = [], 0
    for share in shares:
        runs.append(MapRun(share=share, path=_path(begin, begin + share.tenants, rows)))
        begin += share.tenants
    return HeatMap(columns=max(_FEWEST_COLUMNS, math.ceil(total / rows)), rows=rows, runs=tuple(runs))


def _path(begin: int, end: int, rows: int) -> str:
    """Cover the squares from `begin` to before `end`: the rest of a column, whole columns, the start of a column."""
    rectangles = []
    while begin < end:
        column, row = divmod(begin, rows)
        whole = (end - begin) // rows if row == 0 else 0
        width, height = (whole, rows) if whole else (1, min(rows - row, end - begin))
        rectangles.append(f"M{column} {row}h{width}v{height}h-{width}z")
        begin += width * height
    return "".join(rectangles)
