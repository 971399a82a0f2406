"""Reads folders of `.sql` files: plain ones in natural order, those of migration tools by version, without down parts.

Sources: the public documentation of sqlx, golang-migrate, dbmate, goose, Flyway, refinery, diesel and Atlas.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from coordinator.iac.source import SourceError, read_text
from coordinator.iac.sql.atlas_sum import SUM_FILE, check_sum

MAX_FILES = 20_000

_FLYWAY = re.compile(r"V(?P<version>\d+(?:[._]\d+)*)__.*\.sql\Z")
_FLYWAY_UNDO = re.compile(r"U\d+(?:[._]\d+)*__.*\.sql\Z")
_FLYWAY_REPEATABLE = re.compile(r"R__.*\.sql\Z")
_NUMBERED = re.compile(r"(?P<version>\d+)(?:[_.-].*)?\.sql\Z")
_DIESEL = re.compile(r"(?P<version>\d{4}-?\d\d-?\d\d-?\d+|\d+)_.*\Z")
_DOWN_FILE = re.compile(r"\.(?:down|undo)\.sql\Z")
_UP_FILE = re.compile(r"\.up\.sql\Z")
_DIRECTION_MARK = re.compile(
    r"^\s*--\s*(?:\+goose\s+(?P<goose>up|down)|migrate:(?P<dbmate>up|down))\b.*$", re.IGNORECASE | re.MULTILINE
)
_MIGRATION_FOLDER_NAMES = frozenset({"migrations", "migration", "migrate", "versions"})
MIN_VERSION_DIGITS = 4
"""Digits a numeric prefix needs to be a version; `01_tables.sql` is only an order."""


class SqlFile(msgspec.Struct, frozen=True):
    """One file of a source: its path relative to the root, and its text with the down parts blanked."""

    file: str
    text: str


class SqlFolder(msgspec.Struct, frozen=True):
    """What a folder holds, in the order it must run; `version` is the newest migration's, or empty."""

    files: tuple[SqlFile, ...]
    version: str = ""


def read_folder(folder: Path, root: Path) -> SqlFolder:
    """Read a folder of `.sql`.

    Args:
        folder: Where it is.
        root: What file names are relative to.

    Raises:
        SourceError: When there is no SQL, or too much.
    """
    shown = _relative(folder, root)
    diesel = _diesel_migrations(folder)
    if diesel:
        files = tuple(_file(path / "up.sql", root) for _, path in diesel)
        return SqlFolder(files, diesel[-1][0])
    paths = _sql_files(folder, shown)
    if not paths:
        raise SourceError(shown, 0, "this folder holds no .sql file; expected .sql files or a Terraform configuration")
    versioned = _numbered_migrations(folder, paths)
    if versioned is None:
        return SqlFolder(tuple(_file(path, root) for path in sorted(paths, key=_natural_order)))
    numbered, others = versioned
    ordered = [path for _, _, path in sorted(numbered, key=lambda entry: (entry[0], entry[2].name))]
    last = max(numbered, key=lambda entry: entry[0])
    if (folder / SUM_FILE).is_file():
        check_sum(folder, f"{shown}/{SUM_FILE}" if shown != "." else SUM_FILE)
    return SqlFolder(tuple(_file(path, root) for path in (*ordered, *others)), _version_text(last[1], folder, paths))


def _relative(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _sql_files(folder: Path, shown: str) -> list[Path]:
    top = folder.resolve()
    found: list[Path] = []
    for parent, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(parent, name) for name in names if name.endswith(".sql") and not name.startswith("."))
        if len(found) > MAX_FILES:
            raise SourceError(shown, 0, f"holds more than {MAX_FILES} .sql files, the most that one folder may hold")
    for path in found:
        if not path.resolve().is_relative_to(top):
            raise SourceError(_relative(path, top), 0, "is a symbolic link that leads out of the folder")
    return found


def _natural_order(path: Path) -> tuple[tuple[tuple[int, int | str], ...], ...]:
    """Sort key that puts 2 before 10, and compares folders before the files within."""
    return tuple(
        tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name) if part)
        for name in path.parts
    )


def _diesel_migrations(folder: Path) -> list[tuple[str, Path]]:
    """Return the folders that hold an `up.sql`, as diesel lays them out, with their versions in order."""
    found = [
        (match["version"].replace("-", ""), path)
        for path in folder.iterdir()
        if path.is_dir() and (path / "up.sql").is_file() and (match := _DIESEL.match(path.name))
    ]
    return sorted(found, key=lambda entry: (int(entry[0]), entry[1].name))


_Entry = tuple[tuple[int, ...], str, Path]


def _numbered_migrations(folder: Path, paths: list[Path]) -> tuple[list[_Entry], list[Path]] | None:
    """Return a migration tool's files, (numbered ones, those that run last); None when the names are not a tool's."""
    numbered: list[_Entry] = []
    repeatable: list[Path] = []
    for path in paths:
        if path.parent != folder.resolve():
            return None
        if _DOWN_FILE.search(path.name) or _FLYWAY_UNDO.match(path.name):
            continue
        if _FLYWAY_REPEATABLE.match(path.name):
            repeatable.append(path)
            continue
        match = _FLYWAY.match(path.name) or _NUMBERED.match(path.name)
        if match is None:
            return None
        version = match["version"]
        numbered.append((tuple(int(part) for part in re.split(r"[._]", version)), version, path))
    if not numbered or not _are_migrations(folder, paths, numbered):
        return None
    return numbered, sorted(repeatable)


def _are_migrations(folder: Path, paths: list[Path], numbered: list[_Entry]) -> bool:
    return (
        folder.resolve().name in _MIGRATION_FOLDER_NAMES
        or (folder / SUM_FILE).is_file()
        or any(_FLYWAY.match(path.name) or _UP_FILE.search(path.name) for path in paths)
        or all(len(version) >= MIN_VERSION_DIGITS for _, version, _ in numbered)
    )


def _version_text(version: str, folder: Path, paths: list[Path]) -> str:
    """Write a version as the tool does in its own table: Flyway with dots, Atlas as in the file, others as a number."""
    if any(_FLYWAY.match(path.name) for path in paths):
        return ".".join(part.lstrip("0") or "0" for part in re.split(r"[._]", version))
    return version if (folder / SUM_FILE).is_file() else version.lstrip("0") or "0"


def _file(path: Path, root: Path) -> SqlFile:
    shown = _relative(path, root)
    return SqlFile(shown, blank_down_sections(read_text(path, shown)))


def blank_down_sections(text: str) -> str:
    """Replace the sections of a goose or dbmate migration that undo it by blanks; every line keeps its number."""
    marks = list(_DIRECTION_MARK.finditer(text))
    if not marks:
        return text
    out = [text[: marks[0].start()]]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        section = text[mark.start() : len(text) if following is None else following.start()]
        direction = (mark["goose"] or mark["dbmate"]).lower()
        out.append(section if direction == "up" else re.sub(r"[^\n]", " ", section))
    return "".join(out)
