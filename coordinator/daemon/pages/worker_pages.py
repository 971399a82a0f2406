"""The page of workers and hosts: who is there to read tenants, what waits for them, and the servers that are read."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from coordinator.daemon.pages.look import ShownFleet


def worker_pages() -> list[BaseRouteHandler]:
    """Give the page."""

    @get("/workers")
    async def show_workers(shown: NamedDependency[ShownFleet]) -> Response[str]:
        """Show workers and hosts."""
        settings = shown.served.settings
        return shown.page(
            "workers",
            "/workers",
            crew=await shown.served.workers(),
            hosts=sorted(settings.hosts.values(), key=lambda host: host.name) if settings else [],
            problems=await shown.served.scans.problems(),
            leads=shown.served.scans.is_leading,
        )

    return [show_workers]
