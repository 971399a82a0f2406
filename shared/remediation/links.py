"""What an object stands on by its very definition, and which of PostgreSQL's dependencies planning replaces by its own.

`pg_depend` (catalogs.sgml, "pg_depend") supplies the rest through `Snapshot.dependencies`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shared.schema.base import ChildObject, Facet
from shared.schema.database import ForeignServer, UserMapping
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Sequence, StatisticsObject, Table, Trigger

_TABLES = ("table", "foreign_table")
_CARRIERS = ("table", "foreign_table", "view", "materialized_view", "composite_type")


def _of_facet(item: Facet) -> Iterator[ObjectId]:
    yield item.carrier
    if item.carrier.parent:
        yield from _of_kinds(_CARRIERS, QualifiedName(item.namespace, item.carrier.parent))


def _of_child(item: ChildObject) -> Iterator[ObjectId]:
    yield from _of_kinds((*_CARRIERS, "domain_type"), QualifiedName(item.namespace, item.parent))


def _of_constraint(item: Constraint) -> Iterator[ObjectId]:
    yield from _of_child(item)
    yield from _columns(QualifiedName(item.namespace, item.parent), item.columns)
    if item.references is not None:
        yield from _of_kinds(_TABLES, item.references)
        yield from _columns(item.references, item.referenced_columns)


def _columns(table: QualifiedName, names: tuple[str, ...]) -> Iterator[ObjectId]:
    for name in names:
        yield ObjectId(kind="column", namespace=table.namespace, parent=table.name, name=name)


def _of_index(item: Index) -> Iterator[ObjectId]:
    yield from _of_kinds(_CARRIERS, QualifiedName(item.namespace, item.table))


def _of_statistics(item: StatisticsObject) -> Iterator[ObjectId]:
    yield from _of_kinds(_TABLES, item.table)


def _of_table(item: Table | ForeignTable) -> Iterator[ObjectId]:
    for parent in item.inherits:
        yield from _of_kinds(_TABLES, parent)
    if isinstance(item, ForeignTable):
        yield ObjectId(kind="foreign_server", name=item.server)


def _of_server(item: ForeignServer) -> Iterator[ObjectId]:
    yield ObjectId(kind="foreign_data_wrapper", name=item.wrapper)


def _of_mapping(item: UserMapping) -> Iterator[ObjectId]:
    yield ObjectId(kind="foreign_server", name=item.name)


_REFERENCES: tuple[tuple[type, Callable[[Any], Iterator[ObjectId]]], ...] = (
    (Facet, _of_facet),
    (Constraint, _of_constraint),
    (ChildObject, _of_child),
    (Index, _of_index),
    (StatisticsObject, _of_statistics),
    (Table, _of_table),
    (ForeignTable, _of_table),
    (ForeignServer, _of_server),
    (UserMapping, _of_mapping),
)


def implied_references(item: SchemaObject) -> Iterator[ObjectId]:
    """Name what an object cannot be without, whatever `pg_depend` says. Names that do not exist are harmless."""
    if item.namespace:
        yield ObjectId(kind="namespace", name=item.namespace)
    for model, references in _REFERENCES:
        if isinstance(item, model):
            yield from references(item)
            return


def _of_kinds(kinds: tuple[str, ...], name: QualifiedName) -> Iterator[ObjectId]:
    for kind in kinds:
        yield ObjectId(kind=kind, namespace=name.namespace, name=name.name)


def is_planned_apart(dependent: SchemaObject, referenced: SchemaObject) -> bool:
    """Say whether planning orders this pair by rules of its own rather than by the catalog's edge.

    - A sequence does not need its column: CREATE SEQUENCE comes first, OWNED BY last.
    - A partition does not need its parent, nor its indexes, constraints and triggers the parent's: the partition is
      made whole under its own names, then attached.
    """
    match dependent, referenced:
        case (Sequence(), Column() | Table() | ForeignTable()):
            return True
        case (Table() | ForeignTable(), Table() as parent):
            return QualifiedName(parent.namespace, parent.name) == dependent.partition_of
        case (Index(), Index()) | (Trigger(), Trigger()):
            return True
        case (Constraint() as child, Constraint() as parent):
            return child.type != "foreign_key" or parent.type == "foreign_key"
        case (Constraint(), Index()) | (Index(), Constraint()):
            return isinstance(dependent, Index)
        case _:
            return False
