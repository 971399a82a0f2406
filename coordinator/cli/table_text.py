"""Tables of the command line: they fit the terminal, and what would not fit is left out by name, never cut.

In a terminal that is too narrow for what no row can do without, lines are longer than it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_GAP = 2
"""Blank cells between two columns, of which the style of the table makes one."""

_MIN_FOLDED_WIDTH = 16
"""Cells that a column of sentences has at least: narrower ones are a word a line."""


class Column(msgspec.Struct, frozen=True):
    """A column of a table that is printed in a terminal.

    Args:
        heading: Its name.
        figures: It holds numbers, which stand on the right.
        folds: It holds names or sentences, which go on in the next line; of any other column each cell is one line.
        spare: It is left out where the terminal is too narrow; of several the last one first.
    """

    heading: str
    figures: bool = False
    folds: bool = False
    spare: bool = False


def print_table(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[Text | str]]) -> None:
    """Print a table as wide as the console at most.

    Args:
        console: Where to.
        columns: From left to right.
        rows: A cell for each column, already without what does not print.
    """
    places = list(range(len(columns)))
    widths = [_least_width(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    left_out: list[str] = []
    while _total(widths, places) > console.width:
        spare = [place for place in places if columns[place].spare]
        if not spare:
            break
        places.remove(spare[-1])
        left_out.insert(0, columns[spare[-1]].heading)
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, _GAP - 1, 0, 0), pad_edge=False)
    for place in places:
        column = columns[place]
        table.add_column(
            column.heading,
            overflow="fold",
            justify="right" if column.figures else "left",
            min_width=widths[place],
            no_wrap=not column.folds,
        )
    for row in rows:
        table.add_row(*(row[place] for place in places))
    terminal = console.width
    console.width = max(terminal, _total(widths, places))
    console.print(table)
    console.width = terminal
    if left_out:
        said = f"left out, the terminal is too narrow: {', '.join(left_out)}"
        console.print(Text(said, "dim"))


def _total(widths: Sequence[int], places: Sequence[int]) -> int:
    return sum(widths[place] + _GAP for place in places) - _GAP


def _least_width(column: Column, cells: Sequence[Text | str]) -> int:
    widest = max([cell_len(column.heading), *(cell_len(str(cell)) for cell in cells)])
    return min(widest, _MIN_FOLDED_WIDTH) if column.folds else widest
