"""Writes declared objects for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from coordinator.compare.declared_objects import DeclaredObject, DeclaredObjects, DeclaredVersion
from coordinator.report.renderers.visible import visible
from shared.schema.schema import Carrier, told


class _Object(msgspec.Struct, frozen=True):
    kind: str
    namespace: str
    name: str
    database: str
    tenant: str
    origin: str
    parent: str


class _Unread(msgspec.Struct, frozen=True):
    address: str
    origin: str
    reason: str
    coverage: str
    tenant: str
    may_declare: dict[str, list[str]]


class _Tenant(msgspec.Struct, frozen=True):
    tenant: str
    host: str
    database: str
    version: str
    labels: dict[str, str]


class _Version(msgspec.Struct, frozen=True):
    database: str
    tenants: tuple[str, ...]
    version: str
    name: str
    statements: int


class _Error(msgspec.Struct, frozen=True):
    origin: str
    message: str


class _Document(msgspec.Struct, frozen=True):
    complete: bool
    objects: list[_Object]
    unread: list[_Unread]
    tenants: list[_Tenant]
    versions: list[_Version]
    errors: list[_Error]


def objects_json(found: DeclaredObjects) -> str:
    """Write everything as one JSON object: `complete`, `objects`, `unread`, `tenants`, `versions`, `errors`."""
    document = _Document(
        complete=not found.unread,
        objects=[
            _Object(item.kind, item.namespace, item.name, item.database, item.tenant, item.origin, item.parent)
            for item in found.objects
        ],
        unread=[_unread(carrier) for carrier in found.unread],
        tenants=[
            _Tenant(entry.tenant, entry.host, entry.database, entry.version, dict(entry.labels))
            for entry in found.tenants
        ],
        versions=[
            _Version(entry.database, entry.tenants, entry.version, entry.name, entry.statements)
            for entry in found.versions
        ],
        errors=[_Error(f"{error.file}:{error.line or 1}", error.message) for error in found.errors],
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _unread(carrier: Carrier) -> _Unread:
    may = carrier.may
    limits = {
        "objects": list(map(str, may.objects)),
        "kinds": list(may.kinds),
        "namespaces": list(may.namespaces),
        "databases": list(may.databases),
        "files": list(may.files),
    }
    return _Unread(
        address=carrier.address,
        origin=str(carrier.origin),
        reason=carrier.reason,
        coverage=carrier.coverage.value,
        tenant=carrier.tenant,
        may_declare={name: values for name, values in limits.items() if values},
    )


def objects_text(found: DeclaredObjects) -> str:
    """Write the objects that stand for themselves, one a line, then what was not read, and why."""
    lines = [f"{error}" for error in found.errors]
    lines += [_line(item) for item in found.objects if not item.part]
    if found.unread:
        lines += ["", "Not read, or not wholly:", *(f"  {told(carrier)}" for carrier in found.unread)]
    if found.tenants:
        lines += ["", f"Tenants: {', '.join(entry.tenant for entry in found.tenants)}"]
    if found.versions:
        lines += ["", "Versions:", *(f"  {_version(entry)}" for entry in found.versions)]
    return "".join(f"{visible(line)}\n" for line in lines)


def _version(entry: DeclaredVersion) -> str:
    named = f"{entry.version} {entry.name}".strip()
    where = f" in database {entry.database}" if entry.database else ""
    return f"{named}{where}: {entry.statements} statement{'' if entry.statements == 1 else 's'}"


def _line(item: DeclaredObject) -> str:
    return " ".join((f"{item.origin}:", item.kind.replace("_", " "), *_named(item)))


def _named(item: DeclaredObject) -> Iterator[str]:
    yield ".".join(part for part in (item.namespace, item.parent, item.name) if part)
    if item.database:
        yield f"in database {item.database}"
    if item.tenant:
        yield f"of tenant {item.tenant}"
