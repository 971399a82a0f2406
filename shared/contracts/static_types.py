"""Compare the types of a statement's two sides without a server: a column with an argument, or with another column.

Only families of types are told apart: numbers compare with numbers and texts with texts; an operator over two families
is none of PostgreSQL's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shared.contracts.facts import UNTOLD, SqlType
from shared.contracts.statement import Node, Statement, ValueKind
from shared.schema.identity import QualifiedName

_COMPARES = frozenset({"=", "<>", "<", ">", "<=", ">="})
_FAMILIES = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric", "oid"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "citext"), "text"),
    **dict.fromkeys(("timestamp", "timestamptz", "date"), "time"),
}

Find = Callable[[Node], SqlType]
"""Gives the type of a ColumnRef."""


def family(kind: SqlType) -> str:
    """Name the family of types that compare with each other; empty for a type that is not told."""
    return f"{_FAMILIES.get(kind.name, kind.name)}{'[]' if kind.array else ''}"


def parameter_types(
    body: Node, statement: Statement, find: Find, column: Callable[[QualifiedName, str], SqlType]
) -> dict[int, SqlType]:
    """Give the types that a statement wants of its arguments, by number, where they stand beside or for a column.

    Args:
        body: The statement's tree.
        statement: What was read of it.
        find: Gives the type of a column that is named.
        column: Gives the type of a column of the relation that a write names.
    """
    found: dict[int, SqlType] = {}
    for left, right in comparisons(body):
        for side, other in ((left, right), (right, left)):
            if "ParamRef" in side and "ColumnRef" in other:
                found.setdefault(side["ParamRef"].get("number", 0), find(other["ColumnRef"]))
    for write in statement.writes:
        for row in write.rows:
            for name, value in zip(write.columns, row, strict=False):
                if value.kind is ValueKind.PARAMETER:
                    found.setdefault(value.number, column(write.table, name))
    return found


def comparisons(node: Any) -> Iterator[tuple[Node, Node]]:
    """Give both sides of every comparison of a tree."""
    if isinstance(node, list):
        for item in node:
            yield from comparisons(item)
    elif isinstance(node, Mapping):
        match node:
            case {
                "A_Expr": {"kind": "AEXPR_OP", "name": [*_, {"String": {"sval": sign}}], "lexpr": left, "rexpr": right}
            }:
                if sign in _COMPARES:
                    yield left, right
            case _:
                pass
        for value in node.values():
            yield from comparisons(value)


def highest_parameter(node: Any) -> int:
    """Give the highest n of `$n` in a tree."""
    if isinstance(node, list):
        return max(map(highest_parameter, node), default=0)
    if not isinstance(node, Mapping):
        return 0
    own = int(node["ParamRef"].get("number", 0)) if "ParamRef" in node else 0
    return max(own, max(map(highest_parameter, node.values()), default=0))


def compares(one: SqlType, other: SqlType) -> bool:
    """Say whether PostgreSQL compares two types; True where one is not told."""
    return UNTOLD in {one, other} or family(one) == family(other)
