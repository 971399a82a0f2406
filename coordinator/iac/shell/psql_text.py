"""Follows psql's own commands in a text: includes, variables, another database; others are passed over."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import msgspec

from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.shell.effects import ShellGap, ShellSql
from coordinator.iac.shell.parsing import joined
from coordinator.iac.shell.script_files import read_script_text
from coordinator.iac.shell.words import Scope
from coordinator.iac.source import SourceError
from coordinator.iac.sql.connections import Destination, destination_of, is_connection_string, known
from shared.sql import quote_identifier, quote_literal

MAX_DEPTH = 20
"""Files that include each other."""

_COMMAND = re.compile(r"^[ \t]*\\(?P<name>[a-zA-Z!?]+\+?)(?P<rest>[^\n]*)(?:\n|\Z)", re.MULTILINE)
_INCLUDES = frozenset({"i", "include", "ir", "include_relative"})
_CONNECTS = frozenset({"c", "connect"})
_UNKNOWN = frozenset({"gexec", "if", "elif", "else", "endif", "gset", "!", "lo_import"})
"""Commands after which it is not known what is run."""

_VARIABLE = re.compile(r"(?<![:\w]):(?:'(?P<literal>\w+)'|\"(?P<identifier>\w+)\"|(?P<plain>[A-Za-z_]\w*))")


class PsqlText(msgspec.Struct, frozen=True):
    """A text that psql reads; `path` is its file, relative to the root module's folder, empty for no file."""

    text: LocatedText
    path: str = ""


def read_psql_text(
    given: PsqlText, variables: dict[str, str], scope: Scope | None, depth: int = 0
) -> Iterator[ShellSql | ShellGap]:
    """Return the SQL of a text that psql reads, each piece with the database that the text itself names.

    Args:
        given: The text.
        variables: psql's, as `-v` and `set` give them; changed by what is read.
        scope: Where files are looked for; None: nowhere.
        depth: How many files include this one.
    """
    if "\\" not in given.text.text:
        yield ShellSql(text=_with_variables(given.text, variables))
        return
    destination = Destination()
    position = 0
    pending: list[LocatedText] = []
    for found in _COMMAND.finditer(given.text.text):
        pending.append(_with_variables(given.text.part(position, found.start()), variables))
        position = found.end()
        name, rest = found["name"], found["rest"].strip()
        if name in _INCLUDES:
            yield from _told(pending, destination)
            pending = []
            yield from _included((name, rest), given, variables, scope, depth)
        elif name in _CONNECTS:
            yield from _told(pending, destination)
            pending, destination = [], _connected(rest)
        elif name == "set":
            variable, _, value = rest.partition(" ")
            variables[variable] = value.strip().strip("'\"")
        elif name in _UNKNOWN:
            yield from _told(pending, destination)
            pending = []
            yield ShellGap(reason=f"\\{name} is decided by psql when it runs", offset=0)
    pending.append(_with_variables(given.text.part(position, len(given.text.text)), variables))
    yield from _told(pending, destination)


def _told(pending: list[LocatedText], destination: Destination) -> Iterator[ShellSql]:
    text = joined(pending)
    if text.text.strip():
        yield ShellSql(text=text, destination=destination)


def _connected(rest: str) -> Destination:
    first = rest.split(maxsplit=1)[0].strip("'\"") if rest.split() else ""
    if is_connection_string(rest):
        return destination_of(rest)
    return Destination(database="" if first == "-" else known(first))


def _included(
    command: tuple[str, str], given: PsqlText, variables: dict[str, str], scope: Scope | None, depth: int
) -> Iterator[ShellSql | ShellGap]:
    name, rest = command
    wanted = _substituted(rest.strip("'\""), variables)
    relative = name in {"ir", "include_relative"} and given.path
    path = (
        posixpath.normpath(posixpath.join(posixpath.dirname(given.path), wanted))
        if relative
        else scope.path(wanted)
        if scope is not None
        else None
    )
    if scope is None or path is None or depth >= MAX_DEPTH:
        yield ShellGap(reason=f"\\{name} {wanted}: which file this is is not known", offset=0)
        return
    try:
        text = read_script_text(scope, path)
    except SourceError as error:
        yield ShellGap(reason=f"\\{name} {wanted}: {error.message}", offset=0)
        return
    yield from read_psql_text(PsqlText(text, path), variables, scope, depth + 1)


def _substituted(text: str, variables: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda m: variables.get(m["literal"] or m["identifier"] or m["plain"], m[0]), text)


def _with_variables(text: LocatedText, variables: dict[str, str]) -> LocatedText:
    """Put the values of psql's variables in their places, as psql quotes them."""
    if not variables or ":" not in text.text:
        return text
    parts: list[LocatedText] = []
    position = 0
    for found in _VARIABLE.finditer(text.text):
        name = found["literal"] or found["identifier"] or found["plain"]
        if name not in variables:
            continue
        value = variables[name]
        if found["literal"] and HOLE not in value:
            value = quote_literal(value)
        elif found["identifier"] and HOLE not in value:
            value = quote_identifier(value)
        parts += [
            text.part(position, found.start()),
            LocatedText(value, text.part(found.start(), found.start()).spans[:1]),
        ]
        position = found.end()
    return joined([*parts, text.part(position, len(text.text))])
