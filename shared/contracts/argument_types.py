"""Find the Rust type of an argument as far as the source shows it: a literal, a parameter, a `let`, a field.

Rust's inference is not repeated: what is not plain gets no type, and nothing is claimed of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shared.contracts.rust_syntax import render
from shared.contracts.tokens import Source, Token

_MAX_DEPTH = 6  # of bindings that stand for each other
_SUFFIXED = re.compile(r"[0-9][0-9_.]*(?:e[+-]?[0-9]+)?_?([iuf](?:8|16|32|64|128|size))\Z")
_INTEGER = re.compile(r"[0-9][0-9_]*\Z")
_FLOAT = re.compile(r"[0-9][0-9_]*\.[0-9_]*\Z")
_SAME_TYPE = frozenset({"clone", "to_owned", "as_ref", "borrow", "abs", "unwrap_or_default"})
_TYPE_OF_METHOD = {
    "to_string": "String",
    "as_str": "&str",
    "into_string": "String",
    "as_bytes": "&[u8]",
    "trim": "&str",
}
_TYPE_OF_MACRO = {"format": "String", "json": "serde_json::Value", "vec": ""}
_CONSTRUCTORS = frozenset({"new", "from", "default", "new_v4", "now_v7", "now", "nil"})
_OF_MODULE = {"Utc": "DateTime<Utc>", "Local": "DateTime<Local>"}
_GENERIC = frozenset({"Some", "Box", "Arc", "Rc", "Vec", "Cow", "Option", "Self"})
_TEXTLESS = frozenset({"impl", "dyn", "_"})

Fields = Mapping[str, Mapping[str, str]]
"""Type of each field, by struct and field, for structs whose name is unique in the service."""


class ArgumentTypes:
    """Finds the types of expressions within one file.

    Args:
        source: The file.
        fields: Types of the fields of the service's structs.
        defined: Names of all types that the service defines.
    """

    def __init__(self, source: Source, fields: Fields, defined: frozenset[str]) -> None:
        self._source = source
        self._tokens = source.tokens
        self._opening = source.opening
        self._fields = fields
        self._defined = defined

    def of(self, tokens: Sequence[Token], index: int, depth: int = 0) -> str:
        """Give the type of an expression that stands at token `index`, as written; empty when it is not plain."""
        tokens = _bare(tokens)
        if not tokens or depth > _MAX_DEPTH:
            return ""
        cast = next((i for i in range(len(tokens) - 1, 0, -1) if tokens[i].text == "as"), 0)
        if cast and all(token.text not in {"(", ")", "{", "}"} for token in tokens[cast:]):
            return _known(tokens[cast + 1 :])
        if len(tokens) == 1:
            return self._single(tokens[0], index, depth)
        if tokens[1].text == "!" and tokens[0].is_name:
            return _TYPE_OF_MACRO.get(tokens[0].text, "")
        called = self._called(tokens, index, depth)
        return called if called is not None else self._path_or_field(tokens, index, depth)

    def field(self, struct: str, field: str) -> str:
        """Give the type of a struct's field; empty when the struct is not one of the service's, or one of several."""
        return self._fields.get(struct, {}).get(field, "")

    def _single(self, token: Token, index: int, depth: int) -> str:
        if token.is_string:
            return "Vec<u8>" if token.text.startswith(("b", "br")) else "&str"
        if token.text in {"true", "false"}:
            return "bool"
        suffixed = _SUFFIXED.match(token.text)
        if suffixed:
            return suffixed[1]
        if _INTEGER.match(token.text):
            return "i32"  # what Rust falls back to where nothing else decides
        if _FLOAT.match(token.text):
            return "f64"
        return self._binding(token.text, index, depth) if token.is_name else ""

    def _called(self, tokens: Sequence[Token], index: int, depth: int) -> str | None:
        """Give the type of `receiver.method()`, `Some(x)`, `Type::new()`, `Type(x)` or `Type { … }`; else None."""
        if tokens[-1].text == "}":
            before = next((i for i, token in enumerate(tokens) if token.text == "{"), 0) - 1
            return tokens[before].text if before >= 0 and tokens[before].text in self._defined else ""
        if tokens[-1].text != ")":
            return None
        opening = _opening_of_last(tokens)
        callee, inside = tokens[:opening], tokens[opening + 1 : -1]
        if not callee:
            return None
        if len(callee) > 1 and callee[-2].text == ".":
            return self._method(callee, inside, index, depth)
        return self._function(callee, inside, index, depth)

    def _method(self, callee: Sequence[Token], inside: Sequence[Token], index: int, depth: int) -> str:
        name = callee[-1].text
        if name in _TYPE_OF_METHOD:
            return _TYPE_OF_METHOD[name]
        if name == "map":  # of an Option: an iterator is no argument
            cast = _cast_in_closure(inside)
            return f"Option<{cast}>" if cast else ""
        return self.of(callee[:-2], index, depth + 1) if name in _SAME_TYPE else ""

    def _function(self, callee: Sequence[Token], inside: Sequence[Token], index: int, depth: int) -> str:
        name = callee[-1].text
        if name == "Some":
            inner = self.of(inside, index, depth + 1)
            return f"Option<{inner}>" if inner else ""
        if name in {"Json", "JsonValue"}:
            return "Json<_>"
        if name in _CONSTRUCTORS and len(callee) > 2 and callee[-2].text == "::":  # noqa: PLR2004  # a type before it
            made = callee[-3].text
            return _OF_MODULE.get(made, made if made[0].isupper() and made not in _GENERIC else "")
        return self._variant(callee) or (name if name in self._defined else "")

    def _path_or_field(self, tokens: Sequence[Token], index: int, depth: int) -> str:
        if all(token.is_name or token.text in {"::", "crate", "self", "super"} for token in tokens):
            return self._variant(tokens)
        if len(tokens) > 2 and tokens[-2].text == "." and tokens[-1].is_name:  # noqa: PLR2004  # receiver, dot, field
            owner = _bare_name(self.of(tokens[:-2], index, depth + 1))
            return self._fields.get(owner, {}).get(tokens[-1].text, "")
        return ""

    def _variant(self, path: Sequence[Token]) -> str:
        names = [token.text for token in path if token.text != "::"]
        return names[-2] if len(names) > 1 and names[-2] in self._defined and names[-1][:1].isupper() else ""

    def _binding(self, name: str, index: int, depth: int) -> str:
        """Walk back through the enclosing blocks to what binds a name: `let`, a parameter, or a pattern."""
        tokens = self._tokens
        index -= 1
        in_signature = False
        while index >= 0 and not (in_signature and tokens[index].text in {"fn", "}", ";"}):
            token = tokens[index]
            if token.text == "}" and index in self._opening:
                index = self._opening[index]
            elif token.text == name and token.is_name and index + 1 < len(tokens):
                found = self._bound_here(index, depth)
                if found is not None:
                    return found
            elif token.text == "fn":
                return ""
            index -= 1
        return ""

    def _bound_here(self, index: int, depth: int) -> str | None:
        tokens = self._tokens
        before, after = tokens[index - 1].text, tokens[index + 1].text
        if before in {"let", "mut"} and (before == "let" or tokens[index - 2].text == "let"):
            if after == ":":
                return _known(self._until(index + 2, {"=", ";"}))
            return self.of(self._until(index + 2, {";"}), index - 1, depth + 1) if after == "=" else ""
        if after == ":" and before in {"(", ",", "|", "mut"}:
            written = _type_of_parameter(tokens[index + 2 : index + 60])
            return _known(written)
        if before in {"|", "for", "Some", "Ok"} or (before == "(" and tokens[index - 2].text in {"Some", "Ok", "Err"}):
            return ""  # a pattern whose type is not written
        return None

    def _until(self, begin: int, ends: set[str]) -> Sequence[Token]:
        index = begin
        while index < len(self._tokens) and self._tokens[index].text not in ends:
            index = self._source.closing.get(index, index) + 1
        return self._tokens[begin:index]


def _type_of_parameter(tokens: Sequence[Token]) -> Sequence[Token]:
    depth = 0
    for index, token in enumerate(tokens):
        if token.text in {"<", "(", "["}:
            depth += 1
        elif token.text in {">", "]"} or (token.text == ")" and depth):
            depth -= 1
        elif token.text == ">>":
            depth -= 2
        elif depth <= 0 and token.text in {",", ")", "|", "=", "{"}:
            return tokens[:index]
    return tokens


def _bare(tokens: Sequence[Token]) -> Sequence[Token]:
    while tokens:
        if tokens[0].text in {"&", "mut", "*", "&&"}:
            tokens = tokens[1:]
        elif tokens[0].text == "(" and tokens[-1].text == ")" and _opening_of_last(tokens) == 0:
            tokens = tokens[1:-1]
        else:
            break
    return tokens


def _opening_of_last(tokens: Sequence[Token]) -> int:
    """Give the index of the bracket that the last token closes."""
    depth = 0
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].text in {")", "]", "}"}:
            depth += 1
        elif tokens[index].text in {"(", "[", "{"}:
            depth -= 1
            if depth == 0:
                return index
    return 0


def _known(tokens: Sequence[Token]) -> str:
    """Give a type as written, or nothing for one that only its caller knows: `impl Into<i64>`, `T`, `_`."""
    words = [token.text for token in tokens if token.is_name or token.text in _TEXTLESS]
    if not words or _TEXTLESS.intersection(words) or (len(words[-1]) == 1 and words[-1].isupper()):
        return ""
    return render(tokens)


def _cast_in_closure(tokens: Sequence[Token]) -> str:
    """Give T of `|v| v as T`; empty for any other closure."""
    words = [token.text for token in tokens]
    cast = words[:1] == ["|"] and words[2:3] == ["|"] and "as" in words and not {"(", "{"}.intersection(words)
    return _known(tokens[len(words) - words[::-1].index("as") :]) if cast else ""


def _bare_name(written: str) -> str:
    found = re.match(r"&?\s*(?:'\w+\s+)?(?:mut\s+)?(?:\w+::)*(\w+)\Z", written)
    return found[1] if found else ""
