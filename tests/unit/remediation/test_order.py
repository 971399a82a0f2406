"""Sorting is deterministic, respects edges, and says what waits for a cycle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.remediation.order import cycles, delay, sort_nodes


def test_ties_are_broken_by_rank_whatever_the_order_of_input() -> None:
    edges = {"b": {"a"}}
    for nodes in (["a", "b", "c"], ["c", "b", "a"]):
        assert sort_nodes(nodes, edges, lambda node: node) == (["b", "a", "c"], set())


def test_a_cycle_is_left_and_named() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b"}}
    order, left = sort_nodes("abc", edges, lambda node: node)
    assert (order, left) == (["a"], {"b", "c"})
    assert cycles(left, edges) == [{"b", "c"}]


def test_two_cycles_are_two() -> None:
    edges = {"a": {"b"}, "b": {"a"}, "x": {"y"}, "y": {"x"}, "q": {"a", "x"}}
    found = cycles({"a", "b", "x", "y", "q"}, edges)
    assert sorted(sorted(knot) for knot in found) == [["a", "b"], ["x", "y"]]


def test_what_moves_goes_to_just_before_what_needs_it() -> None:
    edges = {"drop a": {"make a"}, "drop b": {"alter", "drop a"}, "alter": {"make a"}}
    order = ["drop b", "drop a", "x", "alter", "y", "make a"]
    moved = delay(order, edges, lambda node: node.startswith("drop"))
    assert moved == ["x", "drop b", "alter", "y", "drop a", "make a"]


@given(
    st.integers(1, 12).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda e: e[0] < e[1])),
            st.sets(st.integers(0, count - 1)),
        )
    )
)
def test_delaying_keeps_every_edge_and_the_order_of_what_stays(
    case: tuple[int, set[tuple[int, int]], set[int]],
) -> None:
    count, pairs, movable = case
    edges: dict[int, set[int]] = {}
    for first, then in pairs:
        edges.setdefault(first, set()).add(then)
    moved = delay(list(range(count)), edges, movable.__contains__)
    assert sorted(moved) == list(range(count))
    assert all(moved.index(first) < moved.index(then) for first, then in pairs)
    assert [node for node in moved if node not in movable] == [n for n in range(count) if n not in movable]
