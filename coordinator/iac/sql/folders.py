"""Reads folders of `.sql` files: plain ones in natural order, those of migration tools by version, up parts only.

Sources: the public documentation of sqlx, golang-migrate, dbmate, goose, sql-migrate, Flyway, refinery, diesel, Prisma,
Liquibase and Atlas.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from coordinator.iac.located_text import HOLE
from coordinator.iac.source import SourceError, new_files_below, read_text
from coordinator.iac.sql.atlas_sum import SUM_FILE, check_sum
from coordinator.iac.sql.migration_files import (
    SqlFile,
    blank_down_sections,
    change_sets,
    direction_tool,
    is_checkpoint,
    is_liquibase,
)
from shared.diff.version_tables import version_tables_named

MAX_FILES = 20_000

_VERSIONED = re.compile(r"[VB](?P<version>\d+(?:[._]\d+)*)__(?P<name>.*)\.sql\Z")
_UNDO = re.compile(r"U(?P<version>\d+(?:[._]\d+)*)__(?P<name>.*)\.sql\Z")
"""Flyway's undo of a version; a migration out of order for refinery, which has no other file of this version."""
_REPEATABLE = re.compile(r"(?:R__.*|after(?:Each)?Migrate(?:__.*)?)\.sql\Z")
_NUMBERED = re.compile(r"(?P<version>\d+)(?:[_.-](?P<name>.*))?\.sql\Z")
_FOLDER = re.compile(r"(?P<version>\d[\d-]*)_(?P<name>.*)\Z")
_FOLDER_FILES = (("diesel", "up.sql"), ("prisma", "migration.sql"))
"""Tools whose migrations are folders, and the file in each that goes up."""
_DOWN_FILE = re.compile(r"\.(?:down|undo)\.sql\Z")
_UP_FILE = re.compile(r"\.up\.sql\Z")
_PROGRAM = re.compile(r"(?:\d+_|[VUR]\d*[._\d]*__).*\.(?:go|java|kt|rs|py|js|ts|rb|groovy)\Z")
"""Names of migrations that are programs."""
_CHANGELOG = re.compile(r".*change-?log.*\.(?:xml|ya?ml|json)\Z", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\$\{[A-Za-z_][\w.:-]*\}")
_MIGRATION_FOLDER_NAMES = frozenset({"migrations", "migration", "migrate", "versions"})
MIN_VERSION_DIGITS = 4
"""Digits a numeric prefix needs to be a version; `01_tables.sql` is only an order."""


class Step(msgspec.Struct, frozen=True):
    """One version of a migration tool, as the tool writes it in its own table, and what it is called.

    What a tool runs after every version (repeatable migrations) is a step without a version.
    """

    version: str = ""
    name: str = ""


class Migration(msgspec.Struct, frozen=True):
    """A version and its SQL."""

    step: Step
    file: SqlFile


class UnreadFile(msgspec.Struct, frozen=True, order=True):
    """A file that belongs to the folder's migrations and was not read."""

    file: str
    reason: str


class SqlFolder(msgspec.Struct, frozen=True):
    """What a folder holds, in the order it must run.

    Args:
        tool: Whose migrations they are; empty for a plain folder.
        migrations: The versions, oldest first.
        always: What runs after the newest version: repeatable migrations, or all files of a plain folder.
        unread: What the tool would run and we do not read, and what it would not run.
    """

    tool: str = ""
    migrations: tuple[Migration, ...] = ()
    always: tuple[SqlFile, ...] = ()
    unread: tuple[UnreadFile, ...] = ()

    def steps(self, version: str = "") -> tuple[tuple[Step | None, SqlFile], ...]:
        """Return what is run on an empty database until a version, in order, each with its step.

        Args:
            version: The last one; empty or unknown: the newest, and what runs after it.
        """
        found: list[tuple[Step | None, SqlFile]] = [(None, file) for file in self._version_tables()]
        for migration in self.migrations:
            found.append((migration.step, migration.file))
            if version and migration.step.version == version:
                return tuple(found)
        return (*found, *((Step() if self.tool else None, file) for file in self.always))

    def _version_tables(self) -> Iterator[SqlFile]:
        """Make the tool's own tables that the migrations name: the tool does before it runs the first one."""
        files = [*(migration.file for migration in self.migrations), *self.always]
        for table in version_tables_named(self.tool, (file.text for file in files)):
            yield SqlFile(files[0].file, f"{table.statement};\n", files[0].line)

    @property
    def version(self) -> str:
        """The newest version; empty for a plain folder."""
        return self.migrations[-1].step.version if self.migrations else ""


def read_folder(folder: Path, root: Path) -> SqlFolder:
    """Read a folder of `.sql`.

    Args:
        folder: Where it is.
        root: What file names are relative to.

    Raises:
        SourceError: When there is no SQL, too much, or a file that cannot be read.
    """
    if not folder.is_dir():
        raise SourceError(Path(os.path.relpath(folder, root)).as_posix(), 0, "there is no such folder")
    reading = _Reading(folder, root)
    for layout in (reading.of_folders, reading.of_flyway, reading.of_liquibase, reading.of_numbers):
        found = layout()
        if found is not None:
            return found
    if not reading.paths:
        reason = f"this folder holds no .sql file{reading.instead()}; expected .sql files or a Terraform configuration"
        raise SourceError(reading.shown(folder), 0, reason)
    return reading.plain()


class _Reading:
    """Tries the layouts of migration tools on one folder."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder.resolve()
        self._root = root
        self.paths, self._others = self._walk()

    def shown(self, path: Path) -> str:
        return Path(os.path.relpath(path, self._root)).as_posix()

    def file(self, path: Path) -> SqlFile:
        shown = self.shown(path)
        return SqlFile(shown, blank_down_sections(read_text(path, shown)))

    def _walk(self) -> tuple[list[Path], list[Path]]:
        """Return the `.sql` files below the folder, and all others."""
        found: list[Path] = []
        others: list[Path] = []
        for parent, folders, names in os.walk(self.folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    (found if name.endswith(".sql") else others).append(Path(parent, name))
            if len(found) > MAX_FILES:
                reason = f"holds more than {MAX_FILES} .sql files, the most that one folder may hold"
                raise SourceError(self.shown(self.folder), 0, reason)
        found += [path for path in new_files_below(self.folder) if path.name.endswith(".sql")]
        for path in found:
            if not path.resolve().is_relative_to(self.folder):
                where = Path(os.path.relpath(path, self.folder)).as_posix()
                raise SourceError(where, 0, "is a symbolic link that leads out of the folder")
        return found, others

    def instead(self) -> str:
        """Name a migration or changelog that is here and not read, in words that follow "no .sql file"."""
        for path in self._others:
            if _CHANGELOG.match(path.name) or _PROGRAM.match(path.name):
                return f", but {self.shown(path)}, and migrations that are no SQL are not read"
        return ""

    def plain(self) -> SqlFolder:
        """All files in natural order, without those that undo one beside them."""
        known = set(self.paths)
        paths = [path for path in sorted(self.paths, key=_natural_order) if _undone_by(path) not in known]
        return SqlFolder(always=tuple(self.file(path) for path in paths))

    def _programs(self) -> list[UnreadFile]:
        reason = "a migration that is a program; what it does is not known without running it"
        return [UnreadFile(self.shown(path), reason) for path in self._others if _PROGRAM.match(path.name)]

    def of_folders(self) -> SqlFolder | None:
        """Each migration is a folder, as diesel and Prisma lay them out."""
        for tool, file in _FOLDER_FILES:
            found = {path / file for path in self.folder.iterdir() if (path / file).is_file()}
            files = sorted(found | {path for path in new_files_below(self.folder) if path.name == file})
            named = {path: match for path in files if (match := _FOLDER.match(path.parent.name))}
            if named:
                ordered = sorted((match["version"].replace("-", ""), path) for path, match in named.items())
                migrations = tuple(
                    Migration(Step(version, named[path]["name"]), self.file(path)) for version, path in ordered
                )
                reason = f"not run: the name of its folder does not begin with a version, as {tool} writes it"
                ignored = [UnreadFile(self.shown(path), reason) for path in files if path not in named]
                return SqlFolder(tool=tool, migrations=migrations, unread=tuple(sorted([*self._programs(), *ignored])))
        return None

    def of_flyway(self) -> SqlFolder | None:
        """`V1__x.sql`, in folders too: Flyway's and refinery's."""
        versioned = {path: match for path in self.paths if (match := _VERSIONED.match(path.name))}
        if not versioned:
            return None
        versions = {_number(match["version"]) for match in versioned.values()}
        later = {path: match for path in self.paths if (match := _UNDO.match(path.name))}
        alone = {path: match for path, match in later.items() if _number(match["version"]) not in versions}
        ordered = sorted((versioned | alone).items(), key=lambda item: (_number(item[1]["version"]), item[0].name))
        baselines = [i for i, (path, _) in enumerate(ordered) if path.name.startswith("B")]
        start = baselines[-1] if baselines else 0  # an empty database begins with the newest baseline
        known = {*versioned, *later}
        repeatable = sorted(path for path in self.paths if _REPEATABLE.match(path.name))
        reason = "not run: its name is not one that Flyway or refinery runs, such as V1__name.sql"
        ignored = [UnreadFile(self.shown(path), reason) for path in self.paths if path not in {*known, *repeatable}]
        return SqlFolder(
            tool="refinery" if alone else "flyway",
            migrations=tuple(
                Migration(Step(_dotted(match["version"]), match["name"]), _with_holes(self.file(path)))
                for path, match in ordered[start:]
            ),
            always=tuple(_with_holes(self.file(path)) for path in repeatable),
            unread=tuple(sorted([*self._programs(), *ignored])),
        )

    def of_liquibase(self) -> SqlFolder | None:
        """Files of Liquibase's formatted SQL, in the order of `includeAll`."""
        files = [self.file(path) for path in sorted(self.paths)]
        if not any(is_liquibase(file.text) for file in files):
            return None
        migrations = [
            Migration(Step(change.name, change.name.partition(":")[2]), change.file)
            for file in files
            if is_liquibase(file.text)
            for change in change_sets(file)
        ]
        unread = [
            UnreadFile(file.file, "no formatted SQL of Liquibase") for file in files if not is_liquibase(file.text)
        ]
        reason = "a changelog that is not SQL is not read; the files beside it are read in the order of their names"
        unread += [UnreadFile(self.shown(path), reason) for path in self._others if _CHANGELOG.match(path.name)]
        return SqlFolder(tool="liquibase", migrations=tuple(migrations), unread=tuple(sorted(unread)))

    def of_numbers(self) -> SqlFolder | None:
        """A number in front of each name: sqlx, golang-migrate, goose, sql-migrate, dbmate, Atlas."""
        up = [path for path in self.paths if not _DOWN_FILE.search(path.name)]
        top = [path for path in up if path.parent == self.folder]
        numbered = [(path, match) for path in top if (match := _NUMBERED.match(path.name))]
        if not numbered:
            return None
        files = {path: self.file(path) for path, _ in numbered}
        tool = self._numbering_tool([path for path, _ in numbered])
        if not tool and len(numbered) < len(up):
            return None
        if not tool and not self._look_like_migrations([match["version"] for _, match in numbered]):
            return None
        if tool == "atlas":
            check_sum(self.folder, self.shown(self.folder / SUM_FILE))
            ordered = sorted(numbered, key=lambda entry: entry[0].name)
        else:
            ordered = sorted(numbered, key=lambda entry: (int(entry[1]["version"]), entry[0].name))
        checkpoints = [i for i, (path, _) in enumerate(ordered) if tool == "atlas" and is_checkpoint(files[path].text)]
        keeps_zeros = tool in {"atlas", "dbmate"}
        migrations = [
            Migration(
                Step(
                    match["version"] if keeps_zeros else match["version"].lstrip("0") or "0",
                    (match["name"] or "").removesuffix(".up"),
                ),
                files[path],
            )
            for path, match in ordered[checkpoints[-1] if checkpoints else 0 :]
        ]
        reason = "not run: its name does not begin with a version"
        ignored = [UnreadFile(self.shown(path), reason) for path in top if path not in files]
        unread = tuple(sorted([*self._programs(), *ignored]))
        return SqlFolder(tool=tool or "numbered", migrations=tuple(migrations), unread=unread)

    def _numbering_tool(self, paths: list[Path]) -> str:
        """Return the tool that says by more than numbers that these are its migrations."""
        if (self.folder / SUM_FILE).is_file():
            return "atlas"
        if any(_UP_FILE.search(path.name) for path in paths):
            return "golang-migrate"
        marked: Iterator[str] = (direction_tool(read_text(path, self.shown(path))) for path in paths)
        return next((tool for tool in marked if tool), "")

    def _look_like_migrations(self, versions: list[str]) -> bool:
        named = self.folder.name in _MIGRATION_FOLDER_NAMES
        return named or all(len(version) >= MIN_VERSION_DIGITS for version in versions)


def _undone_by(path: Path) -> Path | None:
    """Return the file that a file would undo, by its name; None when the name says nothing of the kind."""
    if path.name == "down.sql":
        return path.with_name("up.sql")
    if _DOWN_FILE.search(path.name):
        return path.with_name(_DOWN_FILE.sub(".up.sql", path.name))
    return None


def _natural_order(path: Path) -> tuple[tuple[tuple[int, int | str], ...], ...]:
    """Sort key that puts 2 before 10, and compares folders before the files within."""
    return tuple(
        tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name) if part)
        for name in path.parts
    )


def _with_holes(file: SqlFile) -> SqlFile:
    """Leave a `HOLE` for each of Flyway's placeholders: what stands for it is set where Flyway runs."""
    return SqlFile(file.file, _PLACEHOLDER.sub(HOLE, file.text), file.line)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[._]", version))


def _dotted(version: str) -> str:
    """Write a version as Flyway does in its own table."""
    return ".".join(str(part) for part in _number(version))
