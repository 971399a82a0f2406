"""Writes a new migration behind those of a folder, named and laid out as its tool wants it. Others stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from coordinator.iac.patching.held_text import CannotEditError
from coordinator.iac.source import SourceError, as_if_edited, read_text
from coordinator.iac.sql.atlas_sum import SUM_FILE, sum_of
from coordinator.iac.sql.folders import read_folder
from coordinator.iac.sql.migration_files import is_liquibase

NAME = "adopt_drift"
"""What the new migration is called, behind its version."""

_VERSIONS = (
    re.compile(r"(?P<before>[VBU])(?P<version>\d+(?:[._]\d+)*)(?P<rest>__.*)\Z"),
    re.compile(r"(?P<before>)(?P<version>\d{4}-\d\d-\d\d-\d+|\d+)(?P<rest>[_.-].*)\Z"),
)
_FOLDER_FILES = frozenset({"up.sql", "migration.sql"})
_LAST_NUMBER = re.compile(r"\d+(?=\D*\Z)")


def new_migration(newest: Path, up: Sequence[str], down: Sequence[str]) -> dict[Path, str]:
    """Return the files of a new migration, by resolved path: it, what undoes it where its neighbours have that, sums.

    Args:
        newest: The file of the newest migration.
        up: Statements of the new one.
        down: Statements that undo it.

    Raises:
        CannotEditError: When the name or the layout of the newest one does not say how the next is called.
    """
    try:
        text = read_text(newest, newest.name)
        if is_liquibase(text):
            return {newest: _liquibase(text, up, down)}
        if newest.name in _FOLDER_FILES:
            folder = newest.parent.with_name(_next(newest.parent.name, ""))
            files = {folder / newest.name: _script(up)}
            if (newest.parent / "down.sql").is_file():
                files[folder / "down.sql"] = _script(down)
            return files
        return _file(newest, up, down)
    except SourceError as error:
        raise CannotEditError(str(error)) from None


def _file(newest: Path, up: Sequence[str], down: Sequence[str]) -> dict[Path, str]:
    suffix = ".up.sql" if newest.name.endswith(".up.sql") else ".sql"
    path = newest.with_name(_next(newest.name, suffix))
    tool = read_folder(newest.parent, newest.parent).tool
    files = {path: _LAYOUTS.get(tool, lambda forth, _back: _script(forth))(up, down)}
    undo = newest.with_name(newest.name.removesuffix(suffix) + ".down.sql")
    if suffix == ".up.sql" and undo.is_file():
        files[path.with_name(path.name.removesuffix(suffix) + ".down.sql")] = _script(down)
    if (newest.parent / SUM_FILE).is_file():
        with as_if_edited({file: content.encode() for file, content in files.items()}):
            files[newest.parent / SUM_FILE] = sum_of(newest.parent)
    return files


def _next(name: str, suffix: str) -> str:
    """Return the name that follows a migration's: its version, one higher and as wide, and our name."""
    found = next(filter(None, (pattern.match(name) for pattern in _VERSIONS)), None)
    if found is None:
        raise CannotEditError(f"the name of the newest migration, {name!r}, does not say how the next one is called")
    version = _LAST_NUMBER.sub(lambda last: str(int(last.group()) + 1).zfill(len(last.group())), found["version"])
    between = "__" if found["rest"].startswith("__") else found["rest"][0] if found["rest"][0] != "." else "_"
    return f"{found['before'] and 'V'}{version}{between}{NAME}{suffix}"


def _script(statements: Sequence[str]) -> str:
    return "".join(f"{sql};\n" for sql in statements)


def _goose(up: Sequence[str], down: Sequence[str]) -> str:
    return f"-- +goose Up\n{_goose_statements(up)}\n-- +goose Down\n{_goose_statements(down)}"


def _goose_statements(statements: Sequence[str]) -> str:
    """Mark statements that hold semicolons: goose would cut them there."""
    return "".join(
        f"-- +goose StatementBegin\n{sql};\n-- +goose StatementEnd\n" if ";" in sql else f"{sql};\n"
        for sql in statements
    )


def _sql_migrate(up: Sequence[str], down: Sequence[str]) -> str:
    marked = [_goose_statements(part).replace("+goose", "+migrate") for part in (up, down)]
    return f"-- +migrate Up\n{marked[0]}\n-- +migrate Down\n{marked[1]}"


def _dbmate(up: Sequence[str], down: Sequence[str]) -> str:
    return f"-- migrate:up\n{_script(up)}\n-- migrate:down\n{_script(down)}"


_LAYOUTS = {"goose": _goose, "sql-migrate": _sql_migrate, "dbmate": _dbmate}


def _liquibase(text: str, up: Sequence[str], down: Sequence[str]) -> str:
    known = set(re.findall(r"(?m)^\s*--\s*changeset\s+(\S+)", text))
    numbers = (f"fleetdrift:{NAME}{f'-{n}' if n > 1 else ''}" for n in range(1, len(known) + 2))
    name = next(each for each in numbers if each not in known)
    undo = "".join(f"--rollback {' '.join(sql.split())};\n" for sql in down if ";" not in sql)
    start = text if text.endswith("\n") else f"{text}\n"
    whole = " splitStatements:false" if any(";" in sql for sql in up) else ""
    return f"{start}\n--changeset {name}{whole}\n{_script(up)}{undo}"
