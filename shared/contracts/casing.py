"""`#[sqlx(rename_all = "…")]`: sqlx changes the case of names with the crate heck (sqlx-macros-core, `derives/mod.rs`).

heck ends a word at everything that is no letter or digit, before an upper-case letter when the last letter was
lower-case, and before an upper-case letter that follows another and precedes a lower-case one (`HTTPServer` is `http`,
`server`). Digits have no case: they stay with the word they follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable


def words(name: str) -> list[str]:
    """Split a Rust name into its words."""
    return [word for part in re.split(r"[\W_]+", name) for word in _cased_words(part) if word]


def _cased_words(part: str) -> list[str]:
    found: list[str] = []
    begin = 0
    last = ""  # the last letter with a case in this word
    for index, letter in enumerate(part):
        following = part[index + 1 : index + 2]
        ends_before = letter.isupper() and (last.islower() or (last.isupper() and following.islower()))
        if ends_before:
            found.append(part[begin:index])
            begin = index
        if letter.islower() or letter.isupper():
            last = letter
    return [*found, part[begin:]]


def _camel(name: str) -> str:
    first, *rest = words(name) or [""]
    return first.lower() + "".join(word.capitalize() for word in rest)


_PATTERNS: dict[str, Callable[[str], str]] = {
    "lowercase": str.lower,
    "UPPERCASE": str.upper,
    "snake_case": lambda name: "_".join(words(name)).lower(),
    "SCREAMING_SNAKE_CASE": lambda name: "_".join(words(name)).upper(),
    "kebab-case": lambda name: "-".join(words(name)).lower(),
    "camelCase": _camel,
    "PascalCase": lambda name: "".join(word.capitalize() for word in words(name)),
}


def rename_all(name: str, pattern: str) -> str:
    """Give a field's or variant's name in the database; an unknown pattern (a compile error) leaves it as it is."""
    return _PATTERNS.get(pattern, str)(name)
