"""Evaluate Rust string expressions: give every text that an expression can stand for, as far as it is in the source.

Followed are literals, constants, `let` and what is pushed to it, `if` and `match`, arrays and loops over them,
`format!`, `concat!`, `include_str!`, and functions that do nothing but give a text. What is not is a hole, with the
reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from shared.contracts.bindings import Binding, BindingKind, find_binding, mutations
from shared.contracts.call_sites import CallSites
from shared.contracts.literals import split_arguments, string_value
from shared.contracts.rust_blocks import (
    arms,
    bare,
    branches,
    closes_at_end,
    diverges,
    early_returns,
    first_brace,
    last_expression,
    opening_of_last,
    split_at,
)
from shared.contracts.sites import Site, Sites
from shared.contracts.texts import Text, Texts, hole, joined, one_of
from shared.contracts.tokens import Source, Token, match_brackets

Bindings = Mapping[str, Texts]
"""What names stand for that the place itself does not bind: the parameters of a function that is looked into."""

IncludeFile = Callable[[str, str], str | None]
"""Gives the content of a file by the file that includes it and the path as written."""

MANIFEST_FOLDER = "\0manifest"
"""Stands in a path for the folder of the crate's Cargo.toml."""

_MAX_DEPTH = 12
_AT_RUN_TIME = "the SQL is computed at run time"
_CONCATENATE = frozenset({"concat", "concatcp", "formatcp_concat"})
_FORMAT = frozenset({"format", "formatcp", "formatc", "formatdoc", "const_format"})
_SAME = frozenset({"indoc", "unindent"})
_WRAPPERS = frozenset({"AssertSqlSafe", "from", "Borrowed", "Owned", "new", "SqlStr", "from_static"})
_SAME_METHODS = frozenset({
    "to_string", "as_str", "into", "to_owned", "as_ref", "clone", "to_sql_str", "into_owned", "borrow", "trim", "deref",
})  # fmt: skip
_LIKE_SQL = re.compile(r"\s*(?:--|/\*|\(|[A-Za-z]+\s)")
"""How a statement begins: a function of such a name may be called for other things."""
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


class Evaluator:
    """Evaluates the expressions of one service.

    Args:
        sites: Where its constants and functions are.
        calls: Where its functions are called.
        include: Reads included files.
    """

    def __init__(self, sites: Sites, calls: CallSites, include: IncludeFile) -> None:
        self._sites = sites
        self._calls = calls
        self._include = include

    def of(self, source: Source, tokens: Sequence[Token], index: int) -> Texts:
        """Give the texts of an expression, also those that calls of the function around it give to its parameters.

        Args:
            source: The file.
            tokens: The expression.
            index: Where it stands in the file: which names are bound there.
        """
        texts = _At(self, source, index, {}, 0).of(tokens)
        if all(text.known for text in texts):
            return texts
        ways = [_At(self, source, index, bindings, 0).of(tokens) for bindings in self._called(source, index)]
        known = [text for way in ways for text in way if text.known]
        if not known or not all(_LIKE_SQL.match(text.value) for text in known):
            return texts
        return one_of(ways)

    def _called(self, source: Source, index: int) -> Iterator[Bindings]:
        """Give what the parameters of the function around a place stand for, once for each of its calls."""
        around = self._sites.around(source, index)
        if around is None:
            return
        name, site = around
        own = {token.text for at, token in source.where({*site.parameters}) if site.begin <= at < site.end
               and source.tokens[at - 1].text in {"let", "mut", "for"}}  # fmt: skip
        for call in self._calls.of(name, site):
            there = _At(self, call.source, call.index, {}, 1)
            yield {name: there.of(tokens) for name, tokens in call.arguments.items() if name not in own}

    def site(self, path: Sequence[str], file: str) -> Site | None:
        """Find a constant or a function."""
        return self._sites.find(path, file)

    def included(self, file: str, path: str) -> str | None:
        """Read an included file."""
        return self._include(file, path)


class _At:
    """Evaluates at one place of a file."""

    def __init__(self, evaluator: Evaluator, source: Source, index: int, bindings: Bindings, depth: int) -> None:
        self._evaluator = evaluator
        self._source = source
        self._index = index
        self._bindings = bindings
        self._depth = depth

    def _there(self, index: int) -> _At:
        return _At(self._evaluator, self._source, index, self._bindings, self._depth + 1)

    def of(self, tokens: Sequence[Token]) -> Texts:
        tokens = bare(tokens)
        if not tokens or self._depth > _MAX_DEPTH:
            return hole(_AT_RUN_TIME)
        parts = split_at(tokens, "+")
        if len(parts) > 1:
            return joined(self.of(part) for part in parts)
        return self._of_one(tokens)

    def _of_one(self, tokens: Sequence[Token]) -> Texts:
        if len(tokens) == 1 and tokens[0].is_string:
            value = string_value(tokens[0])
            return hole("the SQL is a byte string") if value is None else (Text(value),)
        if tokens[0].text in {"if", "match", "{", "unsafe"}:
            return self._of_block(tokens)
        if len(tokens) > 2 and tokens[0].is_name and tokens[1].text == "!" and closes_at_end(tokens, 2):  # noqa: PLR2004
            return self._of_macro(tokens)
        if all(token.is_name or token.text in {"::", "self", "crate", "super", "Self"} for token in tokens):
            return self._of_name(tokens)
        if tokens[-1].text == ")":
            return self._of_call(tokens)
        metavariable = any(token.text.startswith("$") for token in tokens)
        return hole("the SQL is an argument of a macro_rules! macro" if metavariable else _AT_RUN_TIME)

    # blocks

    def _of_block(self, tokens: Sequence[Token]) -> Texts:
        closing = match_brackets(tuple(tokens))
        head = tokens[0].text
        if head == "match":
            body = first_brace(tokens, closing)
            found = arms(tokens[body + 1 : closing[body]]) if body in closing else []
            return one_of([self.of(arm) for arm in found if not diverges(arm)])
        if head == "if":
            return one_of([self._of_body(body) for body in branches(tokens, closing)])
        begin = 1 if head == "unsafe" else 0
        return self._of_body(tokens[begin + 1 : closing[begin]] if begin in closing else ())

    def _of_body(self, tokens: Sequence[Token]) -> Texts:
        if diverges(tokens) and (not tokens or tokens[0].text != "return"):
            return ()
        last = last_expression(tokens)
        if not last:
            return hole(_AT_RUN_TIME)
        begin = self._position(last[0])
        return (self if begin < 0 else self._there(begin)).of(last)

    def _position(self, token: Token) -> int:
        """Give the index of a token in the file: names that the block binds are looked up from there."""
        return next((i for i, other in enumerate(self._source.tokens) if other is token), -1)

    # macros

    def _of_macro(self, tokens: Sequence[Token]) -> Texts:
        name, inside = tokens[0].text, tokens[3:-1]
        if name in _CONCATENATE:
            return joined(self.of(part) for part in split_arguments(inside))
        if name in _FORMAT:
            return self._of_format(split_arguments(inside))
        if name in _SAME:
            return self.of(inside)  # indentation means nothing to SQL
        if name == "include_str":
            return self._of_include(self.of(inside))
        if name == "env":
            manifest = any(token.text == '"CARGO_MANIFEST_DIR"' for token in inside)
            return (Text(MANIFEST_FOLDER),) if manifest else hole("the SQL is made by a build script")
        return hole(f"the SQL is built by {name}! at run time")

    def _of_include(self, paths: Texts) -> Texts:
        path = paths[0]
        if not path.known:
            return paths
        content = self._evaluator.included(self._source.path, path.value)
        return hole("the included file is not among the service's files") if content is None else (Text(content),)

    def _of_format(self, arguments: Sequence[Sequence[Token]]) -> Texts:
        if not arguments:
            return hole(_AT_RUN_TIME)
        named = {part[0].text: part[2:] for part in arguments[1:] if len(part) > 2 and part[1].text == "="}  # noqa: PLR2004
        listed = [part for part in arguments[1:] if not (len(part) > 2 and part[1].text == "=")]  # noqa: PLR2004
        ways = [self._filled(form.value, named, listed) for form in self.of(arguments[0]) if form.known]
        return one_of(ways) if ways else hole("the SQL is built by format! at run time")

    def _filled(self, form: str, named: Mapping[str, Sequence[Token]], listed: Sequence[Sequence[Token]]) -> Texts:
        parts: list[Texts] = []
        begin = position = 0
        for found in _PLACEHOLDER.finditer(form):
            parts.append((Text(form[begin : found.start()]),))
            begin = found.end()
            if found[1] is None:
                parts.append((Text(found[0][0]),))
                continue
            name = found[1].partition(":")[0].strip()
            value: Texts
            if not name or name.isdecimal():
                number = int(name) if name else position
                position += not name
                value = self.of(listed[number]) if number < len(listed) else hole(_AT_RUN_TIME)
            else:
                value = self.of(named[name]) if name in named else self._of_path([name])
            parts.append(_formatted(value))
        parts.append((Text(form[begin:]),))
        return joined(parts)

    # names

    def _of_name(self, tokens: Sequence[Token]) -> Texts:
        return self._of_path([token.text for token in tokens if token.text != "::"])

    def _of_path(self, path: Sequence[str]) -> Texts:
        name = path[-1]
        if len(path) == 1:
            if name in self._bindings:
                return self._bindings[name]
            binding = find_binding(self._source, name, self._index)
            if binding is not None:
                return self._of_binding(name, binding)
        path = [each for each in path if each not in {"crate", "super", "self"}]
        site = self._evaluator.site(path, self._source.path) if path else None
        if site is None or site.is_function:
            return hole(f"the SQL comes from `{name}`, whose value is not a literal")
        return self._at_site(site, {}).of(site.source.tokens[site.begin : site.end])

    def _at_site(self, site: Site, bindings: Bindings) -> _At:
        return _At(self._evaluator, site.source, site.begin, bindings, self._depth + 1)

    def _of_binding(self, name: str, binding: Binding) -> Texts:
        reason = f"the SQL comes from `{name}`, whose value is not a literal"
        if binding.kind is BindingKind.OPAQUE:
            return hole(reason)
        there = self._there(binding.index)
        if binding.kind is BindingKind.LOOP:
            elements = there.elements(binding.tokens)
            return one_of([there.of(element) for element in elements]) if elements else hole(reason)
        texts = there.of(binding.tokens)
        if not texts[0].known and len(texts) == 1 and texts[0].value == texts[0].value[:1]:
            texts = hole(reason) if texts[0].reasons == (_AT_RUN_TIME,) else texts
        if not binding.mutable:
            return texts
        for change in mutations(self._source, name, binding, self._index):
            more = self._there(change.index).of(change.tokens) if change.tokens else hole(reason)
            ways = [joined([texts, more])] if change.appends else [more]
            texts = one_of([texts, *_marked(ways)]) if change.conditional else ways[0]
        return texts

    # calls and arrays

    def _of_call(self, tokens: Sequence[Token]) -> Texts:
        opening = opening_of_last(tokens)
        callee, inside = tokens[:opening], tokens[opening + 1 : -1]
        if callee and callee[-1].text == ">":  # a turbofish says nothing of the text
            begin = max((i for i, token in enumerate(callee) if token.text == "::"), default=len(callee))
            callee = callee[:begin]
        if not callee:
            return hole(_AT_RUN_TIME)
        name = callee[-1].text
        if len(callee) > 1 and callee[-2].text == ".":
            return self._of_method(callee[:-2], name, inside)
        if name == "new" and not inside:
            return (Text(""),)  # String::new()
        if [token.text for token in inside[:2]] == ["|", "|"]:
            inside = inside[2:]  # LazyLock::new(|| …)
        if name in _WRAPPERS:
            return self.of(inside)
        return self._of_function(callee, split_arguments(inside))

    def _of_method(self, receiver: Sequence[Token], name: str, inside: Sequence[Token]) -> Texts:
        if name in _SAME_METHODS:
            return self.of(receiver)
        if name in {"join", "concat"}:
            elements = self.elements(receiver)
            between = self.of(inside) if inside else (Text(""),)
            if elements and between[0].known:
                return joined((self.of(element) for element in elements), between[0].value)
        if name == "replace":
            return self._replaced(self.of(receiver), [self.of(part) for part in split_arguments(inside)])
        return hole(_AT_RUN_TIME)

    def _replaced(self, texts: Texts, arguments: Sequence[Texts]) -> Texts:
        if len(arguments) != 2 or not all(text.known for texts_ in arguments for text in texts_):  # noqa: PLR2004
            return hole(_AT_RUN_TIME)
        old = arguments[0][0].value
        return one_of([
            tuple(Text(text.value.replace(old, new.value), text.reasons, text.several) for text in texts)
            for new in arguments[1]
        ])  # fmt: skip

    def _of_function(self, callee: Sequence[Token], arguments: Sequence[Sequence[Token]]) -> Texts:
        path = [token.text for token in callee if token.text not in {"::", "crate", "super", "self", "Self"}]
        site = self._evaluator.site(path, self._source.path) if path else None
        if site is None or not site.is_function or any(token.text in {".", "("} for token in callee):
            return hole(_AT_RUN_TIME)
        given = dict(zip(site.parameters, (self.of(argument) for argument in arguments), strict=False))
        body = site.source.tokens[site.begin : site.end]
        return self._at_site(site, given).of_function_body(body)

    def of_function_body(self, body: Sequence[Token]) -> Texts:
        """Give what a function returns: its value, and what it returns early."""
        return one_of([self._of_body(body), *(self.of(value) for value in early_returns(body))])

    def elements(self, tokens: Sequence[Token]) -> list[Sequence[Token]]:
        """Give the elements of an array that stands in the source, or of the constant that names one."""
        tokens = bare(tokens)
        while len(tokens) > 4 and [t.text for t in tokens[-2:]] == ["(", ")"] and tokens[-4].text == ".":  # noqa: PLR2004
            if tokens[-3].text not in {"iter", "into_iter", "copied", "cloned", "to_vec", "as_slice"}:
                return []
            tokens = bare(tokens[:-4])
        if tokens and tokens[0].text == "vec" and len(tokens) > 2:  # noqa: PLR2004
            tokens = tokens[2:]
        if tokens and tokens[0].text == "[" and tokens[-1].text == "]":
            return split_arguments(tokens[1:-1])
        if tokens and all(token.is_name or token.text == "::" for token in tokens):
            return list(self._named_elements([token.text for token in tokens if token.text != "::"]))
        return []

    def _named_elements(self, path: Sequence[str]) -> Iterator[Sequence[Token]]:
        binding = find_binding(self._source, path[-1], self._index) if len(path) == 1 else None
        if binding is not None and binding.kind is BindingKind.LET and not binding.mutable:
            yield from self.elements(binding.tokens)
            return
        site = self._evaluator.site(path, self._source.path)
        if binding is None and site is not None and not site.is_function:
            yield from self.elements(site.source.tokens[site.begin : site.end])


def _marked(ways: Sequence[Texts]) -> list[Texts]:
    return [tuple(Text(text.value, text.reasons, several=True) for text in way) for way in ways]


def _formatted(value: Texts) -> Texts:
    """Say of a hole in a format string what made it."""
    return tuple(
        text if text.known else Text(text.value, ("the SQL is built by format! at run time",)) for text in value
    )
