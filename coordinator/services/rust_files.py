"""Read the Rust sources of services; `shared.contracts` extracts what they say to the database."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

import msgspec

from coordinator.services.kept_contracts import kept_or_extracted
from coordinator.services.repository import folder_in_repository
from coordinator.settings.model import ContractTable
from shared.contracts.contract import Contract, Unread
from shared.contracts.features import FeaturesError
from shared.schema.tenancy import Tenancy

_SKIPPED_FOLDERS = frozenset({"target", ".git", "node_modules"})
_READ_SUFFIXES = frozenset({".rs", ".sql"})  # query_file! names .sql files, from the folder of Cargo.toml
_READ_NAMES = frozenset({"Cargo.toml", "Cargo.lock", "sqlx-data.json"})
_CACHE_FOLDER = ".sqlx"
_MAX_FILE_BYTES = 4 * 1024 * 1024  # generated code beyond that holds no hand-written query


class RustFilesError(Exception):
    """A service's sources cannot be read; the message is one sentence."""


def load_contracts(root: Path, tables: Sequence[ContractTable], tenancy: Tenancy | None = None) -> tuple[Contract, ...]:
    """Extract the contract of every configured service.

    Args:
        root: Folder of fleetdrift.toml.
        tables: `[[contracts]]`.
        tenancy: `[tenancy]`: what queries are held to beside what they expect.

    Raises:
        RustFilesError: When a folder is not there or holds no Rust.
    """
    ordered = sorted(tables, key=lambda table: table.service)
    held_to = tenancy if tenancy is not None and tenancy.column else None
    contracts = (read_service(root / table.path, table) for table in ordered)
    return tuple(msgspec.structs.replace(contract, tenancy=held_to) for contract in contracts)


def read_service(folder: Path, table: ContractTable) -> Contract:
    """Extract the contract of one service.

    Args:
        folder: Of its crate or workspace.
        table: What is configured of it.

    Raises:
        RustFilesError: When the folder is not there or holds no Rust, or no crate of it has one of the features.
    """
    if not folder.is_dir():
        raise RustFilesError(f"the contract of {table.service!r}: there is no folder {table.path}")
    files: list[tuple[str, bytes]] = []
    unread: list[Unread] = []
    for path in sorted(_walk(folder)):
        name = _name(path.relative_to(folder))
        if any(fnmatch(name, pattern) for pattern in table.exclude):
            continue
        content = _read(path)
        if isinstance(content, str):
            unread.append(Unread(file=name, line=1, reason=content))
        else:
            files.append((name, content))
    if not any(name.endswith(".rs") for name, _ in files) and not unread:
        raise RustFilesError(f"the contract of {table.service!r}: {table.path} holds no Rust source")
    try:
        contract = kept_or_extracted(table.service, files, unread, table.features)
    except FeaturesError as error:
        raise RustFilesError(f"the contract of {table.service!r}: features: below {table.path} {error}") from None
    root = folder_in_repository(folder)
    return msgspec.structs.replace(
        contract,
        search_path=table.search_path,
        role=table.role,
        database=table.database,
        accept_unread=table.accept_unread,
        root=table.path if root is None else root,
    )


def _name(path: Path) -> str:
    """Write a path so that every output can hold it, with the bytes of a name that are no UTF-8 as numbers."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _read(path: Path) -> bytes | str:
    """Give a file's content, or the reason why it is not read."""
    if path.is_symlink():
        return "a symbolic link, which is not followed"
    if path.is_dir():
        return "a folder that cannot be listed"
    if not path.is_file():
        return "a pipe, socket or device, which is not read"
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            return f"larger than {_MAX_FILE_BYTES // 1024 // 1024} MB, not read"
        return path.read_bytes()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the sources below a folder, and folders that are not entered: links, and what cannot be listed."""
    try:
        entries = list(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_symlink():
            if _is_source(entry) or entry.is_dir():
                yield entry
        elif entry.is_dir():
            if entry.name not in _SKIPPED_FOLDERS:
                yield from _walk(entry)
        elif _is_source(entry):
            yield entry


def _is_source(entry: Path) -> bool:
    in_cache = entry.parent.name == _CACHE_FOLDER and entry.suffix == ".json"
    return entry.suffix in _READ_SUFFIXES or entry.name in _READ_NAMES or in_cache
