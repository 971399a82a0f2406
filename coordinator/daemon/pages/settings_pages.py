"""The page of the configuration that is in force, and of the ignore rules that were made while the coordinator runs."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from coordinator.daemon.pages.look import ShownFleet
from coordinator.daemon.pages.shown_settings import shown_settings


def settings_pages() -> list[BaseRouteHandler]:
    """Give the page."""

    @get("/settings")
    async def show_settings(shown: NamedDependency[ShownFleet]) -> Response[str]:
        """Show the configuration, without what is secret of it."""
        settings = shown.served.settings
        return shown.page(
            "settings",
            "/settings",
            tables=shown_settings(settings.file) if settings else [],
            ignores=(await shown.ignores.ignores()).ignores,
        )

    return [show_settings]
