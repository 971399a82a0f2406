"""What an object stands on by its very definition, and which of PostgreSQL's dependencies planning replaces by its own.

`pg_depend` (catalogs.sgml, "pg_depend") supplies the rest through `Snapshot.dependencies`.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.facts import Holds
from shared.kinds.lookup import facts_of, kinds_holding, tables
from shared.schema.base import ChildObject, Facet
from shared.schema.database import ForeignServer, UserMapping
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, StatisticsObject, Table


def implied_references(item: SchemaObject) -> Iterator[ObjectId]:
    """Name what an object cannot be without, whatever `pg_depend` says. Names that do not exist are harmless."""
    if item.namespace:
        yield ObjectId(kind="namespace", name=item.namespace)
    yield from facts_of(item.kind).references(item)


def is_planned_apart(dependent: SchemaObject, referenced: SchemaObject) -> bool:
    """Say whether planning orders this pair by rules of its own rather than by the catalog's edge."""
    return facts_of(dependent.kind).planned_apart(dependent, referenced)


def _of_kinds(kinds: tuple[str, ...], name: QualifiedName) -> Iterator[ObjectId]:
    for kind in kinds:
        yield ObjectId(kind=kind, namespace=name.namespace, name=name.name)


def _columned() -> tuple[str, ...]:
    return kinds_holding(Holds.ROWS, Holds.QUERY, Holds.ATTRIBUTES)


def of_facet(item: Facet) -> Iterator[ObjectId]:
    """Its carrier, and what a carried column is a part of."""
    yield item.carrier
    if item.carrier.parent:
        yield from _of_kinds(_columned(), QualifiedName(item.namespace, item.carrier.parent))


def of_child(item: ChildObject) -> Iterator[ObjectId]:
    """The relation, type or domain that it is a part of."""
    parents = (*_columned(), *kinds_holding(Holds.CHECKS))
    yield from _of_kinds(parents, QualifiedName(item.namespace, item.parent))


def of_constraint(item: Constraint) -> Iterator[ObjectId]:
    """The table and columns of a constraint, and those that a foreign key refers to."""
    yield from of_child(item)
    yield from _columns(QualifiedName(item.namespace, item.parent), item.columns)
    if item.references is not None:
        yield from _of_kinds(tables(), item.references)
        yield from _columns(item.references, item.referenced_columns)


def _columns(table: QualifiedName, names: tuple[str, ...]) -> Iterator[ObjectId]:
    for name in names:
        yield ObjectId(kind="column", namespace=table.namespace, parent=table.name, name=name)


def of_index(item: Index) -> Iterator[ObjectId]:
    """The table or materialized view of an index."""
    yield from _of_kinds(_columned(), QualifiedName(item.namespace, item.table))


def of_statistics(item: StatisticsObject) -> Iterator[ObjectId]:
    """The table that statistics are about."""
    yield from _of_kinds(tables(), item.table)


def of_table(item: Table | ForeignTable) -> Iterator[ObjectId]:
    """The tables that it inherits from."""
    for parent in item.inherits:
        yield from _of_kinds(tables(), parent)


def of_foreign_table(item: ForeignTable) -> Iterator[ObjectId]:
    """The tables that it inherits from, and its server."""
    yield from of_table(item)
    yield ObjectId(kind="foreign_server", name=item.server)


def of_server(item: ForeignServer) -> Iterator[ObjectId]:
    """The foreign-data wrapper of a server."""
    yield ObjectId(kind="foreign_data_wrapper", name=item.wrapper)


def of_mapping(item: UserMapping) -> Iterator[ObjectId]:
    """The foreign server of a user mapping."""
    yield ObjectId(kind="foreign_server", name=item.name)


def sequence_apart(item: object, referenced: SchemaObject) -> bool:
    """A sequence does not need its column: CREATE SEQUENCE comes first, OWNED BY last."""
    del item
    return isinstance(referenced, Column | Table | ForeignTable)


def partition_apart(item: Table | ForeignTable, referenced: SchemaObject) -> bool:
    """A partition does not need its parent: it is made whole under its own names, then attached."""
    if not isinstance(referenced, Table):
        return False
    return QualifiedName(referenced.namespace, referenced.name) == item.partition_of


def part_apart(item: SchemaObject, referenced: SchemaObject) -> bool:
    """An index or trigger of a partition does not need its parent's, for the same reason."""
    return type(item) is type(referenced)


def index_apart(item: object, referenced: SchemaObject) -> bool:
    """An index of a partition needs neither its parent's nor the constraint that it is behind."""
    del item
    return isinstance(referenced, Index | Constraint)


def constraint_apart(item: Constraint, referenced: SchemaObject) -> bool:
    """A partition's constraint does not need its parent's, but a foreign key needs the key that it refers to."""
    if not isinstance(referenced, Constraint):
        return False
    return item.type != "foreign_key" or referenced.type == "foreign_key"
