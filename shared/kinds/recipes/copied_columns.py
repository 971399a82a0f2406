"""Another type for a column of a table in use: a second column takes its place once every row has been copied.

ALTER COLUMN TYPE writes the table anew under ACCESS EXCLUSIVE. This way, which has to be asked for, lets everybody read
and write meanwhile (expand and contract): a trigger copies what is written, batches copy what is there, a validated
check proves that both are equal, the indexes are built beside, and one transaction swaps the two columns.
"""

from __future__ import annotations

import hashlib
import re

from shared.kinds.context import Context, Recipe
from shared.kinds.hazards import blocks_all, blocks_writes, breaks, scans
from shared.kinds.interim import copied_column, copying_trigger, equality_check, not_null_check
from shared.kinds.lookup import tables
from shared.kinds.names import parent_name
from shared.kinds.recipes.backfill import copy_in_batches
from shared.kinds.recipes.column_types import is_lossless, keeps_storage
from shared.kinds.side import Side
from shared.kinds.step import Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Table
from shared.sql import dollar_quote, quote_identifier, quote_qualified

_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
"""Types whose values PostgreSQL compares with each other as they are, and assigns without settings of the session."""

_WORD = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\W\d][\w$]*|.""", re.DOTALL)


def may_be_copied(identity: ObjectId, context: Context) -> bool:
    """Say whether a column can get its type by a copy, whichever way is asked for."""
    desired, observed = context.desired.find(Column, identity), context.observed.find(Column, identity)
    if desired is None or observed is None or desired.generated or observed.generated:
        return False
    if not {desired.type.partition("(")[0], observed.type.partition("(")[0]} <= _NUMBERS:
        return False
    if not is_lossless(observed.type, desired.type) or keeps_storage(observed.type, desired.type):
        return False
    return stands_alone(QualifiedName(identity.namespace, identity.parent), context) and not _is_read_otherwise(
        identity, context.observed
    )


def is_copied(identity: ObjectId, context: Context) -> bool:
    """Say whether a column gets its type by a copy in this plan."""
    return context.online and context.recipe is Recipe.ONLINE and may_be_copied(identity, context)


def stands_alone(table: QualifiedName, context: Context) -> bool:
    """Say whether a table stays, and shares its columns with no parent, child, partition or type."""
    for side in (context.observed, context.desired):
        found = side.table(table)
        if not isinstance(found, Table) or found.partition_key or found.of_type is not None or side.parents(table):
            return False
        if found.identity in context.drops | context.creates:
            return False
        if any(dependent.kind in tables() for dependent in side.dependents[found.identity]):
            return False
    return True


def _is_read_otherwise(identity: ObjectId, side: Side) -> bool:
    """Say whether something stands on the column that would be missing meanwhile: computed columns, exclusions."""
    items = (side.objects[dependent] for dependent in side.dependents[identity])
    return any(
        isinstance(item, Column)
        or (isinstance(item, Constraint) and (item.type == "exclusion" or "WITHOUT OVERLAPS" in item.definition))
        for item in items
    )


def _function(column: Column) -> QualifiedName:
    place = hashlib.sha256(f"{column.parent}.{column.name}".encode()).hexdigest()[:12]
    return QualifiedName(column.namespace, f"fleetdrift_copy_{place}")


def expand(column: Column, context: Context) -> list[Step]:
    """Make the second column, keep it equal to the first from now on, and copy what is there."""
    if column.identity not in context.drops or not is_copied(column.identity, context):
        return []
    what, function = parent_name(column), quote_qualified(_function(column))
    second, trigger = copied_column(column.identity), copying_trigger(column.identity)
    name, new = quote_identifier(column.name), quote_identifier(second.name)
    body = f"BEGIN NEW.{new} := NEW.{name}; RETURN NEW; END"
    routine = ObjectId(kind="routine", namespace=column.namespace, name=_function(column).name)
    return [
        Step(
            Role.PREPARE,
            f"ALTER TABLE {what} ADD COLUMN IF NOT EXISTS {new} {column.type}",
            (blocks_all(what),),
            about=second,
        ),
        Step(
            Role.PREPARE,
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {dollar_quote(body)}",
            about=routine,
        ),
        Step(
            Role.PREPARE,
            f"CREATE OR REPLACE TRIGGER {quote_identifier(trigger.name)} BEFORE INSERT OR UPDATE ON {what} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
            (blocks_writes(what),),
            about=trigger,
        ),
        copy_in_batches(second, column.name),
        *_prove(column),
    ]


def _prove(column: Column) -> list[Step]:
    """Have PostgreSQL see that both columns are equal in every row, and that none is NULL where none may be."""
    what = parent_name(column)
    second, check = copied_column(column.identity), equality_check(column.identity)
    name, new = quote_identifier(column.name), quote_identifier(second.name)
    checks = [(check, f"{new} IS NOT DISTINCT FROM {name}")]
    if _is_not_null(column):
        checks.append((not_null_check(column.identity), f"{new} IS NOT NULL"))
    steps = []
    for at, expression in checks:
        quoted = quote_identifier(at.name)
        gone = f"ALTER TABLE {what} DROP CONSTRAINT IF EXISTS {quoted}"
        made = f"ALTER TABLE {what} ADD CONSTRAINT {quoted} CHECK ({expression}) NOT VALID"
        steps += [
            Step(Role.SET, gone, (blocks_all(what),), about=at),  # of a try that failed
            Step(Role.PREPARE, made, (blocks_all(what),), about=at),
        ]
    validated = ", ".join(f"VALIDATE CONSTRAINT {quote_identifier(at.name)}" for at, _ in checks)
    return [*steps, Step(Role.VALIDATE, f"ALTER TABLE {what} {validated}", (scans(what),), about=check)]


def _is_not_null(column: Column) -> bool:
    return column.not_null or bool(column.identity_mode)


def contract(column: Column) -> list[Step]:
    """Drop the first column, whose values the second has; the check of both goes with it."""
    what = parent_name(column)
    trigger = quote_identifier(copying_trigger(column.identity).name)
    moved = breaks(f"readers of all columns of {what} find {quote_identifier(column.name)} in the last place")
    return [
        Step(Role.SET, f"DROP TRIGGER {trigger} ON {what}", (blocks_all(what),)),
        Step(Role.SET, f"DROP FUNCTION {quote_qualified(_function(column))}()"),
        Step(Role.DROP, f"ALTER TABLE {what} DROP COLUMN {quote_identifier(column.name)}", (blocks_all(what), moved)),
    ]


def take_place(column: Column) -> Step:
    """Give the second column the name of the first."""
    what, second = parent_name(column), quote_identifier(copied_column(column.identity).name)
    renamed = f"ALTER TABLE {what} RENAME COLUMN {second} TO {quote_identifier(column.name)}"
    return Step(Role.CREATE, renamed, (blocks_all(what),))


def over_second_columns(sql: str, on: QualifiedName, context: Context) -> str:
    """Write CREATE INDEX for columns that are copied: what stands between its parentheses names the second ones.

    Args:
        sql: CREATE INDEX, by our own spelling or PostgreSQL's.
        on: Whose index it is.
        context: The plan.
    """
    copied: dict[str, str] = {}
    for column in context.desired.columns(on):
        if column.identity in context.drops and is_copied(column.identity, context):
            new = quote_identifier(copied_column(column.identity).name)
            copied |= {column.name: new, quote_identifier(column.name): new}
    words = [found.group() for found in _WORD.finditer(sql)] if copied else []
    begin = words.index("(") if "(" in words else 0
    for position in range(begin, len(words)):
        before = words[position - 1]
        after = words[position + 1] if position + 1 < len(words) else ""
        if words[position] in copied and before not in (".", ":") and after not in ("(", "."):
            words[position] = copied[words[position]]
    return "".join(words) or sql
