"""(desired, observed) → SchemaDiff: one merge for every kind, by identity."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from shared.diff.changes import Altered, Change, Missing, SchemaDiff, Unexpected
from shared.kinds import RECORDS
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.schema import Schema


def diff_schemas(desired: Schema, observed: Schema) -> SchemaDiff:
    """Give every difference, sorted by identity.

    The diff is empty exactly when the two schemas have one hash, and swapping the arguments swaps missing and
    unexpected: no field is ignored here, because what is not drift must not be in a Schema.
    """
    return SchemaDiff(tuple(_merge(desired.objects, observed.objects)))


def _merge(desired: tuple[SchemaObject, ...], observed: tuple[SchemaObject, ...]) -> Iterator[Change]:
    """Walk two sorted schemas side by side."""
    wanted, present = iter(desired), iter(observed)
    left, right = next(wanted, None), next(present, None)
    while left is not None or right is not None:
        if left is not None and right is not None and left.identity == right.identity:
            change = _compare(left, right)
            left, right = next(wanted, None), next(present, None)
        elif right is None or (left is not None and left.identity < right.identity):
            change = _compare(left, None)
            left = next(wanted, None)
        else:
            change = _compare(None, right)
            right = next(present, None)
        if change is not None:
            yield change


def _compare(desired: SchemaObject | None, observed: SchemaObject | None) -> Change | None:
    if desired is None:
        assert observed is not None
        return Unexpected(observed)
    if observed is None:
        return Missing(desired)
    if desired == observed:
        return None
    fields = tuple(name for name in _field_names(type(desired)) if getattr(desired, name) != getattr(observed, name))
    return Altered(desired, observed, fields)


@cache
def _field_names(model: type[SchemaObject]) -> tuple[str, ...]:
    return tuple(sorted(field.name for field in msgspec.structs.fields(model)))


def headline(diff: SchemaDiff) -> SchemaDiff:
    """Leave out what only follows from something else: the columns of a missing table, the comment of a lost index.

    Returns:
        The changes a person should read; the full diff stays the basis of every plan.
    """
    whole = {change.identity for change in diff.changes if isinstance(change, Missing | Unexpected)}
    return SchemaDiff(tuple(change for change in diff.changes if not _follows(change, whole)))


def _follows(change: Change, whole: set[ObjectId]) -> bool:
    match change:
        case Missing(desired=item) | Unexpected(observed=item):
            return any(carrier in whole for carrier in RECORDS[item.kind].comes_with(item))
        case _:
            return False
