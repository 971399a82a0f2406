"""Reads the structure of an HCL file, blocks and attributes, with python-hcl2, and the expressions with our parser.

python-hcl2 takes minutes for hostile input and fails on deep nesting, so a text must be within bounds first; what is
not, and what it cannot read, our own reader takes, whose errors name file and line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from coordinator.iac.expressions.parser import ExpressionParser
from coordinator.iac.expressions.syntax import Template, constant_text
from coordinator.iac.hcl.blocks import Attribute, Block, Body
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.source import SourceError

MAX_CHARACTERS = 256 * 1024
"""The longest text that python-hcl2 is given; it reads some 400 kB a second."""

MAX_BRACKETS = 80
"""The deepest nesting of brackets that it is given."""

_WORD_ALONE = re.compile(r"^[ \t]*([^\W\d][\w-]*)[ \t]*\r?$", re.MULTILINE)
_HEREDOC = re.compile(r"<<-?([^\W\d][\w-]*)[ \t]*\r?\n")


class _DisagreementError(Exception):
    """python-hcl2 and our parser see an expression end in different places."""


@lru_cache(maxsize=256)
def parse_structure(text: str, file: str) -> Body:
    """Parse a whole file. Cached by content.

    Raises:
        SourceError: With file and line, for what neither reader can read.
    """
    text = text.removeprefix("\ufeff")
    tree = tree_of(text)
    if tree is None:
        return parse_body(text, file)
    padded = text if text.endswith("\n") else f"{text}\n"
    try:
        return _Structure(padded, file).body(next(node for node in tree.children if node.data == "body"))
    except (_DisagreementError, RecursionError, StopIteration):
        return parse_body(text, file)


def tree_of(text: str) -> Any:
    """Return python-hcl2's tree of a file, with offsets; None for what is out of bounds, or what it cannot read."""
    if not _within_bounds(text):
        return None
    import hcl2  # lazy: its grammar takes long to load
    from lark.exceptions import LarkError

    try:
        return hcl2.parses_to_tree(text if text.endswith("\n") else f"{text}\n")
    except (LarkError, RecursionError):
        return None


def _within_bounds(text: str) -> bool:
    if len(text) > MAX_CHARACTERS:
        return False
    ends = {line.group(1): line.start() for line in _WORD_ALONE.finditer(text)}  # of each word the last line
    if any(ends.get(opening.group(1), -1) < opening.end() for opening in _HEREDOC.finditer(text)):
        return False
    depth = deepest = 0
    for bracket in re.finditer(r"[\[\](){}]", text):
        depth += 1 if bracket.group() in "[({" else -1
        deepest = max(deepest, depth)
    return deepest <= MAX_BRACKETS


class _Structure:
    """Turns python-hcl2's tree into bodies of attributes and blocks."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._parser = ExpressionParser(text, file)

    def body(self, node: Any) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for child in node.children:
            kind = getattr(child, "data", "")
            if kind == "attribute":
                found = self._attribute(child)
                if found.name in attributes:
                    first = attributes[found.name].at
                    reason = f"Attribute redefined: the argument {found.name!r} was already set at {first}"
                    raise SourceError(self.file, found.at.line, reason)
                attributes[found.name] = found
            elif kind == "block":
                blocks.append(self._block(child))
        return Body(attributes=attributes, blocks=tuple(blocks))

    def _attribute(self, node: Any) -> Attribute:
        name, equals, value = node.children[:3]
        parser = self._parser
        parser.position = equals.end_pos
        expression = parser.expression()
        parser.skip_space()
        rest = parser.text[parser.position : max(value.meta.end_pos, parser.position)]
        if rest.strip() or parser.position < value.meta.start_pos:
            raise _DisagreementError
        return Attribute(at=parser.here(name.meta.start_pos), name=_word(name), expression=expression)

    def _block(self, node: Any) -> Block:
        kind, *labels = [child for child in node.children if getattr(child, "data", "") in {"identifier", "string"}]
        inner = next(child for child in node.children if getattr(child, "data", "") == "body")
        at = self._parser.here(kind.meta.start_pos)
        words = tuple(self._label(label) for label in labels)
        return Block(at=at, type=_word(kind), labels=words, body=self.body(inner))

    def _label(self, node: Any) -> str:
        if node.data == "identifier":
            return _word(node)
        self._parser.position = node.meta.start_pos
        found = self._parser.expression()
        text = constant_text(found) if isinstance(found, Template) else None
        if text is None:
            reason = "Invalid string literal: template sequences are not allowed in a block label"
            raise SourceError(self.file, self._parser.line(node.meta.start_pos), reason)
        return text


def _word(node: Any) -> str:
    """Return the text of an identifier; `null` and its like are literals to python-hcl2 even as names."""
    return str(node.children[0])
