"""Match the arguments of a macro against the pattern of an arm of `macro_rules!`, and put them into its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.contracts.tokens import Token

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_ONE_TOKEN = frozenset({"ident", "lifetime", "literal"})
_REPEATS = frozenset("*+?")


class Part(msgspec.Struct, frozen=True):
    """One part of a pattern: a token, a `$name:kind`, or a repetition of parts.

    Args:
        token: The text that must stand there; empty for the others.
        name: Of the metavariable, with its `$`.
        kind: Of the metavariable: `expr`, `literal`, …
        parts: Of a repetition.
        separator: Between repetitions; empty for none.
        repeat: `*`, `+` or `?`; empty for no repetition.
    """

    token: str = ""
    name: str = ""
    kind: str = ""
    parts: tuple[Part, ...] = ()
    separator: str = ""
    repeat: str = ""


class Bound(msgspec.Struct, frozen=True):
    """What a metavariable stands for: tokens, or one entry for each repetition."""

    single: Sequence[Token] = ()
    repeated: tuple[Bound, ...] | None = None

    def tokens(self) -> Iterator[Token]:
        """Give every token."""
        yield from self.single
        for bound in self.repeated or ():
            yield from bound.tokens()


def parse_pattern(tokens: Sequence[Token]) -> tuple[Part, ...]:
    """Read the pattern of an arm."""
    parts: list[Part] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "$" and index + 1 < len(tokens) and tokens[index + 1].text == "(":
            part, index = _repetition(tokens, index)
            parts.append(part)
        elif token.type == "metavariable" and index + 2 < len(tokens) and tokens[index + 1].text == ":":
            parts.append(Part(name=token.text, kind=tokens[index + 2].text))
            index += 3
        else:
            parts.append(Part(token=token.text))
            index += 1
    return tuple(parts)


def _repetition(tokens: Sequence[Token], index: int) -> tuple[Part, int]:
    """Read `$( … ) separator repeat`; give it and the index behind it."""
    end = closing_of(tokens, index + 1)
    after = end + 1
    separator = ""
    if after < len(tokens) and tokens[after].text not in _REPEATS:
        separator, after = tokens[after].text, after + 1
    repeat = tokens[after].text if after < len(tokens) else "*"
    return Part(parts=parse_pattern(tokens[index + 2 : end]), separator=separator, repeat=repeat), after + 1


def closing_of(tokens: Sequence[Token], opening: int) -> int:
    """Give the index of the bracket that closes the one at `opening`; the last token when none does."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index].text in _OPENING) - (tokens[index].text in _CLOSING)
        if depth == 0:
            return index
    return len(tokens) - 1


def match_pattern(parts: Sequence[Part], given: Sequence[Token]) -> dict[str, Bound] | None:
    """Give what each metavariable stands for, or None when the arguments do not match."""
    found = _match(parts, given, 0)
    return found[0] if found is not None and found[1] == len(given) else None


def _match(parts: Sequence[Part], given: Sequence[Token], index: int) -> tuple[dict[str, Bound], int] | None:
    values: dict[str, Bound] = {}
    for number, part in enumerate(parts):
        if part.repeat:
            repeated, index = _match_repeated(part, given, index)
            values.update(repeated)
        elif part.name:
            stops = _stops(parts[number + 1 :])
            end = _fragment_end(part.kind, given, index, stops)
            if end is None:
                return None
            values[part.name] = Bound(single=given[index:end])
            index = end
        elif index < len(given) and given[index].text == part.token:
            index += 1
        else:
            return None
    return values, index


def _match_repeated(part: Part, given: Sequence[Token], index: int) -> tuple[dict[str, Bound], int]:
    rounds: list[dict[str, Bound]] = []
    at = index
    while at < len(given):
        begin = at
        if rounds and part.separator:
            if given[at].text != part.separator:
                break
            begin = at + 1
        found = _match(part.parts, given, begin)
        if found is None or found[1] == at:
            break
        rounds.append(found[0])
        at = found[1]
        if part.repeat == "?":
            break
    names = _names(part.parts)
    return {name: Bound(repeated=tuple(each.get(name, Bound()) for each in rounds)) for name in names}, at


def _names(parts: Sequence[Part]) -> list[str]:
    return [name for part in parts for name in ([part.name] if part.name else _names(part.parts))]


def _stops(rest: Sequence[Part]) -> frozenset[str]:
    """Give the tokens that may follow a fragment: those of the pattern, and what ends every expression."""
    found = {",", ";", "=>"}
    for part in rest:
        if part.token:
            found.add(part.token)
            break
        if part.repeat:
            found.update(inner.token for inner in part.parts[:1] if inner.token)
            found.update({part.separator} - {""})
        else:
            break
    return frozenset(found)


def _fragment_end(kind: str, given: Sequence[Token], index: int, stops: frozenset[str]) -> int | None:
    """Give the index behind a fragment that begins at `index`, or None when none of its kind stands there."""
    token = given[index] if index < len(given) else None
    if kind == "vis":
        return index + 1 if token is not None and token.text == "pub" else index
    if token is None or not _begins(kind, token):
        return None
    if kind in _ONE_TOKEN:
        return index + (2 if token.text == "-" else 1)
    if kind in {"tt", "block"}:
        return closing_of(given, index) + 1 if token.text in _OPENING else index + 1
    return _expression_end(given, index, stops)


def _begins(kind: str, token: Token) -> bool:
    if kind == "literal":
        return token.is_string or token.type.endswith("literal") or token.text in {"true", "false", "-"}
    return (kind != "ident" or token.is_name) and (kind != "block" or token.text == "{")


def _expression_end(given: Sequence[Token], index: int, stops: frozenset[str]) -> int | None:
    begin, angle = index, 0
    while index < len(given):
        text = given[index].text
        if text in stops and not angle:
            break
        if text in _OPENING:
            index = closing_of(given, index)
        elif text == "<" and (angle or (index > begin and given[index - 1].text == "::")):
            angle += 1
        elif text in {">", ">>"} and angle:
            angle = max(0, angle - len(text))
        index += 1
    return index if index > begin else None


def substitute(body: Sequence[Token], values: Mapping[str, Bound], *, limit: int) -> list[Token] | None:
    """Put values into a body; None when it makes more tokens than `limit`."""
    made: list[Token] = []
    index = 0
    while index < len(body):
        token = body[index]
        if token.text == "$" and index + 1 < len(body) and body[index + 1].text == "(":
            part, after = _body_repetition(body, index)
            made += _rounds(body[index + 2 : closing_of(body, index + 1)], part.separator, values, limit) or ()
            index = after
        else:
            bound = values.get(token.text) if token.type == "metavariable" else None
            made += (token,) if bound is None else bound.single
            index += 1
        if len(made) > limit:
            return None
    return made


def _body_repetition(body: Sequence[Token], index: int) -> tuple[Part, int]:
    end = closing_of(body, index + 1)
    after = end + 1
    separator = ""
    if after < len(body) and body[after].text not in _REPEATS:
        separator, after = body[after].text, after + 1
    return Part(separator=separator), after + 1


def _rounds(inside: Sequence[Token], separator: str, values: Mapping[str, Bound], limit: int) -> list[Token] | None:
    names = {token.text for token in inside if token.type == "metavariable"}
    repeated = {
        name: values[name].repeated or () for name in names if name in values and values[name].repeated is not None
    }
    made: list[Token] = []
    for number in range(max(map(len, repeated.values()), default=0)):
        inner = {**values, **{name: each[number] for name, each in repeated.items() if number < len(each)}}
        if number and separator:
            made.append(Token(separator, separator, inside[0].line if inside else 1))
        made += substitute(inside, inner, limit=limit) or ()
        if len(made) > limit:
            return None
    return made
