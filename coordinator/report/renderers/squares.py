"""A square for each tenant, like ones together: pure geometry for an SVG.

The squares fill columns from top to bottom. Each run is one path of at most three rectangles, so that the picture of
100,000 tenants has as many elements as there are runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

_WIDTH_TO_HEIGHT = 5.0
_FEWEST_ROWS = 2
_FEWEST_COLUMNS = 25
"""A fleet of three is not drawn with squares as large as a hand."""


class Squares(msgspec.Struct, frozen=True, kw_only=True):
    """Where the squares lie.

    Args:
        columns: Width in squares.
        rows: Height in squares.
        paths: Of each run its squares as the `d` of an SVG path, one unit a square.
    """

    columns: int
    rows: int
    paths: tuple[str, ...]


def lay_out(runs: Sequence[int]) -> Squares:
    """Lay squares out.

    Args:
        runs: How many squares are alike, in the order in which they are drawn.
    """
    total = sum(runs)
    rows = max(_FEWEST_ROWS, math.ceil(math.sqrt(total / _WIDTH_TO_HEIGHT)))
    paths, begin = [], 0
    for count in runs:
        paths.append(_path(begin, begin + count, rows))
        begin += count
    return Squares(columns=max(_FEWEST_COLUMNS, math.ceil(total / rows)), rows=rows, paths=tuple(paths))


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
