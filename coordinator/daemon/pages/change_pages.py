"""Pages of changes: all of them with filters, and one with both definitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from coordinator.daemon.api.answers import found
from coordinator.daemon.pages.asked import chosen, days_ago
from coordinator.daemon.pages.contract_pages import OF_SERVICES, source_lines
from coordinator.daemon.pages.ignore_pages import rule_of
from coordinator.daemon.pages.look import ShownFleet, download
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeFilter, ChangeState, ChangeView, TenantFilter, TenantView
from coordinator.records.documents import GroupSummary
from coordinator.records.ignores import IgnoreState, IgnoreView
from coordinator.report.renderers.presentation import FieldValues
from shared.diff.changes import Altered, Missing, Unexpected, Unverified
from shared.findings.finding import Severity
from shared.findings.ignore import ignore_lines
from shared.schema.model import SchemaObject

_ROWS = 50
_TENANTS_NAMED = 200
_IGNORED_FOR = dt.timedelta(days=90)


def change_pages() -> list[BaseRouteHandler]:
    """Give the pages."""
    return [*_lists(), *_one()]


def _lists() -> list[BaseRouteHandler]:
    @get("/changes")
    async def list_changes(
        *,
        shown: NamedDependency[ShownFleet],
        in_state: Annotated[str, QueryParameter(name="state")] = "open",  # `state` is Litestar's own word
        severity: FromQuery[str] = "",
        subject: FromQuery[str] = "",
        object: FromQuery[str] = "",  # noqa: A002  # the parameter's name
        days: FromQuery[int | None] = None,
        after: FromQuery[str] = "",
    ) -> Response[str]:
        """List changes, the worst first."""
        form = {"state": in_state, "severity": severity, "subject": subject, "object": object, "days": days}
        asked = ChangeFilter(
            state=None if in_state == "all" else chosen("state", in_state, ChangeState),
            severity=chosen("severity", severity, Severity) or "",
            subject=chosen("subject", subject, ChangeSubject) or "",
            object=object,
            since=None if days is None else days_ago(days),
        )
        page = await shown.records.changes(asked, after=after, limit=_ROWS)
        return shown.page("changes", "/changes", page=page, form=form, severities=[each.value for each in Severity])

    return [list_changes]


def _one() -> list[BaseRouteHandler]:
    @get("/changes/{change:str}")
    async def show_change(shown: NamedDependency[ShownFleet], change: FromPath[str]) -> Response[str]:
        """Show one change: what it is, who has it since when, and what can be done."""
        view = found(await shown.records.change(change), "change")
        until = dt.datetime.now(dt.UTC).date() + _IGNORED_FOR
        having = await shown.records.tenants(TenantFilter(change=change), limit=_TENANTS_NAMED)
        return shown.page(
            "change",
            "/contracts" if view.change.subject in OF_SERVICES else "/changes",
            view=view,
            sides=_sides_of(view),
            having=having,
            groups=await _groups_of(shown, having.tenants),
            lines=source_lines(view, shown.served.settings) if view.change.subject in OF_SERVICES else (),
            today=dt.datetime.now(dt.UTC).date(),
            until=until,
            ignore=_ignore(view, until),
            ignored_by=await _ignored_by(shown, view, until),
        )

    @get("/changes/{change:str}/ignore.toml")
    async def download_ignore(shown: NamedDependency[ShownFleet], change: FromPath[str]) -> Response[str]:
        """Send the lines that would ignore a change."""
        view = found(await shown.records.change(change), "change")
        lines = _ignore(view, dt.datetime.now(dt.UTC).date() + _IGNORED_FOR)
        return download(found(lines or None, "ignore rule for this change"), "ignore.toml")

    return [show_change, download_ignore]


async def _groups_of(shown: ShownFleet, tenants: Iterable[TenantView]) -> list[GroupSummary]:
    ids = {tenant.known.group if tenant.known else tenant.group for tenant in tenants}
    return [group for group in (await shown.records.groups()).groups if group.id in ids]


async def _ignored_by(shown: ShownFleet, view: ChangeView, until: dt.date) -> IgnoreView | None:
    """Give the rule in force that ignores exactly this change; it counts from the next scan on."""
    if view.change.sides is None:
        return None
    wanted = rule_of(view, reason="-", owner="-", until=until).selection
    rules = [each for each in (await shown.ignores.ignores()).ignores if each.state is IgnoreState.IN_FORCE]
    return next((each for each in rules if each.rule.selection == wanted), None)


def _ignore(view: ChangeView, until: dt.date) -> str:
    """Write the lines that would ignore a change; none where the rules of ignoring do not reach it."""
    change = view.change
    if change.sides is None or view.resolved is not None:
        return ""
    return ignore_lines(change.sides, until=until, rule=change.rule)


def _sides_of(view: ChangeView) -> tuple[FieldValues, ...]:
    """Give the definitions of a change field by field: both where both are there, else all that the one says."""
    match view.change.sides:
        case Altered(desired=desired, observed=observed, fields=fields):
            return tuple(FieldValues(_title(name), _text(desired, name), _text(observed, name)) for name in fields)
        case Missing(desired=desired):
            return tuple(FieldValues(_title(name), _text(desired, name), "") for name in _told(desired))
        case Unexpected(observed=observed):
            return tuple(FieldValues(_title(name), "", _text(observed, name)) for name in _told(observed))
        case Unverified() | None:
            return ()


def _told(item: SchemaObject) -> list[str]:
    """Name the fields that say more than their default, and not once more what the object is called."""
    names = set(msgspec.structs.asdict(item.identity).values())
    told = [field for field in msgspec.structs.fields(item) if getattr(item, field.name) not in names]
    return [field.name for field in told if getattr(item, field.name) != field.default]


def _title(name: str) -> str:
    return name.replace("_", " ")


def _text(item: SchemaObject, name: str) -> str:
    value = getattr(item, name)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
