"""Forms that ignore a change, and that take an ignore rule away again."""

from __future__ import annotations

import datetime as dt
import tomllib

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from coordinator.access.caller import Scope
from coordinator.daemon.api.answers import found
from coordinator.daemon.api.callers import needs
from coordinator.daemon.api.forms import form_fields
from coordinator.daemon.pages.look import ShownFleet
from coordinator.memory.views import ChangeView
from shared.findings.ignore import IgnoreRule, ignore_lines

_MAX_TEXT = 500


def ignore_pages() -> list[BaseRouteHandler]:
    """Give the routes."""

    @post("/changes/{change:str}/ignore", opt=needs(Scope.ADMIN))
    async def ignore_change(shown: NamedDependency[ShownFleet], change: FromPath[str], request: Request) -> Redirect:  # type: ignore[type-arg]  # any app
        """Ignore a change until a day, for a reason, by somebody's decision."""
        view = found(await shown.records.change(change), "change")
        rule = rule_of_form(view, form_fields(await request.body()))
        await shown.ignores.create_ignore(rule)
        return Redirect(shown.to(f"/changes/{change}"), status_code=303)

    @post("/ignores/{ignore:str}/delete", opt=needs(Scope.ADMIN))
    async def delete_ignore(shown: NamedDependency[ShownFleet], ignore: FromPath[str]) -> Redirect:
        """Take an ignore rule of the store away; one of the configuration stays."""
        found(await shown.ignores.delete_ignore(ignore) or None, "ignore rule")
        return Redirect(shown.to("/settings"), status_code=303)

    return [ignore_change, delete_ignore]


def rule_of(view: ChangeView, *, reason: str, owner: str, until: dt.date) -> IgnoreRule:
    """Make the rule that ignores one change.

    Args:
        view: A change of the schema.
        reason: Why it may differ.
        owner: Who decided.
        until: The last day.

    Raises:
        ValidationException: When rules of ignoring do not reach the change, or the reason or the owner is missing.
    """
    if view.change.sides is None:
        raise ValidationException("ignore rules are about objects of the schema; this change is about none")
    lines = ignore_lines(view.change.sides, until=until, rule=view.change.rule)
    (table,) = tomllib.loads(lines)["ignore"]
    try:
        return msgspec.convert({**table, "reason": reason, "owner": owner}, IgnoreRule)
    except msgspec.ValidationError as error:
        raise ValidationException(str(error)) from None


def rule_of_form(view: ChangeView, fields: dict[str, str]) -> IgnoreRule:
    """Make the rule that a form asks for; raises as `rule_of`, and when its last day is none."""
    try:
        until = dt.date.fromisoformat(fields.get("until", ""))
    except ValueError:
        raise ValidationException("until: expected a day such as 2027-01-31") from None
    texts = {name: fields.get(name, "").strip()[:_MAX_TEXT] for name in ("reason", "owner")}
    return rule_of(view, reason=texts["reason"], owner=texts["owner"], until=until)
