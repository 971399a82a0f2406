"""Reads a source that every tenant has one of: a state, a workspace, a root module or a file for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from coordinator.iac.reading import DeclaredTenant, Reading
from coordinator.iac.source import SourceError

TENANT = "{tenant}"
"""Stands for the tenant's name in the path of such a source."""


def read_per_tenant(pattern: str, read: Callable[[Path], Reading]) -> Reading:
    """Read the source of each tenant, and make one reading of all.

    Args:
        pattern: Path with `{tenant}` in it, as part of one folder's or file's name.
        read: Reads one source.

    Raises:
        SourceError: When there is none, or one cannot be read.
    """
    found = dict(sorted(_sources(pattern)))
    if not found:
        raise SourceError(pattern, 0, f"expected a file or folder for each tenant where it says {TENANT}, found none")
    readings = {tenant: read(path) for tenant, path in found.items()}
    return Reading(
        name=pattern,
        pieces=tuple(
            msgspec.structs.replace(piece, tenant=tenant) for tenant, each in readings.items() for piece in each.pieces
        ),
        carriers=tuple(
            sorted(
                msgspec.structs.replace(carrier, tenant=tenant)
                for tenant, each in readings.items()
                for carrier in each.carriers
            )
        ),
        tenants=tuple(_tenant(tenant, each) for tenant, each in readings.items()),
        refused=tuple(error for each in readings.values() for error in each.refused),
        unchecked=tuple(dict.fromkeys(sentence for each in readings.values() for sentence in each.unchecked)),
    )


def _sources(pattern: str) -> Iterator[tuple[str, Path]]:
    path = Path(pattern)
    before = [part for part in path.parts if TENANT in part]
    if len(before) != 1 or before[0].count(TENANT) != 1:
        raise SourceError(pattern, 0, f"expected {TENANT} once in the path, as part of one name")
    place = path.parts.index(before[0])
    folder, rest = Path(*path.parts[:place]), path.parts[place + 1 :]
    prefix, _, suffix = before[0].partition(TENANT)
    named = re.compile(f"{re.escape(prefix)}(.+){re.escape(suffix)}", re.DOTALL)
    for entry in folder.iterdir() if folder.is_dir() else ():
        match = named.fullmatch(entry.name)
        if match and not entry.name.startswith(".") and (source := entry.joinpath(*rest)).exists():
            yield match[1], source


def _tenant(name: str, reading: Reading) -> DeclaredTenant:
    """Say of a tenant what its own source says: where its SQL is sent, and its version."""
    hosts = {piece.destination.host for piece in reading.pieces} - {""}
    databases = {piece.destination.database for piece in reading.pieces} - {""}
    return DeclaredTenant(
        tenant=name,
        host=hosts.pop() if len(hosts) == 1 else "",
        database=databases.pop() if len(databases) == 1 else "",
        version=reading.expected_version,
    )
