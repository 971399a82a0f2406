"""Write tables as CSV (RFC 4180) that a spreadsheet shows and does not run: names of tenants are anybody's."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

from coordinator.report.renderers.visible import visible

_OPENS_A_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would compute; the last four are the full-width forms."""


def csv_text(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows below a line of names.

    Args:
        heading: The names of the columns.
        rows: Cells are text, moments, numbers, or None for an empty one.
    """
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(heading)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return page.getvalue()


def harmless(cell: object) -> str:
    """Write a cell so that it is shown and not computed.

    What does not print is escaped, and a cell that a spreadsheet would run as a formula begins with an apostrophe,
    which spreadsheets read as "this is text" (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    text = visible(cell.isoformat() if isinstance(cell, dt.datetime) else "" if cell is None else str(cell))
    return f"'{text}" if text.lstrip(" '").startswith(_OPENS_A_FORMULA) else text
