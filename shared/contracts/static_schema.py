"""Look up what a query can name in a snapshot, without a server: relations with their columns, routines, types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.contracts.facts import UNTOLD, SqlType
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column, ForeignTable, MaterializedView, Table, View
from shared.schema.routines import Aggregate, Routine
from shared.schema.schema import Snapshot
from shared.schema.types import CompositeType, DomainType, EnumType, RangeType

_CATALOG_NAMES = {
    "bigint": "int8", "integer": "int4", "smallint": "int2", "boolean": "bool", "character varying": "varchar",
    "character": "bpchar", "double precision": "float8", "real": "float4", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp", "time without time zone": "time", "time with time zone": "timetz",
    "bit varying": "varbit",
}  # fmt: skip
"""What the catalog calls the types that `format_type` spells as the SQL standard does."""
_MODIFIER = re.compile(r"\(\d+(?:,-?\d+)?\)")

Columns = Mapping[str, SqlType]


class StaticSchema:
    """The names of one snapshot.

    Args:
        snapshot: The shape.
        search_path: Where names without a namespace are looked up.
    """

    def __init__(self, snapshot: Snapshot, search_path: tuple[str, ...]) -> None:
        self._search_path = search_path
        self._columns: dict[QualifiedName, dict[str, SqlType]] = {}
        self.not_null: dict[QualifiedName, set[str]] = {}
        self.routines: set[str] = set()
        self.types: set[str] = set()
        self._domains: dict[SqlType, str] = {}
        for item in snapshot.schema:
            self._add(item)
        for order in snapshot.column_order:
            known = self._columns.get(QualifiedName(order.namespace, order.relation), {})
            ordered = {name: known[name] for name in order.columns if name in known}
            if known:
                self._columns[QualifiedName(order.namespace, order.relation)] = ordered | known

    def _add(self, item: object) -> None:
        match item:
            case Table() | ForeignTable():
                self._columns.setdefault(QualifiedName(item.namespace, item.name), {})
            case Column():
                place = QualifiedName(item.namespace, item.parent)
                self._columns.setdefault(place, {})[item.name] = _type(item.type)
                if item.not_null:
                    self.not_null.setdefault(place, set()).add(item.name)
            case View() | MaterializedView():
                columns = dict(_view_column(text) for text in getattr(item, "columns", ()))
                self._columns[QualifiedName(item.namespace, item.name)] = columns
            case Routine() | Aggregate():
                self.routines.add(item.name)
            case EnumType() | CompositeType() | RangeType() | DomainType():
                self.types.add(item.name)
                if isinstance(item, DomainType):
                    self._domains[SqlType(item.namespace, item.name)] = item.base_type
            case _:
                pass  # no query names it alone

    def find(self, name: QualifiedName) -> QualifiedName | None:
        """Give the relation that a name means; None when there is none."""
        if name.namespace:
            return name if name in self._columns else None
        paths = (QualifiedName(namespace, name.name) for namespace in self._search_path)
        return next((path for path in paths if path in self._columns), None)

    def columns(self, relation: QualifiedName) -> Columns:
        """Give the columns of a relation in their order; a result has the type below a domain."""
        return {name: self._below(kind) for name, kind in self._columns.get(relation, {}).items()}

    def _below(self, kind: SqlType) -> SqlType:
        return self._below(_type(self._domains[kind])) if kind in self._domains else kind


def _view_column(text: str) -> tuple[str, SqlType]:
    """Part `name type`; a name with blanks is quoted."""
    if text.startswith('"'):
        end = text.index('"', 1)
        return text[1:end], _type(text[end + 2 :])
    name, _, kind = text.partition(" ")
    return name, _type(kind)


def _type(written: str) -> SqlType:
    """Give the catalog's name of a type that `format_type` has written."""
    array = written.endswith("[]")
    bare = _MODIFIER.sub("", written.removesuffix("[]")).strip()
    bare = re.sub(" +", " ", bare)
    if not bare:
        return UNTOLD
    namespace, dot, name = bare.rpartition(".")
    if dot:
        return SqlType(namespace.strip('"'), name.strip('"'), array)
    return SqlType("pg_catalog", _CATALOG_NAMES.get(bare, bare), array)
