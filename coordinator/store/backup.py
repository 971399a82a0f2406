"""The whole store in one file, and a store made again from such a file.

The file is a zip archive: `manifest.json`, which names the format and the version of the tables, and for each table a
member with its rows as `COPY` writes them. A restore checks every member before it touches a store.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
import zipfile
import zlib
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from coordinator.store.connection import migrations, query, translated
from shared.formats import STORE_BACKUP, FormatError, decode_json, encode_json
from shared.hosts import Secret
from shared.postgres.opening import open_connection
from shared.postgres.url import parse_url
from shared.sql import quote_identifier

_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_SCHEMA = "fleetdrift"
_COMMAND_TIMEOUT_SECONDS = 3600.0
_COPY_OPTIONS: dict[str, Any] = {"schema_name": _SCHEMA, "format": "text", "encoding": "utf8"}


class BackupError(Exception):
    """A backup cannot be made, read or restored; the message is a sentence."""


class BackupTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a backup.

    Args:
        name: Without its namespace.
        columns: In the order of the member's fields.
        rows: How many.
        sha256: Hex, of the member's content.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a backup.

    Args:
        migration: Version of the tables: the last migration that was done.
        release: Of fleetdrift, which wrote it.
        taken: When.
        tables: Those that others refer to come first.
    """

    migration: int
    release: str
    taken: dt.datetime
    tables: tuple[BackupTable, ...]


async def _open(dsn: Secret) -> Any:
    with translated():
        place = parse_url(dsn.reveal(), os.environ)
        return await open_connection(place, seconds=10, command_timeout=_COMMAND_TIMEOUT_SECONDS)


async def back_up(dsn: Secret, path: Path) -> Manifest:
    """Write a store to a file, as it is at one moment; scans may go on meanwhile.

    Args:
        dsn: URL of the store's database.
        path: Of the file; it comes into being when it is whole, and one that is there is replaced.

    Raises:
        StoreError: When the store cannot be read.
        BackupError: When there is no store.
    """
    connection = await _open(dsn)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with translated():
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                done = await _migration(connection)
                if done is None:
                    raise BackupError("this database holds no store of fleetdrift: there is nothing to back up")
                with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                    names = await connection.fetch(query("tables_to_back_up"))
                    tables = [await _write_table(connection, archive, row["name"], row["columns"]) for row in names]
                    manifest = Manifest(
                        migration=done,
                        release=version("fleetdrift"),
                        taken=dt.datetime.now(dt.UTC),
                        tables=tuple(tables),
                    )
                    archive.writestr(_MANIFEST, encode_json(STORE_BACKUP, manifest))
        await asyncio.to_thread(os.replace, partial, path)
    finally:
        await asyncio.to_thread(partial.unlink, missing_ok=True)
        await connection.close(timeout=5)
    return manifest


async def _migration(connection: Any) -> int | None:
    """Give the version of the store's tables; none where there is no store."""
    if await connection.fetchval("SELECT to_regclass('fleetdrift.migrations')") is None:
        return None
    found: int | None = await connection.fetchval("SELECT max(version) FROM fleetdrift.migrations")
    return found


async def _write_table(connection: Any, archive: zipfile.ZipFile, name: str, columns: list[str]) -> BackupTable:
    digest = hashlib.sha256()
    with archive.open(_member(name), "w", force_zip64=True) as member:

        async def write(data: bytes) -> None:
            digest.update(data)
            member.write(data)

        done = await connection.copy_from_table(name, columns=columns, output=write, **_COPY_OPTIONS)
    return BackupTable(name=name, columns=tuple(columns), rows=int(done.split()[-1]), sha256=digest.hexdigest())


def _member(table: str) -> str:
    return f"{table}.copy"


def read_manifest(path: Path) -> Manifest:
    """Check a whole backup, and give what it says of itself.

    Raises:
        BackupError: When it is none, is damaged, or is of a newer release.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_MANIFEST).file_size > _MAX_MANIFEST_BYTES:
                raise BackupError(f"{path}: its manifest is larger than that of any backup")
            manifest = decode_json(STORE_BACKUP, archive.read(_MANIFEST), Manifest)
            for table in manifest.tables:
                _check_member(archive, table, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, FormatError) as error:
        raise BackupError(f"{path}: is no backup of a store, or is damaged: {error}") from None
    newest = migrations()[-1][0]
    if manifest.migration > newest:
        raise BackupError(
            f"{path}: was written by fleetdrift {manifest.release}, whose tables are of version {manifest.migration}; "
            f"this release knows those up to {newest}: upgrade fleetdrift"
        )
    return manifest


def _check_member(archive: zipfile.ZipFile, table: BackupTable, path: Path) -> None:
    digest = hashlib.sha256()
    with archive.open(_member(table.name)) as member:
        while piece := member.read(_PIECE_BYTES):
            digest.update(piece)
    if digest.hexdigest() != table.sha256:
        raise BackupError(f"{path}: is damaged: table {table.name} is not what the manifest says")


async def restore(dsn: Secret, path: Path, *, force: bool) -> Manifest:  # force is the user's word, asked for by name
    """Make a store again from a backup: as a whole, or not at all.

    Args:
        dsn: URL of the store's database.
        path: Of the backup.
        force: Replace a store that holds anything.

    Raises:
        BackupError: When the file cannot be used, the store holds something, or a coordinator runs on it.
        StoreError: When the store cannot be written.
    """
    manifest = await asyncio.to_thread(read_manifest, path)
    connection = await _open(dsn)
    try:
        with translated():
            async with connection.transaction():
                await _make_room(connection, force=force)
                await _make_tables(connection, manifest.migration)
                with zipfile.ZipFile(path) as archive:
                    for table in manifest.tables:
                        await _load(connection, archive, table)
                await connection.execute(query("go_on_counting"))
    finally:
        await connection.close(timeout=5)
    return manifest


async def _make_room(connection: Any, *, force: bool) -> None:
    if await _migration(connection) is None:
        return
    if await connection.fetchval(query("any_coordinator")):
        raise BackupError("a coordinator or a scan is using this store: stop it, and restore then")
    if not force and await connection.fetchval("SELECT EXISTS (SELECT FROM fleetdrift.scans)"):
        raise BackupError("this store holds scans: --force replaces all that it holds")
    await connection.execute("DROP SCHEMA fleetdrift CASCADE")


async def _make_tables(connection: Any, migration: int) -> None:
    """Make the tables as they were when the backup was made; whoever opens the store next brings them up to date."""
    await connection.execute("CREATE SCHEMA IF NOT EXISTS fleetdrift")
    await connection.execute("CREATE TABLE fleetdrift.migrations (version integer PRIMARY KEY)")
    for number, sql in migrations():
        if number <= migration:
            await connection.execute(sql)
            await connection.execute("INSERT INTO fleetdrift.migrations VALUES ($1)", number)


async def _load(connection: Any, archive: zipfile.ZipFile, table: BackupTable) -> None:
    known = {row["name"]: set(row["columns"]) for row in await connection.fetch(query("tables_to_back_up"))}
    if not set(table.columns) <= known.get(table.name, set()):
        raise BackupError(f"the backup holds a table {table.name} that its version of the store does not have")
    place = f"{_SCHEMA}.{quote_identifier(table.name)}"
    await connection.execute(f"ALTER TABLE {place} DISABLE TRIGGER USER")  # what they would count is in the backup
    rows = _pieces(archive, table)
    done = await connection.copy_to_table(table.name, columns=table.columns, source=rows, **_COPY_OPTIONS)
    if int(done.split()[-1]) != table.rows:
        raise BackupError(f"table {table.name} has {done.split()[-1]} rows; its manifest says {table.rows}")
    await connection.execute(f"ALTER TABLE {place} ENABLE TRIGGER USER")


async def _pieces(archive: zipfile.ZipFile, table: BackupTable) -> AsyncIterator[bytes]:
    with archive.open(_member(table.name)) as member:
        while piece := member.read(_PIECE_BYTES):
            yield piece
