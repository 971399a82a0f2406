"""What an object stands on by its very definition, and which of PostgreSQL's dependencies planning replaces by its own.

`pg_depend` (catalogs.sgml, "pg_depend") supplies the rest through `Snapshot.dependencies`.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.schema.base import ChildObject, Facet
from shared.schema.database import ForeignServer, UserMapping
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Sequence, StatisticsObject, Table, Trigger
from shared.schema.types import DomainConstraint

_TABLES = ("table", "foreign_table")
_CARRIERS = ("table", "foreign_table", "view", "materialized_view", "composite_type")


def implied_references(item: SchemaObject) -> Iterator[ObjectId]:
    """Name what an object cannot be without, whatever `pg_depend` says. Names that do not exist are harmless."""
    if item.namespace:
        yield ObjectId(kind="namespace", name=item.namespace)
    if isinstance(item, Facet):
        yield item.carrier
        if item.carrier.parent:
            yield from _of_kinds(_CARRIERS, QualifiedName(item.namespace, item.carrier.parent))
    elif isinstance(item, DomainConstraint):
        yield ObjectId(kind="domain_type", namespace=item.namespace, name=item.parent)
    elif isinstance(item, ChildObject):
        yield from _of_kinds(_CARRIERS, QualifiedName(item.namespace, item.parent))
    if isinstance(item, Constraint):
        for column in item.columns:
            yield ObjectId(kind="column", namespace=item.namespace, parent=item.parent, name=column)
        if item.references is not None:
            yield from _of_kinds(_TABLES, item.references)
            for column in item.referenced_columns:
                yield ObjectId(
                    kind="column", namespace=item.references.namespace, parent=item.references.name, name=column
                )
    elif isinstance(item, Index):
        yield from _of_kinds(_CARRIERS, QualifiedName(item.namespace, item.table))
    elif isinstance(item, StatisticsObject):
        yield from _of_kinds(_TABLES, item.table)
    elif isinstance(item, Table | ForeignTable):
        for parent in item.inherits:
            yield from _of_kinds(_TABLES, parent)
        if isinstance(item, ForeignTable):
            yield ObjectId(kind="foreign_server", name=item.server)
    elif isinstance(item, ForeignServer):
        yield ObjectId(kind="foreign_data_wrapper", name=item.wrapper)
    elif isinstance(item, UserMapping):
        yield ObjectId(kind="foreign_server", name=item.name)


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
