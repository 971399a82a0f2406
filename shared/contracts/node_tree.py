"""Parse the text of PostgreSQL's node trees (`pg_proc.prosqlbody`, `pg_rewrite.ev_action`; outfuncs.c)."""

from __future__ import annotations

import re
from collections.abc import Iterator

# outToken puts a backslash before whatever could pass for structure, blanks included.
_PIECE = re.compile(r"(?:\\.|[^\s(){}\[\]\\])+|[(){}\[\]]", re.DOTALL)
_NOTHING = "<>"


class TreeNode:
    """One node: `{VAR :varno 1 …}` is the kind `VAR` with its fields."""

    __slots__ = ("_fields", "kind")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._fields: dict[str, list[TreeNode | str]] = {}

    def add(self, field: str, value: TreeNode | str | None) -> None:
        """Add a value to a field; a list has several."""
        values = self._fields.setdefault(field, [])
        if value is not None:
            values.append(value)

    def text(self, field: str) -> str:
        """Give the text of a field that is one token; empty where the node has no such field."""
        values = self._fields.get(field, [])
        return values[0] if values and isinstance(values[0], str) else ""

    def number(self, field: str) -> int:
        """Give the value of a field that is a number; 0 where the node has no such field."""
        text = self.text(field)
        return int(text) if text.lstrip("-").isdigit() else 0

    def node(self, field: str) -> TreeNode | None:
        """Give a field that is a node."""
        return next(self._nodes(field), None)

    def nodes(self, field: str) -> list[TreeNode]:
        """Give a field that is a list of nodes."""
        return list(self._nodes(field))

    def tokens(self, field: str) -> list[str]:
        """Give the plain tokens of a field: the members of `(b 3 4)` behind its letter."""
        return [value for value in self._fields.get(field, []) if isinstance(value, str)]

    def children(self) -> Iterator[TreeNode]:
        """Give every node right below this one."""
        for values in self._fields.values():
            yield from (value for value in values if isinstance(value, TreeNode))

    def _nodes(self, field: str) -> Iterator[TreeNode]:
        return (value for value in self._fields.get(field, []) if isinstance(value, TreeNode))


def parse_query(text: str) -> TreeNode | None:
    """Give the first QUERY of a node tree; None when the text is none."""
    open_: list[TreeNode] = []
    fields: list[str] = []
    expects_kind = False
    for piece in _PIECE.findall(text):
        if piece == "{":
            expects_kind = True
        elif expects_kind:
            node = TreeNode(piece)
            if open_:
                open_[-1].add(fields[-1], node)
            open_.append(node)
            fields.append("")
            expects_kind = False
        elif piece == "}":
            done = open_.pop()
            fields.pop()
            if done.kind == "QUERY" and not open_:
                return done
        elif open_ and piece.startswith(":"):
            fields[-1] = piece[1:]
            open_[-1].add(fields[-1], None)
        elif open_ and piece not in {"(", ")", "[", "]", _NOTHING}:
            open_[-1].add(fields[-1], piece)
    return None
