"""Keep what was worked out in the user's cache folder, so that another process need not work it out again.

Only this user can reach what is kept. Each entry is named by everything that it depends on, the code that made it among
that, and holds a hash of its own bytes: one that is torn, or was written by something else, counts as not there. Where
there is no safe cache folder nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

_FOLDER = "fleetdrift"
_HEAD = b"fleetdrift kept/1\n"
_DIGEST_BYTES = 32  # of SHA-256
_KEPT_SHARE = 0.8  # of the most that may be kept: what is left when entries are removed, so that this is seldom done
_ENTERED_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def cache_folder(kind: str) -> Path | None:
    """Make the folder where one kind of things is kept; None where it cannot be made, or somebody else could enter it.

    Args:
        kind: Its name in `$XDG_CACHE_HOME/fleetdrift` (XDG Base Directory Specification).
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(given) if Path(given).is_absolute() else Path("~/.cache").expanduser()
    if not base.is_absolute():
        return None
    try:
        base.mkdir(parents=True, exist_ok=True)
        for folder in (base / _FOLDER, base / _FOLDER / kind):
            folder.mkdir(mode=0o700, exist_ok=True)
            if not _is_ours_alone(folder):
                return None
    except OSError:
        return None
    return base / _FOLDER / kind


def _is_ours_alone(folder: Path) -> bool:
    found = folder.lstat()  # a link would let another choose what is trusted
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & _ENTERED_BY_OTHERS


class KeptFiles:
    """Entries of one kind, each in a file of its own.

    Args:
        kind: Name of their folder.
        code: Hash of the code that makes and reads them: another release does not see them.
        most_bytes: So much is kept of the kind; what was not used for longest goes first.
    """

    def __init__(self, kind: str, code: str, *, most_bytes: int) -> None:
        self._kind = kind
        self._code = code
        self._most_bytes = most_bytes

    def get(self, name: str) -> bytes | None:
        """Give what is kept under a name; None when nothing is, or it is torn."""
        path = self._path(name)
        if path is None:
            return None
        with contextlib.suppress(OSError):
            written = path.read_bytes()
            os.utime(path)  # it is in use
            head, digest, content = written[: len(_HEAD)], written[len(_HEAD) :][:_DIGEST_BYTES], written[_BEFORE:]
            if head == _HEAD and digest == hashlib.sha256(content).digest():
                return content
        return None

    def put(self, name: str, content: bytes) -> None:
        """Keep something under a name. Where several processes do so at the same time, the last one wins."""
        path = self._path(name)
        if path is None or len(content) > self._most_bytes:
            return
        with contextlib.suppress(OSError):
            handle, fresh = tempfile.mkstemp(prefix="new-", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_HEAD + hashlib.sha256(content).digest() + content)
                Path(fresh).replace(path)
            except OSError:
                Path(fresh).unlink(missing_ok=True)
            self._remove_unused(path.parent)

    def _path(self, name: str) -> Path | None:
        folder = cache_folder(self._kind)
        return None if folder is None else folder / hashlib.sha256(f"{self._code}\0{name}".encode()).hexdigest()

    def _remove_unused(self, folder: Path) -> None:
        """Remove what was not used for longest, and what a killed process has left, once too much is kept."""
        found = [(each.stat(), each.path) for each in os.scandir(folder)]
        size = sum(each.st_size for each, _ in found)
        if size <= self._most_bytes:
            return
        for each, path in sorted(found, key=lambda entry: entry[0].st_mtime_ns):
            Path(path).unlink(missing_ok=True)
            size -= each.st_size
            if size <= self._most_bytes * _KEPT_SHARE:
                return


_BEFORE = len(_HEAD) + _DIGEST_BYTES
"""Bytes of a file before its content."""
