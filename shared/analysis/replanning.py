"""Plan again what a plan from a file says, to find statements that this release would not make itself."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import product

import msgspec

from shared.analysis.planning import plan_and_prove
from shared.diff.compare import diff_schemas
from shared.kinds.context import Recipe
from shared.kinds.step import HazardKind
from shared.postgres.scratch.again import twice_if_lost
from shared.postgres.scratch.rebuild import with_tenants_fact
from shared.postgres.scratch.server import ScratchServer
from shared.postgres.scratch.statements import SqlError, parse_statements
from shared.remediation.plan import Statement
from shared.remediation.planner import plan_remediation
from shared.schema.database import Extension
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.schema import Schema, Snapshot

_EXTENSION_NODES = frozenset({"CreateExtensionStmt", "AlterExtensionStmt"})
"""The version in them is the scratch server's own after a rehearsal: known by their node, not by their text."""

_WAYS = tuple(product((False, True), Recipe))
"""Ways to ask for a plan: whether what loses data is meant to run, and how what writes all rows anew is done."""


async def find_foreign_statement(
    scratch: ScratchServer, statements: tuple[Statement, ...], start: Snapshot, end: Snapshot, profile: Profile
) -> Statement | None:
    """Find a statement that is not among those that lead from one schema to the other by our own planning.

    What is compared is all of a statement but its timeouts, which people may adjust, and the rows that it was seen to
    fail on, which other generated rows may not show: also what it warns of, and whether it is marked as destructive.

    Args:
        scratch: Where a plan is tried whose first draft does not hold all the statements.
        statements: Read from a file, in order.
        start: The schema they were run on, as the scratch server spells it.
        end: What was read after them.
        profile: Which facets are compared.

    Returns:
        The first one that is not, or None.

    Raises:
        TargetError: When the scratch server fails.
    """
    goal = _with_extensions_of(start, end)
    diff = diff_schemas(goal.schema, start.schema)
    made: set[Statement] = set()
    for destructive, recipe in _WAYS:
        drafted = plan_remediation(goal, start, diff, destructive=destructive, profile=profile, recipe=recipe)
        made |= _comparable(drafted.statements)
    if _first_beyond(statements, made) is None:
        return None
    for destructive, recipe in _WAYS:
        prove = partial(plan_and_prove, scratch, goal, start, diff, profile, destructive=destructive, recipe=recipe)
        whole = await twice_if_lost(prove)
        made |= _comparable(whole.statements)
    return _first_beyond(statements, made)


def _first_beyond(statements: Iterable[Statement], made: set[Statement]) -> Statement | None:
    return next((each for each in statements if _comparable_form(each) not in made and not _of_extension(each)), None)


def _comparable(statements: Iterable[Statement]) -> set[Statement]:
    return {_comparable_form(statement) for statement in statements}


def _comparable_form(statement: Statement) -> Statement:
    hazards = tuple(hazard for hazard in statement.hazards if hazard.kind is not HazardKind.FAILS_ON_ROWS)
    return msgspec.structs.replace(statement, lock_timeout_ms=0, statement_timeout_ms=0, hazards=hazards)


def _of_extension(statement: Statement) -> bool:
    try:
        nodes = {parsed.node for parsed in parse_statements(statement.sql)}
    except SqlError:
        return False
    return statement.object.kind == "extension" and nodes <= _EXTENSION_NODES


def _with_extensions_of(start: Snapshot, end: Snapshot) -> Snapshot:
    """Give extensions the versions they had: those of the scratch server say nothing of a tenant."""
    was = start.schema.by_identity()

    def versioned(item: SchemaObject) -> SchemaObject:
        return with_tenants_fact(item, was.get(item.identity)) if isinstance(item, Extension) else item

    return msgspec.structs.replace(end, schema=Schema(tuple(map(versioned, end.schema))))
