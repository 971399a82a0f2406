"""Reads tenants that somebody wrote down or a program printed: each entry is checked, and named when it is wrong."""

from __future__ import annotations

import csv
import io
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence, parse_document
from coordinator.iac.source import SourceError, read_text
from coordinator.inventory.errors import InventoryError
from coordinator.settings.model import TenantTable

COMMAND_TIMEOUT_SECONDS = 60
"""How long a command may take to list the tenants."""

MAX_COMMAND_BYTES = 64 * 1024 * 1024
"""What a command may print: 100,000 tenants with labels take some 15 MB."""

_LABEL_COLUMN = "labels."
_FORMATS = ".csv, .toml, .json, .jsonl, .yaml or .yml"

Row = tuple[str, Any]
"""Where an entry stands, and what it says."""


def read_file(path: Path) -> list[TenantTable]:
    """Read a file of tenants.

    Args:
        path: `.csv` with the columns tenant, host, database, namespace and `labels.NAME`; `.toml` with `[[tenants]]`;
            `.json` or `.yaml` with a list, or one below `tenants`; `.jsonl` with an object a line.

    Raises:
        InventoryError: For a file that cannot be read or an entry that is wrong, with its place.
    """
    try:
        text = read_text(path, path.name)
        return _entries(_rows(path, text))
    except SourceError as error:
        raise InventoryError(f"[fleet] file: {error}") from None
    except (tomllib.TOMLDecodeError, csv.Error) as error:
        raise InventoryError(f"[fleet] file: {path.name}: {error}") from None


def run_command(command: tuple[str, ...], folder: Path) -> list[TenantTable]:
    """Run a command that prints one JSON object a line.

    Args:
        command: The program and its arguments; no shell.
        folder: Where it runs.

    Raises:
        InventoryError: When it fails, takes too long, prints too much, or an entry is wrong.
    """
    name = f"[fleet] command {command[0]!r}"
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise InventoryError(f"{name} took longer than {COMMAND_TIMEOUT_SECONDS} s") from None
    except OSError as error:
        raise InventoryError(f"{name} cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        raise InventoryError(f"{name} ended with exit code {done.returncode}: a list that may be cut off is not taken")
    if len(done.stdout) > MAX_COMMAND_BYTES:
        raise InventoryError(f"{name} printed more than {MAX_COMMAND_BYTES // 1024 // 1024} MB")
    return _entries(_json_lines(done.stdout.decode(errors="replace"), name))


def _rows(path: Path, text: str) -> Iterable[Row]:
    match path.suffix:
        case ".csv":
            return _csv(text, path.name)
        case ".toml":
            return [
                (f"{path.name}, tenants[{i}]", row) for i, row in enumerate(_listed(tomllib.loads(text), path.name))
            ]
        case ".jsonl":
            return _json_lines(text, path.name)
        case ".json" | ".yaml" | ".yml":
            return _document(parse_document(text, path.name), path.name)
        case _:
            raise InventoryError(f"[fleet] file: {path.name}: expected a file that ends with {_FORMATS}")


def _listed(document: dict[str, Any], file: str) -> list[Any]:
    rows = document.get("tenants")
    if not isinstance(rows, list):
        raise InventoryError(f"[fleet] file: {file}: expected a list called tenants, as [[tenants]]")
    return rows


def _csv(text: str, file: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    for row in reader:
        where = f"{file}:{reader.line_num}"
        if None in row or None in row.values():
            raise InventoryError(
                f"[fleet] file: {where}: expected {len(reader.fieldnames or ())} columns, as the first line"
            )
        labels = {key.removeprefix(_LABEL_COLUMN): value for key, value in row.items() if key.startswith(_LABEL_COLUMN)}
        plain = {key: value for key, value in row.items() if not key.startswith(_LABEL_COLUMN)}
        yield where, plain | {"labels": {key: value for key, value in labels.items() if value}}


def _json_lines(text: str, file: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield f"{file}:{number}", msgspec.json.decode(line)
            except msgspec.DecodeError as error:
                raise InventoryError(f"{file}:{number}: expected one JSON object a line: {error}") from None


def _document(node: Node, file: str) -> Iterator[Row]:
    listed = node.items.get("tenants") if isinstance(node, Mapping) else node
    if not isinstance(listed, Sequence):
        raise InventoryError(f"[fleet] file: {file}:{node.line}: expected a list of tenants, or one below `tenants`")
    for entry in listed.items:
        yield f"{file}:{entry.line}", _plain(entry, file)


def _plain(node: Node, file: str) -> Any:
    match node:
        case Mapping(items=items):
            return {name: _plain(item, file) for name, item in items.items()}
        case Scalar(value=value) if value is not None and isinstance(value.raw, str):
            return value.raw
        case _:
            raise InventoryError(f"[fleet] file: {file}:{node.line}: expected a text")


def _entries(rows: Iterable[Row]) -> list[TenantTable]:
    found: list[TenantTable] = []
    for where, row in rows:
        try:
            entry = msgspec.convert(row, TenantTable)
        except msgspec.ValidationError as error:
            raise InventoryError(
                f"{where}: expected tenant, and if wanted host, database, namespace and labels: {error}"
            ) from None
        if not entry.tenant:
            raise InventoryError(f"{where}: the tenant has no name")
        found.append(entry)
    return found
