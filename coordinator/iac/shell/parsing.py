"""Parses shell text with tree-sitter's grammar of bash into a tree whose places count characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import tree_sitter
import tree_sitter_bash

from coordinator.iac.located_text import LocatedText

_LANGUAGE = tree_sitter.Language(tree_sitter_bash.language())
_HERE_DOCUMENT = re.compile(r"<<-?[ \t]*(['\"]?)([A-Za-z_]\w*)\1")


class Node(msgspec.Struct, frozen=True, eq=False):
    """A node of the tree.

    Args:
        kind: What the grammar calls it: `command`, `pipeline`, …
        start: Offset of its first character.
        end: Offset behind its last.
        field: What it is to its parent: `name`, `argument`, …
        children: In the order of the text, punctuation included.
    """

    kind: str
    start: int
    end: int
    field: str
    children: tuple[Node, ...]

    def named(self, field: str) -> Node | None:
        """Return the first child that is this to the node."""
        return next(self.all_named(field), None)

    def all_named(self, field: str) -> Iterator[Node]:
        """Return the children that are this to the node."""
        return (child for child in self.children if child.field == field)


def parse(text: str) -> tuple[Node, bool]:
    """Parse a script.

    Returns:
        Its tree, and whether the grammar knows all of it.
    """
    encoded = text.encode("utf-8", "replace")
    root = tree_sitter.Parser(_LANGUAGE).parse(encoded).root_node
    offsets = None if text.isascii() else _character_offsets(text)
    return _node(root, "", offsets), not root.has_error


def _character_offsets(text: str) -> list[int]:
    offsets: list[int] = []
    for i, char in enumerate(text):
        offsets.extend([i] * len(char.encode("utf-8", "replace")))
    return [*offsets, len(text)]


def _node(found: tree_sitter.Node, field: str, offsets: list[int] | None) -> Node:
    start, end = found.start_byte, found.end_byte
    children = tuple(
        _node(child, found.field_name_for_child(i) or "", offsets) for i, child in enumerate(found.children)
    )
    if offsets is not None:
        start, end = offsets[start], offsets[end]
    return Node(found.type, start, end, field, children)


def with_plain_endings(script: LocatedText) -> LocatedText:
    """Take the indentation from closing lines of here-documents: Terraform's own `<<-` often leaves it, and no shell
    would find the end then, but the intent is plain.
    """  # noqa: D205  # one sentence
    position = 0
    while (opening := _HERE_DOCUMENT.search(script.text, position)) is not None:
        position = opening.end()
        word = re.escape(opening[2])
        if re.compile(rf"^{word}$", re.MULTILINE).search(script.text, position):
            continue
        closing = re.compile(rf"^([ \t]+){word}[ \t]*$", re.MULTILINE).search(script.text, position)
        if closing is not None:
            script = joined([script.part(0, closing.start()), script.part(closing.end(1), len(script.text))])
    return script


def joined(parts: list[LocatedText]) -> LocatedText:
    """Put texts behind each other; each keeps its places."""
    spans = []
    length = 0
    for part in parts:
        spans += [msgspec.structs.replace(span, offset=span.offset + length) for span in part.spans]
        length += len(part.text)
    return LocatedText("".join(part.text for part in parts), tuple(spans))
