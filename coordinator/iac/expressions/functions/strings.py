"""Functions on strings."""

from __future__ import annotations

import regex

from coordinator.iac.expressions.budget import limit_spans
from coordinator.iac.expressions.functions.registry import ANY, FunctionError, function
from coordinator.iac.expressions.types import BOOL, NUMBER, STRING, list_of
from coordinator.iac.expressions.values import Value, boolean, list_value, number, part_of, string
from coordinator.iac.located_text import Span

_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Unicode calls white space, and Go trims."""

MAX_TEXT = 64 * 1024 * 1024


@function("upper", STRING, returns=STRING)
def _upper(text: Value) -> Value:
    return string("".join(_single(char.upper(), char) for char in text.raw))


@function("lower", STRING, returns=STRING)
def _lower(text: Value) -> Value:
    return string("".join(char.lower()[0] for char in text.raw))


def _single(mapped: str, char: str) -> str:
    """Go maps one character to one: `ß` has no upper case there."""
    return mapped if len(mapped) == 1 else char


@function("title", STRING, returns=STRING)
def _title(text: Value) -> Value:
    out: list[str] = []
    previous = " "
    for char in text.raw:
        out.append(_single(char.upper(), char) if _separates(previous) else char)
        previous = char
    return string("".join(out))


def _separates(char: str) -> bool:
    """Go's rule: in ASCII all but letters, digits and underscores; beyond it, only white space."""
    if char.isascii():
        return not (char.isalnum() or char == "_")
    return char.isspace()


@function("trim", STRING, STRING, returns=STRING)
def _trim(text: Value, cutset: Value) -> Value:
    raw = text.raw
    start = len(raw) - len(raw.lstrip(cutset.raw)) if cutset.raw else 0
    end = len(raw.rstrip(cutset.raw)) if cutset.raw else len(raw)
    return part_of(text, min(start, end), end)


@function("trimspace", STRING, returns=STRING)
def _trimspace(text: Value) -> Value:
    raw = text.raw
    start = len(raw) - len(raw.lstrip(_SPACE))
    return part_of(text, start, max(start, len(raw.rstrip(_SPACE))))


@function("trimprefix", STRING, STRING, returns=STRING)
def _trimprefix(text: Value, prefix: Value) -> Value:
    start = len(prefix.raw) if text.raw.startswith(prefix.raw) else 0
    return part_of(text, start, len(text.raw))


@function("trimsuffix", STRING, STRING, returns=STRING)
def _trimsuffix(text: Value, suffix: Value) -> Value:
    end = len(text.raw) - (len(suffix.raw) if suffix.raw and text.raw.endswith(suffix.raw) else 0)
    return part_of(text, 0, end)


@function("chomp", STRING, returns=STRING)
def _chomp(text: Value) -> Value:
    return part_of(text, 0, len(text.raw.rstrip("\r\n")))


@function("startswith", STRING, STRING, returns=BOOL)
def _startswith(text: Value, prefix: Value) -> Value:
    return boolean(text.raw.startswith(prefix.raw))


@function("endswith", STRING, STRING, returns=BOOL)
def _endswith(text: Value, suffix: Value) -> Value:
    return boolean(text.raw.endswith(suffix.raw))


@function("strcontains", STRING, STRING, returns=BOOL)
def _strcontains(text: Value, part: Value) -> Value:
    return boolean(part.raw in text.raw)


def graphemes(text: str) -> list[str]:
    """Cut a text into what a reader calls characters."""
    return list(text) if text.isascii() and "\r\n" not in text else regex.findall(r"\X", text)


@function("strrev", STRING, returns=STRING)
def _strrev(text: Value) -> Value:
    return string("".join(reversed(graphemes(text.raw))))


@function("substr", STRING, NUMBER, NUMBER, returns=STRING)
def _substr(text: Value, offset: Value, length: Value) -> Value:
    begin, wanted = whole(offset), whole(length)
    clusters = graphemes(text.raw)
    if begin < 0:
        begin = max(0, begin + len(clusters))
    end = len(clusters) if wanted < 0 else begin + wanted
    return string("".join(clusters[begin:end]))


def whole(value: Value) -> int:
    """Return a number that must be whole."""
    if not isinstance(value.raw, int):
        raise FunctionError("value must be a whole number")
    return value.raw


@function("split", STRING, STRING, returns=list_of(STRING))
def _split(separator: Value, text: Value) -> Value:
    if not separator.raw:
        return list_value(STRING, [string(char) for char in text.raw])
    pieces: list[Value] = []
    start = 0
    while (end := text.raw.find(separator.raw, start)) >= 0:
        pieces.append(part_of(text, start, end))
        start = end + len(separator.raw)
    pieces.append(part_of(text, start, len(text.raw)))
    return list_value(STRING, pieces)


@function("join", STRING, list_of(STRING), variadic=list_of(STRING), returns=STRING)
def _join(separator: Value, *lists: Value) -> Value:
    items = [item for listed in lists for item in listed.raw]
    if any(item.is_null for item in items):
        raise FunctionError("a list element is null; cannot concatenate null values")
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for i, item in enumerate(items):
        if i:
            pieces.append(separator.raw)
            length += len(separator.raw)
        spans.extend(Span(span.offset + length, span.file, span.line, span.advances) for span in item.spans)
        pieces.append(item.raw)
        length += len(item.raw)
    return string(_within_limit("".join(pieces)), limit_spans(spans))


def _within_limit(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise FunctionError("the result is too long")
    return text


@function("indent", NUMBER, STRING, returns=STRING)
def _indent(spaces: Value, text: Value) -> Value:
    width = whole(spaces)
    if not 0 <= width <= 1000 or width * text.raw.count("\n") > MAX_TEXT:  # noqa: PLR2004  # wider than any page
        raise FunctionError("the indentation is too wide")
    out = text.raw.replace("\n", "\n" + " " * width)
    # Indenting moves no line to another: the first piece's place holds for all that follows it.
    return string(out, text.spans[:1] if len(text.spans) <= 1 else ())


@function("parseint", ANY, NUMBER, returns=NUMBER)
def _parseint(text: Value, base: Value) -> Value:
    if text.type != STRING:
        raise FunctionError("the first argument must be a string")
    radix = whole(base)
    if not 2 <= radix <= 62:  # noqa: PLR2004  # Go's limits
        raise FunctionError("base must be a whole number between 2 and 62 inclusive")
    digits = text.raw.lower() if radix <= 36 else text.raw  # noqa: PLR2004  # beyond 36, case tells digits apart
    sign = -1 if digits.startswith("-") else 1
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[:radix]
    body = digits[1:] if digits[:1] in {"-", "+"} else digits
    if not body or len(body) > 10_000 or any(char not in alphabet for char in body):  # noqa: PLR2004  # a bomb
        raise FunctionError(f"cannot parse the argument as a base {radix} integer")
    total = 0
    for char in body:
        total = total * radix + alphabet.index(char)
    return number(sign * total)
