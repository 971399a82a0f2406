"""The exit code of a scan."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from coordinator.report.model import ScanStatus

EXIT_CODES: Mapping[ScanStatus, int] = MappingProxyType(
    {ScanStatus.IN_SYNC: 0, ScanStatus.FAILED: 1, ScanStatus.DRIFT: 2, ScanStatus.INCOMPLETE: 3}
)
"""docs/decisions/601: an incomplete scan is 3 even when it found drift, for the drift it lists may not be all."""


def exit_code(status: ScanStatus) -> int:
    """Give the process's exit code: 0 in sync, 2 drift, 3 incomplete, 1 failed."""
    return EXIT_CODES[status]
