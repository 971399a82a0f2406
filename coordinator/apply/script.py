"""Write a plan as a script for psql: the guard that checks the tenant's schema, then the statements."""

from __future__ import annotations

import msgspec

from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.names.tenant_sql import for_tenant
from shared.postgres.writing.guard import guard_sql
from shared.remediation.plan import Plan, Statement
from shared.remediation.script import render_script


def is_about_own_names(plan: Plan) -> bool:
    """Say whether the plan holds placeholders for names of a tenant, so that each tenant needs its own script."""
    roles = {role for guard in plan.guards for role in guard.profile.roles}
    marks = {PLACEHOLDER, "{role}", *roles}
    return any(mark in statement.sql for statement in plan.statements for mark in marks)


def plan_script(plan: Plan, own: OwnNames, *, destructive: bool, title: str, tenant_code: bool = False) -> str:
    """Write the script for one tenant.

    Args:
        plan: What it does.
        own: The names that replace the placeholders; none for a plan without any.
        destructive: Whether destructive statements are statements in it, or comments.
        title: Id of the drift group.
        tenant_code: Whether a superuser may run what calls functions of the tenant's.
    """
    statements = tuple(_for_tenant(statement, own) for statement in plan.statements)
    guard = guard_sql(plan.guards, own=own) if plan.guards else ""
    return render_script(
        msgspec.structs.replace(plan, statements=statements),
        destructive=destructive,
        tenant_code=tenant_code,
        guard_sql=guard,
        title=title,
    )


def _for_tenant(statement: Statement, own: OwnNames) -> Statement:
    about = statement.object
    if own.namespace and about.namespace == PLACEHOLDER:
        about = msgspec.structs.replace(about, namespace=own.namespace)
    return msgspec.structs.replace(statement, sql=for_tenant(statement.sql, own), object=about)
