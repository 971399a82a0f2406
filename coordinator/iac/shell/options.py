"""Takes the arguments of a command apart: options with their values, and the other words."""

from __future__ import annotations

import msgspec

from coordinator.iac.located_text import LocatedText


class Options(msgspec.Struct, frozen=True):
    """Arguments taken apart.

    Args:
        given: Options in their order, each with its value (an empty text where it takes none).
        others: The other words.
        rest: What stands behind the first other word, that word included.
    """

    given: tuple[tuple[str, LocatedText], ...]
    others: tuple[LocatedText, ...]
    rest: tuple[LocatedText, ...]

    def value(self, *names: str) -> LocatedText | None:
        """Return the last value of an option, by any of its names."""
        return next((value for name, value in reversed(self.given) if name in names), None)

    def values(self, *names: str) -> list[LocatedText]:
        """Return every value of an option."""
        return [value for name, value in self.given if name in names]


def take_apart(
    words: tuple[LocatedText, ...], *, short: str, long: frozenset[str], until_word: bool = False
) -> Options:
    """Take arguments apart.

    Args:
        words: The arguments.
        short: Letters of one-letter options that take a value.
        long: Names of longer options that take a value in the next word; those with `=` always do. Options of a single
            dash are looked for here too (`-url=…`, as Flyway and goose have them).
        until_word: Stop at the first word that is no option: the rest is a command of its own.
    """
    given: list[tuple[str, LocatedText]] = []
    others: list[LocatedText] = []
    i = 0
    first = len(words)
    while i < len(words):
        text = words[i].text
        if text == "--" or (not text.startswith("-") or text == "-"):
            first = min(first, i + (text == "--"))
            if text != "--":
                others.append(words[i])
            if until_word:
                break
            i += 1
            continue
        name, value, used = _option(words, i, short, long)
        given.append((name, value))
        given += [(letter, LocatedText("")) for letter in _letters_before(text, name)]
        i += used
    return Options(tuple(given), tuple(others), words[first:])


def _letters_before(text: str, name: str) -> str:
    return text[1 : text.find(name)] if not text.startswith("--") and len(name) == 1 else ""


def _option(words: tuple[LocatedText, ...], i: int, short: str, long: frozenset[str]) -> tuple[str, LocatedText, int]:
    """Read one option: its name, its value, and how many words it takes."""
    word = words[i]
    nothing = word.part(0, 0)
    following = words[i + 1] if i + 1 < len(words) else nothing
    bare = word.text.lstrip("-")
    name, equals, _ = bare.partition("=")
    dashes = len(word.text) - len(bare)
    if dashes == 2 or name in long:  # noqa: PLR2004  # two dashes
        if equals:
            return name, word.part(dashes + len(name) + 1, len(word.text)), 1
        return (name, following, 2) if name in long else (name, nothing, 1)
    for position, letter in enumerate(word.text[1:], start=1):
        if letter in short:
            inner = word.part(position + 1, len(word.text))
            return (letter, inner, 1) if inner.text else (letter, following, 2)
    return word.text[1:2], nothing, 1
