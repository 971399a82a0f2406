"""Name the rows on which a statement fails, as far as that follows from what it does.

What does not follow is found by experiment, on a copy with generated rows (`shared/analysis/row_proof.py`).
"""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.hazards import fails_on
from shared.kinds.recipes.column_types import base_of, modifiers
from shared.kinds.recipes.copied_columns import is_copied
from shared.kinds.step import Hazard, HazardKind, Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Index
from shared.schema.types import DomainConstraint, DomainType, EnumType
from shared.sql import quote_identifier, quote_literal, quote_qualified

_INTEGERS = {"smallint": 15, "integer": 31}
"""Bits of the integers that may be too small for a wider one."""
_MEASURED = frozenset({"character varying", "character"})
"""Types whose limit is a number of characters, and which refuse what is longer (but for spaces) without a cast."""


def failing_rows_of(identity: ObjectId, step: Step, context: Context) -> Hazard | None:
    """Give the hazard of a statement that fails on some rows; None where none are known.

    Args:
        identity: What the statement is about.
        step: The statement.
        context: The plan.
    """
    kinds = {hazard.kind for hazard in step.hazards}
    reads = step.role is Role.VALIDATE or HazardKind.SCANS_TABLE in kinds
    builds = HazardKind.BUILDS_INDEX in kinds
    match context.desired.objects.get(identity):
        case Column() as column:
            return _of_column(column, step, context, reads=reads)
        case Constraint() as constraint if (reads or builds) and not _held_before(constraint, context):
            return fails_on(_name(constraint.namespace, constraint.parent), _refused(constraint))
        case Index(unique=True) as index if builds and not _held_before(index, context):
            where = f" among those where {index.predicate}" if index.predicate else ""
            return fails_on(_name(index.namespace, index.table), f"equal in ({', '.join(index.columns)}){where}")
        case DomainConstraint() as constraint if reads:
            users = f"tables with a column of {_name(constraint.namespace, constraint.parent)}"
            return fails_on(users, _not(constraint.definition))
        case DomainType(not_null=True) as domain if reads:
            return fails_on(f"tables with a column of {_name(domain.namespace, domain.name)}", "the column IS NULL")
        case _:
            return None


def _name(namespace: str, name: str) -> str:
    return quote_qualified(QualifiedName(namespace, name))


def _of_column(column: Column, step: Step, context: Context, *, reads: bool) -> Hazard | None:
    table, name = _name(column.namespace, column.parent), quote_identifier(column.name)
    observed = context.observed.find(Column, column.identity)
    if column.identity in context.drops and is_copied(column.identity, context):
        return None  # its copy is compared with it, row by row
    if observed is None or column.identity in context.creates:
        refused = (column.not_null and reads) or _refuses_null(column, context)
        computed = column.default or column.identity_mode or not refused
        return None if computed else fails_on(table, "any row, for it would hold NULL")
    if reads and column.not_null:
        return fails_on(table, f"{name} IS NULL")
    if {hazard.kind for hazard in step.hazards} & {HazardKind.REWRITES_TABLE, HazardKind.LOSES_DATA}:
        condition = _too_large(name, observed, column) or _without_label(name, observed, column, context)
        return fails_on(table, condition) if condition else None
    return None


def _refuses_null(column: Column, context: Context) -> bool:
    """Say whether a column comes to a table that is there, and is of a domain that is NOT NULL."""
    table = ObjectId(kind="table", namespace=column.namespace, name=column.parent)
    below = (context.desired.find(DomainType, identity) for identity in context.desired.references[column.identity])
    strict = any(domain is not None and domain.not_null for domain in below)
    return strict and not column.type.endswith("]") and not context.is_new(table)


def _too_large(name: str, observed: Column, desired: Column) -> str:
    before, after = base_of(observed.type), base_of(desired.type)
    if before in (*_INTEGERS, "bigint") and after in _INTEGERS and before != after:
        bits = _INTEGERS[after]
        if before == "bigint" or bits < _INTEGERS[before]:
            return f"{name} NOT BETWEEN {-(2**bits)} AND {2**bits - 1}"
    longest, limits = modifiers(observed.type), modifiers(desired.type)
    narrower = before == after and after in _MEASURED and limits and (not longest or longest[0] > limits[0])
    return f"length({name}) > {limits[0]}" if narrower else ""


def _without_label(name: str, observed: Column, desired: Column, context: Context) -> str:
    """Name the labels that the column's enum has lost, where the column is of it on both sides."""
    for identity in context.observed.references[observed.identity]:
        before, after = context.observed.find(EnumType, identity), context.desired.find(EnumType, identity)
        if before is None or after is None or identity not in context.desired.references[desired.identity]:
            continue
        gone = [quote_literal(label) for label in before.labels if label not in after.labels]
        if gone:
            holds = "holds" if observed.type.endswith("[]") else "=" if len(gone) == 1 else "IN"
            listed = ", ".join(gone)
            return f"{name} {holds} {f'({listed})' if holds == 'IN' else listed}"
    return ""


def _held_before(item: Constraint | Index, context: Context) -> bool:
    """Say whether the rows are known to pass, because what is made again demanded the same before."""
    match item, context.observed.objects.get(item.identity):
        case Constraint(type="check"), Constraint() as observed:
            return observed.validated and observed.definition == item.definition
        case Constraint(), Constraint() as observed:
            same = (observed.type, observed.columns, observed.references, observed.referenced_columns)
            wanted = (item.type, item.columns, item.references, item.referenced_columns)
            return observed.validated and observed.index_valid and observed.enforced and same == wanted
        case Index(), Index() as observed:
            same_rows = observed.columns == item.columns and observed.predicate == item.predicate
            return observed.unique and observed.valid and same_rows
    return False


def _refused(constraint: Constraint) -> str:
    columns = ", ".join(map(quote_identifier, constraint.columns))
    match constraint.type:
        case "not_null":
            return f"{columns} IS NULL"
        case "foreign_key":
            above = quote_qualified(constraint.references) if constraint.references else "the other table"
            return f"({columns}) that no row of {above} has"
        case "check":
            return _not(constraint.definition)
        case "exclusion":
            return f"any two that {constraint.definition} forbids"
        case _:
            return f"equal in ({columns})"


def _not(definition: str) -> str:
    """Spell the opposite of a CHECK."""
    if not definition.startswith("CHECK "):
        return f"those that {definition} refuses"
    expression = definition.removeprefix("CHECK ")
    for ending in (" NOT VALID", " NO INHERIT", " NOT ENFORCED"):
        expression = expression.removesuffix(ending)
    return f"NOT {expression}"
