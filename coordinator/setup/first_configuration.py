"""Writes a first fleetdrift.toml from what a server says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from coordinator.inventory.query import list_databases, list_namespaces
from coordinator.settings.user import user_name
from coordinator.setup.tenant_guess import TenantGuess, guess_tenants
from shared.hosts import Host
from shared.postgres.failures import TargetError
from shared.postgres.url import UrlError, parse_url
from shared.targets import FailureKind, Limits

HOST_NAME = "main"
"""What the first configuration calls the server."""

SCANNER = "fleetdrift"
"""The role that it names where the one that asked may do more than read."""

_PASSWORD_VARIABLE = "FLEETDRIFT_HOST_PASSWORD"  # noqa: S105  # the name of an environment variable
_SOURCES = ("migrations", "db/migrations", "supabase/migrations", "prisma/migrations", "schema.sql", "db/schema.sql")
"""Where declarations often are, below the folder of the configuration; Terraform's files come first."""


_ONLY_TO_CONNECT = "postgres"
_NOT_A_TENANTS = frozenset({"public", "information_schema"})


class ServerSays(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says that may hold a fleet.

    Args:
        databases: That can be connected to, but for templates and the one that only serves to connect.
        namespaces: Of the database that was connected to, but for PostgreSQL's own and `public`.
        unsafe: The role that asked may do more than read.
    """

    databases: tuple[str, ...]
    namespaces: tuple[str, ...]
    unsafe: bool


class FirstConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration to begin with.

    Args:
        text: Of fleetdrift.toml.
        steps: What to do next, as sentences.
    """

    text: str
    steps: tuple[str, ...]


class NoTenantsError(Exception):
    """Nothing on the server looks like tenants; the message is a sentence."""


def host_of_url(url: str, environment: Mapping[str, str]) -> tuple[Host, str]:
    """Read where a server is from a URL, and the database that it names.

    Args:
        url: `postgresql://USER@HOST:PORT/DATABASE`.
        environment: For `PGSSLMODE` and its kin.

    Raises:
        UrlError: When it is no such URL, or names several servers.
    """
    place = parse_url(url, environment)
    if len(place.servers) != 1:
        raise UrlError("names no server or several: expected one, as postgresql://USER@HOST:PORT/DATABASE")
    address, port = place.servers[0]
    host = Host(
        name=HOST_NAME,
        address=address,
        port=port,
        user=place.user or user_name(),
        password=place.password,
        sslmode=place.tls.sslmode,
        sslrootcert=place.tls.sslrootcert,
        sslcert=place.tls.sslcert,
        sslkey=place.tls.sslkey,
        passfile=place.passfile,
        maintenance_database=place.database or _ONLY_TO_CONNECT,
    )
    return host, host.maintenance_database


async def ask_server(host: Host, database: str) -> ServerSays:
    """Ask a server what may be tenants. Nothing is changed.

    Args:
        host: The server.
        database: The one whose namespaces may be tenants.

    Raises:
        TargetError: When it cannot be asked.
    """
    unsafe = await _is_unsafe(host)
    limits = Limits(allow_unsafe_role=unsafe)
    databases = await list_databases(host, limits)
    namespaces = await list_namespaces(host, database, limits)
    return ServerSays(
        databases=tuple(name for name in databases if name != _ONLY_TO_CONNECT),
        namespaces=tuple(name for name in namespaces if name not in _NOT_A_TENANTS),
        unsafe=unsafe,
    )


async def _is_unsafe(host: Host) -> bool:
    try:
        await list_databases(host, Limits())
    except TargetError as error:
        if error.failure.kind is not FailureKind.UNSAFE_ROLE:
            raise
        return True
    return False


def first_configuration(host: Host, database: str, says: ServerSays, folder: Path, source: str) -> FirstConfiguration:
    """Make a configuration.

    Args:
        host: The server.
        database: The one that was connected to.
        says: What it says.
        folder: Where the configuration will be.
        source: The declaration, relative to that; empty to look for it.

    Raises:
        NoTenantsError: When nothing looks like tenants.
    """
    guess = guess_tenants(says.databases, database, says.namespaces)
    if guess is None:
        raise NoTenantsError(
            f"nothing there looks like tenants: found {len(says.databases)} databases, and {len(says.namespaces)} "
            f"namespaces in {database!r}; expected several of a kind. For tenants that are namespaces, name their "
            "database in the URL; else write fleetdrift.toml by hand, as docs/tour.md shows"
        )
    declared = source or _find_source(folder)
    user = SCANNER if says.unsafe else host.user
    text = "\n".join([*_fleet(guess), *_host(host, user), *_spec(declared)]) + "\n"
    return FirstConfiguration(text=text, steps=tuple(_steps(host, user, declared, guess)))


def _fleet(guess: TenantGuess) -> Iterator[str]:
    yield "# Who is scanned. A guess from names:"
    yield f"# {_one_line(guess.because)}."
    yield "# `exclude` leaves tenants out, by patterns of their names."
    yield "[fleet]"
    yield 'name = "fleet"'
    left_out = sorted(_NOT_A_TENANTS) if guess.database else [_ONLY_TO_CONNECT]
    yield f"exclude = [{', '.join(map(_toml, left_out))}]"
    yield ""
    yield "[fleet.discover]"
    yield f"host = {_toml(HOST_NAME)}"
    if guess.database:
        yield f"database = {_toml(guess.database)}"
        yield f"namespaces = {_toml(guess.pattern)}"
    else:
        yield f"databases = {_toml(guess.pattern)}"
    yield ""


def _host(host: Host, user: str) -> Iterator[str]:
    yield "# Where they live, and as whom they are read: a role that may connect and nothing else."
    yield f"[hosts.{HOST_NAME}]"
    yield f"address = {_toml(host.address)}"
    yield f"port = {host.port}"
    yield f"user = {_toml(user)}"
    if host.password is not None:
        yield f"password = {{ env = {_toml(_PASSWORD_VARIABLE)} }}"
    for name in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
        if value := getattr(host, name):
            yield f"{name} = {_toml(value)}"
    yield f"maintenance_database = {_toml(host.maintenance_database)}"
    yield ""


def _spec(source: str) -> Iterator[str]:
    yield "# What is declared: a folder of migrations, SQL, Terraform or CloudFormation."
    yield "[spec]"
    yield f"source = {_toml(source or 'schema.sql')}"


def _steps(host: Host, user: str, declared: str, guess: TenantGuess) -> Iterator[str]:
    yield f"tenants: {guess.because}"
    if user != host.user:
        yield (
            f"the role {host.user!r} may do more than read, so the configuration names {user!r}: "
            f"`fleetdrift role-sql {HOST_NAME}` prints the SQL that makes it"
        )
    if host.password is not None:
        yield f"the password is not written down: export it as {_PASSWORD_VARIABLE}"
    if not declared:
        yield (
            "no declaration was found: name yours in [spec] source, or begin with that of a tenant which is as it "
            "should be: `fleetdrift snapshot URL --output sql > schema.sql`"
        )
    yield "then `fleetdrift doctor` says what is in the way, and `fleetdrift check` scans"


def _find_source(folder: Path) -> str:
    if any(folder.glob("*.tf")):
        return "."
    return next((name for name in _SOURCES if (folder / name).exists()), "")


def _toml(text: str) -> str:
    """Write a basic string of TOML, which takes JSON's escapes of control characters."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
