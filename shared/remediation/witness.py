"""How to see that a stage has been run: by one object that it makes or removes, because a stage is all or nothing."""

from __future__ import annotations

from collections.abc import Iterable

from shared.diff.changes import ChangeKind
from shared.remediation.interim import not_null_check
from shared.remediation.naming import designation
from shared.remediation.plan import Role, Statement
from shared.schema.identity import ObjectId
from shared.sql import quote_literal

_RELATION = (
    "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = {{namespace}} AND c.relname = {{name}} AND c.relkind IN ({kinds}))"
)
_TYPE = (
    "EXISTS (SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
    "WHERE n.nspname = {namespace} AND t.typname = {name})"
)
_PART = (
    "EXISTS (SELECT FROM pg_catalog.{catalog} p JOIN pg_catalog.pg_class c ON c.oid = p.{relation} "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = {{namespace}} AND c.relname = {{parent}} AND p.{name} = {{name}}{more})"
)
_EXISTS = {
    "table": _RELATION.format(kinds="'r', 'p'"),
    "foreign_table": _RELATION.format(kinds="'f'"),
    "view": _RELATION.format(kinds="'v'"),
    "materialized_view": _RELATION.format(kinds="'m'"),
    "index": _RELATION.format(kinds="'i', 'I'"),
    "sequence": _RELATION.format(kinds="'S'"),
    **dict.fromkeys(("enum_type", "domain_type", "range_type", "composite_type"), _TYPE),
    "column": _PART.format(catalog="pg_attribute", relation="attrelid", name="attname", more=" AND NOT p.attisdropped"),
    "constraint": _PART.format(catalog="pg_constraint", relation="conrelid", name="conname", more=""),
    "trigger": _PART.format(catalog="pg_trigger", relation="tgrelid", name="tgname", more=""),
    "policy": _PART.format(catalog="pg_policy", relation="polrelid", name="polname", more=""),
    "rule": _PART.format(catalog="pg_rewrite", relation="ev_class", name="rulename", more=""),
    "namespace": "EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = {name})",
    "extension": "EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = {name})",
    "routine": "pg_catalog.to_regprocedure({designation}) IS NOT NULL",
}


_UNREAD = _PART.format(catalog="pg_constraint", relation="conrelid", name="conname", more=" AND NOT p.convalidated")


def existence(identity: ObjectId) -> str | None:
    """Give the SQL condition that an object exists; None for kinds that are not worth one."""
    template = _EXISTS.get(identity.kind)
    if template is None:
        return None
    return template.format(**_place(identity), designation=quote_literal(designation(identity)))


def _place(identity: ObjectId) -> dict[str, str]:
    return {
        "namespace": quote_literal(identity.namespace),
        "parent": quote_literal(identity.parent),
        "name": quote_literal(identity.name),
    }


def trace_of(statements: Iterable[Statement]) -> str | None:
    """Give the SQL condition that these statements have been run; None where they leave no such trace."""
    for statement in statements:
        if statement.role is Role.VALIDATE and statement.object.kind == "column":
            # Its check, which is dropped again once the column is NOT NULL.
            return f"NOT {_UNREAD.format(**_place(not_null_check(statement.object)))}"
        made = statement.change is ChangeKind.MISSING and statement.role in (Role.CREATE, Role.REPLACE)
        gone = statement.change is ChangeKind.UNEXPECTED and statement.role is Role.DROP
        condition = existence(statement.object) if made or gone else None
        if condition is not None:
            return condition if made else f"NOT {condition}"
    return None
