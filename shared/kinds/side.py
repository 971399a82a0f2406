"""One side of a diff (desired or observed), indexed for the questions that planning asks."""

from __future__ import annotations

from collections import defaultdict
from typing import TypeVar

from shared.kinds.lookup import relations
from shared.kinds.references import implied_references, is_planned_apart
from shared.schema.base import ChildObject
from shared.schema.facets import DefaultPrivileges
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Sequence, Table
from shared.schema.schema import Snapshot

_Kind = TypeVar("_Kind")


class Side:
    """The objects of a snapshot, what each stands on and what stands on each.

    Args:
        snapshot: What was declared or read.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.server_version = snapshot.server_version
        self.fixed_extensions = frozenset(snapshot.fixed_extensions)
        self.objects: dict[ObjectId, SchemaObject] = snapshot.schema.by_identity()
        self.references: dict[ObjectId, set[ObjectId]] = defaultdict(set)
        self.dependents: dict[ObjectId, set[ObjectId]] = defaultdict(set)
        self.children: dict[QualifiedName, list[SchemaObject]] = defaultdict(list)
        self.indexes: dict[QualifiedName, list[Index]] = defaultdict(list)
        self.owned_sequences: dict[QualifiedName, list[Sequence]] = defaultdict(list)
        self.default_privileges: list[DefaultPrivileges] = []
        self.partitions: dict[QualifiedName, list[Table | ForeignTable]] = defaultdict(list)
        self.constraint_names: set[QualifiedName] = set()
        self._order = {QualifiedName(o.namespace, o.relation): o.columns for o in snapshot.column_order}
        self._not_null_names = {
            (QualifiedName(n.namespace, n.relation), n.column): n.name for n in snapshot.not_null_names
        }
        for item in self.objects.values():
            self._index(item)
        for item in self.objects.values():
            if isinstance(item, Column) and item.inherited:
                self._link_inherited(item)
        for edge in snapshot.dependencies:
            self._link(edge.dependent, edge.referenced)

    def _index(self, item: SchemaObject) -> None:
        if isinstance(item, ChildObject):
            self.children[QualifiedName(item.namespace, item.parent)].append(item)
        elif isinstance(item, Index):
            self.indexes[QualifiedName(item.namespace, item.table)].append(item)
        elif isinstance(item, Sequence) and item.owned_by_table is not None:
            self.owned_sequences[item.owned_by_table].append(item)
        elif isinstance(item, Table | ForeignTable) and item.partition_of is not None:
            self.partitions[item.partition_of].append(item)
        elif isinstance(item, DefaultPrivileges):
            self.default_privileges.append(item)
        if isinstance(item, Constraint):
            self.constraint_names.add(QualifiedName(item.namespace, item.name))
        for referenced in implied_references(item):
            self._link(item.identity, referenced)

    def _link_inherited(self, column: Column) -> None:
        for parent in self.parents(QualifiedName(column.namespace, column.parent)):
            above = ObjectId(kind="column", namespace=parent.namespace, parent=parent.name, name=column.name)
            self._link(column.identity, above)

    def _link(self, dependent: ObjectId, referenced: ObjectId) -> None:
        if dependent == referenced or referenced not in self.objects or dependent not in self.objects:
            return
        if is_planned_apart(self.objects[dependent], self.objects[referenced]):
            return
        self.references[dependent].add(referenced)
        self.dependents[referenced].add(dependent)

    def find(self, kind: type[_Kind], identity: ObjectId) -> _Kind | None:
        """Give the object of this identity when it is of that model class."""
        item = self.objects.get(identity)
        return item if isinstance(item, kind) else None

    def relation(self, name: QualifiedName) -> SchemaObject | None:
        """Give the table, foreign table, view or materialized view of this name."""
        for kind in relations():
            found = self.objects.get(ObjectId(kind=kind, namespace=name.namespace, name=name.name))
            if found is not None:
                return found
        return None

    def table(self, name: QualifiedName) -> Table | ForeignTable | None:
        """Give the table or foreign table of this name."""
        found = self.relation(name)
        return found if isinstance(found, Table | ForeignTable) else None

    def columns(self, name: QualifiedName) -> tuple[Column, ...]:
        """Give a table's columns in their order."""
        columns = {item.name: item for item in self.children[name] if isinstance(item, Column)}
        order = [column for column in self._order.get(name, ()) if column in columns]
        rest = sorted(columns.keys() - set(order))
        return tuple(columns[column] for column in (*order, *rest))

    def column(self, table: QualifiedName, name: str) -> Column | None:
        """Give one column of a table."""
        return self.find(Column, ObjectId(kind="column", namespace=table.namespace, parent=table.name, name=name))

    def inherited_not_null(self, table: QualifiedName, column: str) -> str:
        """Give what an inherited NOT NULL is called where that is not its parent's name (v18)."""
        return self._not_null_names.get((table, column), "")

    def constraints(self, name: QualifiedName) -> tuple[Constraint, ...]:
        """Give a table's constraints, sorted by name."""
        return tuple(item for item in self.children[name] if isinstance(item, Constraint))

    def parents(self, name: QualifiedName) -> tuple[QualifiedName, ...]:
        """Give the tables that a table inherits from or is a partition of."""
        table = self.table(name)
        if table is None:
            return ()
        return (table.partition_of,) if table.partition_of else table.inherits

    def identity_sequence(self, column: Column) -> Sequence | None:
        """Give the sequence that GENERATED … AS IDENTITY made for a column."""
        for sequence in self.owned_sequences[QualifiedName(column.namespace, column.parent)]:
            if sequence.identity_of_column and sequence.owned_by_column == column.name:
                return sequence
        return None

    def constraint_above(self, constraint: Constraint) -> Constraint | None:
        """Give the partitioned table's constraint that a partition's constraint is a part of."""
        for parent in self.parents(QualifiedName(constraint.namespace, constraint.parent)):
            for candidate in self.constraints(parent):
                same = (candidate.type, candidate.columns, candidate.references)
                if same == (constraint.type, constraint.columns, constraint.references):
                    return candidate
        return None
