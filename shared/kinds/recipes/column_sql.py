"""The text of column definitions, shared by CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.names import options_list, parent_name
from shared.kinds.recipes.sequence_sql import identity_clause
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Table
from shared.sql import quote_identifier, quote_qualified

_NAMED_NOT_NULL = 180000  # NOT NULL became a constraint with a name in v18
_NAME_BYTES = 63  # NAMEDATALEN - 1


def has_named_not_null(column: Column, context: Context) -> bool:
    """Say whether a not-null constraint of its own (v18) states the column's NOT NULL."""
    table = QualifiedName(column.namespace, column.parent)
    return any(_states_not_null(c, column.name) for c in context.desired.constraints(table))


def is_partition_column(column: Column, context: Context) -> bool:
    """Say whether the column belongs to a partition, whose identity is its parent's affair."""
    table = context.desired.table(QualifiedName(column.namespace, column.parent))
    return table is not None and table.partition_of is not None


def column_clause(column: Column, context: Context) -> str:
    """Spell a column for CREATE TABLE and ADD COLUMN."""
    parts = [quote_identifier(column.name), column.type]
    if column.compression:
        parts.append(f"COMPRESSION {column.compression}")
    if column.foreign_options:
        parts.append(f"OPTIONS ({options_list(column.foreign_options)})")
    if column.collation is not None:
        parts.append(f"COLLATE {quote_qualified(column.collation)}")
    return " ".join([*parts, *_value_and_null(column, context)])


def override_clause(column: Column, context: Context) -> str:
    """Spell what a column of a typed table has beyond its type; empty when nothing."""
    parts = _value_and_null(column, context)
    return " ".join([quote_identifier(column.name), "WITH OPTIONS", *parts]) if parts else ""


def _value_and_null(column: Column, context: Context) -> list[str]:
    parts = []
    if column.generated and not _repeats_generated(column, context):
        parts.append(f"GENERATED ALWAYS AS ({column.default}) {column.generated.upper()}")
    elif column.default and not column.generated and column.identity not in context.late_defaults:
        parts.append(f"DEFAULT {column.default}")
    if column.identity_mode and not is_partition_column(column, context):
        parts.append(identity_clause(column, context.desired))
    if column.not_null and not has_named_not_null(column, context):
        name = not_null_name(column, context)
        parts.append(f"CONSTRAINT {quote_identifier(name)} NOT NULL" if name else "NOT NULL")
    return parts


_CHILD_GENERATES = 160000  # before v16 a child takes its parent's expression, and may not state it (MergeAttributes)


def _repeats_generated(column: Column, context: Context) -> bool:
    """Say whether a parent's expression comes down to the column, and must not be said again."""
    table = QualifiedName(column.namespace, column.parent)
    if context.observed.server_version >= _CHILD_GENERATES or is_partition_column(column, context):
        return False
    parents = context.desired.parents(table)
    if not context.is_new(ObjectId(kind="table", namespace=table.namespace, name=table.name)):
        present = context.observed.parents(table)  # INHERIT wants an existing table to have the expression before
        parents = tuple(parent for parent in parents if parent in present)
    above = (context.desired.column(parent, column.name) for parent in parents)
    return any(parent is not None and bool(parent.generated) for parent in above)


def _inherited_not_null(column: Column, context: Context) -> str:
    """Name a partition's not-null constraint as it is called, which is like its parent's after PARTITION OF (v18)."""
    if context.observed.server_version < _NAMED_NOT_NULL or not is_partition_column(column, context):
        return ""
    name = ""
    table = QualifiedName(column.namespace, column.parent)
    if any(_is_own_key(constraint, column.name) for constraint in context.desired.constraints(table)):
        return ""
    if known := context.desired.inherited_not_null(table, column.name):
        return "" if known == automatic_not_null(table.name, column.name) else known
    while parents := context.desired.parents(table):
        table = parents[0]
        above = context.desired.column(table, column.name)
        if above is None or not above.not_null:
            break
        if known := context.desired.inherited_not_null(table, column.name):
            return known
        own = [c.name for c in context.desired.constraints(table) if _states_not_null(c, column.name)]
        name = own[0] if own else automatic_not_null(table.name, column.name)
    return name


def not_null_name(column: Column, context: Context) -> str:
    """Name a column's not-null constraint where PostgreSQL would choose another name than is declared (v18).

    Args:
        column: NOT NULL, without a not-null constraint object of its own.
        context: Where it becomes so.

    Returns:
        The name, or nothing where PostgreSQL gives it by itself.
    """
    return _inherited_not_null(column, context) or _shared_not_null(column, context)


def _shared_not_null(column: Column, context: Context) -> str:
    """Name a not-null constraint where another may have its automatic name, and PostgreSQL would add a number (v18).

    Partitions made before their table may have taken it, or a table that was renamed has it still.
    """
    table = context.desired.table(QualifiedName(column.namespace, column.parent))
    if context.observed.server_version < _NAMED_NOT_NULL or not isinstance(table, Table):
        return ""
    name = automatic_not_null(table.name, column.name)
    taken = QualifiedName(column.namespace, name) in context.observed.constraint_names
    return name if table.partition_key or taken else ""


def _is_own_key(constraint: Constraint, column: str) -> bool:
    return constraint.type == "primary_key" and not constraint.partition_child and column in constraint.columns


def automatic_not_null(table: str, column: str) -> str:
    """Give the name PostgreSQL chooses, or nothing where it has to cut the parts (makeObjectName)."""
    name = f"{table}_{column}_not_null"
    return name if len(name.encode()) <= _NAME_BYTES else ""


def _states_not_null(constraint: Constraint, column: str) -> bool:
    return constraint.type == "not_null" and constraint.columns == (column,)


_STORAGE_DEFAULT = 160000  # SET STORAGE DEFAULT came with v16
_STORED_MAIN = ("numeric", "inet", "cidr")


def default_storage(type_text: str, context: Context) -> str:
    """Spell the storage a type has by itself: only what can be toasted ever has another (pg_type.dat, typstorage)."""
    if context.observed.server_version >= _STORAGE_DEFAULT:
        return "default"
    array = type_text.endswith("[]")
    return "main" if type_text.startswith(_STORED_MAIN) and not array else "extended"


def adjustments(column: Column, context: Context) -> list[str]:
    """Give the statements for what ADD COLUMN and CREATE TABLE cannot say."""
    only = f"ALTER TABLE ONLY {parent_name(column)} ALTER COLUMN {quote_identifier(column.name)}"
    statements = []
    if column.storage:
        statements.append(f"{only} SET STORAGE {column.storage.upper()}")
    if column.statistics_target >= 0:
        statements.append(f"{only} SET STATISTICS {column.statistics_target}")
    if column.options:
        statements.append(f"{only} SET ({', '.join(column.options)})")
    if not column.local and not is_partition_column(column, context):
        statements += _overrides(column, context)
    return statements


def _overrides(column: Column, context: Context) -> list[str]:
    """Give what an inherited column has that its parent's does not."""
    only = f"ALTER TABLE ONLY {parent_name(column)} ALTER COLUMN {quote_identifier(column.name)}"
    parents = context.desired.parents(QualifiedName(column.namespace, column.parent))
    above = next((c for p in parents if (c := context.desired.column(p, column.name)) is not None), None)
    if above is None or column.generated:
        return []
    statements = []
    if column.compression and column.compression != above.compression:
        statements.append(f"{only} SET COMPRESSION {column.compression}")
    if column.default != above.default and not above.generated:
        statements.append(f"{only} SET DEFAULT {column.default}" if column.default else f"{only} DROP DEFAULT")
    if column.not_null and not above.not_null and not has_named_not_null(column, context):
        statements.append(f"{only} SET NOT NULL")
    return statements
