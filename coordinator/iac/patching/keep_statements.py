"""For each difference that can be kept: the statements to add to the declaration, and those to remove from it.

Only differences with an obvious place are offered: columns, constraints, indexes and triggers of declared tables.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shared.diff.changes import Altered, Change, Missing, SchemaDiff, Unexpected, Unverified
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Index, Trigger
from shared.sql import quote_identifier, quote_qualified

_PLACEHOLDER = "{tenant}"
_DEFAULT_NAMESPACES = frozenset({"", "public", _PLACEHOLDER})


class KeptChange(msgspec.Struct, frozen=True, kw_only=True):
    """One difference to keep, as an edit of the declaration.

    Args:
        summary: For people: `index public.orders_by_day`.
        removes: The object whose own statement is removed, or None.
        adds: Statements to add, without semicolons.
        after: Objects whose declarations must come before what is added.
    """

    summary: str
    removes: ObjectId | None = None
    adds: tuple[str, ...] = ()
    after: tuple[ObjectId, ...] = ()


def changes_to_keep(diff: SchemaDiff) -> Iterator[KeptChange]:
    """Return the differences that an edit of the declaration can keep, in the diff's order."""
    for change in diff.changes:
        found = _keep(change)
        if found is not None:
            yield found


def _keep(change: Change) -> KeptChange | None:  # noqa: PLR0911  # one return for each case
    match change:
        case Unexpected(observed=Column() as column):
            return _added(change, column, (_add_column(column),))
        case Unexpected(observed=Constraint() as constraint):
            return _added(change, constraint, (_add_constraint(constraint),))
        case Unexpected(observed=Index() | Trigger() as item):
            return _added(change, item, (_unqualified(item.definition),))
        case Missing(desired=Index() | Constraint() | Trigger()):
            return KeptChange(summary=f"no longer declares {change.identity}", removes=change.identity)
        case Altered(observed=Index() as index):
            added = _added(change, index, (_unqualified(index.definition),))
            return msgspec.structs.replace(added, removes=change.identity)
        case Altered(observed=Constraint() as constraint):
            dropped = f"ALTER TABLE {_table(constraint)} DROP CONSTRAINT {quote_identifier(constraint.name)}"
            return _added(change, constraint, (dropped, _add_constraint(constraint)))
        case Altered(observed=Column() as column, fields=fields) if set(fields) <= {"type", "default", "not_null"}:
            return _added(change, column, tuple(_alter_column(column, fields)))
        case Missing() | Unexpected() | Altered() | Unverified():
            return None


def _added(change: Change, item: Column | Constraint | Index | Trigger, statements: tuple[str, ...]) -> KeptChange:
    table = item.table if isinstance(item, Index) else item.parent
    after = [ObjectId(kind="table", namespace=item.namespace, name=table)]
    if isinstance(item, Constraint) and item.references is not None:
        after.append(ObjectId(kind="table", namespace=item.references.namespace, name=item.references.name))
    return KeptChange(summary=f"declares {change.identity}", adds=statements, after=tuple(after))


def _unqualified(definition: str) -> str:
    """Return a definition without the tenant's placeholder namespace, which the search path stands for."""
    return definition.replace(f'"{_PLACEHOLDER}".', "").replace(f"{_PLACEHOLDER}.", "")


def _table(item: Column | Constraint) -> str:
    namespace = "" if item.namespace in _DEFAULT_NAMESPACES else item.namespace
    return quote_qualified(QualifiedName(namespace, item.parent))


def _add_constraint(item: Constraint) -> str:
    return f"ALTER TABLE {_table(item)} ADD CONSTRAINT {quote_identifier(item.name)} {_unqualified(item.definition)}"


def _add_column(item: Column) -> str:
    words = [f"ALTER TABLE {_table(item)} ADD COLUMN {quote_identifier(item.name)} {_unqualified(item.type)}"]
    if item.collation is not None:
        words.append(f"COLLATE {quote_qualified(item.collation)}")
    if item.identity_mode:
        words.append(f"GENERATED {item.identity_mode.upper()} AS IDENTITY")
    elif item.generated:
        words.append(f"GENERATED ALWAYS AS ({_unqualified(item.default)}) {item.generated.upper()}")
    elif item.default:
        words.append(f"DEFAULT {_unqualified(item.default)}")
    if item.not_null:
        words.append("NOT NULL")
    return " ".join(words)


def _alter_column(item: Column, fields: tuple[str, ...]) -> Iterator[str]:
    start = f"ALTER TABLE {_table(item)} ALTER COLUMN {quote_identifier(item.name)}"
    if "type" in fields:
        yield f"{start} TYPE {_unqualified(item.type)}"
    if "default" in fields:
        yield f"{start} SET DEFAULT {_unqualified(item.default)}" if item.default else f"{start} DROP DEFAULT"
    if "not_null" in fields:
        yield f"{start} {'SET' if item.not_null else 'DROP'} NOT NULL"
