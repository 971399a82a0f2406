"""What is taken apart where objects stand on each other in a circle: each part gets a statement of its own.

PostgreSQL makes and drops one object at a time, and pg_dump meets the same circles (`pg_dump_sort.c`): a view that
reads a function which returns the view's rows, a default that calls a function which reads the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from shared.kinds import RECORDS
from shared.kinds.node import Node
from shared.kinds.step import Role
from shared.remediation.graph import Graph, Parting
from shared.remediation.order import cycles, invert
from shared.schema.base import ChildObject
from shared.schema.identity import ObjectId
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Table, Trigger, View


def take_apart(graph: Graph, left: set[Node]) -> Parting:
    """Give what breaks the circles among some nodes, beside what is taken apart already; the same when nothing does.

    What changes least comes first: a part of a table on its own, then a view dropped instead of replaced, then a view
    that is made without its query before it is made with it.

    Args:
        graph: With what was taken apart so far.
        left: The nodes that wait for each other.
    """
    found = cycles(left, graph.edges)
    parting = graph.parting
    defaults = {column for cycle in found for column in _defaults(cycle, graph)} - parting.defaults
    parts = {part for cycle in found for part in _parts(cycle, graph)} - parting.parts - defaults
    if defaults or parts:
        return msgspec.structs.replace(parting, parts=parting.parts | parts, defaults=parting.defaults | defaults)
    rebuilt = {node.identity for cycle in found for node in cycle if _is_replaced(node, graph)}
    if rebuilt:
        return msgspec.structs.replace(parting, rebuilt=parting.rebuilt | rebuilt)
    hollow = {**parting.hollow, **{view: around for cycle in found for view, around in _hollow(cycle, graph)}}
    return msgspec.structs.replace(parting, hollow=hollow)


def break_cycles(graph: Graph, left: set[Node]) -> None:
    """Remove the edges by which the node of lowest rank waits for others of its cycle."""
    found = cycles(left, graph.edges)
    before = invert(graph.edges)
    for cycle in found:
        first = min(cycle, key=graph.rank)
        for node in before[first] & cycle:
            graph.edges[node].discard(first)


def _closing(node: Node, cycle: set[Node], graph: Graph) -> Iterator[tuple[ObjectId, set[ObjectId]]]:
    """Give the parts that a node makes or drops along, each with what of the circle it stands on."""
    dropping = node.phase == "drop"
    side, places = (graph.context.observed, graph.departure) if dropping else (graph.context.desired, graph.arrival)
    for part in graph.hosted[node]:
        below = {b for b in side.references[part] if places.get(b) in cycle and places.get(b) != node}
        if part != node.identity and below:
            yield part, below


def _defaults(cycle: set[Node], graph: Graph) -> Iterable[ObjectId]:
    """Name the columns that close a circle by what their defaults call."""
    for node in cycle:
        side = graph.context.observed if node.phase == "drop" else graph.context.desired
        closing = dict(_closing(node, cycle, graph))
        if node.phase == "alter":
            closing[node.identity] = {b for b in side.references[node.identity] if graph.arrival.get(b) in cycle}
        for part, below in closing.items():
            column = side.find(Column, part)
            called = any(RECORDS[b.kind].stands_in_defaults for b in below)
            if column is not None and column.default and not column.generated and called:
                yield part


def _parts(cycle: set[Node], graph: Graph) -> Iterable[ObjectId]:
    """Name the columns, constraints, indexes and so on that close a circle and can have statements of their own."""
    for node in cycle:
        side = graph.context.observed if node.phase == "drop" else graph.context.desired
        host = side.objects.get(node.identity)
        if node.phase == "drop":
            if isinstance(host, Table | View):
                yield from (part for part in graph.hosted[node] if part.kind in ("rule", "policy"))
            for part, _ in _closing(node, cycle, graph):
                item = side.objects[part]
                if _can_go_alone(item):
                    yield part
        elif isinstance(host, Table | ForeignTable):
            closing = (part for part, _ in _closing(node, cycle, graph))
            yield from (part for part in closing if isinstance(side.objects[part], Column | Constraint))
            for part in graph.hosted[node]:
                if part.kind == "constraint" and graph.waits_for[part] & cycle:
                    yield part


def _can_go_alone(item: object) -> bool:
    match item:
        case Column():
            return bool(item.generated) and not item.inherited
        case Constraint():
            return not item.partition_child and (item.local or not item.inherited)
        case Index():
            return item.attached_to is None
        case Trigger():
            return not item.partition_child
        case _:
            return isinstance(item, ChildObject)


def _is_replaced(node: Node, graph: Graph) -> bool:
    return node.phase == "alter" and any(step.role is Role.REPLACE for step in graph.steps[node])


def _hollow(cycle: set[Node], graph: Graph) -> Iterator[tuple[ObjectId, frozenset[ObjectId]]]:
    """Give one more view of a circle that can be there without its query, and what is content with that."""
    inside = frozenset(node.identity for node in cycle)
    for node in sorted(cycle):
        side = graph.context.observed if node.phase == "drop" else graph.context.desired
        is_view = side.find(View, node.identity) is not None and node.phase in ("create", "drop")
        if is_view and node.identity not in graph.parting.hollow:
            yield node.identity, inside
            return
