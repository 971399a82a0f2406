"""Decide whether a policy's expression confines rows to one tenant, on the tree that PostgreSQL's grammar gives.

It does when every way to be true compares the tenant column with what says who is asking ("Row Security Policies" of
PostgreSQL's manual: policies are expressions, and any row for which one is true is let through).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import pgparse

from shared.schema.routines import Routine

Node = Mapping[str, Any]

_EQUALS = frozenset({"AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_NOT_DISTINCT"})
"""Comparisons that confine when their operator is `=`."""


class Confinement(StrEnum):
    """What an expression does to the rows of other tenants."""

    CONFINED = "confined"
    """It hides them."""
    OTHERWISE = "otherwise"
    """It compares the tenant column with something, which is not what is configured."""
    OPEN = "open"
    """It lets them through, for it does not look at the tenant column."""
    UNKNOWN = "unknown"
    """It depends on what a function does."""


_STRONGEST = (Confinement.CONFINED, Confinement.UNKNOWN, Confinement.OTHERWISE, Confinement.OPEN)
"""Of the parts of an AND the first of these decides, of the parts of an OR the last."""


class Confinements:
    """Judges expressions of one schema.

    Args:
        column: The tenant column.
        setting: Name of the setting, or a function with `()`, that gives the tenant.
        routines: Functions of the schema by name: one that reads the setting gives the tenant as well.
    """

    def __init__(self, column: str, setting: str, routines: Mapping[str, Sequence[Routine]]) -> None:
        self._column = column
        self._setting = setting
        self._routines = routines

    def of(self, expression: str) -> Confinement:
        """Judge an expression; an empty one is none."""
        tree = _tree(expression)
        return Confinement.UNKNOWN if tree is None else self._of(tree)

    def _of(self, node: Node) -> Confinement:
        [(kind, body)] = node.items()
        if kind == "BoolExpr" and body["boolop"] in {"AND_EXPR", "OR_EXPR"}:
            parts = [self._of(part) for part in body["args"]]
            strongest_first = sorted(parts, key=_STRONGEST.index)
            return strongest_first[0] if body["boolop"] == "AND_EXPR" else strongest_first[-1]
        if kind == "A_Expr" and body["kind"] in _EQUALS and _last(body["name"]) == "=":
            return self._of_comparison(body)
        if kind == "A_Const" and "boolval" in body and not body["boolval"].get("boolval"):
            return Confinement.CONFINED  # `false` lets nobody's rows through
        if any(self._is_own(function) for function in _find(node, "FuncCall")):
            return Confinement.UNKNOWN
        return Confinement.OTHERWISE if self._names_column(node) else Confinement.OPEN

    def _of_comparison(self, body: Node) -> Confinement:
        left, right = body.get("lexpr", {}), body.get("rexpr", {})
        for side, other in ((left, right), (right, left)):
            if self._is_column(side):
                if self._gives_tenant(other):
                    return Confinement.CONFINED
                own = any(self._is_own(function) for function in _find(other, "FuncCall"))
                return Confinement.UNKNOWN if own else Confinement.OTHERWISE
        if any(self._is_own(function) for function in _find(body, "FuncCall")):
            return Confinement.UNKNOWN
        return Confinement.OTHERWISE if self._names_column(body) else Confinement.OPEN

    def _is_column(self, node: Any) -> bool:
        while isinstance(node, dict) and "TypeCast" in node:
            node = node["TypeCast"]["arg"]
        fields = node.get("ColumnRef", {}).get("fields", []) if isinstance(node, dict) else []
        return bool(fields) and _last(fields) == self._column

    def _names_column(self, node: Any) -> bool:
        return any(_last(reference.get("fields", [])) == self._column for reference in _find(node, "ColumnRef"))

    def _gives_tenant(self, node: Any) -> bool:
        return any(self._reads_setting(call) for call in _find(node, "FuncCall"))

    def _reads_setting(self, call: Node) -> bool:
        name = _last(call["funcname"])
        if self._setting.endswith("()"):
            return name == self._setting.removesuffix("()").rpartition(".")[2]
        if name == "current_setting":
            constants = (each.get("sval", {}).get("sval") for each in _find(call.get("args", []), "A_Const"))
            return next(constants, "").lower() == self._setting.lower()  # names of settings are folded
        return any(f"'{self._setting}'" in routine.definition for routine in self._routines.get(name, ()))

    def _is_own(self, call: Node) -> bool:
        """Say whether a function is one of the schema, whose result nobody knows."""
        return _last(call["funcname"]) in self._routines


@lru_cache(maxsize=1024)  # the policies of a schema say the same of every table
def _tree(expression: str) -> Node | None:
    """Give the tree of an expression; None where the grammar does not know it."""
    try:
        parsed = pgparse.parse(f"SELECT {expression}")
        (target,) = parsed[0]["stmt"]["SelectStmt"]["targetList"]
    except (pgparse.PGQueryError, ValueError, KeyError, IndexError):
        return None
    tree: Node = target["ResTarget"]["val"]
    return tree


def _last(names: Sequence[Node]) -> str:
    found = names[-1].get("String", {}).get("sval", "") if names else ""
    return str(found)


def _find(node: Any, kind: str) -> Iterator[Node]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == kind and isinstance(value, dict):
                yield value
            yield from _find(value, kind)
    elif isinstance(node, list):
        for item in node:
            yield from _find(item, kind)
