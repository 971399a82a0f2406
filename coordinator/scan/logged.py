"""Log how a scan begins and ends, whichever command runs it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from coordinator.engine.crew import ForeignWorkersError
from coordinator.iac.source import SourceError
from coordinator.inventory import InventoryError
from coordinator.report.model import ScanReport
from coordinator.services.rust_files import RustFilesError
from shared.events.event import LogLevel
from shared.events.scan import ScanFailed, ScanFinished, ScanStarted
from shared.logs import log
from shared.postgres.scratch.compile import SpecError

_QUOTE_NO_SQL = (InventoryError, RustFilesError, ForeignWorkersError)
"""Errors whose text is logged: it holds names of tenants, hosts and files, and nothing that was read from them."""

DECLARATION_ERRORS = (SourceError, SpecError, InventoryError, RustFilesError)
"""Errors of the declaration, the inventory or a service: the next scan has them too, until what they name is mended."""


async def logged_scan(
    scan: str,
    fleet: str,
    perform: Callable[[], Awaitable[ScanReport]],
    *,
    resumed: bool = False,
    unfinished_by: tuple[type[Exception], ...] = (),
    failure_level: LogLevel = LogLevel.ERROR,
) -> ScanReport:
    """Run a scan, and log that it started and how it ended.

    Args:
        scan: Id.
        fleet: Name.
        perform: Runs it.
        resumed: An earlier process began it.
        unfinished_by: Errors after which it will be resumed: they are not its end.
        failure_level: INFO for a command that prints the error itself, so that nobody reads it twice.

    Raises:
        Exception: Whatever `perform` raises.
    """
    log(ScanStarted(scan=scan, fleet=fleet, resumed=resumed))
    begun = time.monotonic()
    try:
        report = await perform()
    except unfinished_by:
        raise
    except Exception as error:
        reason = str(error) if isinstance(error, _QUOTE_NO_SQL) else ""
        name, place = type(error).__name__, _place(error)
        log(ScanFailed(scan=scan, fleet=fleet, error=name, place=place, reason=reason), at=failure_level)
        raise
    log(
        ScanFinished(
            scan=scan,
            fleet=fleet,
            status=report.status.value,
            tenants=len(report.body.tenants),
            groups=len(report.body.groups),
            seconds=round(time.monotonic() - begun, 3),
        )
    )
    return report


def failure_reason(error: Exception) -> str:
    """Say in a sentence why a scan has no report, for the store and the API.

    A library's text is left out, because it may hold a secret.
    """
    if type(error).__module__.split(".")[0] in {"coordinator", "workers", "shared"}:
        return str(error)
    return f"internal error ({type(error).__name__})"


def _place(error: Exception) -> str:
    """Give the file and line of the declaration that an error is about."""
    match error:
        case SourceError(file=file, line=line):
            return f"{file}:{line}" if line else file
        case SpecError(origin=origin):
            return str(origin)
        case _:
            return ""
