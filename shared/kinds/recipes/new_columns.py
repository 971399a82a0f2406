"""Columns that come to tables and foreign tables: ADD COLUMN, and the ways that do not write every row anew."""

from __future__ import annotations

import msgspec

from shared.kinds.context import Context, Recipe
from shared.kinds.hazards import ONLINE_COSTS, blocks_all, rewrites, scans
from shared.kinds.interim import not_null_check
from shared.kinds.names import parent_name
from shared.kinds.recipes.backfill import fill_in_batches
from shared.kinds.recipes.column_sql import adjustments, column_clause
from shared.kinds.recipes.columns import (
    altering,
    altering_only,
    comes_from_parent,
    follows_type,
    set_not_null,
    table_of,
)
from shared.kinds.recipes.copied_columns import expand, is_copied, stands_alone, take_place
from shared.kinds.recipes.not_null import is_stated
from shared.kinds.recipes.partitions import comes_alone
from shared.kinds.recipes.sequence_sql import identity_clause
from shared.kinds.recipes.volatility import writes_rows_anew
from shared.kinds.step import Role, Step
from shared.schema.relations import Column
from shared.sql import quote_identifier

_FILLED_LATER = f"--recipe online gives the rows their values in batches instead: {ONLINE_COSTS}"


def create_column(column: Column, context: Context) -> list[Step]:
    """ADD COLUMN, and what it cannot say."""
    if column.identity in context.drops and is_copied(column.identity, context):
        return _take_place(column, context)
    if comes_from_parent(column) and not comes_alone(column, context):
        return [Step(Role.SET, sql) for sql in adjustments(column, context)]
    what = parent_name(column)
    if follows_type(column, context):
        return [
            *_beyond_type(column),
            *(Step(Role.SET, sql, (blocks_all(what),)) for sql in adjustments(column, context)),
        ]
    hazards = [blocks_all(what)]
    if column.generated == "stored" or column.identity_mode:
        hazards.append(rewrites(what))
    elif writes_rows_anew(column, context):
        if not may_be_filled(column, context):
            hazards.append(rewrites(what))
        elif context.recipe is Recipe.ONLINE:
            return _filled(column, context)
        else:
            hazards.append(rewrites(what, _FILLED_LATER))
    if column.not_null and not column.default and not column.identity_mode:
        hazards.append(scans(f"{what}, and fails when it has rows, for they would hold NULL"))
    steps = [Step(Role.CREATE, f"ALTER TABLE {what} ADD COLUMN {column_clause(column, context)}", tuple(hazards))]
    return steps + [Step(Role.SET, sql, (blocks_all(what),)) for sql in adjustments(column, context)]


def may_be_filled(column: Column, context: Context) -> bool:
    """Say whether a column can be there before its rows have their values: a table's own, with a default."""
    return context.online and bool(column.default) and stands_alone(table_of(column), context)


def _filled(column: Column, context: Context) -> list[Step]:
    """Add the column without a value, then have new rows get theirs, then the rows that are there, then NOT NULL."""
    what, lock = parent_name(column), (blocks_all(parent_name(column)),)
    empty = msgspec.structs.replace(column, default="", not_null=False)
    steps = [
        Step(Role.CREATE, f"ALTER TABLE {what} ADD COLUMN {column_clause(empty, context)}", lock),
        Step(Role.SET, f"{altering_only(column)} SET DEFAULT {column.default}", lock),
        *(Step(Role.SET, sql, lock) for sql in adjustments(column, context)),
        fill_in_batches(column.identity, column.default),
    ]
    if column.not_null and not is_stated(column, context.desired):
        steps += set_not_null(column, context)
    return steps


def begin_column(column: Column, context: Context) -> list[Step]:
    """Copy a column's values while everybody reads and writes, before another column takes its place."""
    return expand(column, context)


def _take_place(column: Column, context: Context) -> list[Step]:
    """Name the copy like the column, and give it all that ADD COLUMN would have said."""
    what, lock = parent_name(column), (blocks_all(parent_name(column)),)
    steps = [take_place(column)]
    check = quote_identifier(not_null_check(column.identity).name)
    if column.not_null and not is_stated(column, context.desired):
        steps.append(Step(Role.SET, f"{altering(column)} SET NOT NULL", lock))
    if column.identity_mode:
        steps.append(Step(Role.ALTER, f"{altering(column)} ADD {identity_clause(column, context.desired)}", lock))
    if column.default and column.identity not in context.late_defaults:
        steps.append(Step(Role.SET, f"{altering_only(column)} SET DEFAULT {column.default}", lock))
    steps += [Step(Role.SET, sql, lock) for sql in adjustments(column, context)]
    if column.not_null and not is_stated(column, context.desired):
        steps.append(Step(Role.SET, f"ALTER TABLE {what} DROP CONSTRAINT IF EXISTS {check}", lock))
    return steps


def _beyond_type(column: Column) -> list[Step]:
    """Give what a typed table's column has that its type's attribute cannot say."""
    what = parent_name(column)
    only = f"ALTER TABLE ONLY {what} ALTER COLUMN {quote_identifier(column.name)}"
    steps = [Step(Role.SET, f"{only} SET DEFAULT {column.default}", (blocks_all(what),))] if column.default else []
    if column.not_null:
        steps.append(Step(Role.SET, f"{only} SET NOT NULL", (blocks_all(what), scans(f"{what} under that lock"))))
    return steps
