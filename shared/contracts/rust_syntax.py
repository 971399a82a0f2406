"""Read types and attributes from Rust tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.contracts.tokens import Token

_OPENING = {"(": 1, "[": 1, "{": 1, "<": 1, ")": -1, "]": -1, "}": -1, ">": -1, ">>": -2}


def render(tokens: Sequence[Token]) -> str:
    """Write a type the way rustfmt does: `HashMap<String, Vec<u8>>`, `&'a str`."""
    text = ""
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        words = before is not None and before.is_name and (token.is_name or token.text == "{")
        text += " " + token.text if words or (before is not None and before.text in {",", "dyn"}) else token.text
    return text.rstrip(", ")


def matching_angle(tokens: Sequence[Token], opening: int) -> int:
    """Give the index of the `>` that closes the `<` at `opening`; the last token when there is none."""
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].text in {"<", ">", ">>"}:
            depth += _OPENING[tokens[index].text]
            if depth <= 0:
                return index
        elif tokens[index].text in {";", "{"}:
            break
    return len(tokens) - 1


def split_types(tokens: Sequence[Token], limit: int = -1) -> list[Sequence[Token]]:
    """Split at commas where `<` and `>` are brackets too; a trailing comma makes no part.

    Args:
        tokens: The inside of a bracket that holds types or fields.
        limit: How many parts to split off; the rest is the last element, always given then.
    """
    parts: list[Sequence[Token]] = []
    begin = depth = 0
    for index, token in enumerate(tokens):
        if token.text == "," and depth == 0 and len(parts) != limit:
            parts.append(tokens[begin:index])
            begin = index + 1
            if len(parts) == limit:
                return [*parts, tokens[begin:]]
        elif token.text in _OPENING:
            depth += _OPENING[token.text]
    parts.append(tokens[begin:])
    if limit >= 0:
        return [*parts, *[()] * (limit + 1 - len(parts))]
    return parts if parts[-1] else parts[:-1]


class Attribute:
    """One attribute list as `name` → value tokens: `#[sqlx(rename = "x", default)]`.

    `cfg_attr` is looked through: what a feature may switch on is taken as on.
    """

    def __init__(self, name: str, tokens: Sequence[Token]) -> None:
        self.name = name
        self.entries: dict[str, Sequence[Token]] = {}
        self.paths: list[list[str]] = []
        for part in (part for listed in split_types(tokens) for part in _split_values(listed)):
            self.paths.append([token.text for token in part if token.is_name])
            if part:
                self.entries[part[0].text] = part[2:] if len(part) > 1 else ()


def _split_values(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Split `a = "x" b = "y"` where the next name begins: SeaORM takes them without a comma (syn's nested meta)."""
    begin = 0
    for index in range(3, len(tokens) - 1):
        if tokens[index - 1].is_string and tokens[index].is_name and tokens[index + 1].text == "=":
            yield tokens[begin:index]
            begin = index
    yield tokens[begin:]


def read_attributes(groups: Sequence[Sequence[Token]]) -> Iterator[Attribute]:
    """Give the attributes of one item from the insides of its `#[…]`."""
    for tokens in groups:
        if not tokens:
            continue
        path_end = next((i for i, token in enumerate(tokens) if token.text in {"(", "="}), len(tokens))
        if path_end < len(tokens) and tokens[path_end].text == "=" and path_end:  # `#[table_name = "users"]`
            attribute = Attribute(tokens[path_end - 1].text, ())
            attribute.entries[""] = tokens[path_end + 1 :]
            yield attribute
            continue
        name = tokens[path_end - 1].text if path_end else ""
        inside = tokens[path_end + 1 : -1]
        if name == "cfg_attr":
            yield from read_attributes(split_types(inside)[1:])
        else:
            yield Attribute(name, inside)
