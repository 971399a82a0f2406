"""A plan as the script that psql runs on one tenant, guard first."""

from __future__ import annotations

import msgspec

from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.names.tenant_sql import for_tenant
from shared.postgres.writing.guard import guard_sql
from shared.remediation.plan import Plan, Statement
from shared.remediation.script import render_script


def is_about_own_names(plan: Plan) -> bool:
    """Say whether the plan names what is a tenant's own, so that each tenant needs a script of its own."""
    roles = {role for guard in plan.guards for role in guard.profile.roles}
    marks = {PLACEHOLDER, "{role}", *roles}
    return any(mark in statement.sql for statement in plan.statements for mark in marks)


def plan_script(plan: Plan, own: OwnNames, *, destructive: bool, title: str) -> str:
    """Write the script.

    Args:
        plan: What it does.
        own: The tenant's own names; none for a plan about whole databases.
        destructive: Whether destructive statements are statements in it, or comments.
        title: Id of the drift group.
    """
    statements = tuple(_for_tenant(statement, own) for statement in plan.statements)
    guard = guard_sql(plan.guards, own=own) if plan.guards else ""
    return render_script(
        msgspec.structs.replace(plan, statements=statements), destructive=destructive, guard_sql=guard, title=title
    )


def _for_tenant(statement: Statement, own: OwnNames) -> Statement:
    about = statement.object
    if own.namespace and about.namespace == PLACEHOLDER:
        about = msgspec.structs.replace(about, namespace=own.namespace)
    return msgspec.structs.replace(statement, sql=for_tenant(statement.sql, own), object=about)
