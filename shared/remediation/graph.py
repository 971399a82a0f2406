"""The nodes of a plan (what is done to which object) and the edges between them (what must come first)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from shared.remediation.closure import TYPES, Decision
from shared.remediation.hosting import creation_host, drop_host, inline_children, parted_from
from shared.remediation.kinds.not_null import keys_on
from shared.remediation.kinds.operators import one_way_links
from shared.remediation.kinds.privileges import grants_after_creation, may_be_granted
from shared.remediation.kinds.tables import belongs_to_parent
from shared.remediation.mentions import mention_edges
from shared.remediation.node import Node
from shared.remediation.ranks import LAST, kind_rank
from shared.remediation.recipe import REBUILD, RECIPES, Context, Step
from shared.remediation.slots import slots_of
from shared.remediation.stages import reads_without_blocking
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Table
from shared.schema.relations import Sequence as SequenceObject

_PARENTS = frozenset({"inherits", "partition_of", "partition_bound"})
_HOLDS_VALUES = frozenset({"table", "column", "sequence"})
_PHASES = {
    "release": 0, "before": 0, "drop": 1, "begin": 2, "create": 3, "alter": 3, "after": 3, "finish": 4, "grants": 4,
    "discard": 5,
}  # fmt: skip


class Graph:
    """All nodes with their steps, and the edges.

    Args:
        context: Both sides, and what is created and dropped.
        decision: What is altered and loosened.
        ejected: Objects that must have statements of their own, to break a cycle.
    """

    def __init__(self, context: Context, decision: Decision, ejected: set[ObjectId]) -> None:
        self.context = context
        self.decision = decision
        self.ejected = ejected
        self.steps: dict[Node, Sequence[Step]] = {}
        self.edges: dict[Node, set[Node]] = defaultdict(set)
        self.hosted: dict[Node, list[ObjectId]] = defaultdict(list)
        self.arrival: dict[ObjectId, Node] = {}
        self.departure: dict[ObjectId, Node] = {}
        inline_children(context, ejected)
        self._add_nodes()
        self._add_drop_edges()
        self._add_create_edges()
        self._add_operator_edges()
        self._add_alter_edges()
        self._add_loosened_edges()
        self._add_finish_edges()
        self._add_slot_edges()
        self.mentions = [*mention_edges(context, self.arrival), *self._overloads()]

    # Nodes

    def _add_nodes(self) -> None:
        context = self.context
        for identity in context.drops:
            host = Node("drop", drop_host(identity, context, self.ejected))
            self.departure[identity] = host
            self.hosted[host].append(identity)
        for identity in context.creates:
            carrier = creation_host(identity, context)
            phase = "alter" if carrier in self.decision.alters else "create"
            self.arrival[identity] = Node(phase, carrier)
            self.hosted[self.arrival[identity]].append(identity)
        for identity in self.decision.alters:
            self.arrival[identity] = Node("alter", identity)
        for node in (*self.departure.values(), *self.arrival.values()):
            if node not in self.steps:
                self.steps[node] = self._steps_of(node)
        self._add_extra_nodes()

    def _steps_of(self, node: Node) -> Sequence[Step]:
        recipe = RECIPES[node.identity.kind]
        if node.phase == "drop":
            return recipe.drop(self.context.observed.objects[node.identity], self.context)
        if node.phase == "create":
            return recipe.create(self.context.desired.objects[node.identity], self.context)
        change = self.decision.alters[node.identity]
        steps = recipe.alter(change.desired, change.observed, frozenset(change.fields), self.context)
        assert steps is not REBUILD, "the closure has sorted these out"
        return steps

    def _add_extra_nodes(self) -> None:
        for identity, change in self.decision.alters.items():
            release = RECIPES[identity.kind].release
            if release is not None:
                steps = release(change.desired, change.observed, frozenset(change.fields), self.context)
                self._add(Node("release", identity), steps)  # type: ignore[arg-type]  # a release never rebuilds
        for (identity, below), loosened in self.decision.loosened.items():
            self._add(Node("before", identity, below), loosened.before)
            self._add(Node("after", identity, below), loosened.after)
        for identity in self.context.creates:
            recipe = RECIPES[identity.kind]
            item = self.context.desired.objects[identity]
            if recipe.begin is not None:
                self._add(Node("begin", identity), recipe.begin(item, self.context))
            if recipe.finish is not None:
                self._add(Node("finish", identity), recipe.finish(item, self.context))
            self._add_grants(identity)
        for identity, change in self.decision.alters.items():
            if isinstance(change.desired, SequenceObject) and {"owned_by_table", "owned_by_column"} & set(
                change.fields
            ):
                self._finish_sequence(identity, change.desired)
        for identity in self.context.aside:
            discard = RECIPES[identity.kind].discard
            assert discard is not None
            self._add(Node("discard", identity), discard(self.context.observed.objects[identity], self.context))

    def _add_grants(self, identity: ObjectId) -> None:
        """Take back what default privileges give to a created object that declares none of its own."""
        i = identity
        own = ObjectId(
            kind="privileges", namespace=i.namespace, parent=i.parent, name=i.name, signature=i.signature, of=i.kind
        )
        if own not in self.context.desired.objects and may_be_granted(identity, self.context):
            self._add(Node("grants", identity), grants_after_creation(identity, None, self.context))

    def _finish_sequence(self, identity: ObjectId, sequence: SequenceObject) -> None:
        finish = RECIPES[identity.kind].finish
        assert finish is not None
        self._add(Node("finish", identity), finish(sequence, self.context))

    def _add(self, node: Node, steps: Sequence[Step]) -> None:
        if steps:
            self.steps[node] = steps

    # Edges

    def edge(self, first: Node, then: Node) -> None:
        """Order two nodes, if both exist and differ."""
        if first != then and first in self.steps and then in self.steps:
            self.edges[first].add(then)

    def _drop_references(self, identity: ObjectId) -> Iterator[ObjectId]:
        yield from self.context.observed.references[identity]
        item = self.context.observed.objects[identity]
        if isinstance(item, Table | ForeignTable) and item.partition_of is not None:
            yield ObjectId(kind="table", namespace=item.partition_of.namespace, name=item.partition_of.name)

    def _add_drop_edges(self) -> None:
        for identity, node in self.departure.items():
            for below in self._drop_references(identity):
                if below in self.departure and not self._is_mutual(identity, below):
                    self.edge(node, self.departure[below])
                elif below in self.decision.alters:
                    self.edge(node, self.arrival[below])
            for key in keys_on(identity, self.context.observed):
                if key in self.departure:
                    self.edge(self.departure[key], node)
            if identity in self.arrival:
                self.edge(node, self.arrival[identity])
            for partition in parted_from(identity, self.context):
                for other in [n for n in self.steps if n.phase in ("release", "before") and n.identity == partition]:
                    self.edge(other, node)

    def _is_mutual(self, identity: ObjectId, below: ObjectId) -> bool:
        """A base type's or a range's functions need the type, which needs them: the type's CASCADE takes them."""
        return below.kind in ("base_type", "range_type") and identity in self.context.observed.references[below]

    def _add_create_edges(self) -> None:
        desired = self.context.desired
        for identity in self.context.creates:
            node = self.arrival[identity]
            for below in desired.references[identity]:
                begin = Node("begin", below)
                if below.kind == "namespace" and below in self.arrival:
                    self.edge(self.arrival[below], Node("begin", identity))
                if begin in self.steps and identity in desired.references[below]:
                    self.edge(begin, node)
                elif self._is_part_of(identity, below):
                    self.edge(node, self.arrival.get(below, node))
                elif below in self.arrival and not self._comes_whole(identity, below):
                    self.edge(self.arrival[below], node)
            self.edge(Node("begin", identity), node)
            item = desired.objects[identity]
            if isinstance(item, Index | Constraint) and not belongs_to_parent(item, desired):
                on = item.table if isinstance(item, Index) else item.parent
                self.edge(Node("finish", ObjectId(kind="table", namespace=item.namespace, name=on)), node)
            if isinstance(item, Index) and item.attached_to is not None:
                above = ObjectId(kind="index", namespace=item.attached_to.namespace, name=item.attached_to.name)
                if above in self.context.creates:
                    self.edge(node, self.arrival[above])
            elif isinstance(item, Constraint) and item.partition_child and item.type != "foreign_key":
                over = desired.constraint_above(item)
                # A primary key within the parent's CREATE TABLE finds the partition's when that is attached.
                if over is not None and self.arrival.get(over.identity, node).identity == over.identity:
                    self.edge(node, self.arrival[over.identity])

    def _add_operator_edges(self) -> None:
        for identity in self.context.creates:
            for linked in one_way_links(self.context.desired.objects[identity], self.context.desired):
                if linked in self.arrival:
                    self.edge(self.arrival[identity], self.arrival[linked])

    def _is_part_of(self, identity: ObjectId, below: ObjectId) -> bool:
        """The index behind a partition's key is taken for its part by a parent's index that is made later."""
        item = self.context.desired.objects[identity]
        return isinstance(item, Constraint) and item.type != "foreign_key" and below.kind == "index"

    def _comes_whole(self, identity: ObjectId, below: ObjectId) -> bool:
        """A partition states its columns itself, and has its parts before it is attached."""
        change = self.decision.alters.get(below)
        if change is not None and "partition_of" in change.fields:
            return identity.kind == "column" or belongs_to_parent(
                self.context.desired.objects[identity], self.context.desired
            )
        if (identity.kind, below.kind) != ("column", "column") or identity.parent == below.parent:
            return False
        table = self.context.desired.objects.get(self.arrival[identity].identity)
        return isinstance(table, Table | ForeignTable) and table.partition_of is not None

    def _add_alter_edges(self) -> None:
        desired = self.context.desired
        for identity, change in self.decision.alters.items():
            node = self.arrival[identity]
            release = Node("release", identity)
            self.edge(release, node)
            wanted = set(desired.references[identity])
            if isinstance(change.desired, Table | ForeignTable) and _PARENTS & set(change.fields):
                wanted |= self._parts_to_inherit(change.desired)
                for part in self._parts_not_to_inherit(change.desired):
                    self.edge(self.departure[part], node)
            if isinstance(change.desired, Table) and "persistence" in change.fields:
                self._order_persistence(change.desired, node)
            for below in wanted:
                self.edge(Node("release", below), node)
                if below in self.arrival and not self._is_attached_after(change.desired, below):
                    self.edge(self.arrival[below], node)
            for below in set(self._drop_references(identity)) - desired.references[identity]:
                if below in self.departure:
                    by_release = release in self.steps and below.kind not in TYPES
                    self.edge(release if by_release else node, self.departure[below])
            if isinstance(change.observed, SequenceObject) and change.observed.owned_by_table is not None:
                owner = change.observed.owned_by_table
                column = ObjectId(
                    kind="column", namespace=owner.namespace, parent=owner.name, name=change.observed.owned_by_column
                )
                if column in self.departure:
                    self.edge(release, self.departure[column])

    def _is_attached_after(self, item: SchemaObject, table: ObjectId) -> bool:
        """ATTACH finds the partition's columns as they shall be, so its table does not come before them."""
        change = self.decision.alters.get(table)
        if not isinstance(item, Column) or change is None or not _PARENTS & set(change.fields):
            return False
        return getattr(change.desired, "partition_of", None) is not None

    def _order_persistence(self, table: Table, node: Node) -> None:
        """A logged table may not refer to an unlogged one (ALTER TABLE, SET LOGGED), at any moment."""
        for constraint in self.context.desired.constraints(QualifiedName(table.namespace, table.name)):
            name = constraint.references
            if name is None:
                continue
            other = Node("alter", ObjectId(kind="table", namespace=name.namespace, name=name.name))
            if table.persistence == "unlogged":
                self.edge(node, other)
            else:
                self.edge(other, node)

    def _parts_to_inherit(self, table: Table | ForeignTable) -> set[ObjectId]:
        """INHERIT and ATTACH want the columns and checks of both tables to be there."""
        desired = self.context.desired
        names = [
            QualifiedName(table.namespace, table.name),
            *desired.parents(QualifiedName(table.namespace, table.name)),
        ]
        parts = {c.identity for name in names for c in desired.columns(name)}
        own = {c.identity for c in desired.constraints(names[0]) if belongs_to_parent(c, desired)}
        indexes = {index.identity for index in desired.indexes[names[0]] if belongs_to_parent(index, desired)}
        above = {ObjectId(kind="table", namespace=name.namespace, name=name.name) for name in names[1:]}
        return parts | own | above | (indexes if table.partition_of is not None else set())

    def _parts_not_to_inherit(self, table: Table | ForeignTable) -> Iterator[ObjectId]:
        """Name the columns and checks that go from a parent: INHERIT and ATTACH would want them of the table too."""
        for name in self.context.desired.parents(QualifiedName(table.namespace, table.name)):
            for part in self.context.observed.children[name]:
                if part.kind in ("column", "constraint") and part.identity in self.departure:
                    yield part.identity

    def _add_loosened_edges(self) -> None:
        for identity, below in self.decision.loosened:
            before, after = Node("before", identity, below), Node("after", identity, below)
            if below in self.departure:
                self.edge(before, self.departure[below])
            if identity in self.arrival:
                self.edge(before, self.arrival[identity])
                self.edge(self.arrival[identity], after)
            self.edge(before, after)
            for needed in (*self.context.desired.references[identity], below):
                if needed in self.arrival:
                    self.edge(self.arrival[needed], after)
            for column in self.decision.alters if below.kind == "table" else ():
                if column.kind == "column" and (column.namespace, column.parent) == (identity.namespace, identity.name):
                    self.edge(before, self.arrival[column])
                    self.edge(self.arrival[column], after)
            if identity.kind != "column":
                continue
            # What reads the column is made after the column is whole again.
            for reader in self.context.desired.dependents[identity]:
                if reader in self.context.creates:
                    self.edge(after, self.arrival[reader])
            for reader in self.context.observed.dependents[identity]:
                if reader in self.departure:
                    self.edge(self.departure[reader], after)

    def _add_finish_edges(self) -> None:
        desired = self.context.desired
        for node in list(self.steps):
            if node.phase == "grants":
                self.edge(self.arrival[node.identity], node)
            elif node.phase == "finish":
                needs = RECIPES[node.identity.kind].finish_needs
                wanted = needs(desired.objects[node.identity], self.context) if needs is not None else set()
                for needed in (*wanted, node.identity):
                    if needed in self.arrival:
                        self.edge(self.arrival[needed], node)
            elif node.phase == "discard":
                for other in list(self.steps):
                    if other.below == node.identity:
                        self.edge(other, node)
                for dependent in self.context.observed.dependents[node.identity]:
                    if dependent in self.arrival:
                        self.edge(self.arrival[dependent], node)
                    if dependent in self.departure:
                        self.edge(self.departure[dependent], node)

    def _add_slot_edges(self) -> None:
        """A name must be free before it is taken, whatever the kind of its next bearer."""
        leaving: dict[Any, list[Node]] = defaultdict(list)
        for identity, node in self.departure.items():
            for slot in slots_of(self.context.observed.objects[identity]):
                leaving[slot].append(node)
        for identity, change in self.decision.alters.items():
            for slot in slots_of(change.observed):
                if slot not in slots_of(change.desired):
                    leaving[slot].append(Node("release", identity))
        for identity, node in self.arrival.items():
            finish = Node("finish", identity)
            for slot in slots_of(self.context.desired.objects[identity]):
                for leaver in leaving.get(slot, ()):
                    if leaver.identity != identity or leaver.phase == "drop":
                        self.edge(leaver, finish if slot[0] == "partition" and finish in self.steps else node)

    def _overloads(self) -> Iterator[tuple[Node, Node]]:
        """Wish that a routine goes before another of its name comes: both can be there, but calls could mean either."""
        leaving: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for identity in sorted(self.departure):
            if identity.kind in ("routine", "aggregate"):
                leaving[identity.namespace, identity.name].append(self.departure[identity])
        for identity in sorted(self.arrival):
            if identity.kind in ("routine", "aggregate"):
                node = self.arrival[identity]
                yield from ((leaver, node) for leaver in leaving[identity.namespace, identity.name] if leaver != node)

    def rank(self, node: Node) -> tuple[Any, ...]:
        """Order nodes that no edge orders: letting go, dropping (backwards), making, finishing."""
        phase = _PHASES[node.phase]
        side = self.context.observed if node.phase in ("drop", "release", "before", "discard") else self.context.desired
        kind = kind_rank(node.identity, side)
        kind = -kind if node.phase == "drop" else kind
        if node.phase == "finish":
            phase, kind = 3, kind + 0.2
        i, b = node.identity, node.below
        where = (i.kind, i.namespace, i.parent, i.name, i.signature, i.of)
        # What needs a transaction of its own comes as late as it may: the rest is one, and nothing is missing for long.
        apart = int(any(not step.transactional or reads_without_blocking(step.hazards) for step in self.steps[node]))
        # What cannot be brought back goes last: rows that do not fit what is declared have stopped the plan by then.
        if node.identity.kind in _HOLDS_VALUES and any(step.destructive for step in self.steps[node]):
            apart = apart if node.identity in self.context.creates else 2
        if node.phase != "drop" and node.identity.kind in LAST:
            return (3, phase, kind, where, node.phase, b.kind, b.namespace, b.parent, b.name, b.signature)
        return (apart, phase, kind, where, node.phase, b.kind, b.namespace, b.parent, b.name, b.signature)
