"""Doing something once, in the middle of a scan."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from coordinator.engine.engine import Progress

BEFORE_EACH_TENANT_SECONDS = 0.1
"""Seconds a slow worker waits before each tenant, so that a scan has a middle."""


class InTheMiddle:
    """Does something once, when a quarter of the fleet has been read."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self.done = False

    def __call__(self, progress: Progress) -> None:
        if not self.done and progress.total / 4 <= progress.done < progress.total:
            self.done = True
            self._act()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Give the process ids of a worker's pool."""
    task = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in task.read_text().split()]
