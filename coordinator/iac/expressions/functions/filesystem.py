"""Functions that read files and take paths apart. Files stay within `Files`; nothing is ever written."""

from __future__ import annotations

import base64
import posixpath

from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions.registry import function
from coordinator.iac.expressions.types import BOOL, STRING, set_of
from coordinator.iac.expressions.values import Value, boolean, set_value, string
from coordinator.iac.located_text import Span
from coordinator.iac.source import decode_text


def read_file(files: Files, path: str) -> Value:
    """Read a text file; its text remembers the file.

    Raises:
        SourceError: When it cannot be read, or is not UTF-8.
    """
    shown = files.shown(files.locate(path))
    return string(decode_text(files.read(path), shown), (Span(0, shown, 1),))


@function("file", STRING, returns=STRING, reads=True)
def _file(evaluator: Evaluator, path: Value) -> Value:
    return read_file(evaluator.files, path.raw)


@function("filebase64", STRING, returns=STRING, reads=True)
def _filebase64(evaluator: Evaluator, path: Value) -> Value:
    return string(base64.b64encode(evaluator.files.read(path.raw)).decode())


@function("fileexists", STRING, returns=BOOL, reads=True)
def _fileexists(evaluator: Evaluator, path: Value) -> Value:
    return boolean(evaluator.files.exists(path.raw))


@function("fileset", STRING, STRING, returns=set_of(STRING), reads=True)
def _fileset(evaluator: Evaluator, folder: Value, pattern: Value) -> Value:
    return set_value(STRING, [string(name) for name in evaluator.files.matching(folder.raw, pattern.raw)])


@function("abspath", STRING, returns=STRING, reads=True)
def _abspath(evaluator: Evaluator, path: Value) -> Value:
    return string(posixpath.normpath(posixpath.join(evaluator.files.base.as_posix(), path.raw)))


@function("pathexpand", STRING, returns=STRING)
def _pathexpand(path: Value) -> Value:
    # `~` is not expanded: whose home a configuration runs in is no fact of the configuration.
    return string(path.raw)


@function("basename", STRING, returns=STRING)
def _basename(path: Value) -> Value:
    trimmed = path.raw.rstrip("/")
    return string(posixpath.basename(trimmed) or ("/" if path.raw else "."))


@function("dirname", STRING, returns=STRING)
def _dirname(path: Value) -> Value:
    folder = path.raw[: path.raw.rfind("/") + 1]
    return string(posixpath.normpath(folder) if folder else ".")
