"""Writes what a command hands out to the file that the user names, without taking the place of what is no file."""

from __future__ import annotations

from pathlib import Path

import click

from coordinator.report.files import ReportFileError, write_file


def write_output(path: Path, text: str) -> None:
    """Write a text to a file, a pipe or a device.

    A file is replaced in one step, as `write_file` does; one behind a symbolic link is, and the link stays. What is no
    file (`/dev/stdout`, `/dev/null`, a pipe of the shell) is written to: a new file in its place would break it for
    everybody on the machine.

    Args:
        path: As the user names it.
        text: What to write.

    Raises:
        ReportFileError: When it cannot be written.
        BrokenPipeError: When nobody reads the pipe any more.
    """
    if is_replaceable(path):
        write_file(path.resolve() if path.is_symlink() else path, text)
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ReportFileError(f"cannot write to {path}: {error.strerror or type(error).__name__}") from None


def is_replaceable(path: Path) -> bool:
    """Say whether a new file may take the place of what is at a path: of a file, or of nothing."""
    return path.is_file() or not path.exists()


def different_files(paths: list[Path]) -> None:
    """Refuse one file for two outputs: the later one would take the place of the other without a word.

    Raises:
        click.UsageError: When two of the paths are one file.
    """
    files = [path.resolve() for path in paths if is_replaceable(path)]
    for path, file in zip(filter(is_replaceable, paths), files, strict=True):
        if files.count(file) > 1:
            raise click.UsageError(f"two --output name {path}: each needs a file of its own")
