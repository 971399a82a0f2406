"""Split Rust source into tokens, by one regular expression.

The rules are those of the Rust reference ("Lexical structure"). The leaves of a grammar's tree are the same tokens and
take six times as long to read: `tests/properties/test_rust_tokens.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

_KEYWORDS = frozenset({
    "as", "async", "await", "break", "const", "continue", "crate", "default", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "type", "union", "unsafe", "use", "where", "while", "yield", "_",
})  # fmt: skip
_NAME = "identifier"
_PLAIN_WORD = r"[A-Za-z_][0-9A-Za-z_]*+"
_WORD = r"[A-Za-z_\x80-\xff][0-9A-Za-z_\x80-\xff]*+"
_TOKEN = re.compile(
    rf"""[ \t\r\f\v]*+(?:
      (?P<identifier>{_PLAIN_WORD}(?![\#"'!\x80-\xff]))
    | (?P<sign>[(){{}}\[\],;?@\#~]|::?|=[=>]?|-[=>]?|\.(?:\.[.=]?)?|&[&=]?|[!<>+*%^]=?)
    | (?P<raw_identifier>r\#{_WORD}(?!["\#]))
    | (?P<lines>\n[ \t\r\f\v\n]*+)
    | (?P<string_literal>[bc]?"[^"\\]*+(?:\\.[^"\\]*+)*+")
    | (?P<line_comment>//[^\n]*+)
    | (?P<block_comment>/\*)
    | (?P<integer_literal>[0-9][0-9A-Za-z_]*+
        (?:(?<=[0-9][eE])[+-][0-9_]++|\.(?:[0-9][0-9_]*+(?:[eE][+-]?[0-9_]++)?[0-9A-Za-z_]*+|(?![.A-Za-z_])))?)
    | (?P<raw_string_literal>[bc]?r(?P<fence>\#*+)".*?"(?P=fence))
    | (?P<char_literal>b?'(?:[^'\\\n\x80-\xff]|[\x80-\xff]{{2,4}}|\\(?:u\{{[^}}]*\}}|x..|.))')
    | (?P<lifetime>'{_WORD})
    | (?P<metavariable>\${_WORD})
    | (?P<bars>\|\|)
    | (?P<macro_rules>macro_rules!)
    | (?P<other_word>{_WORD})
    | (?P<other_sign>[/|]=|[^ \t\r\f\v\n])
    )""",
    re.VERBOSE | re.DOTALL,
)
_TYPES = {"other_word": _NAME, "raw_identifier": _NAME}
_SIGNS = frozenset({"macro_rules", "other_sign", "bars"})
_ENDS_OF_OPERANDS = frozenset({
    _NAME, "string_literal", "raw_string_literal", "char_literal", "integer_literal", "metavariable", ")", "]", "}",
    "?", "self", "true", "false", "await",
})  # fmt: skip
_BLOCK_EDGE = re.compile(r"/\*|\*/")


class Token(msgspec.Struct, frozen=True, gc=False):
    """One token: its text, its type and where it begins (1-based line and column, in bytes).

    The type is the text itself for keywords and signs; for others it is `identifier`, `string_literal`,
    `raw_string_literal`, `char_literal`, `integer_literal` or `metavariable`.
    """

    text: str
    type: str
    line: int
    column: int = 0

    @property
    def is_name(self) -> bool:
        """Whether this is an identifier (of whatever role) or a primitive type."""
        return self.type == _NAME

    @property
    def is_string(self) -> bool:
        """Whether this is a string literal, raw or not."""
        return self.type in {"string_literal", "raw_string_literal"}


def split_tokens(content: bytes) -> list[Token]:
    """Give the tokens of a file, without comments.

    `>>` and `<<` are two tokens, as they are in types: in expressions they shift integers, which no text is made of. A
    lifetime is two tokens, and so is the `||` of a closure.

    Args:
        content: UTF-8.
    """
    text = content.decode("latin-1")  # one character for each byte: positions are those of bytes
    found: list[Token] = []
    add = found.append
    line, before_line = 1, -1
    matches = _TOKEN.finditer(text)
    while match := next(matches, None):
        kind = match.lastgroup or ""
        begin, end = match.span(kind)
        if kind == "sign":
            word = text[begin:end]
            add(Token(word, word, line, begin - before_line))
        elif kind == _NAME:
            word = text[begin:end]
            add(Token(word, word if word in _KEYWORDS else kind, line, begin - before_line))
        elif kind == "lines":
            line += text.count("\n", begin, end)
            before_line = text.rindex("\n", begin, end)
        elif kind != "line_comment":
            if kind == "block_comment":
                end = _comment_end(text, begin)
                matches = _TOKEN.finditer(text, end)
            else:
                found += _others(kind, content[begin:end].decode(), found[-1:], line, begin - before_line)
            if "\n" in text[begin:end]:
                line += text.count("\n", begin, end)
                before_line = text.rindex("\n", begin, end)
    return found


def _others(kind: str, text: str, before: Sequence[Token], line: int, column: int) -> Iterator[Token]:
    """Give the tokens of what is no sign and no plain word."""
    if kind == "lifetime":
        yield Token("'", "'", line, column)
        yield Token(text[1:], _NAME, line, column + 1)
    elif kind == "bars" and not any(token.type in _ENDS_OF_OPERANDS for token in before):
        yield Token("|", "|", line, column)
        yield Token("|", "|", line, column + 1)
    elif kind == "integer_literal" and before and before[0].text == "." and "." in text:  # `pair.0.1`
        first, _, second = text.partition(".")
        yield Token(first, kind, line, column)
        yield Token(".", ".", line, column + len(first))
        yield Token(second, kind, line, column + len(first) + 1)
    else:
        is_itself = text in _KEYWORDS if kind == "other_word" else kind in _SIGNS
        yield Token(text, text if is_itself else _TYPES.get(kind, kind), line, column)


def _comment_end(text: str, begin: int) -> int:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, begin):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)
