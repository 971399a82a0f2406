"""Write SQL that names database roles, the database's owner among them, whose name is known only where a plan runs."""

from __future__ import annotations

import re

from shared.schema.facets import CURRENT_USER
from shared.sql import quote_identifier, quote_literal

DATABASE_OWNER = "{database_owner}"
_MARK = "\x01"  # no deparse holds it, and quoting would have kept it inside a literal
_OWNER = (
    "(SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database "
    "WHERE datname = pg_catalog.current_database())"
)

_SWITCH = (
    "DECLARE former text := pg_catalog.current_setting('role'); "
    "BEGIN PERFORM pg_catalog.set_config('role', {role}, true); {run}; "
    "PERFORM pg_catalog.set_config('role', former, true); END"
)


def quote_role(role: str) -> str:
    """Quote the name of a role; the database's owner becomes a mark, which `resolve_roles` replaces."""
    if role == DATABASE_OWNER:
        return _MARK
    return "PUBLIC" if role == "public" else quote_identifier(role)


def name_role(role: str) -> str:
    """Write the name of a role where PostgreSQL takes PUBLIC and CURRENT_USER too: of a policy, of a user mapping."""
    if role == CURRENT_USER:
        return "CURRENT_USER"
    return "PUBLIC" if role == "public" else quote_identifier(role)


def resolve_roles(sql: str) -> str:
    """Replace the mark of `quote_role`: the statement becomes a block that looks up the owner's name when it runs."""
    if _MARK not in sql:
        return sql
    return f"DO {quote_literal(f'BEGIN {_looked_up(sql)}; END')}"


_TO_OWNER = re.compile(r"DO 'BEGIN EXECUTE pg_catalog\.format\(''ALTER [^%]* OWNER TO %1\$I'', ")


def gives_to_database_owner(sql: str) -> bool:
    """Say whether a statement is the block that `resolve_roles` makes of OWNER TO the database's owner."""
    return _TO_OWNER.match(sql) is not None and sql.endswith(f"{quote_literal(f', {_OWNER}); END')[1:]}")


def acting_as(role: str, sql: str) -> str:
    """Write the block that runs a GRANT or REVOKE as another role, which becomes the grantor (GRANT, Notes)."""
    name = _OWNER if role == DATABASE_OWNER else quote_literal(role)
    return f"DO {quote_literal(_SWITCH.format(role=name, run=_looked_up(sql) if _MARK in sql else sql))}"


def _looked_up(sql: str) -> str:
    template = quote_literal(sql.replace("%", "%%").replace(_MARK, "%1$I"))
    return f"EXECUTE pg_catalog.format({template}, {_OWNER})"
