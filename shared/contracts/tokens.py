"""Read Rust source as a flat list of tokens, with tree-sitter.

Queries are found in tokens, not in the syntax tree: inside the arguments of a macro (`tokio::try_join!(…)`) there is no
tree, only tokens, and a file that does not parse still has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec
import tree_sitter
import tree_sitter_rust

from shared.contracts.contract import Unread

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
        tokens: Without comments and without test code (`#[cfg(test)]`, `#[test]`).
        closing: Index of the closing bracket by index of the opening one.
        problems: The places that did not parse.
    """

    path: str
    tokens: tuple[Token, ...]
    closing: dict[int, int]
    problems: tuple[Unread, ...] = ()

    @cached_property
    def opening(self) -> dict[int, int]:
        """Index of the opening bracket by index of the closing one."""
        return {closing: opening for opening, closing in self.closing.items()}


def read_source(path: str, content: bytes) -> Source:
    """Read one Rust file; never raises for what it contains."""
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
    tokens = _without_tests(tokens)
    problems = tuple(_problem(path, line, "does not parse as Rust") for line in _error_lines(tree.root_node))
    return Source(path, tokens, match_brackets(tokens), problems[:1])


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


def _without_tests(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Leave out what no tenant sees: items under `#[test]`, `#[cfg(test)]`, or a feature of another database."""
    closing = match_brackets(tokens)
    kept: list[Token] = []
    index = 0
    while index < len(tokens):
        if tokens[index].text == "#" and index + 1 in closing and tokens[index + 1].text == "[":
            end = closing[index + 1]
            if _marks_test([token.text for token in tokens[index + 2 : end]]):
                index = _item_end(tokens, closing, end + 1)
                continue
        kept.append(tokens[index])
        index += 1
    return tuple(kept)


def _marks_test(attribute: list[str]) -> bool:
    if attribute[:2] == ["cfg", "("]:
        return ("test" in attribute and "not" not in attribute) or _means_another_database(attribute)
    path = attribute[: attribute.index("(")] if "(" in attribute else attribute
    return bool(path) and path[-1] in {"test", "bench"}


def _means_another_database(condition: list[str]) -> bool:
    """Say whether a `cfg` holds only where a service speaks to another database than PostgreSQL."""
    features = [text.strip('"').lower() for text in condition if text.startswith('"')]
    postgres = any("postgres" in feature or feature in {"pg", "psql"} for feature in features)
    others = any(re.search("sqlite|mysql|mssql|mariadb", feature) for feature in features)
    return (others and not postgres and "not" not in condition) or (postgres and not others and "not" in condition)


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
