"""Read Rust source as a flat list of tokens, with tree-sitter.

Queries are found in tokens, not in the syntax tree: inside the arguments of a macro (`tokio::try_join!(…)`) there is no
tree, only tokens, and a file that does not parse still has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec
import tree_sitter
import tree_sitter_rust

from shared.contracts.contract import Unread
from shared.contracts.features import On, is_left_out

_LANGUAGE = tree_sitter.Language(tree_sitter_rust.language())
_COMMENTS = frozenset({"line_comment", "block_comment"})
_ATOMIC_TOKENS = frozenset({"string_literal", "raw_string_literal", "char_literal"})
_REPEATS = frozenset("+*?")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
MAX_BYTES = 8 * 1024 * 1024  # of one file; generated code beyond that is no service
_TOO_LARGE = f"larger than {MAX_BYTES // 1024 // 1024} MB, not read"


class Token(msgspec.Struct, frozen=True):
    """One token: its text, its tree-sitter type and where it begins (1-based line and column, in bytes)."""

    text: str
    type: str
    line: int
    begin: int
    end: int
    column: int = 0

    @property
    def is_name(self) -> bool:
        """Whether this is an identifier (of whatever role) or a primitive type."""
        return self.type.endswith("identifier") or self.type == "primitive_type"

    @property
    def is_string(self) -> bool:
        """Whether this is a string literal, raw or not."""
        return self.type in {"string_literal", "raw_string_literal"}


class Source(msgspec.Struct, frozen=True, dict=True):
    """One Rust file.

    Args:
        path: Relative to the service's root.
        tokens: Without comments and without what is not compiled: `#[cfg(test)]`, `#[test]`, features that are off.
        closing: Index of the closing bracket by index of the opening one.
        problems: The places that did not parse.
        left_out: Names of the modules that the file declares and that are not compiled: `#[cfg(test)] mod tests;`.
    """

    path: str
    tokens: tuple[Token, ...]
    closing: dict[int, int]
    problems: tuple[Unread, ...] = ()
    left_out: frozenset[str] = frozenset()

    @cached_property
    def opening(self) -> dict[int, int]:
        """Index of the opening bracket by index of the closing one."""
        return {closing: opening for opening, closing in self.closing.items()}


def read_source(path: str, content: bytes, on: On = None) -> Source:
    """Read one Rust file; never raises for what it contains.

    Args:
        path: Relative to the service's root.
        content: What it holds.
        on: The cargo features of its crate that are on.
    """
    if len(content) > MAX_BYTES:
        return Source(path, (), {}, (_problem(path, 1, _TOO_LARGE),))
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Source(path, (), {}, (_problem(path, line, "not UTF-8"),))
    tree = tree_sitter.Parser(_LANGUAGE).parse(content)
    tokens = tuple(_leaves(tree.root_node, content))
    if b"macro_rules" in content:
        tokens = tuple(_with_separators(tokens, content))
    tokens, modules = _without_uncompiled(tokens, on)
    problems = tuple(_problem(path, line, "does not parse as Rust") for line in _error_lines(tree.root_node))
    return Source(path, tokens, match_brackets(tokens), problems[:1], modules)


def _problem(path: str, line: int, reason: str) -> Unread:
    return Unread(file=path, line=line, reason=reason)


def _leaves(root: tree_sitter.Node, content: bytes) -> Iterator[Token]:
    cursor = root.walk()
    while True:
        node = cursor.node
        assert node is not None
        kind = node.type
        if kind not in _COMMENTS:
            if kind not in _ATOMIC_TOKENS and cursor.goto_first_child():
                continue
            begin, end = node.start_byte, node.end_byte
            text = content[begin:end].decode()
            if text and not text.isspace():
                row, column = node.start_point
                yield Token(text, kind, row + 1, begin, end, column + 1)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _with_separators(tokens: tuple[Token, ...], content: bytes) -> Iterator[Token]:
    """Add the separators of repetitions, `$(…),*`: the grammar gives them no node."""
    before: Token | None = None
    for token in tokens:
        if before is not None and before.text == ")" and token.text in _REPEATS and before.end < token.begin:
            between = content[before.end : token.begin].decode().strip()
            if between and "/" not in between:
                yield Token(between, between, token.line, before.end, token.begin, token.column)
        yield token
        before = token


def _error_lines(root: tree_sitter.Node) -> list[int]:
    if not root.has_error:
        return []
    lines: list[int] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            lines.append(node.start_point[0] + 1)
        elif node.has_error:
            pending.extend(node.children)
    return sorted(lines)


def match_brackets(tokens: tuple[Token, ...]) -> dict[int, int]:
    """Pair brackets; one that is never closed, or is closed by the wrong kind, has no entry."""
    closing: dict[int, int] = {}
    open_: list[int] = []
    for index, token in enumerate(tokens):
        if token.text in _CLOSING:
            open_.append(index)
        elif token.text in _CLOSING.values():
            depth = len(open_) - 1
            while depth >= 0 and _CLOSING[tokens[open_[depth]].text] != token.text:
                depth -= 1
            if depth >= 0:  # an unclosed bracket inside a closed pair is given up; a stray closing one is passed over
                closing[open_[depth]] = index
                del open_[depth:]
    return closing


def _without_uncompiled(tokens: tuple[Token, ...], on: On) -> tuple[tuple[Token, ...], frozenset[str]]:
    """Leave out what no tenant sees: test code, code for another database, code of features that are off.

    Returns:
        What is left, and the names of the modules in other files that are left out.
    """
    closing = match_brackets(tokens)
    kept: list[Token] = []
    modules: set[str] = set()
    index = 0
    while index < len(tokens):
        inner = index + 1 < len(tokens) and tokens[index + 1].text == "!"
        bracket = index + 2 if inner else index + 1
        if tokens[index].text == "#" and bracket in closing and tokens[bracket].text == "[":
            end = closing[bracket]
            if is_left_out([token.text for token in tokens[bracket + 1 : end]], on):
                after = _block_end(closing, index, len(tokens)) if inner else _item_end(tokens, closing, end + 1)
                modules.update(_modules(tokens[end + 1 : after]))
                index = after
                continue
        kept.append(tokens[index])
        index += 1
    return tuple(kept), frozenset(modules.difference(_modules(kept)))


def _block_end(closing: dict[int, int], index: int, end: int) -> int:
    """Give the index of the bracket that closes the block which `#![…]` speaks of; the end of the file for a file."""
    return min((close for opening, close in closing.items() if opening < index < close), default=end)


def _modules(tokens: Sequence[Token]) -> Iterator[str]:
    """Give the names of the modules that are declared here and stand in files of their own."""
    for before, name, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.text == "mod" and after.text == ";":
            yield name.text


_ITEM_WORDS = frozenset(
    {
        "pub",
        "fn",
        "mod",
        "impl",
        "use",
        "struct",
        "enum",
        "const",
        "static",
        "async",
        "unsafe",
        "extern",
        "type",
        "trait",
    }
)


def _item_end(tokens: tuple[Token, ...], closing: dict[int, int], index: int) -> int:
    """Give the index after the item, statement or field that begins here."""
    while index < len(tokens) and tokens[index].text == "#":  # further attributes
        index = closing.get(index + 1, index + 1) + 1
    ends_at_comma = index < len(tokens) and tokens[index].text not in _ITEM_WORDS
    while index < len(tokens):
        text = tokens[index].text
        if text == ";" or (text == "," and ends_at_comma):
            return index + 1
        if text == "{":
            return closing.get(index, len(tokens) - 1) + 1
        if text in _CLOSING.values():
            return index
        index = closing.get(index, index) + 1
    return index
