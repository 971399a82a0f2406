"""Find where a folder is in its repository: code hosts show results by such paths."""

from __future__ import annotations

from pathlib import Path

_MARKS = (".git", ".hg", ".jj")
"""What lies in the uppermost folder of a repository; `.git` is a file in a work tree of its own."""


def folder_in_repository(folder: Path) -> str | None:
    """Give the folder relative to its repository, "" for the repository itself; None where it is in none."""
    whole = folder.resolve()
    for above in (whole, *whole.parents):
        if any((above / mark).exists() for mark in _MARKS):
            path = whole.relative_to(above).as_posix()
            return "" if path == "." else path
    return None
