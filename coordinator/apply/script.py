"""A plan as the script that psql runs on one tenant, guard first."""

from __future__ import annotations

import msgspec

from shared.postgres.apply import for_namespace
from shared.postgres.guard import guard_sql
from shared.postgres.placeholders import PLACEHOLDER
from shared.remediation.plan import Plan, Statement
from shared.remediation.script import render_script
from shared.sql import quote_identifier


def is_about_namespaces(plan: Plan) -> bool:
    """Say whether the plan names a tenant's own namespace, so that each tenant needs a script of its own."""
    return any(quote_identifier(PLACEHOLDER) in statement.sql for statement in plan.statements)


def plan_script(plan: Plan, namespace: str, *, destructive: bool, title: str) -> str:
    """Write the script.

    Args:
        plan: What it does.
        namespace: The tenant's own; empty for a plan about whole databases.
        destructive: Whether destructive statements are statements in it, or comments.
        title: Id of the drift group.
    """
    statements = tuple(_for_tenant(statement, namespace) for statement in plan.statements)
    guard = guard_sql(plan.guards, namespace=namespace) if plan.guards else ""
    return render_script(
        msgspec.structs.replace(plan, statements=statements), destructive=destructive, guard_sql=guard, title=title
    )


def _for_tenant(statement: Statement, namespace: str) -> Statement:
    if not namespace:
        return statement
    own = statement.object
    if own.namespace == PLACEHOLDER:
        own = msgspec.structs.replace(own, namespace=namespace)
    return msgspec.structs.replace(statement, sql=for_namespace(statement.sql, namespace), object=own)
