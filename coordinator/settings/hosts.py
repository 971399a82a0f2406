"""`[hosts.*]` → hosts with their credentials; what a table leaves out, its service file says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from coordinator.settings.model import HostTable
from coordinator.settings.resolve import resolve_secret
from shared.hosts import SSLMODES, Host, Secret
from shared.postgres.credential_files import CredentialFileError, read_service

_ADDRESS = re.compile(r"/[^\0@:=]*|[\w.-]+|[0-9A-Fa-f:.]+(%\w+)?")
_USER = "fleetdrift"
_PORT = "5432"


def resolve_hosts(tables: dict[str, HostTable], root: Path, env: Mapping[str, str]) -> dict[str, Host]:
    """Turn `[hosts.*]` into hosts with their credentials.

    Raises:
        ValueError: When a table says what cannot be, or a credential or a service cannot be found.
    """
    return {name: _host(name, table, root, env) for name, table in tables.items()}


def _host(name: str, table: HostTable, root: Path, env: Mapping[str, str]) -> Host:
    where = f"hosts.{name}"
    service = _service(table, where, root)

    def file(key: str) -> str:
        return _in_folder(getattr(table, key) or service.get(key, ""), root)

    return Host(
        name=name,
        address=_address(table.address or service.get("host", ""), where),
        port=table.port or _port(service.get("port", _PORT), where),
        user=table.user or service.get("user", _USER),
        password=_password(table, service, where, root, env),
        sslmode=_sslmode(table.sslmode or service.get("sslmode", ""), where),
        sslrootcert=file("sslrootcert"),
        sslcert=file("sslcert"),
        sslkey=file("sslkey"),
        passfile=file("passfile"),
        allow_weak_authentication=table.allow_weak_authentication,
        max_connections=table.max_connections,
        maintenance_database=table.maintenance_database,
    )


def _service(table: HostTable, where: str, root: Path) -> dict[str, str]:
    if not table.service:
        return {}
    try:
        return read_service(table.service, _in_folder(table.servicefile, root))
    except CredentialFileError as error:
        raise ValueError(f"{where}.service: {error}") from None


def _in_folder(file: str, root: Path) -> str:
    """Resolve a file's name; `system` is no file but the system's own authorities."""
    return str(root / Path(file).expanduser()) if file and file != "system" else file


def _address(address: str, where: str) -> str:
    if not _ADDRESS.fullmatch(address):  # not repeated: it may be a connection string with a password
        raise ValueError(f"{where}.address: expected a host name, an IP address, or the folder of a unix socket")
    return address


def _port(text: str, where: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{where}.service: its port is no number")
    return int(text)


def _sslmode(mode: str, where: str) -> str:
    if mode and mode not in SSLMODES:
        raise ValueError(f"{where}.sslmode: expected one of {', '.join(SSLMODES)}")
    return mode


def _password(
    table: HostTable, service: dict[str, str], where: str, root: Path, env: Mapping[str, str]
) -> Secret | None:
    if table.password is not None:
        return resolve_secret(table.password, f"{where}.password", root, env)
    return Secret(service["password"]) if service.get("password") else None
