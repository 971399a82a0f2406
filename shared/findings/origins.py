"""Find where the object of a change is declared; for an undeclared object, where its table is declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from shared.diff.changes import Altered, Change, Missing, Unexpected, Unverified
from shared.kinds.facts import Holds
from shared.kinds.lookup import kinds_holding
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Index, StatisticsObject
from shared.schema.schema import ObjectOrigin, Origin


class Origins:
    """Looks up where objects are declared.

    Args:
        origins: Of a spec.
    """

    def __init__(self, origins: Iterable[ObjectOrigin]) -> None:
        self._by_identity = {entry.identity: entry.origin for entry in origins}

    def of(self, change: Change) -> Origin | None:
        """Give where the object of a change is declared, else where its table is; None when neither is declared."""
        identity = change.identity
        if identity.of:  # a facet stands where its carrier does
            identity = ObjectId(
                kind=identity.of,
                namespace=identity.namespace,
                parent=identity.parent,
                name=identity.name,
                signature=identity.signature,
            )
        return self._by_identity.get(identity) or self._carrier(
            identity.namespace, identity.parent or _table_of(change)
        )

    def _carrier(self, namespace: str, name: str) -> Origin | None:
        if not name:
            return None
        kinds = kinds_holding(Holds.ROWS, Holds.QUERY, Holds.CHECKS)
        candidates = (ObjectId(kind=kind, namespace=namespace, name=name) for kind in kinds)
        return next((self._by_identity[found] for found in candidates if found in self._by_identity), None)


def _table_of(change: Change) -> str:
    match change:
        case Missing(desired=item) | Unexpected(observed=item) | Altered(desired=item):
            return _table_of_object(item)
        case Unverified():
            return ""
        case _:
            assert_never(change)


def _table_of_object(item: SchemaObject) -> str:
    match item:
        case Index():
            return item.table
        case StatisticsObject():
            return item.table.name
        case _:
            return ""
