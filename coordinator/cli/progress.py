"""Show a progress bar on stderr, when stderr is a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from coordinator.fleet.reader import OnProgress


@contextlib.contextmanager
def progress(label: str, total: int | None = None) -> Iterator[OnProgress]:
    """Show how many tenants are done.

    Args:
        label: What is being done.
        total: How many there are; None counts up.

    Yields:
        A function to call with the number done.
    """
    from rich.console import Console  # lazy: cold start
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
