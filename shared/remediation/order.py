"""Sort the nodes of a graph so that each edge points forward; equal graphs give equal orders."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)


def sort_nodes(
    nodes: Iterable[Node], edges: dict[Node, set[Node]], rank: Callable[[Node], Any]
) -> tuple[list[Node], set[Node]]:
    """Sort topologically; among nodes that wait for no other, the lowest rank comes first.

    Args:
        nodes: All nodes.
        edges: Node → those that must come after it.
        rank: Total order that breaks ties.

    Returns:
        The order, and the nodes that are left because they wait for a cycle (empty when all are ordered).
    """
    waiting = dict.fromkeys(nodes, 0)
    for followers in edges.values():
        for node in followers:
            waiting[node] += 1
    free = [(rank(node), node) for node, count in waiting.items() if count == 0]
    heapq.heapify(free)
    order: list[Node] = []
    while free:
        _, node = heapq.heappop(free)
        order.append(node)
        for follower in edges.get(node, ()):
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(free, (rank(follower), follower))
    return order, waiting.keys() - set(order)


def delay(order: list[Node], edges: dict[Node, set[Node]], movable: Callable[[Node], bool]) -> list[Node]:
    """Move some nodes as late as those that must follow them allow; the others keep their order.

    Args:
        order: Sorted topologically.
        edges: Node → those that must come after it.
        movable: Says which nodes are moved; one that no other must follow stays.
    """
    place: dict[Node, tuple[int, int, int]] = {}
    for position in reversed(range(len(order))):
        node = order[position]
        after = min((place[follower][0] for follower in edges.get(node, ())), default=position)
        place[node] = (after, 0, position) if movable(node) and after > position else (position, 1, position)
    return sorted(order, key=place.__getitem__)


def cycles(nodes: set[Node], edges: dict[Node, set[Node]]) -> list[set[Node]]:
    """Give the strongly connected components of more than one node (Tarjan's algorithm, without recursion)."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[set[Node]] = []
    inside = {node: [n for n in edges.get(node, ()) if n in nodes] for node in nodes}
    for root in nodes:
        if root in index:
            continue
        work: list[tuple[Node, int]] = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            followers = inside[node]
            descended = False
            while position < len(followers):
                follower = followers[position]
                position += 1
                if follower not in index:
                    work += [(node, position), (follower, 0)]
                    descended = True
                    break
                if follower in on_stack:
                    low[node] = min(low[node], index[follower])
            if descended:
                continue
            if low[node] == index[node]:
                component = _pop_component(node, stack, on_stack)
                if len(component) > 1:
                    found.append(component)
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[node])
    return found


def _pop_component(root: Node, stack: list[Node], on_stack: set[Node]) -> set[Node]:
    component: set[Node] = set()
    while True:
        node = stack.pop()
        on_stack.discard(node)
        component.add(node)
        if node == root:
            return component


def invert(edges: dict[Node, set[Node]]) -> dict[Node, set[Node]]:
    """Turn every edge around: node → those that must come before it."""
    inverted: dict[Node, set[Node]] = defaultdict(set)
    for node, followers in edges.items():
        for follower in followers:
            inverted[follower].add(node)
    return inverted
