"""Compile a declaration that is not complete: a statement that needs what could not be read is not read either."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shared.kinds.declared import kinds_made
from shared.postgres.names.own_names import OwnNames
from shared.postgres.scratch.again import twice_if_lost
from shared.postgres.scratch.compile import Refused, SpecError, compile_spec, without_refused
from shared.postgres.scratch.server import ScratchServer
from shared.postgres.scratch.statements import ParsedStatement, SqlError, parse_statements
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, MayDeclare, Spec, SpecSource

MAX_REFUSED = 100
"""Refused statements that may have left something behind, so that each costs another compilation."""

_NEEDS_SOMETHING = ("42P01", "42703", "42704", "42883", "3F000", "42P17", "0A000")
"""SQLSTATEs of statements whose relation, column, object, routine or namespace is not there (errcodes-appendix)."""


_CANNOT_BE_MADE = frozenset({"AlterDefaultPrivilegesStmt", "CreateSubscriptionStmt", "SecLabelStmt"})
"""Parse nodes of statements that a scratch server refuses though they are right: default privileges of its own
administrator, what connects to another server, labels of a provider that it has not loaded."""

_CHANGES_ROWS = frozenset({"UpdateStmt", "InsertStmt", "DeleteStmt"})
"""Parse nodes of statements that a scratch server refuses on PostgreSQL's own catalogs; their effect is not known."""

_STATES_OF_INDEXES = "pg_index"
"""The catalog whose rows say whether an index is used; a change of any other may alter anything."""

_NOT_HERE = ("42501", "22023")
"""SQLSTATEs of such a refusal: insufficient_privilege, invalid_parameter_value (errcodes-appendix)."""


def needs_something(error: SpecError) -> bool:
    """Say whether a statement was refused because something that it names is not there."""
    return error.sqlstate in _NEEDS_SOMETHING


def anything(_error: SpecError) -> bool:
    """Say of every refused statement that it can be left out."""
    return True


async def compile_known(
    scratch: ScratchServer,
    source: SpecSource,
    profile: Profile,
    namespace: str = "",
    own: OwnNames | None = None,
    *,
    excuse: Callable[[SpecError], bool] = needs_something,
) -> Spec:
    """Compile a declaration as `compile_spec` does; what an incomplete one cannot say becomes a carrier not read.

    Args:
        scratch: As for `compile_spec`, and so `source`, `profile`, `namespace` and `own`.
        source: What may be incomplete.
        profile: Which facets are part of the spec.
        namespace: The tenant's own.
        own: The names that the declarations use for the tenant.
        excuse: Says which refused statements may be left out of a source that is not complete.

    Raises:
        SpecError: When PostgreSQL refuses a statement that is not excused, or too many. What no scratch server makes is
            excused in every source.
    """

    def may_lose(declaration: Declaration, error: SpecError) -> MayDeclare | None:
        excused = excuse(error) and (excuse is not needs_something or bool(source.unread))
        return _cannot_be_made(declaration, error) or (MayDeclare() if excused else None)

    compiled = partial(compile_spec, scratch, profile=profile, namespace=namespace, own=own)
    for _ in range(MAX_REFUSED):
        try:
            return await twice_if_lost(partial(compiled, source=source, may_lose=may_lose))
        except SpecError as error:
            may = may_lose(source.declarations[error.number], error)
            if may is None:
                raise
            source = without_refused(source, [Refused(error, may)])
    return await twice_if_lost(partial(compiled, source=source))


def _cannot_be_made(declaration: Declaration, error: SpecError) -> MayDeclare | None:
    """Return what a refused statement may declare, if no scratch server runs it; else nothing."""
    if error.sqlstate not in _NOT_HERE:
        return None
    try:
        statements = parse_statements(declaration.sql)
    except SqlError:
        return None
    refused = (_refused_everywhere(each) for each in statements)
    return next((may for may in refused if may is not None), None)


def _refused_everywhere(statement: ParsedStatement) -> MayDeclare | None:
    if statement.node in _CANNOT_BE_MADE:
        return MayDeclare(kinds=kinds_made(statement.node))
    if statement.node in _CHANGES_ROWS:
        relation = statement.tree.get("relation", {})
        name, namespace = relation.get("relname", ""), relation.get("schemaname", "")
        if namespace == "pg_catalog" or (not namespace and name.startswith("pg_")):
            return MayDeclare(kinds=("index",) if name == _STATES_OF_INDEXES else ())
    return None
