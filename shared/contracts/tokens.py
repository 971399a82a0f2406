"""Read Rust source as a flat list of tokens; tree-sitter says whether it is Rust.

Queries are found in tokens, not in the syntax tree: inside the arguments of a macro (`tokio::try_join!(…)`) there is no
tree, only tokens, and a file that does not parse still has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any, TypeVar

import msgspec
import tree_sitter
import tree_sitter_rust

from shared.contracts.contract import Unread
from shared.contracts.features import On, is_left_out
from shared.contracts.lexer import Token, split_tokens
from shared.contracts.nesting import TOO_DEEP, without_the_deep

__all__ = ["MAX_BYTES", "Source", "Token", "match_brackets", "read_source"]

_LANGUAGE = tree_sitter.Language(tree_sitter_rust.language())
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_BRACKETS = frozenset("([{)]}")
MAX_BYTES = 8 * 1024 * 1024  # of one file; generated code beyond that is no service
_TOO_LARGE = f"larger than {MAX_BYTES // 1024 // 1024} MB, not read"

_Made = TypeVar("_Made")


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
    def places(self) -> Mapping[str, Sequence[int]]:
        """Indexes of the tokens by their text, in the order of the file: a finder looks only where its words stand."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for index, token in enumerate(self.tokens):
            found[token.text].append(index)
        return found

    def where(self, words: AbstractSet[str]) -> Iterator[tuple[int, Token]]:
        """Give the tokens that are one of some words, with their indexes, in the order of the file."""
        lists = [self.places[word] for word in self.places.keys() & words]
        indexes = lists[0] if len(lists) == 1 else sorted(index for found in lists for index in found)
        return ((index, self.tokens[index]) for index in indexes)

    def names(self, words: AbstractSet[str]) -> bool:
        """Say whether one of some words stands in the file."""
        return not self.places.keys().isdisjoint(words)

    def once(self, make: Callable[[Source], _Made]) -> _Made:
        """Give what a function makes of this file, which is made once."""
        if make not in self._kept:
            self._kept[make] = make(self)
        made: _Made = self._kept[make]
        return made

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        return {}

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
    problems = tuple(_problem(path, line, "does not parse as Rust") for line in _error_lines(tree.root_node))
    tokens = tuple(split_tokens(content))
    closing = match_brackets(tokens)
    shallow, line = without_the_deep(tokens, closing)
    if line:
        tokens, closing, problems = shallow, match_brackets(shallow), (_problem(path, line, TOO_DEEP), *problems)
    kept, modules = _without_uncompiled(tokens, closing, on)
    return Source(path, kept, closing if kept is tokens else match_brackets(kept), problems[:1], modules)


def _problem(path: str, line: int, reason: str) -> Unread:
    return Unread(file=path, line=line, reason=reason)


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


def match_brackets(tokens: Sequence[Token]) -> dict[int, int]:
    """Pair brackets; one that is never closed, or is closed by the wrong kind, has no entry."""
    closing: dict[int, int] = {}
    open_: list[tuple[int, str]] = []
    for index, text in [(index, token.text) for index, token in enumerate(tokens) if token.text in _BRACKETS]:
        wanted = _CLOSING.get(text)
        if wanted is not None:
            open_.append((index, wanted))
            continue
        depth = len(open_) - 1
        while depth >= 0 and open_[depth][1] != text:
            depth -= 1
        if depth >= 0:  # an unclosed bracket inside a closed pair is given up; a stray closing one is passed over
            closing[open_[depth][0]] = index
            del open_[depth:]
    return closing


def _without_uncompiled(
    tokens: tuple[Token, ...], closing: Mapping[int, int], on: On
) -> tuple[tuple[Token, ...], frozenset[str]]:
    """Leave out what no tenant sees: test code, code for another database, code of features that are off.

    Returns:
        What is left, and the names of the modules in other files that are left out.
    """
    kept: list[Token] = []
    modules: set[str] = set()
    begin = 0
    for index in [index for index, token in enumerate(tokens) if token.text == "#"]:
        inner = index + 1 < len(tokens) and tokens[index + 1].text == "!"
        bracket = index + 2 if inner else index + 1
        if index < begin or bracket not in closing or tokens[bracket].text != "[":
            continue
        end = closing[bracket]
        if is_left_out([token.text for token in tokens[bracket + 1 : end]], on):
            kept += tokens[begin:index]
            begin = _block_end(closing, index, len(tokens)) if inner else _item_end(tokens, closing, end + 1)
            modules.update(_modules(tokens[end + 1 : begin]))
    if begin == 0:
        return tokens, frozenset()
    left = (*kept, *tokens[begin:])
    return left, frozenset(modules.difference(_modules(left))) if modules else frozenset()


def _block_end(closing: Mapping[int, int], index: int, end: int) -> int:
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


def _item_end(tokens: tuple[Token, ...], closing: Mapping[int, int], index: int) -> int:
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
