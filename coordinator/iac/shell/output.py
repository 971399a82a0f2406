"""What the simplest programs write, for a command that reads it: `cat`, `echo`, `printf`, `envsubst`, `pwd`, `ls`."""

from __future__ import annotations

import re

from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.shell.parsing import joined
from coordinator.iac.shell.script_files import local_path, read_script_text
from coordinator.iac.shell.words import Command, Scope
from coordinator.iac.source import SourceError

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def output_of(command: Command, scope: Scope) -> LocatedText | None:  # noqa: PLR0911  # one for each program
    """Return what a command writes; None when that is not known."""
    match command.name:
        case "cat":
            return _files(command, scope)
        case "echo":
            words = [
                word for i, word in enumerate(command.arguments) if i or word.text not in {"-e", "-n", "-ne", "-en"}
            ]
            return _line(words)
        case "printf":
            return _formatted(command)
        case "pwd":
            return LocatedText(scope.folder) if scope.folder is not None else None
        case "dirname" if command.arguments:
            path = command.arguments[-1].text
            return None if HOLE in path else LocatedText(path.rpartition("/")[0] or ".")
        case "basename" if command.arguments:
            return LocatedText(command.arguments[0].text.rpartition("/")[2])
        case "tee" | "sort":
            return command.stdin
        case "ls":
            return _line([word for word in command.arguments if not word.text.startswith("-")], "\n")
        case "envsubst":
            return _substituted(command, scope)
        case "true" | ":":
            return LocatedText("")
        case _:
            return None


def _files(command: Command, scope: Scope) -> LocatedText | None:
    names = [word.text for word in command.arguments if not word.text.startswith("-") or word.text == "-"]
    if not names:
        return command.stdin
    parts: list[LocatedText] = []
    for name in names:
        if name == "-":
            if command.stdin is None:
                return None
            parts.append(command.stdin)
            continue
        path = local_path(name, command, scope)
        try:
            parts.append(read_script_text(scope, path) if path is not None else LocatedText(HOLE))
        except SourceError:
            return None
    return joined(parts)


def _line(words: list[LocatedText], separator: str = " ") -> LocatedText:
    parts: list[LocatedText] = []
    for word in words:
        parts += [word, LocatedText(separator)]
    return joined([*parts[:-1], LocatedText("\n")])


def _formatted(command: Command) -> LocatedText | None:
    words = command.arguments
    if not words:
        return LocatedText("")
    pattern = words[0].text.replace("\\n", "\n").replace("\\t", "\t")
    if "%" not in pattern:
        return LocatedText(pattern, words[0].spans[:1])
    if pattern in {"%s", "%s\n", "%b", "%b\n"} and len(words) > 1:
        return joined([words[1], LocatedText("\n")])
    return None


def _substituted(command: Command, scope: Scope) -> LocatedText | None:
    """Return a text with variables in it replaced by their values, and a `HOLE` for those that are not known."""
    text = command.stdin
    if text is None:
        return None
    known = dict(command.environment)

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        kept = scope.variables.get(name)
        return known.get(name) or (kept.text if kept is not None else HOLE)

    parts: list[LocatedText] = []
    position = 0
    for found in _VARIABLE.finditer(text.text):
        parts += [
            text.part(position, found.start()),
            LocatedText(value(found), text.part(found.start(), found.end()).spans[:1]),
        ]
        position = found.end()
    return joined([*parts, text.part(position, len(text.text))])
