"""Columns of tables and foreign tables."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.facts import ColumnType
from shared.kinds.hazards import ONLINE_COSTS, blocks_all, breaks, loses, rewrites, scans
from shared.kinds.interim import not_null_check
from shared.kinds.lookup import facts_of, readers_of_columns, tables
from shared.kinds.names import parent_name
from shared.kinds.recipes.column_sql import (
    default_storage,
    is_partition_column,
    not_null_name,
)
from shared.kinds.recipes.column_types import base_of, conversion, is_lossless, keeps_storage
from shared.kinds.recipes.composite_values import by_attributes
from shared.kinds.recipes.copied_columns import contract, is_copied, may_be_copied
from shared.kinds.recipes.not_null import is_stated, passes_not_null
from shared.kinds.recipes.parameters import change_options
from shared.kinds.recipes.sequence_sql import identity_clause
from shared.kinds.step import REBUILD, Loosened, Role, Step, Verdict
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, ForeignTable, Table
from shared.sql import quote_identifier

_OWN_NOT_NULL = 180000  # NOT NULL became a constraint, which a child can have beside its parents', with v18
_SET_EXPRESSION = 170000  # ALTER COLUMN … SET EXPRESSION came with v17
_NO_VALUE = breaks("inserts that leave the column out get another value, or fail")
_OTHER_WAY = f"--recipe online fills a second column in batches instead: {ONLINE_COSTS}"
_INTEGERS = frozenset({"smallint", "integer", "bigint"})


def table_of(column: Column) -> QualifiedName:
    """Name the table that a column is of."""
    return QualifiedName(column.namespace, column.parent)


def altering(column: Column) -> str:
    """Write the beginning of ALTER COLUMN, for a table and its children."""
    return f"ALTER TABLE {parent_name(column)} ALTER COLUMN {quote_identifier(column.name)}"


def altering_only(column: Column) -> str:
    """Write the beginning of ALTER COLUMN, for a table alone."""
    return f"ALTER TABLE ONLY {parent_name(column)} ALTER COLUMN {quote_identifier(column.name)}"


def comes_from_parent(column: Column) -> bool:
    """Say whether the column is only its parents' affair."""
    return column.inherited and not column.local


def follows_type(column: Column, context: Context) -> bool:
    """Say whether the table is typed before and after: ALTER TYPE … CASCADE brings its columns along."""
    before, after = context.observed.table(table_of(column)), context.desired.table(table_of(column))
    if not isinstance(before, Table) or not isinstance(after, Table) or after.identity in context.creates:
        return False
    if after.of_type is None or before.of_type != after.of_type:
        return False
    # While the type is made anew the table is not of it, and has its columns altered by statements of its own.
    name = after.of_type
    return ObjectId(kind="composite_type", namespace=name.namespace, name=name.name) not in context.drops


def _is_kept_below(column: Column, context: Context) -> bool:
    """Say whether tables that inherit the column are to keep it as their own."""
    table = context.observed.table(table_of(column))
    if table is None:
        return False
    for identity in context.observed.dependents[table.identity]:
        below = QualifiedName(identity.namespace, identity.name)
        if identity.kind in tables() and context.desired.column(below, column.name) is not None:
            return True
    return False


def drop_column(column: Column, context: Context) -> list[Step]:
    """DROP COLUMN; of this table ONLY where its children keep what they inherited."""
    what = parent_name(column)
    name = quote_identifier(column.name)
    if follows_type(column, context):
        return []
    if column.identity in context.creates and is_copied(column.identity, context):
        return contract(column)
    lost = loses(f"every value of {what}.{name}")
    if _is_kept_below(column, context):
        what = f"ONLY {what}"
    desired = context.desired.find(Column, column.identity)
    computed = column.generated and (desired is None or desired.generated)  # the values can be computed again
    return [
        Step(Role.DROP, f"ALTER TABLE {what} DROP COLUMN {name}", (blocks_all(what), lost), destructive=not computed)
    ]


def alter_column(desired: Column, observed: Column, fields: frozenset[str], context: Context) -> list[Step] | Verdict:
    """ALTER COLUMN; a column that begins or ceases to be computed is made anew, unless its values can stay."""
    if _is_computed_anew(desired, observed, fields, context):
        return REBUILD
    if fields & {"type", "collation"} and is_copied(desired.identity, context):
        return REBUILD
    steps: list[Step] = []
    retyped = desired.identity in context.retyped
    comes_down = (observed.inherited and _parent_alters(desired, context)) or follows_type(desired, context)
    null = "not_null" in fields and not (observed.inherited and _parent_nulls(desired, context))
    if (
        null and not desired.not_null
    ):  # another type makes a NOT NULL anew, which fails where a child calls it otherwise
        steps += _alter_null(desired, context)
    if (retyped or fields & {"type", "collation"}) and not comes_down:
        steps += retype(desired, observed, context)
    if null and desired.not_null:
        steps += _alter_null(desired, context)
    steps += _alter_value(desired, observed, fields, context)
    steps += _alter_storage(desired, observed, fields, context)
    return steps


def _is_computed_anew(desired: Column, observed: Column, fields: frozenset[str], context: Context) -> bool:
    if "generated" in fields:
        return not (observed.generated == "stored" and not desired.generated)  # DROP EXPRESSION keeps the values
    if desired.generated and fields & {"default"}:
        return context.observed.server_version < _SET_EXPRESSION
    return False


def _parent_alters(column: Column, context: Context) -> bool:
    """Say whether ALTER TABLE on a parent brings the type down to this column."""
    for parent in context.desired.parents(table_of(column)):
        if context.is_new(ObjectId(kind="table", namespace=parent.namespace, name=parent.name)):
            continue  # a partition is detached from it meanwhile
        before, after = context.observed.column(parent, column.name), context.desired.column(parent, column.name)
        if (
            before is not None
            and after is not None
            and (before.type, before.collation) != (after.type, after.collation)
        ):
            return True
    return False


def _parent_nulls(column: Column, context: Context) -> bool:
    """Say whether ALTER TABLE on a parent brings the same change of NOT NULL down to this column."""
    for parent in context.desired.parents(table_of(column)):
        if context.is_new(ObjectId(kind="table", namespace=parent.namespace, name=parent.name)):
            continue  # the same
        before = passes_not_null(parent, column.name, context.observed)
        after = passes_not_null(parent, column.name, context.desired)
        # A NOT NULL that is inherited no more stays on the children (ATExecAlterConstrInheritability).
        if before is not None and before != after == column.not_null and not _stops_to_inherit(parent, column, context):
            return column.not_null or not _keeps_own_null(column, context)
    return False


def _keeps_own_null(column: Column, context: Context) -> bool:
    """Say whether a child may have a NOT NULL that is its own too, which stays when its parents' goes (v18)."""
    table = context.desired.table(table_of(column))
    is_child = table is not None and table.partition_of is None
    return is_child and context.observed.server_version >= _OWN_NOT_NULL


def _stops_to_inherit(parent: QualifiedName, column: Column, context: Context) -> bool:
    above = context.desired.column(parent, column.name)
    return above is not None and above.not_null and not passes_not_null(parent, column.name, context.desired)


def _alter_null(column: Column, context: Context) -> list[Step]:
    if is_stated(column, context.desired) or is_stated(column, context.observed):
        return []  # a constraint of its own brings it about
    if column.not_null:
        return set_not_null(column, context)
    return [
        Step(
            Role.SET,
            f"{altering(column)} DROP NOT NULL",
            (blocks_all(parent_name(column)), breaks("readers may meet NULL")),
        )
    ]


def retype(desired: Column, observed: Column, context: Context) -> list[Step]:
    """ALTER COLUMN TYPE with the USING that converts any value, by way of text where no cast is certain."""
    what = parent_name(desired)
    collate = ""
    if desired.collation is not None:
        collate = f" COLLATE {quote_identifier(desired.collation.namespace)}.{quote_identifier(desired.collation.name)}"
    only_collation = observed.type == desired.type and observed.collation != desired.collation
    using = by_attributes(observed, context) if observed.type == desired.type else ""
    using = using or conversion(quote_identifier(desired.name), observed.type, desired.type)
    # USING is refused for a generated column; where the expression goes, it is gone by now.
    still_generated = bool(observed.generated and desired.generated)
    if only_collation or still_generated or isinstance(context.desired.table(table_of(desired)), ForeignTable):
        using = ""
    lossless = is_lossless(observed.type, desired.type)
    hazards = [blocks_all(what)]
    if not keeps_storage(observed.type, desired.type):
        hazards.append(rewrites(what, _OTHER_WAY if may_be_copied(desired.identity, context) else ""))
    if not lossless:
        hazards.append(loses(f"a value of {what}.{quote_identifier(desired.name)} that {desired.type} cannot hold"))
    sql = f"{altering(desired)} SET DATA TYPE {desired.type}{collate}{using}"
    return [Step(Role.SET, sql, tuple(hazards), destructive=not lossless)]


def set_not_null(column: Column, context: Context) -> list[Step]:
    """SET NOT NULL; online by a validated check, which spares the scan under the lock (ALTER TABLE, SET NOT NULL)."""
    what = parent_name(column)
    plain = Step(Role.SET, f"{altering(column)} SET NOT NULL", (blocks_all(what), scans(what)))
    if not context.online or context.is_new(ObjectId(kind="table", namespace=column.namespace, name=column.parent)):
        return [plain]
    if isinstance(context.observed.table(table_of(column)), ForeignTable):
        return [plain]
    check = quote_identifier(not_null_check(column.identity).name)
    name = quote_identifier(column.name)
    called = _taken_not_null(column, context)
    made = f"{altering(column)} SET NOT NULL"
    if called:
        made = f"ALTER TABLE {what} ADD CONSTRAINT {quote_identifier(called)} NOT NULL {name}"
    return [
        Step(
            Role.SET, f"ALTER TABLE {what} DROP CONSTRAINT IF EXISTS {check}", (blocks_all(what),)
        ),  # of a try that failed
        Step(
            Role.PREPARE,
            f"ALTER TABLE {what} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID",
            (blocks_all(what),),
        ),
        Step(Role.VALIDATE, f"ALTER TABLE {what} VALIDATE CONSTRAINT {check}", (scans(what),)),
        Step(Role.SET, made, (blocks_all(what),)),
        Step(Role.SET, f"ALTER TABLE {what} DROP CONSTRAINT IF EXISTS {check}", (blocks_all(what),)),
    ]


def _taken_not_null(column: Column, context: Context) -> str:
    """Name the constraint where partitions that come have taken the name, or a partition has its parent's (v18)."""
    come = any(each.identity in context.creates for each in context.desired.partitions[table_of(column)])
    return not_null_name(column, context) if come or is_partition_column(column, context) else ""


def _alter_value(desired: Column, observed: Column, fields: frozenset[str], context: Context) -> list[Step]:
    lock = (blocks_all(parent_name(desired)),)
    steps = []
    if desired.generated:
        if "default" in fields:
            hazards = lock if desired.generated == "virtual" else (*lock, rewrites(parent_name(desired)))
            steps.append(Step(Role.SET, f"{altering(desired)} SET EXPRESSION AS ({desired.default})", hazards))
        return steps
    released = _releases_default(desired, observed) or (desired.identity in context.retyped and bool(observed.default))
    if desired.default and ("default" in fields or released) and desired.identity not in context.late_defaults:
        steps.append(Step(Role.SET, f"{altering_only(desired)} SET DEFAULT {desired.default}", lock))
    elif "default" in fields and not desired.default and not observed.generated and not released:
        steps.append(Step(Role.SET, f"{altering_only(desired)} DROP DEFAULT", (*lock, _NO_VALUE)))
    if "identity_mode" in fields and desired.identity_mode and not is_partition_column(desired, context):
        if observed.identity_mode:
            steps.append(
                Step(
                    Role.SET,
                    f"{altering(desired)} SET GENERATED {desired.identity_mode.upper()}",
                    (*lock, _NO_VALUE),
                )
            )
        else:
            steps.append(
                Step(
                    Role.ALTER,
                    f"{altering(desired)} ADD {identity_clause(desired, context.desired)}",
                    (*lock, _NO_VALUE),
                )
            )
    return steps


def _alter_storage(desired: Column, observed: Column, fields: frozenset[str], context: Context) -> list[Step]:
    lock = (blocks_all(parent_name(desired)),)
    steps = []
    if "storage" in fields:
        storage = desired.storage or default_storage(desired.type, context)
        steps.append(Step(Role.SET, f"{altering_only(desired)} SET STORAGE {storage.upper()}", lock))
    if "compression" in fields:
        steps.append(
            Step(Role.SET, f"{altering_only(desired)} SET COMPRESSION {desired.compression or 'default'}", lock)
        )
    if "statistics_target" in fields:
        steps.append(Step(Role.SET, f"{altering_only(desired)} SET STATISTICS {desired.statistics_target}"))
    if "options" in fields:
        wanted = {option.partition("=")[0] for option in desired.options}
        gone = sorted({option.partition("=")[0] for option in observed.options} - wanted)
        if gone:
            steps.append(Step(Role.SET, f"{altering_only(desired)} RESET ({', '.join(gone)})"))
        if desired.options:
            steps.append(Step(Role.SET, f"{altering_only(desired)} SET ({', '.join(desired.options)})"))
    if "foreign_options" in fields:
        changes = change_options(desired.foreign_options, observed.foreign_options)
        steps.append(Step(Role.ALTER, f"{altering(desired)} OPTIONS ({changes})", lock))
    return steps


def _releases_default(desired: Column, observed: Column) -> bool:
    """Say whether `release` drops the default before anything else happens."""
    if not observed.default or observed.generated:
        return False
    return not desired.default or observed.type != desired.type or desired.identity_mode != observed.identity_mode


def release_column(desired: Column, observed: Column, fields: frozenset[str], context: Context) -> list[Step]:
    """Drop the default, identity or expression that is in the way of what comes."""
    lock = (blocks_all(parent_name(observed)),)
    if fields & {"default", "type", "identity_mode"} and _releases_default(desired, observed):
        return [Step(Role.SET, f"{altering_only(observed)} DROP DEFAULT", (*lock, _NO_VALUE))]
    if "identity_mode" in fields and observed.identity_mode and not desired.identity_mode:
        if _follows_identity(observed, context):
            return []  # "cannot drop identity from a column of a partition"
        return [Step(Role.SET, f"{altering(observed)} DROP IDENTITY IF EXISTS", (*lock, _NO_VALUE))]
    if "generated" in fields and observed.generated == "stored":
        return [Step(Role.SET, f"{altering(observed)} DROP EXPRESSION IF EXISTS", (*lock, _NO_VALUE))]
    return []


def _follows_identity(column: Column, context: Context) -> bool:
    """Say whether the column belongs to a partition, before and after: its parent's statement takes its identity."""
    table = table_of(column)
    before, after = context.observed.table(table), context.desired.table(table)
    return before is not None and after is not None and before.partition_of == after.partition_of is not None


def loosen_column(column: Column, below: ObjectId, context: Context) -> Loosened | None:
    """Keep the values while a type or a function below is rebuilt."""
    lock = (blocks_all(parent_name(column)),)
    if below.kind == "range_type" and not column.generated:
        return _by_way_of_text(column, context)
    if facts_of(below.kind).column_type is not ColumnType.NO and not column.generated:
        desired = context.desired.find(Column, column.identity)
        if desired is None:
            return None
        before = (
            (Step(Role.SET, f"{altering_only(column)} DROP DEFAULT", (*lock, _NO_VALUE)),) if column.default else ()
        )
        after = [] if _is_converted_above(column, context) else retype(desired, column, context)
        if column.default and desired.default:
            after.append(Step(Role.SET, f"{altering_only(desired)} SET DEFAULT {desired.default}", lock))
        return Loosened(before, tuple(after))
    if facts_of(below.kind).stands_in_defaults and column.default and not column.generated:
        restored = Step(Role.SET, f"{altering_only(column)} SET DEFAULT {column.default}", lock)
        return Loosened((Step(Role.SET, f"{altering_only(column)} DROP DEFAULT", (*lock, _NO_VALUE)),), (restored,))
    return None


def _is_converted_above(column: Column, context: Context) -> bool:
    """Say whether a parent that stays brings its conversion down: "cannot alter inherited column"."""
    if not column.inherited:
        return False
    for parent in context.observed.parents(table_of(column)):
        above = context.observed.column(parent, column.name)
        table = ObjectId(kind="table", namespace=parent.namespace, name=parent.name)
        if above is not None and table not in context.drops and parent in context.desired.parents(table_of(column)):
            return True
    return False


def _by_way_of_text(column: Column, context: Context) -> Loosened | None:
    """A range type cannot step aside: its constructors would keep its name."""
    desired = context.desired.find(Column, column.identity)
    if desired is None:
        return None
    if _is_converted_above(column, context):
        return Loosened()
    what, name = parent_name(column), quote_identifier(column.name)
    hazards = (blocks_all(what), rewrites(what))
    steps = [Step(Role.SET, f"{altering(column)} SET DATA TYPE text USING {name}::text", hazards)]
    if column.default:
        steps.insert(0, Step(Role.SET, f"{altering_only(column)} DROP DEFAULT", (hazards[0], _NO_VALUE)))
    after = [Step(Role.SET, f"{altering(column)} SET DATA TYPE {desired.type} USING {name}::{desired.type}", hazards)]
    if column.default and desired.default:
        after.append(Step(Role.SET, f"{altering_only(desired)} SET DEFAULT {desired.default}", hazards[:1]))
    return Loosened(tuple(steps), tuple(after))


def column_disturbs(desired: Column, observed: Column, fields: frozenset[str], context: Context) -> frozenset[str]:
    """A change of type wants everything that read the column out of the way (ALTER TABLE, SET DATA TYPE)."""
    del context
    if not fields & {"type", "collation"}:
        return frozenset()
    before, after = base_of(observed.type), base_of(desired.type)
    comparable = before == after or {before, after} <= _INTEGERS
    readers = readers_of_columns()
    return readers if comparable else readers | {"constraint"}
