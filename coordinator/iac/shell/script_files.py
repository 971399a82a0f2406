"""Finds and reads the files of the source that commands name."""

from __future__ import annotations

from coordinator.iac.located_text import LocatedText, Span
from coordinator.iac.shell.words import Command, Scope
from coordinator.iac.source import decode_text


def local_path(name: str, command: Command, scope: Scope) -> str | None:
    """Return the path of a file of the source that a command names; None when it is not there or not known."""
    if not command.remote:
        return scope.path(name)
    for inside, outside in command.mounts:
        if name == inside or name.startswith(f"{inside.rstrip('/')}/"):
            return scope.path(outside + name[len(inside) :])
    return None


def read_script_text(scope: Scope, path: str) -> LocatedText:
    """Read a file of the source with its places.

    Raises:
        SourceError: When it cannot be read.
    """
    shown = scope.files.shown(scope.files.locate(path))
    return LocatedText(decode_text(scope.files.read(path), shown), (Span(0, shown, 1),))
