"""Sorting is deterministic, respects edges, and says what waits for a cycle."""

from __future__ import annotations

from shared.remediation.order import cycles, sort_nodes


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
