"""Checks a migration folder against its `atlas.sum`, as Atlas does before it applies it.

Each line holds a file's name and the hash of everything up to and with it; the first line is the hash of the others
(atlasgo.io/concepts/migration-directory-integrity).
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from coordinator.iac.source import SourceError, new_files_below, read_bytes, read_text

SUM_FILE = "atlas.sum"
_LINE = re.compile(r"(?P<name>.+?) h1:(?P<hash>\S+)\s*\Z")
_IGNORED = re.compile(rb"[ -~]*?atlas:sum +ignore[ \t\r]*(?:\n|\Z)")
"""How a file begins whose content is not part of the sums."""


def check_sum(folder: Path, shown: str) -> None:
    """Check a folder's files against its `atlas.sum`.

    Args:
        folder: The folder, which holds one.
        shown: How messages call the `atlas.sum`.

    Raises:
        SourceError: Naming the first line that does not fit: a file that was changed, added or removed.
    """
    lines = read_text(folder / SUM_FILE, shown).splitlines()
    expected = [match for line in lines[1:] if (match := _LINE.match(line)) is not None]
    for number, (line, (name, hashed)) in enumerate(zip(expected, _hashes(folder), strict=False), start=2):
        if line["name"] != name:
            raise SourceError(shown, number, f"expected the file {line['name']!r} next, found {name!r}: {_MEND}")
        if line["hash"] != hashed:
            raise SourceError(shown, number, f"{name!r} is not what it was when it was written: {_MEND}")
    if len(expected) != len(_hashes(folder)):
        raise SourceError(shown, 1, f"lists {len(expected)} files, the folder holds {len(_hashes(folder))}: {_MEND}")
    if not lines or lines[0].removeprefix("h1:").strip() != _whole([(line["name"], line["hash"]) for line in expected]):
        raise SourceError(shown, 1, f"its own hash does not fit its lines: {_MEND}")


_MEND = "Atlas would refuse to apply this folder; check what changed, then run `atlas migrate hash`"


def sum_of(folder: Path) -> str:
    """Return what the `atlas.sum` of a folder should hold, as `atlas migrate hash` writes it."""
    hashes = _hashes(folder)
    return "".join([f"h1:{_whole(hashes)}\n", *(f"{name} h1:{hashed}\n" for name, hashed in hashes)])


def _whole(hashes: list[tuple[str, str]]) -> str:
    whole = hashlib.sha256("".join(name + hashed for name, hashed in hashes).encode())
    return base64.b64encode(whole.digest()).decode()


def _hashes(folder: Path) -> list[tuple[str, str]]:
    running = hashlib.sha256()
    found: list[tuple[str, str]] = []
    paths = {
        *folder.resolve().iterdir(),
        *(path for path in new_files_below(folder) if path.parent == folder.resolve()),
    }
    for path in sorted(path for path in paths if path.name.endswith(".sql")):
        text = read_bytes(path, path.name)
        running.update(path.name.encode())
        if _IGNORED.match(text):
            continue
        running.update(text)
        found.append((path.name, base64.b64encode(running.digest()).decode()))
    return found
