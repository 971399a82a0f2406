"""The files a Terraform configuration may read: those under one folder, and nothing that leads out of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from coordinator.iac.source import SourceError, read_bytes

MAX_FILESET_ENTRIES = 100_000
"""Entries below a folder that `fileset` may look at."""

MAX_CACHED_FILES = 64
"""Files kept in memory: a `for_each` over thousands of tenants reads the same few for each."""


class Files:
    """Confined reading. Relative paths are taken from `base`, as `terraform -chdir=base` would.

    Args:
        base: The root module's folder: what `path.root` and `path.cwd` mean.
        confine: The outermost folder that may be read (the repository); symbolic links are followed and checked.
    """

    def __init__(self, base: Path, confine: Path | None = None) -> None:
        self.base = base.resolve()
        self.confine = (confine or repository_root(self.base)).resolve()
        self._read: dict[Path, bytes] = {}

    def locate(self, path: str) -> Path:
        """Return the real path of a file.

        Raises:
            SourceError: When it lies outside what may be read, with the path as its file and line 0.
        """
        if "\0" in path:
            raise SourceError("", 0, "a path cannot contain NUL")
        real = Path(os.path.realpath(self.base / path))
        if not real.is_relative_to(self.confine):
            raise SourceError("", 0, f"{path!r} leads out of the folder that may be read ({self.confine.name})")
        return real

    def shown(self, real: Path) -> str:
        """Name a real path for messages and origins: relative to the root module's folder."""
        return Path(os.path.relpath(real, self.base)).as_posix()

    def read(self, path: str) -> bytes:
        """Read a file.

        Raises:
            SourceError: When it cannot be read.
        """
        real = self.locate(path)
        if real not in self._read:
            if len(self._read) >= MAX_CACHED_FILES:
                self._read.clear()
            self._read[real] = read_bytes(real, self.shown(real))
        return self._read[real]

    def exists(self, path: str) -> bool:
        """Return whether there is a regular file of this name."""
        return self.locate(path).is_file()

    def matching(self, folder: str, pattern: str) -> list[str]:
        """List the files below a folder that a glob pattern matches (`*`, `**`, `?`, `[…]`, `{a,b}`), sorted.

        Raises:
            SourceError: When the folder lies outside, or holds too many entries.
        """
        top = self.locate(folder)
        compiled = compile_glob(pattern)
        found: list[str] = []
        seen = 0
        for parent, folders, names in os.walk(top):
            folders.sort()
            seen += len(names) + len(folders)
            if seen > MAX_FILESET_ENTRIES:
                raise SourceError("", 0, f"more than {MAX_FILESET_ENTRIES} files below {folder!r}")
            for name in names:
                relative = Path(os.path.relpath(Path(parent, name), top)).as_posix()
                if compiled.fullmatch(relative) and Path(parent, name).is_file():
                    found.append(relative)
        return sorted(found)


def repository_root(folder: Path) -> Path:
    """Return the outermost folder that a declaration may read, when none is configured.

    It is the nearest one upwards that holds `.git` or `fleetdrift.toml`; failing that the parent of the folder, because
    `infra/` beside `sql/` is the usual layout, but never the file system's root.
    """
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists() or (candidate / "fleetdrift.toml").is_file():
            return candidate
    return folder if folder.parent == Path(folder.anchor) else folder.parent


def compile_glob(pattern: str) -> re.Pattern[str]:
    """Translate a `fileset` pattern.

    Raises:
        SourceError: When brackets or braces do not close.
    """
    try:
        return re.compile(_translate(pattern.removeprefix("./")))
    except re.error as error:
        raise SourceError("", 0, f"invalid glob pattern {pattern!r}") from error


def _translate(pattern: str) -> str:
    out: list[str] = []
    i = depth = 0
    while i < len(pattern):
        rest = pattern[i:]
        char = pattern[i]
        if rest.startswith("**/"):
            out.append("(?:[^/]+/)*")
            i += 3
            continue
        if rest.startswith("**"):
            out.append(".*")
            i += 2
            continue
        if char == "[" and (end := pattern.find("]", i + 2)) > 0:
            inner = pattern[i + 1 : end].replace("\\", "\\\\")
            out.append("[" + inner + "]")
            i = end + 1
            continue
        depth += (char == "{") - (char == "}")
        out.append(_GLOB.get(char) or ("|" if char == "," and depth > 0 else re.escape(char)))
        i += 1
    return "".join(out)


_GLOB = {"*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}
