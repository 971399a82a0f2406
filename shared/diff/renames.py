"""What may have been renamed: a missing and an unexpected table or column of one definition. Offered, never assumed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches
from itertools import product

import msgspec

from shared.diff.changes import Altered, Missing, SchemaDiff, Unexpected
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Table
from shared.schema.types import EnumType
from shared.sql import quote_identifier, quote_literal, quote_qualified

_MAX_CANDIDATES = 3
"""Of one definition on one side: where ten columns are alike, a guess among them helps nobody."""


class PossibleRename(msgspec.Struct, frozen=True, order=True):
    """`observed` may be what `desired` was called before, or is called by mistake.

    Args:
        desired: What is missing.
        observed: What is there instead.
        sql: What renames it, if it is so.
        label: Of an enum, where it may only be called otherwise; empty where the object itself may be.
    """

    desired: ObjectId
    observed: ObjectId
    sql: str
    label: str = ""


def possible_renames(diff: SchemaDiff) -> tuple[PossibleRename, ...]:
    """Give the pairs that are alike but for their names, sorted.

    A column has to be of the same table, and a table to be in the same namespace or to have the same name.

    Args:
        diff: The whole diff: the columns of a missing table are compared with those of an unexpected one.
    """
    missing = _by_definition([change.desired for change in diff.changes if isinstance(change, Missing)])
    unexpected = _by_definition([change.observed for change in diff.changes if isinstance(change, Unexpected)])
    found: list[PossibleRename] = []
    for definition in missing.keys() & unexpected.keys():
        wanted, present = missing[definition], unexpected[definition]
        if max(len(wanted), len(present)) <= _MAX_CANDIDATES:
            for one, other in product(wanted, present):
                if sql := _sql(one, other):
                    found.append(PossibleRename(one.identity, other.identity, sql))
    return tuple(sorted([*found, *_possible_labels(diff)]))


def _possible_labels(diff: SchemaDiff) -> Iterator[PossibleRename]:
    """Give the labels of enums that stand in the place of a missing one, among labels that are all alike."""
    for change in diff.changes:
        if not isinstance(change, Altered):
            continue
        match change.desired, change.observed:
            case EnumType(labels=wanted) as enum, EnumType(labels=present):
                pairs = list(_label_pairs(wanted, present))
                if len(pairs) > _MAX_CANDIDATES:
                    continue
                what = quote_qualified(QualifiedName(enum.namespace, enum.name))
                for new, old in pairs:
                    sql = f"ALTER TYPE {what} RENAME VALUE {quote_literal(old)} TO {quote_literal(new)}"
                    yield PossibleRename(change.identity, change.identity, sql, old)
            case _:
                continue


def _label_pairs(wanted: tuple[str, ...], present: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give the labels of a gap between common ones: as many as there are missing, or else those spelt alike."""
    for step, start, end, first, last in SequenceMatcher(None, wanted, present, autojunk=False).get_opcodes():
        missing = [label for label in wanted[start:end] if label not in present]
        others = [label for label in present[first:last] if label not in wanted]
        if step == "replace" and len(missing) == len(others):
            yield from zip(missing, others, strict=True)
        elif step == "replace":
            for old in others:
                if alike := get_close_matches(old, missing, n=1):
                    yield alike[0], old


def _by_definition(objects: list[SchemaObject]) -> Mapping[Hashable, list[Table | Column]]:
    columns: dict[tuple[str, str], list[Column]] = defaultdict(list)
    for item in objects:
        if isinstance(item, Column):
            columns[item.namespace, item.parent].append(item)
    found: dict[Hashable, list[Table | Column]] = defaultdict(list)
    for item in objects:
        if isinstance(item, Column):
            found["column", item.namespace, item.parent, _unnamed(item)].append(item)
        elif isinstance(item, Table):
            parts = tuple(sorted((column.name, _unnamed(column)) for column in columns[item.namespace, item.name]))
            if parts:  # tables without columns are all alike
                bare = msgspec.structs.replace(item, name="", namespace="", replica_identity="default")
                found["table", msgspec.json.encode(bare), parts].append(item)
    return found


def _unnamed(column: Column) -> bytes:
    # The sequence of a serial column is called after table and column.
    default = "" if column.default.startswith("nextval(") else column.default
    return msgspec.json.encode(msgspec.structs.replace(column, name="", parent="", namespace="", default=default))


def _sql(desired: Table | Column, observed: Table | Column) -> str:
    """Give the statement, or nothing when one statement is not enough."""
    name = quote_identifier(desired.name)
    match observed:
        case Column():
            table = quote_qualified(QualifiedName(observed.namespace, observed.parent))
            return f"ALTER TABLE {table} RENAME COLUMN {quote_identifier(observed.name)} TO {name}"
        case Table():
            table = quote_qualified(QualifiedName(observed.namespace, observed.name))
            if desired.namespace == observed.namespace:
                return f"ALTER TABLE {table} RENAME TO {name}"
            moved = f"ALTER TABLE {table} SET SCHEMA {quote_identifier(desired.namespace)}"
            return moved if desired.name == observed.name else ""
