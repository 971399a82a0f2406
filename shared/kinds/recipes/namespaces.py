"""Namespaces and extensions."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, breaks, loses
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.database import Extension, Namespace
from shared.sql import quote_identifier, quote_literal


def create_namespace(namespace: Namespace, context: Context) -> list[Step]:
    """CREATE SCHEMA."""
    del context
    return [Step(Role.CREATE, f"CREATE SCHEMA {quote_identifier(namespace.name)}")]


def drop_namespace(namespace: Namespace, context: Context) -> list[Step]:
    """DROP SCHEMA, which must be empty by then."""
    del context
    name = quote_identifier(namespace.name)
    return [Step(Role.DROP, f"DROP SCHEMA {name}", (breaks(f"statements that name {name} fail"),))]


def create_extension(extension: Extension, context: Context) -> list[Step]:
    """CREATE EXTENSION at the declared version."""
    del context
    parts = [f"CREATE EXTENSION {quote_identifier(extension.name)}"]
    if extension.installed_in:
        parts.append(f"SCHEMA {quote_identifier(extension.installed_in)}")
    if extension.version:
        parts.append(f"VERSION {quote_literal(extension.version)}")
    return [Step(Role.CREATE, " ".join(parts))]


def drop_extension(extension: Extension, context: Context) -> list[Step]:
    """DROP EXTENSION."""
    del context
    name = quote_identifier(extension.name)
    return [
        Step(
            Role.DROP,
            f"DROP EXTENSION {name}",
            (blocks_all(f"every table and view of {name}"), loses(f"what {name} keeps in tables of its own")),
            destructive=True,
        )
    ]


def alter_extension(
    desired: Extension, observed: Extension, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """UPDATE, to the server's default version where none is declared, and SET SCHEMA where the extension can move."""
    del observed
    if "installed_in" in fields and desired.name in context.observed.fixed_extensions:
        return REBUILD
    name = quote_identifier(desired.name)
    steps = []
    if "version" in fields:
        target = f" TO {quote_literal(desired.version)}" if desired.version else ""
        steps.append(Step(Role.SET, f"ALTER EXTENSION {name} UPDATE{target}"))
    if "installed_in" in fields:
        steps.append(Step(Role.SET, f"ALTER EXTENSION {name} SET SCHEMA {quote_identifier(desired.installed_in)}"))
    return steps
