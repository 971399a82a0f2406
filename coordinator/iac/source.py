"""Reads source files within limits, and defines the error that names the file and line of what is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path

_edited: ContextVar[Mapping[Path, bytes]] = ContextVar("edited files", default={})  # noqa: B039  # never changed

MAX_FILE_BYTES = 16 * 1024 * 1024
"""The largest file that is read. Longer than any declaration written by hand, too short to stall a parser."""


class SourceError(Exception):
    """A declaration that cannot be read, with the file and line of what is wrong.

    Args:
        file: Path relative to the source's root.
        line: 1-based, 0 when the whole file is meant.
        message: One clear sentence, free of file contents and credentials.
    """

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(file, line, message)
        self.file = file
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class SourceErrorGroup(SourceError):  # noqa: N818  # as ExceptionGroup
    """Everything that is wrong with a source.

    Args:
        errors: At least one, in the order in which they were found.
    """

    def __init__(self, errors: tuple[SourceError, ...]) -> None:
        super().__init__(errors[0].file, errors[0].line, errors[0].message)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def each_error(error: SourceError) -> tuple[SourceError, ...]:
    """Return the single errors that an error tells of: itself, or all it collects."""
    return error.errors if isinstance(error, SourceErrorGroup) else (error,)


class LimitError(SourceError):
    """A declaration that exceeds a limit; unlike other errors, Terraform's `try()` and `can()` do not catch it."""


@contextlib.contextmanager
def as_if_edited(files: Mapping[Path, bytes]) -> Iterator[None]:
    """Let everything that is read within see these contents, as if they had been written; no file is.

    Args:
        files: Contents by resolved path, over those of a call around this one. A path that is not there counts as a new
            file.
    """
    token = _edited.set({**_edited.get(), **files})
    try:
        yield
    finally:
        _edited.reset(token)


def new_files_below(folder: Path) -> list[Path]:
    """Return the files of `as_if_edited` below a folder that are not there yet."""
    below = folder.resolve()
    return sorted(path for path in _edited.get() if path.is_relative_to(below) and not path.exists())


def read_bytes(path: Path, shown: str) -> bytes:
    """Read a whole file of at most `MAX_FILE_BYTES`.

    Args:
        path: Where it is.
        shown: Its name in messages.

    Raises:
        SourceError: When it cannot be read or is too large.
    """
    edited = _edited.get()
    if edited and (content := edited.get(path.resolve())) is not None:
        return content
    try:
        if not path.is_file():
            raise SourceError(shown, 0, "no such file" if not path.exists() else "not a regular file")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LimitError(shown, 0, f"larger than {MAX_FILE_BYTES} bytes, the most that is read of one file")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(shown, 0, f"cannot be read: {error.strerror}") from error


def read_text(path: Path, shown: str) -> str:
    """Read a whole UTF-8 file, line endings as they are.

    Raises:
        SourceError: When it cannot be read, is too large, or is not UTF-8.
    """
    return decode_text(read_bytes(path, shown), shown)


def decode_text(data: bytes, shown: str) -> str:
    """Decode UTF-8, naming the line of the first byte that is not.

    Raises:
        SourceError: When it is not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(shown, line, "not UTF-8 text") from error
