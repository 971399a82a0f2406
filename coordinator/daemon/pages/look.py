"""How pages are made: templates, what they can write, and the headers that every page bears."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from urllib.parse import quote, urlencode

import msgspec
from jinja2 import Environment
from litestar import Response

from coordinator.access.caller import Caller
from coordinator.daemon.api.fleets import FLEET_PARAMETER, Fleets, ServedFleet, chosen_fleet
from coordinator.daemon.pages.moments import age, lasted, minute
from coordinator.records.kept_ignores import StoredIgnores
from coordinator.records.stored import StoredRecords
from coordinator.report.model import TenantStatus
from coordinator.report.renderers.group_page import template_environment
from coordinator.report.renderers.presentation import STATUS_WORDS

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}
"""Of every page: nothing is loaded from elsewhere, and no code or style stands in the page itself."""

NAVIGATION = (
    ("/", "Overview"),
    ("/changes", "Changes"),
    ("/tenants", "Tenants"),
    ("/groups", "Drift groups"),
    ("/contracts", "Contracts"),
    ("/declaration", "Declaration"),
    ("/versions", "Versions"),
    ("/scans", "Scans"),
    ("/workers", "Workers"),
    ("/settings", "Settings"),
)
"""(path, title) of the pages that every page links to."""


class ShownFleet(msgspec.Struct, frozen=True):
    """The fleet that a page is about.

    Args:
        name: Its name.
        served: What can be asked of it.
        caller: Who looks.
        parameter: What every address of its pages bears: the name, where the coordinator has several fleets.
        csrf: What each form of its pages sends along; empty without a session.
    """

    name: str
    served: ServedFleet
    caller: Caller
    parameter: str = ""
    csrf: str = ""

    @property
    def records(self) -> StoredRecords:
        """What the store keeps of the fleet that is shown."""
        return self.served.records

    @property
    def ignores(self) -> StoredIgnores:
        """Its ignore rules; the audit log names the caller."""
        return self.served.ignores(self.caller)

    def to(self, path: str, **parameters: object) -> str:
        """Write the address of a page with those of its parameters that have a value."""
        given = {name: str(value) for name, value in parameters.items() if value not in {None, ""}}
        given |= {FLEET_PARAMETER: self.parameter} if self.parameter else {}
        return f"{path}?{urlencode(given)}" if given else path

    def page(self, template: str, here: str, **values: object) -> Response[str]:
        """Make a page about this fleet.

        Args:
            template: Name of its file without the ending.
            here: The page of the navigation that it belongs to.
            values: What the template shows.
        """
        shown = {"fleet": self.name, "fleet_parameter": self.parameter, "to": self.to, "here": here, "csrf": self.csrf}
        return page(template, shown | {"navigation": NAVIGATION} | values)


def show_fleet(fleets: Fleets, name: str, caller: Caller, csrf: str = "") -> ShownFleet:
    """Choose the fleet that a page is about; see `chosen_fleet`."""
    served = chosen_fleet(fleets, name)
    return ShownFleet(served.name, served, caller, served.name if len(fleets) > 1 else "", csrf)


def page(
    template: str, values: Mapping[str, object], status_code: int = 200, headers: Mapping[str, str] = HEADERS
) -> Response[str]:
    """Make a page.

    Args:
        template: Name of its file without the ending.
        values: What the template shows.
        status_code: Of HTTP.
        headers: Of HTTP.
    """
    text = _environment().get_template(f"{template}.html.j2")
    content = text.render({"now": dt.datetime.now(dt.UTC), "fleet": "", "csrf": "", **values})
    return Response(content, media_type="text/html", status_code=status_code, headers=headers)


def download(content: str, name: str) -> Response[str]:
    """Make an answer that a browser keeps as a file.

    Args:
        content: Of the file.
        name: Under which it is kept: letters, digits, dots and hyphens.
    """
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/plain", headers=headers)


def asset(name: str) -> bytes:
    """Give a file that pages load: `pages.css` (with the style of reports before it) or `pages.js`."""
    own = files("coordinator.daemon.pages").joinpath("static", name).read_bytes()
    if name == "pages.css":
        return files("coordinator.report.renderers").joinpath("templates", "report.css").read_bytes() + own
    return own


@cache
def asset_url(name: str) -> str:
    """Give the address of a file that pages load; it changes with the content, so that browsers may keep it."""
    return f"/static/{hashlib.sha256(asset(name)).hexdigest()[:12]}/{name}"


@cache
def _environment() -> Environment:
    environment = template_environment("coordinator.daemon.pages", "coordinator.report.renderers")
    environment.filters |= {"age": age, "minute": minute, "quoted": lambda text: quote(text, safe="")}
    environment.globals |= {
        "asset_url": asset_url,
        "lasted": lasted,
        "status_words": {status.value: words for status, words in STATUS_WORDS.items()},
        "statuses": [status.value for status in TenantStatus],
    }
    return environment
