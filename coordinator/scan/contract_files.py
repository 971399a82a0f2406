"""Read the Rust sources that `[[contracts]]` names; `shared.contracts` extracts the queries from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from coordinator.settings.model import ContractTable
from shared.contracts.contract import Contract
from shared.contracts.extract import extract_contract

_SKIPPED_FOLDERS = frozenset({"target", ".git", "node_modules"})
_READ_SUFFIXES = frozenset({".rs", ".sql"})  # query_file! names .sql files, from the folder of Cargo.toml
_MAX_FILE_BYTES = 4 * 1024 * 1024  # generated code beyond that holds no hand-written query


class ContractFilesError(Exception):
    """A service's sources cannot be read; the message is one sentence."""


def load_contracts(root: Path, tables: Sequence[ContractTable]) -> tuple[Contract, ...]:
    """Extract the contract of every configured service.

    Args:
        root: Folder of fleetdrift.toml.
        tables: `[[contracts]]`.

    Raises:
        ContractFilesError: When a folder is not there or holds no Rust.
    """
    return tuple(
        extract_contract(table.service, _files(root / table.path, table))
        for table in sorted(tables, key=lambda table: table.service)
    )


def _files(root: Path, table: ContractTable) -> list[tuple[str, bytes]]:
    if not root.is_dir():
        raise ContractFilesError(f"the contract of {table.service!r}: there is no folder {table.path}")
    files = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(_walk(root))]
    if not any(name.endswith(".rs") for name, _ in files):
        raise ContractFilesError(f"the contract of {table.service!r}: {table.path} holds no Rust source")
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the sources below a folder; links are not followed."""
    for entry in folder.iterdir():
        if entry.is_symlink():
            continue
        if entry.is_dir() and entry.name not in _SKIPPED_FOLDERS:
            yield from _walk(entry)
        elif _is_source(entry) and entry.is_file() and entry.stat().st_size <= _MAX_FILE_BYTES:
            yield entry


def _is_source(entry: Path) -> bool:
    return entry.suffix in _READ_SUFFIXES or entry.name == "Cargo.toml"
