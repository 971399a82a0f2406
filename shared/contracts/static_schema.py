"""Look up what a query can name in a snapshot, without a server: relations with their columns, types, routines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.contracts.facts import UNTOLD, SqlType
from shared.contracts.routine_bodies import Routines
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, MaterializedView, Table, View
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
        self.search_path = search_path
        self.routines = Routines(snapshot, search_path)
        self.namespaces: set[str] = set()
        self.definitions: dict[QualifiedName, str] = {}
        self.not_null: dict[QualifiedName, set[str]] = {}
        self.written_by_postgresql: dict[QualifiedName, dict[str, str]] = {}
        self.routine_names: set[str] = set()
        self.constraints: dict[QualifiedName, set[str]] = {}
        self._columns: dict[QualifiedName, dict[str, SqlType]] = {}
        self._tables: set[QualifiedName] = set()
        self._types: dict[QualifiedName, EnumType | CompositeType | RangeType | DomainType] = {}
        for item in snapshot.schema:
            self._add(item)
        for order in snapshot.column_order:
            known = self._columns.get(QualifiedName(order.namespace, order.relation), {})
            ordered = {name: known[name] for name in order.columns if name in known}
            if known:
                self._columns[QualifiedName(order.namespace, order.relation)] = ordered | known

    def _add(self, item: SchemaObject) -> None:
        self.namespaces.add(item.namespace)
        match item:
            case Table() | ForeignTable():
                place = QualifiedName(item.namespace, item.name)
                self._columns.setdefault(place, {})
                self._tables.add(place)
            case Column():
                self._add_column(item, QualifiedName(item.namespace, item.parent))
            case View() | MaterializedView():
                place = QualifiedName(item.namespace, item.name)
                self._columns[place] = dict(_view_column(text) for text in item.columns)
                self.definitions[place] = item.definition
            case Constraint():
                self.constraints.setdefault(QualifiedName(item.namespace, item.parent), set()).add(item.name)
            case Routine() | Aggregate():
                self.routine_names.add(item.name)
            case EnumType() | CompositeType() | RangeType() | DomainType():
                self._types[QualifiedName(item.namespace, item.name)] = item
            case _:
                pass  # no query names it alone

    def _add_column(self, column: Column, place: QualifiedName) -> None:
        self._columns.setdefault(place, {})[column.name] = type_written(column.type)
        if column.not_null:
            self.not_null.setdefault(place, set()).add(column.name)
        if column.generated or column.identity_mode == "always":
            how = "generated" if column.generated else "identity"
            self.written_by_postgresql.setdefault(place, {})[column.name] = how

    @property
    def own_names(self) -> set[str]:
        """The names of routines and types that are not PostgreSQL's own."""
        return self.routine_names | {name.name for name in self._types}

    def find(self, name: QualifiedName) -> QualifiedName | None:
        """Give the relation that a name means; None when there is none."""
        if name.namespace:
            return name if name in self._columns else None
        paths = (QualifiedName(namespace, name.name) for namespace in self.search_path)
        return next((path for path in paths if path in self._columns), None)

    def is_table(self, relation: QualifiedName) -> bool:
        """Say whether a relation is a table, and not a view."""
        return relation in self._tables

    def columns(self, relation: QualifiedName) -> Columns:
        """Give the columns of a relation in their order; a result has the type below a domain."""
        return {name: self.below(kind) for name, kind in self._columns.get(relation, {}).items()}

    def below(self, kind: SqlType) -> SqlType:
        """Give the type below a domain, and any other type as it is."""
        found = self._types.get(QualifiedName(kind.namespace, kind.name))
        return self.below(type_written(found.base_type)) if isinstance(found, DomainType) and not kind.array else kind

    def type_named(self, namespace: str, name: str) -> SqlType | None:
        """Give the type of a name; None for one that PostgreSQL may know of itself, or nobody."""
        paths = [namespace] if namespace else self.search_path
        return next((SqlType(each, name) for each in paths if QualifiedName(each, name) in self._types), None)

    def labels(self, kind: SqlType) -> tuple[str, ...] | None:
        """Give the labels of an enum; None for another type."""
        found = self._types.get(QualifiedName(kind.namespace, kind.name))
        return found.labels if isinstance(found, EnumType) and not kind.array else None

    def attributes(self, kind: SqlType) -> Columns | None:
        """Give the attributes of a composite type with their types; None for another type."""
        found = self._types.get(QualifiedName(kind.namespace, kind.name))
        if not isinstance(found, CompositeType) or kind.array:
            return None
        return {each.name: self.below(type_written(each.type)) for each in found.attributes}


def _view_column(text: str) -> tuple[str, SqlType]:
    """Part `name type`; a name with blanks is quoted."""
    if text.startswith('"'):
        end = text.index('"', 1)
        return text[1:end], type_written(text[end + 2 :])
    name, _, kind = text.partition(" ")
    return name, type_written(kind)


def type_written(written: str) -> SqlType:
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
