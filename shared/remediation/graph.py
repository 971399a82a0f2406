"""The nodes of a plan (what is done to which object) and the edges between them (what must come first)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from shared.diff.changes import Altered
from shared.kinds import RECORDS
from shared.kinds.context import Context
from shared.kinds.facts import ColumnType, Holds
from shared.kinds.node import Node
from shared.kinds.ordering import Edge, Order
from shared.kinds.recipes.privileges import grants_after_creation, may_be_granted
from shared.kinds.side import Side
from shared.kinds.slots import slots_of
from shared.kinds.step import REBUILD, Step
from shared.remediation.closure import Decision
from shared.remediation.hosting import creation_host, drop_host, inline_children
from shared.remediation.mentions import fill_edges, mention_edges
from shared.remediation.ranks import kind_rank
from shared.remediation.stages import runs_alone
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject

_PHASES = {
    "release": 0, "before": 0, "drop": 1, "begin": 2, "create": 3, "alter": 3, "after": 3, "finish": 4, "grants": 4,
    "discard": 5,
}  # fmt: skip


class Parting(msgspec.Struct, frozen=True):
    """What is taken apart because objects stand on each other in a circle.

    Args:
        parts: Have statements of their own instead of coming or going with another object's.
        defaults: Columns whose default is dropped before, or set after, by a statement of its own.
        rebuilt: Dropped and made again, although they could be replaced.
        hollow: View → what of its circle is content when the view is there without its query.
    """

    parts: frozenset[ObjectId] = frozenset()
    defaults: frozenset[ObjectId] = frozenset()
    rebuilt: frozenset[ObjectId] = frozenset()
    hollow: Mapping[ObjectId, frozenset[ObjectId]] = {}


class Graph:
    """All nodes with their steps, and the edges.

    Args:
        context: Both sides, and what is created and dropped.
        decision: What is altered and loosened.
        parting: What is taken apart to break cycles.
    """

    def __init__(self, context: Context, decision: Decision, parting: Parting) -> None:
        self.context = context
        self.decision = decision
        self.parting = parting
        self.steps: dict[Node, Sequence[Step]] = {}
        self.edges: dict[Node, set[Node]] = defaultdict(set)
        self.hosted: dict[Node, list[ObjectId]] = defaultdict(list)
        self.arrival: dict[ObjectId, Node] = {}
        self.departure: dict[ObjectId, Node] = {}
        self.waits_for: dict[ObjectId, set[Node]] = defaultdict(set)
        context.late_defaults = set(parting.defaults)
        context.hollow = set(parting.hollow)
        inline_children(context, parting.parts)
        self._add_nodes()
        self._add_drop_edges()
        self._add_create_edges()
        self._add_alter_edges()
        self._add_loosened_edges()
        self._add_finish_edges()
        self._add_slot_edges()
        self.mentions = [*mention_edges(context, self.arrival), *fill_edges(context, self.steps), *self._overloads()]

    # Nodes

    def _add_nodes(self) -> None:
        context = self.context
        for identity in context.drops:
            host = Node("drop", drop_host(identity, context, self.parting.parts))
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
        recipe = RECORDS[node.identity.kind]
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
            release = RECORDS[identity.kind].release
            if release is not None:
                steps = release(change.desired, change.observed, frozenset(change.fields), self.context)
                self._add(Node("release", identity), steps)
        for (identity, below), loosened in self.decision.loosened.items():
            self._add(Node("before", identity, below), loosened.before)
            self._add(Node("after", identity, below), loosened.after)
        for identity in self.context.creates:
            recipe = RECORDS[identity.kind]
            item = self.context.desired.objects[identity]
            if recipe.begin is not None:
                self._add(Node("begin", identity), recipe.begin(item, self.context))
            if recipe.finish is not None:
                self._add(Node("finish", identity), recipe.finish(item, self.context))
            self._add_grants(identity)
        for identity, change in self.decision.alters.items():
            if RECORDS[identity.kind].edges.finishes_after & set(change.fields):
                self._finish_again(identity, change.desired)
        self._add_parted_nodes()
        for identity in self.context.aside:
            discard = RECORDS[identity.kind].discard
            assert discard is not None
            self._add(Node("discard", identity), discard(self.context.observed.objects[identity], self.context))

    def _add_parted_nodes(self) -> None:
        """Set and drop defaults apart from their columns, and let views go hollow before they are dropped."""
        for identity in self.parting.defaults:
            for places, side, phase in (
                (self.arrival, self.context.desired, "after"), (self.departure, self.context.observed, "before")
            ):  # fmt: skip
                loosen = RECORDS[identity.kind].loosen
                below = self._called(identity, side)
                if identity not in places or not below or loosen is None:
                    continue
                loosened = loosen(side.objects[identity], min(below), self.context)
                assert loosened is not None
                self._add(Node(phase, identity), loosened.after if phase == "after" else loosened.before)
        for identity in self.parting.hollow.keys() & self.context.drops:
            begin = RECORDS[identity.kind].begin
            assert begin is not None
            self._add(Node("before", identity), begin(self.context.observed.objects[identity], self.context))

    def _called(self, column: ObjectId, side: Side) -> set[ObjectId]:
        """Name what a column's default calls, if that is planned apart from the column."""
        if column not in self.parting.defaults:
            return set()
        return {below for below in side.references[column] if RECORDS[below.kind].stands_in_defaults}

    def _add_grants(self, identity: ObjectId) -> None:
        """Take back what default privileges give to a created object that declares none of its own."""
        i = identity
        own = ObjectId(
            kind="privileges", namespace=i.namespace, parent=i.parent, name=i.name, signature=i.signature, of=i.kind
        )
        if own not in self.context.desired.objects and may_be_granted(identity, self.context):
            self._add(Node("grants", identity), grants_after_creation(identity, None, self.context))

    def _finish_again(self, identity: ObjectId, desired: SchemaObject) -> None:
        finish = RECORDS[identity.kind].finish
        assert finish is not None
        self._add(Node("finish", identity), finish(desired, self.context))

    def _add(self, node: Node, steps: Sequence[Step]) -> None:
        if steps:
            self.steps[node] = steps

    # Edges

    def edge(self, first: Node, then: Node) -> None:
        """Order two nodes, if both exist and differ."""
        if first != then and first in self.steps and then in self.steps:
            self.edges[first].add(then)

    def _add_edges(self, edges: Iterable[Edge]) -> None:
        for first, then in edges:
            self.edge(first, then)

    @property
    def nodes(self) -> Collection[Node]:
        """All nodes of the plan: each thing that is done to an object."""
        return self.steps.keys()

    @property
    def alters(self) -> Mapping[ObjectId, Altered]:
        """What is changed in place."""
        return self.decision.alters

    def _stood_on(self, identity: ObjectId) -> Iterator[ObjectId]:
        yield from self.context.observed.references[identity]
        yield from RECORDS[identity.kind].edges.stands_on(self.context.observed.objects[identity])

    def _add_drop_edges(self) -> None:
        for identity, node in self.departure.items():
            before = Node("before", identity)
            called = self._called(identity, self.context.observed)
            self.edge(before, node)
            if identity in self.parting.hollow:
                self.edge(node, Node("begin", identity))
            for below in self._stood_on(identity):
                if below in self.departure and not self._is_mutual(identity, below):
                    hollow = identity in self.parting.hollow and RECORDS[below.kind].column_type is ColumnType.NO
                    self._order_drops(identity, below, before if below in called or hollow else node)
                elif below in self.decision.alters:
                    self.edge(node, self.arrival[below])
            if identity in self.arrival:
                self.edge(node, self.arrival[identity])
            self._add_edges(RECORDS[identity.kind].edges.when_dropped(self.context.observed.objects[identity], self))

    def _order_drops(self, identity: ObjectId, below: ObjectId, letting_go: Node) -> None:
        order = RECORDS[identity.kind].edges.order_when_dropped(self.context.observed.objects[identity], below, self)
        if order is Order.BEFORE:
            self.edge(letting_go, self.departure[below])
        elif order is Order.AFTER:
            self.edge(self.departure[below], letting_go)

    def _is_mutual(self, identity: ObjectId, below: ObjectId) -> bool:
        """A base type's or a range's functions need the type, which needs them: the type's CASCADE takes them."""
        takes_along = RECORDS[below.kind].drop_takes_functions
        return takes_along and identity in self.context.observed.references[below]

    def _add_create_edges(self) -> None:
        desired = self.context.desired
        for identity in self.context.creates:
            node, item = self.arrival[identity], desired.objects[identity]
            edges = RECORDS[identity.kind].edges
            after = Node("after", identity)
            called = self._called(identity, desired)
            self.edge(node, after)
            for below in desired.references[identity]:
                begin = Node("begin", below)
                hollow = identity in self.parting.hollow.get(below, ())
                if begin in self.steps and (hollow or identity in desired.references[below]):
                    self.edge(begin, node)
                elif below in called:
                    self.edge(self.arrival.get(below, after), after)
                elif below in self.arrival:
                    order = edges.order_when_created(item, below, self)
                    if order is Order.BEFORE:
                        self.edge(node, self.arrival[below])
                    elif order is Order.AFTER:
                        self.edge(self.arrival[below], node)
            self.edge(Node("begin", identity), node)
            self._add_edges(edges.when_created(item, self))

    def _add_alter_edges(self) -> None:
        desired = self.context.desired
        for identity, change in self.decision.alters.items():
            node, fields = self.arrival[identity], frozenset(change.fields)
            edges = RECORDS[identity.kind].edges
            release = Node("release", identity)
            self.edge(release, node)
            called = self._called(identity, desired)
            after = Node("after", identity)
            self.edge(node, after)
            for below in {*desired.references[identity], *edges.needed_when_altered(change.desired, fields, self)}:
                self.edge(Node("release", below), node)
                if below in called:
                    self.edge(self.arrival.get(below, after), after)
                elif below in self.arrival and edges.order_when_altered(change.desired, below, self) is Order.AFTER:
                    self.edge(self.arrival[below], node)
            for below in set(self._stood_on(identity)) - desired.references[identity]:
                if below in self.departure:
                    is_type = RECORDS[below.kind].column_type is ColumnType.CONVERTED
                    by_release = release in self.steps and not is_type
                    self.edge(release if by_release else node, self.departure[below])
            self._add_edges(edges.when_altered(change.desired, change.observed, fields, self))

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
                is_own_table = needed in self.decision.alters and RECORDS[needed.kind].holds is Holds.ROWS
                if needed in self.arrival and not is_own_table:  # the table is there, however it is altered
                    self.edge(self.arrival[needed], after)
            self._add_edges(RECORDS[identity.kind].edges.when_loosened(identity, below, self))

    def _add_finish_edges(self) -> None:
        desired = self.context.desired
        for node in list(self.steps):
            if node.phase == "grants":
                self.edge(self.arrival[node.identity], node)
            elif node.phase == "finish":
                needs = RECORDS[node.identity.kind].finish_needs
                wanted = needs(desired.objects[node.identity], self.context) if needs is not None else set()
                for needed in (*wanted, node.identity):
                    if needed in self.arrival:
                        self.edge(self.arrival[needed], node)
            elif node.phase == "discard":
                for other in list(self.steps):
                    if other.below == node.identity:
                        self.edge(other, node)
                for dependent in self.context.observed.dependents[node.identity]:
                    self.edge(Node("discard", dependent), node)
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
                rebound = slot[0] == "partition" and "partition_bound" in change.fields
                if rebound or slot not in slots_of(change.desired):
                    leaving[slot].append(Node("release", identity))
        for identity, node in self.arrival.items():
            finish = Node("finish", identity)
            for slot in slots_of(self.context.desired.objects[identity]):
                self.waits_for[identity].update(leaving.get(slot, ()))
                for leaver in leaving.get(slot, ()):
                    if leaver.identity != identity or leaver.phase == "drop":
                        self.edge(
                            leaver, finish if slot[0] in ("partition", "bound") and finish in self.steps else node
                        )

    def _overloads(self) -> Iterator[tuple[Node, Node]]:
        """Wish that a routine goes before another of its name comes: both can be there, but calls could mean either."""
        leaving: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for identity in sorted(self.departure):
            if RECORDS[identity.kind].overloaded:
                leaving[identity.namespace, identity.name].append(self.departure[identity])
        for identity in sorted(self.arrival):
            if RECORDS[identity.kind].overloaded:
                node = self.arrival[identity]
                yield from ((leaver, node) for leaver in leaving[identity.namespace, identity.name] if leaver != node)

    def rank(self, node: Node) -> tuple[Any, ...]:
        """Order nodes that no edge orders: letting go, dropping (backwards), making, finishing."""
        phase, record = _PHASES[node.phase], RECORDS[node.identity.kind]
        side = self.context.observed if node.phase in ("drop", "release", "before", "discard") else self.context.desired
        kind = kind_rank(node.identity, side)
        kind = -kind if node.phase == "drop" else kind
        if node.phase == "finish":
            phase, kind = 3, kind + 0.2
        i, b = node.identity, node.below
        where = (i.kind, i.namespace, i.parent, i.name, i.signature, i.of)
        # What needs a transaction of its own comes as late as it may: the rest is one, and nothing is missing for long.
        apart = int(any(runs_alone(step) for step in self.steps[node]))
        # What cannot be brought back goes last: rows that do not fit what is declared have stopped the plan by then.
        if record.holds_data and any(step.destructive for step in self.steps[node]):
            apart = apart if node.identity in self.context.creates else 2
        if node.phase != "drop" and record.acts_on_later:
            return (3, phase, kind, where, node.phase, b.kind, b.namespace, b.parent, b.name, b.signature)
        return (apart, phase, kind, where, node.phase, b.kind, b.namespace, b.parent, b.name, b.signature)
