"""Finds the SQL that a shell command would pass to `psql`, by reading the command. Nothing is run."""

from __future__ import annotations

import re
import shlex

import msgspec

from coordinator.iac.located_text import LocatedText

_PSQL = re.compile(r"(?:^|[\s;&|(/])psql(?=\s|$)", re.MULTILINE)
_HEREDOC = re.compile(r"<<(-?)\s*(['\"]?)(\w+)\2[^\n]*\n")
_SHORT_OPTIONS_WITH_VALUE = frozenset("cfdhpUvoLFRTPV")
"""Short options of psql that take a value (its manual page)."""

_LONG_OPTIONS_WITH_VALUE = frozenset(
    {"command", "file", "dbname", "host", "port", "username", "variable", "set", "output", "log-file"}
    | {"field-separator", "record-separator", "table-attr", "pset"}
)


class PsqlInput(msgspec.Struct, frozen=True):
    """One input of psql: SQL text (`sql`), or the name of a file (`file`)."""

    sql: LocatedText | None = None
    file: str = ""


class UnreadableCommandError(Exception):
    """A command runs psql, but what SQL psql gets cannot be read from it; the message says why."""


def psql_inputs(command: LocatedText) -> list[PsqlInput]:
    """Return what a shell command passes to psql, in order; nothing when it does not run psql.

    Args:
        command: The command line, with the places it comes from.

    Raises:
        UnreadableCommandError: When psql is run, but what it is given cannot be told from the text.
    """
    text = command.text
    if not _PSQL.search(text):
        return []
    found: list[PsqlInput] = []
    position = 0
    while (match := _PSQL.search(text, position)) is not None:
        end = _command_end(text, match.end())
        found.extend(_inputs_of_one_psql(command, match.end(), end))
        position = max(end, _after_heredoc(text, match.end(), end))
    if not found:
        raise UnreadableCommandError("psql is run, but with no -c, -f or here-document, so what it runs is not known")
    return found


def _command_end(text: str, start: int) -> int:
    """Find the end of a simple command: a line end that no backslash or quote hides, or a `;`, `&`, `|`."""
    quote = ""
    i = start
    while i < len(text):
        char = text[i]
        if quote:
            if char == "\\" and quote == '"':
                i += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "\\":
            i += 1
        elif char in "\n;&|":
            return i
        i += 1
    return len(text)


def _after_heredoc(text: str, start: int, end: int) -> int:
    opening = _HEREDOC.search(text, start, min(len(text), end + 1))
    if opening is None:
        return end
    return _heredoc_end(text, opening)[1]


def _heredoc_end(text: str, opening: re.Match[str]) -> tuple[int, int]:
    """Return where a here-document's text ends, and where its closing line ends."""
    tabs = r"\t*" if opening.group(1) else ""
    closing = re.compile(rf"^{tabs}{re.escape(opening.group(3))}$", re.MULTILINE).search(text, opening.end())
    # Terraform's `<<-` heredocs often leave the marker indented: the shell would not see it, but the intent is plain.
    closing = closing or re.compile(rf"^\s*{re.escape(opening.group(3))}\s*$", re.MULTILINE).search(text, opening.end())
    if closing is None:
        raise UnreadableCommandError(f"the here-document of psql has no closing {opening.group(3)}")
    return closing.start(), closing.end()


def _inputs_of_one_psql(command: LocatedText, start: int, end: int) -> list[PsqlInput]:
    text = command.text
    opening = _HEREDOC.search(text, start, min(len(text), end + 1))
    line_end = opening.start() if opening is not None else end
    words = _words(text[start:line_end])
    found = _options(command, words, start)
    if opening is not None:
        body_end, _ = _heredoc_end(text, opening)
        found.append(PsqlInput(sql=command.part(opening.end(), body_end)))
    return found


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.replace("\\\n", " "), comments=False)
    except ValueError as error:
        raise UnreadableCommandError(f"the psql command line cannot be split into words: {error}") from None


def _options(command: LocatedText, words: list[str], start: int) -> list[PsqlInput]:
    found: list[PsqlInput] = []
    i = 0
    while i < len(words):
        word = words[i]
        option, value, used = _option(words, i)
        if word in {"<", "0<"} and i + 1 < len(words):
            found.append(PsqlInput(file=words[i + 1]))
            used = 2
        elif word.startswith("<") and not word.startswith("<<") and len(word) > 1:
            found.append(PsqlInput(file=word[1:]))
        elif option in {"c", "command"}:
            found.append(PsqlInput(sql=_find_again(command, value, start)))
        elif option in {"f", "file"} and value != "-":
            found.append(PsqlInput(file=value))
        i += used
    return found


def _option(words: list[str], i: int) -> tuple[str, str, int]:
    """Read one option: its name, its value, and how many words it takes."""
    word = words[i]
    following = words[i + 1] if i + 1 < len(words) else ""
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        if equals:
            return name, value, 1
        return (name, following, 2) if name in _LONG_OPTIONS_WITH_VALUE else (name, "", 1)
    if word.startswith("-") and len(word) > 1:
        for position, letter in enumerate(word[1:], start=1):
            if letter in _SHORT_OPTIONS_WITH_VALUE:
                rest = word[position + 1 :]
                return (letter, rest, 1) if rest else (letter, following, 2)
    return "", "", 1


def _find_again(command: LocatedText, text: str, start: int) -> LocatedText:
    """Find the text of `-c` in the command, for its line number; quoting may have changed it."""
    position = command.text.find(text, start)
    if position >= 0 and text:
        return command.part(position, position + len(text))
    fallback = command.part(start, start)
    return LocatedText(text, fallback.spans[:1])
