"""The page of contracts: of each service the queries that break, with the lines of its source, and where they break."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from coordinator.daemon.pages.look import ShownFleet
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeFilter, ChangeState, ChangeView, TenantFilter
from coordinator.settings.model import Settings

OF_SERVICES = (ChangeSubject.CONTRACT, ChangeSubject.SERVICE)
"""What is about a query of a service."""

_QUERIES_SHOWN = 100
_TENANTS_NAMED = 12
_LINES_BEFORE, _LINES_AFTER = 2, 9
_LARGEST_SOURCE_BYTES = 2_000_000


class SourceLine(msgspec.Struct, frozen=True):
    """One line of a source file; `is_query` marks the line on which the query begins."""

    number: int
    text: str
    is_query: bool


class BrokenQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query that breaks.

    Args:
        view: With its life.
        tenants: Names of some of the tenants where it breaks.
        lines: Of the source; none where the coordinator has not got it.
    """

    view: ChangeView
    tenants: tuple[str, ...] = ()
    lines: tuple[SourceLine, ...] = ()


def contract_pages() -> list[BaseRouteHandler]:
    """Give the page."""

    @get("/contracts")
    async def list_broken(shown: NamedDependency[ShownFleet]) -> Response[str]:
        """List the queries of services that break, and in which tenants."""
        broken, own = [
            await shown.records.changes(ChangeFilter(state=ChangeState.OPEN, subject=subject), limit=_QUERIES_SHOWN)
            for subject in OF_SERVICES
        ]
        settings = shown.served.settings
        services: defaultdict[str, list[BrokenQuery]] = defaultdict(list)
        for view in broken.changes:
            having = await shown.records.tenants(TenantFilter(change=view.change.id), limit=_TENANTS_NAMED)
            names = tuple(tenant.tenant for tenant in having.tenants)
            query = BrokenQuery(view=view, tenants=names, lines=source_lines(view, settings))
            services[service_of(view)].append(query)
        return shown.page(
            "contracts",
            "/contracts",
            services=sorted(services.items()),
            more=broken.after,
            own=[BrokenQuery(view=view, lines=source_lines(view, settings)) for view in own.changes],
            checked=sorted({entry.service for entry in settings.file.contracts}) if settings else [],
        )

    return [list_broken]


def service_of(view: ChangeView) -> str:
    """Give the service whose query a change is about."""
    return view.change.object.partition(": ")[0]


def source_lines(view: ChangeView, settings: Settings | None) -> tuple[SourceLine, ...]:
    """Read the lines around a query from the source of its service; none when they are not there.

    Args:
        view: Of a query that breaks.
        settings: Says where the sources of services are.
    """
    file, _, line = view.change.declared_at.rpartition(":")
    tables = settings.file.contracts if settings else ()
    paths = [table.path for table in tables if table.service == service_of(view)]
    if settings is None or not paths or not line.isdecimal():
        return ()
    home = Path(settings.root, paths[0]).resolve()
    path = (home / file).resolve()
    if not path.is_relative_to(home):
        return ()
    try:
        if path.stat().st_size > _LARGEST_SOURCE_BYTES:
            return ()
        text = path.read_text(errors="replace")
    except OSError:
        return ()
    return _around(text.splitlines(), int(line))


def _around(lines: Sequence[str], line: int) -> tuple[SourceLine, ...]:
    first = max(1, line - _LINES_BEFORE)
    shown = lines[first - 1 : line + _LINES_AFTER]
    return tuple(SourceLine(first + place, text, first + place == line) for place, text in enumerate(shown))
