"""The tokens that one expression finds are the leaves of the tree that a grammar of Rust gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_rust
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import tokens
from shared.contracts.extract import extract_contract
from shared.contracts.lexer import Token, split_tokens

_TESTS = Path(__file__).parents[1]
_RUST = sorted(_TESTS.rglob("*.rs"))
_LANGUAGE = tree_sitter.Language(tree_sitter_rust.language())
_COMMENTS = {"line_comment", "block_comment"}
_ATOMIC = {"string_literal", "raw_string_literal", "char_literal"}
_NO_NAMES = {"default", "_", "union"}
"""Keywords that a grammar takes for names at some places; no finder asks whether they are."""
_FRAGMENTS = {
    "ident",
    "expr",
    "literal",
    "tt",
    "ty",
    "vis",
    "meta",
    "pat",
    "pat_param",
    "block",
    "stmt",
    "path",
    "item",
}

PIECES = (
    "fn f<'a>(x: &'a str) -> Vec<Vec<u8>> { g::<Option<Vec<i64>>>('a', b'\\n', '\\'', '\\u{1F600}', '\N{SNOWMAN}') }",
    'const A: &str = "SELECT \\"x\\" -- \\\\";',
    'const B: &str = r#"SELECT "x" /* " */"#;',
    'const C: &[u8] = b"bytes"; const D: &[u8] = br##"a"#b"##;',
    'const E: &str = "several\nlines\\\n  of \N{LATIN SMALL LETTER E WITH ACUTE}";',
    "/* outer /* inner \" */ still ' */ struct Behind;",
    "// a comment with \" and '\n",
    "/// documentation with `x`\nstruct Documented(pub(crate) i64);",
    '#[derive(Debug)] #[sqlx(type_name = "state")] enum State { Open, Shut }',
    "macro_rules! list { ($($name:ident : $kind:ty),* $(,)?) => { $(let $name: $kind = 1;)* }; }",
    "fn numbers() { (1, 1_000u32, 0xffu8, 1.5, 1., 1e5, 1.5e-3f64, 0..5, 0..=5, pair.0.1, 1.max(2)) }",
    "fn signs() { a >>= 1; b <<= 2; c >> 3; d << 4; e && f || g; h |= !i; j != k; l ..= m; n == *o }",
    "fn closures() { run(|| x, move || y, |a| a || b, |&(c, ref d)| c) }",
    "fn words() { r#type.r#match(self, crate::a, super::b, Self::c).await?; 'outer: loop { break 'outer } }",
    "impl<T: From<<U as Into<T>>::Error>, U> Visitor<'_> for X<T> where U: 'static + Send { type Value = bool; }",
    'fn empty() { let _ = ("", r"", b"", \' \', \'"\'); }',
    "mod inner { use a::{self, b as c, d::*}; extern crate e; }",
    "\n\n\t\r\n",
)
"""Rust that tokens of every form stand in."""


def leaves(content: bytes) -> list[Token]:
    """Give the leaves of the tree, as tokens."""
    return list(_leaves(tree_sitter.Parser(_LANGUAGE).parse(content).root_node, content))


def _leaves(node: tree_sitter.Node, content: bytes) -> Iterator[Token]:
    if node.type in _COMMENTS:
        return
    if node.child_count and node.type not in _ATOMIC:
        for child in node.children:
            yield from _leaves(child, content)
        return
    text = content[node.start_byte : node.end_byte].decode()
    if text and not text.isspace():
        kind = "identifier" if node.type == "primitive_type" or node.type.endswith("identifier") else node.type
        yield Token(text, kind, node.start_point[0] + 1, node.start_point[1] + 1)


def in_one_spelling(found: list[Token]) -> list[tuple[str, bool, bool, int, int]]:
    """Part signs that the grammar joins or parts by what they mean; leave out separators, for which it has no node."""
    one: list[tuple[str, bool, bool, int, int]] = []
    for index, token in enumerate(found):
        keyword = token.text in _NO_NAMES | _FRAGMENTS
        if token.text in {">>", "<<", "||", ">>=", "<<=", "..="}:
            parts = [token.text[:1], token.text[1:]] if token.text != "..=" else ["..", "="]
            one += [(part, False, False, token.line, token.column + len(parts[0]) * i) for i, part in enumerate(parts)]
        elif _is_separator(found, index):
            continue
        else:
            one.append((token.text, token.is_name and not keyword, token.is_string, token.line, token.column))
    return one


def _is_separator(found: list[Token], index: int) -> bool:
    """Say whether a sign stands between the `)` and the `*` of a repetition in a macro."""
    around = [token.text for token in found[max(0, index - 1) : index + 2]]
    return around[:1] == [")"] and around[1:2] in ([","], [";"]) and around[2:] in (["*"], ["+"], ["?"])


@pytest.mark.parametrize("path", _RUST, ids=[path.relative_to(_TESTS).as_posix() for path in _RUST])
def test_a_file_has_the_tokens_that_its_tree_has(path: Path) -> None:
    content = path.read_bytes()
    assert in_one_spelling(split_tokens(content)) == in_one_spelling(leaves(content))


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from([" ", "\n", "\n\n    ", "\r\n"]))
def test_pieces_of_rust_in_any_order_have_the_tokens_that_their_tree_has(pieces: list[str], between: str) -> None:
    content = between.join(pieces).encode()
    assert in_one_spelling(split_tokens(content)) == in_one_spelling(leaves(content))


@given(st.text(alphabet="ab1 \"'/*\\#r!|<>=.\n_\N{SNOWMAN}", max_size=60))
def test_any_text_is_split_without_losing_what_is_no_comment(text: str) -> None:
    found = split_tokens(text.encode())
    lines = text.split("\n")
    for token in found:
        rest = "\n".join([lines[token.line - 1], *lines[token.line :]]).encode()[token.column - 1 :]
        assert rest.startswith(token.text.encode())


@pytest.mark.parametrize("folder", sorted({path.parents[1] for path in _RUST}), ids=lambda folder: folder.name)
def test_what_is_found_in_tokens_is_what_is_found_in_the_leaves_of_the_tree(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    fast = extract_contract("service", files)
    monkeypatch.setattr(tokens, "split_tokens", leaves)
    assert extract_contract("service", files) == fast
