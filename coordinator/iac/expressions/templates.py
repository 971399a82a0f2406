"""Templates: quoted strings, heredocs and template files, with interpolation, directives and strip markers.

HCL cuts literal text into one token per line (except in quoted strings) and strips or dedents token by token; so does
this, because what `~` and `<<-` remove follows from it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

import msgspec

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.scanner import Scanner
from coordinator.iac.expressions.syntax import Expression, Template, TemplatePart, Text
from shared.schema.schema import Origin

MAX_DIRECTIVE_DEPTH = 50
"""Levels of `%{ if }` and `%{ for }` within each other."""

_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t]*\r?\n")
_LITERAL_STOP = re.compile(r'\$\{|%\{|\$\$\{|%%\{|["\\\n]')
_LINE_STOP = re.compile(r"\$\{|%\{|\$\$\{|%%\{|\n")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_UNICODE = re.compile(r"u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})")


class TemplateScanner(Scanner, ABC):
    """A scanner that can also read the expressions within a template; the expression parser says how."""

    @abstractmethod
    def expression(self) -> Expression:
        """Parse one expression from the current position on."""


class _Literal(msgspec.Struct):
    """Literal text; strip markers and dedenting change it."""

    text: str
    at: Origin
    advances: bool


class _Directive(msgspec.Struct):
    """`%{ if … }` and its like; `words` are the names a `for` binds."""

    kind: str
    at: Origin
    expression: Expression | None = None
    words: tuple[str, str] = ("", "")


_Token = _Literal | _Directive


class _TokenCollector:
    """Collects the tokens of one template, applying strip markers as they come."""

    def __init__(self) -> None:
        self.tokens: list[_Token] = []
        self._strip_next = False
        self._can_strip_previous = False

    def literal(self, text: str, at: Origin, *, advances: bool) -> None:
        if not text:
            return
        if self._strip_next:
            text = text.lstrip()
        self._strip_next = False
        self.tokens.append(_Literal(text, at, advances))
        self._can_strip_previous = True

    def directive(self, token: _Directive, *, strips_left: bool, strips_right: bool) -> None:
        previous = self.tokens[-1] if self.tokens else None
        if strips_left and self._can_strip_previous and isinstance(previous, _Literal):
            previous.text = previous.text.rstrip()
        self._can_strip_previous = False
        self._strip_next = strips_right
        self.tokens.append(token)


def parse_quoted(parser: TemplateScanner) -> Template:
    """Parse a `"…"` string from its opening quote on."""
    at = parser.here()
    start = parser.position
    parser.position += 1
    tokens = _TokenCollector()
    while True:
        begin = parser.position
        text, stop = _quoted_text(parser, start)
        tokens.literal(text, parser.here(begin), advances=False)
        if stop == '"':
            parser.position += 1
            return Template(at=at, parts=_nested_parts(parser, tokens.tokens))
        _collect_interpolation(parser, tokens)


def _quoted_text(parser: TemplateScanner, start: int) -> tuple[str, str]:
    """Read literal text up to the closing quote or a template sequence; give it and what stopped it."""
    pieces: list[str] = []
    while True:
        found = _LITERAL_STOP.search(parser.text, parser.position)
        if found is None or found.group() == "\n":
            parser.fail("Invalid multi-line string: a quoted string must end on the line it begins", start)
        pieces.append(parser.text[parser.position : found.start()])
        parser.position = found.start()
        match found.group():
            case "\\":
                pieces.append(_escape(parser))
            case "$${" | "%%{" as doubled:
                pieces.append(doubled[1:])
                parser.position = found.end()
            case stop:
                return "".join(pieces), stop


def _escape(parser: TemplateScanner) -> str:
    char = parser.text[parser.position + 1 : parser.position + 2]
    if char in _ESCAPES:
        parser.position += 2
        return _ESCAPES[char]
    found = _UNICODE.match(parser.text, parser.position + 1)
    code = int(found.group(1) or found.group(2), 16) if found else -1
    if found is None or code > 0x10FFFF:  # noqa: PLR2004  # the last code point
        parser.fail(f"Invalid escape sequence: the symbol {char!r} is not a valid escape sequence selector")
    parser.position = found.end()
    return chr(code)


def parse_heredoc(parser: TemplateScanner) -> Template:
    """Parse a `<<EOT` or `<<-EOT` template; stops before the line end that follows the closing marker."""
    at = parser.here()
    opening = _HEREDOC.match(parser.text, parser.position)
    if opening is None:
        parser.fail("Invalid heredoc: expected a marker and a line end")
    closing = re.compile(rf"[^\S\n]*{re.escape(opening.group(2))}[^\S\n]*(?=\n|\Z)")
    # Looked for once, before anything is parsed: an unterminated heredoc must not be searched line by line.
    if (
        re.compile(rf"^[^\S\n]*{re.escape(opening.group(2))}[^\S\n]*$", re.MULTILINE).search(parser.text, opening.end())
        is None
    ):
        parser.fail(f"Unterminated heredoc: no line holds only {opening.group(2)}")
    parser.position = opening.end()
    tokens = _TokenCollector()
    _collect_lines(parser, tokens, closing)
    if opening.group(1):
        _dedent(tokens.tokens)
    return Template(at=at, parts=_nested_parts(parser, tokens.tokens))


def parse_template(parser: TemplateScanner) -> Template:
    """Parse the whole text as a template (`templatefile`, `templatestring`)."""
    at = parser.here()
    tokens = _TokenCollector()
    _collect_lines(parser, tokens, None)
    return Template(at=at, parts=_nested_parts(parser, tokens.tokens))


def _collect_lines(parser: TemplateScanner, tokens: _TokenCollector, closing: re.Pattern[str] | None) -> None:
    """Read line by line up to the closing marker, or to the end of the text."""
    line_begins = True
    while parser.position < len(parser.text):
        if line_begins and closing is not None and (end := closing.match(parser.text, parser.position)):
            parser.position = end.end()
            return
        begin = parser.position
        text, stop = _line_text(parser)
        tokens.literal(text, parser.here(begin), advances=True)
        line_begins = stop == "\n"
        if stop in ("${", "%{"):
            _collect_interpolation(parser, tokens)
    if closing is not None and not line_begins:
        parser.fail("Unterminated heredoc")


def _line_text(parser: TemplateScanner) -> tuple[str, str]:
    pieces: list[str] = []
    while True:
        found = _LINE_STOP.search(parser.text, parser.position)
        if found is None:
            pieces.append(parser.text[parser.position :])
            parser.position = len(parser.text)
            return "".join(pieces), ""
        pieces.append(parser.text[parser.position : found.start()])
        parser.position = found.start()
        match found.group():
            case "$${" | "%%{" as doubled:
                pieces.append(doubled[1:])
                parser.position = found.end()
            case "\n":
                pieces.append("\n")
                parser.position = found.end()
                return "".join(pieces), "\n"
            case stop:
                return "".join(pieces), stop


def _collect_interpolation(parser: TemplateScanner, tokens: _TokenCollector) -> None:
    """Read `${ … }` or `%{ … }`, strip markers included."""
    start = parser.position
    interpolates = parser.text[start] == "$"
    parser.position += 2
    strips_left = parser.text.startswith("~", parser.position)
    parser.position += strips_left
    parser.enter(skips_newlines=True)
    token = _Directive("", parser.here(start), parser.expression()) if interpolates else _directive(parser, start)
    strips_right = parser.accept("~")
    if not parser.accept("}"):
        parser.fail("Extra characters after interpolation expression: expected a closing brace")
    parser.leave()
    tokens.directive(token, strips_left=strips_left, strips_right=strips_right)


def _directive(parser: TemplateScanner, start: int) -> _Directive:  # noqa: RET503  # `fail` does not return
    at = parser.here(start)
    keyword = parser.identifier()
    match keyword:
        case "if":
            return _Directive("if", at, parser.expression())
        case "else" | "endif" | "endfor":
            return _Directive(keyword, at)
        case "for":
            value_name, key_name = parser.identifier() or "", ""
            if parser.accept(","):
                key_name, value_name = value_name, parser.identifier() or ""
            if not value_name or parser.identifier() != "in":
                parser.fail("Invalid 'for' directive: expected names followed by 'in'")
            return _Directive("for", at, parser.expression(), (key_name, value_name))
        case _:
            parser.fail(f"Invalid template directive: {keyword!r} is not a template keyword")


def _dedent(tokens: list[_Token]) -> None:
    """Remove the indentation that all lines of a `<<-` heredoc share."""
    fewest: int | None = None
    adjust: list[_Literal] = []
    line_begins = True
    for token in tokens:
        if line_begins:
            line_begins = False
            if not isinstance(token, _Literal):
                fewest = 0
            elif token.text.strip() or not token.text.endswith("\n"):
                spaces = len(token.text) - len(token.text.lstrip())
                fewest = spaces if fewest is None else min(fewest, spaces)
                adjust.append(token)
        if isinstance(token, _Literal) and token.text.endswith("\n"):
            line_begins = True
    for literal in adjust:
        literal.text = literal.text[fewest or 0 :]


def _nested_parts(parser: TemplateScanner, tokens: list[_Token]) -> tuple[TemplatePart, ...]:
    parts, rest, stopper = _parts(parser, tokens, 0, 0)
    if stopper is not None:
        parser.fail(f"Unexpected {stopper.kind} directive: nothing was opened before it")
    if rest != len(tokens):
        parser.fail("Invalid template")
    return parts


def _parts(
    parser: TemplateScanner, tokens: list[_Token], index: int, depth: int
) -> tuple[tuple[TemplatePart, ...], int, _Directive | None]:
    """Nest tokens from `index` on; stop at an `else` or `end…` that belongs to the caller."""
    if depth > MAX_DIRECTIVE_DEPTH:
        parser.fail(f"Template directives are nested more than {MAX_DIRECTIVE_DEPTH} levels deep")
    parts: list[TemplatePart] = []
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if isinstance(token, _Literal):
            parts.append(Text(at=token.at, text=token.text, advances=token.advances))
        elif token.kind == "" and token.expression is not None:
            parts.append(token.expression)
        elif token.kind == "if" and token.expression is not None:
            yes, index, stopper = _parts(parser, tokens, index, depth + 1)
            no: tuple[TemplatePart, ...] = ()
            if stopper is not None and stopper.kind == "else":
                no, index, stopper = _parts(parser, tokens, index, depth + 1)
            _require_closing(parser, token, stopper, "endif")
            parts.append(syntax.TemplateIf(at=token.at, condition=token.expression, yes=yes, no=no))
        elif token.kind == "for" and token.expression is not None:
            inner, index, stopper = _parts(parser, tokens, index, depth + 1)
            _require_closing(parser, token, stopper, "endfor")
            key_name, value_name = token.words
            parts.append(
                syntax.TemplateFor(
                    at=token.at, key_name=key_name, value_name=value_name, collection=token.expression, parts=inner
                )
            )
        else:
            return tuple(parts), index, token
    return tuple(parts), index, None


def _require_closing(parser: TemplateScanner, opener: _Directive, stopper: _Directive | None, wanted: str) -> None:
    if stopper is None or stopper.kind != wanted:
        found = "the end of the template" if stopper is None else stopper.kind
        parser.fail(f"Unexpected {found}: the {opener.kind} directive of line {opener.at.line} needs its {wanted}")
