"""The SQL of the role that reads the tenants of a host: it may connect, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shared.hosts import Host
from shared.postgres.reading.versions import MIGRATION_TOOLS
from shared.postgres.session import OLDEST_SERVER
from shared.sql import quote_identifier, quote_literal

_PLAIN_DATABASE = re.compile(r"[A-Za-z0-9_.-]+")
"""Names that psql's \\connect takes for a name and for nothing else."""

_CONNECTION_STRING = str.maketrans({"\\": r"\\", "'": r"\'"})
"""How a value in a connection string is written (libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE)."""

_NO_POWERS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
"""What a role has that is made without a word; said, so that whoever reads the script need not know."""

_CONNECTIONS_PER_PLACE = 2
"""Behind a pooler a second one is opened for a moment, to tell a session pooler from a transaction pooler."""


def reading_role_sql(host: Host, databases: Iterable[str]) -> str:
    """Give a script for psql that makes the role as which a host is scanned.

    Args:
        host: Names the role.
        databases: Of the tenants that live there; with none every database of the server is meant.

    Raises:
        ValueError: When a name cannot stand in a script for psql.
    """
    return "\n".join(_lines(host, tuple(databases))) + "\n"


def _lines(host: Host, databases: tuple[str, ...]) -> Iterator[str]:
    role, limit = quote_identifier(host.user), _CONNECTIONS_PER_PLACE * host.max_connections
    oldest = OLDEST_SERVER // 10000
    yield f"-- The role that reads the tenants of [hosts.{host.name}], for PostgreSQL {oldest} and later."
    yield "-- Run it with psql, as a superuser or as a role with CREATEROLE that owns databases and version tables."
    yield "-- It may connect. It reads catalogs, which everybody may, and the tables that migration tools keep."
    yield r"\set ON_ERROR_STOP on"
    yield f"CREATE ROLE {role} LOGIN {_NO_POWERS} CONNECTION LIMIT {limit};"
    yield f"-- Give it a password, unless the server trusts it or asks for a certificate: \\password {role}"
    if databases:
        yield from (f"GRANT CONNECT ON DATABASE {quote_identifier(name)} TO {role};" for name in databases)
    else:
        yield (
            "SELECT pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', datname, " + quote_literal(host.user) + ")"
        )
        yield r"FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate \gexec"
        yield "-- If schema versions matter, run what follows in each tenant's database."
    for name in databases:
        yield rf"\connect {_connect_argument(name)}"
        yield from _version_tables(host.user)
    if not databases:
        yield from _version_tables(host.user)


def _version_tables(role: str) -> Iterator[str]:
    tables = ", ".join(quote_literal(table) for table in sorted({tool.table for tool in MIGRATION_TOOLS}))
    who = quote_literal(role)
    yield (
        "SELECT pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I; GRANT SELECT ON %I.%I TO %I', "
        f"n.nspname, {who}, n.nspname, c.relname, {who})"
    )
    yield "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    yield f"WHERE c.relkind = 'r' AND c.relname IN ({tables}) \\gexec"


def _connect_argument(database: str) -> str:
    """Write a name for psql, as pg_dump does: what could be a connection string is written as one."""
    if "\n" in database or "\r" in database:
        raise ValueError(f"the database {database!r} has a line break in its name, which psql cannot take")
    if _PLAIN_DATABASE.fullmatch(database):
        return quote_identifier(database)
    connection = quote_identifier(f"dbname='{database.translate(_CONNECTION_STRING)}'")
    return f"-reuse-previous=on {connection}"
