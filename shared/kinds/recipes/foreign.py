"""Foreign data wrappers, servers and user mappings. Redacted option values are never written anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from shared.kinds.context import Context
from shared.kinds.database_roles import name_role
from shared.kinds.hazards import breaks, loses
from shared.kinds.names import options_list
from shared.kinds.recipes.parameters import change_options
from shared.kinds.step import REBUILD, Hazard, Role, Step, Verdict
from shared.schema.database import ForeignDataWrapper, ForeignServer, UserMapping
from shared.sql import quote_identifier, quote_literal

_BLANK = "***"  # what redacted.sql puts in the place of a secret


def _blanks(options: Iterable[str]) -> tuple[Hazard, ...]:
    """Say which options a statement writes without their values."""
    pairs = (option.partition("=") for option in options)
    names = [name for name, sign, value in pairs if not sign or value == _BLANK or f"://{_BLANK}@" in value]
    listed = ", ".join(quote_identifier(name) for name in sorted(names))
    return (breaks(f"{listed}: a secret's value is not read, so it is written blank; put it in"),) if names else ()


def create_wrapper(item: ForeignDataWrapper, context: Context) -> list[Step]:
    """CREATE FOREIGN DATA WRAPPER."""
    del context
    parts = [f"CREATE FOREIGN DATA WRAPPER {quote_identifier(item.name)}"]
    if item.handler:
        parts.append(f"HANDLER {item.handler}")
    if item.validator:
        parts.append(f"VALIDATOR {item.validator}")
    if item.options:
        parts.append(f"OPTIONS ({options_list(item.options)})")
    return [Step(Role.CREATE, " ".join(parts), _blanks(item.options))]


def drop_wrapper(item: ForeignDataWrapper, context: Context) -> list[Step]:
    """DROP FOREIGN DATA WRAPPER."""
    del context
    return [Step(Role.DROP, f"DROP FOREIGN DATA WRAPPER {quote_identifier(item.name)}")]


def alter_wrapper(
    desired: ForeignDataWrapper, observed: ForeignDataWrapper, fields: frozenset[str], context: Context
) -> list[Step]:
    """Handler, validator and options in place."""
    del context
    parts = []
    if "handler" in fields:
        parts.append(f"HANDLER {desired.handler}" if desired.handler else "NO HANDLER")
    if "validator" in fields:
        parts.append(f"VALIDATOR {desired.validator}" if desired.validator else "NO VALIDATOR")
    if "options" in fields:
        parts.append(f"OPTIONS ({change_options(desired.options, observed.options)})")
    hazards = _blanks(set(desired.options) - set(observed.options))
    return [Step(Role.ALTER, f"ALTER FOREIGN DATA WRAPPER {quote_identifier(desired.name)} {' '.join(parts)}", hazards)]


def create_server(item: ForeignServer, context: Context) -> list[Step]:
    """CREATE SERVER."""
    del context
    parts = [f"CREATE SERVER {quote_identifier(item.name)}"]
    if item.type:
        parts.append(f"TYPE {quote_literal(item.type)}")
    if item.version:
        parts.append(f"VERSION {quote_literal(item.version)}")
    parts.append(f"FOREIGN DATA WRAPPER {quote_identifier(item.wrapper)}")
    if item.options:
        parts.append(f"OPTIONS ({options_list(item.options)})")
    return [Step(Role.CREATE, " ".join(parts), _blanks(item.options))]


def drop_server(item: ForeignServer, context: Context) -> list[Step]:
    """DROP SERVER."""
    del context
    name = quote_identifier(item.name)
    return [Step(Role.DROP, f"DROP SERVER {name}", (loses(f"the credentials kept for {name}"),), destructive=True)]


def alter_server(
    desired: ForeignServer, observed: ForeignServer, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """Version and options in place; a version cannot be taken away."""
    del context
    if fields & {"wrapper", "type"} or ("version" in fields and not desired.version):
        return REBUILD
    parts = []
    if "version" in fields:
        parts.append(f"VERSION {quote_literal(desired.version)}")
    if "options" in fields:
        parts.append(f"OPTIONS ({change_options(desired.options, observed.options)})")
    hazards = _blanks(set(desired.options) - set(observed.options))
    return [Step(Role.ALTER, f"ALTER SERVER {quote_identifier(desired.name)} {' '.join(parts)}", hazards)]


def _mapping(item: UserMapping) -> str:
    return f"USER MAPPING FOR {name_role(item.signature)} SERVER {quote_identifier(item.name)}"


def create_mapping(item: UserMapping, context: Context) -> list[Step]:
    """CREATE USER MAPPING; what can be a secret is written blank, and the statement says so."""
    del context
    options = f" OPTIONS ({options_list(item.options)})" if item.options else ""
    return [Step(Role.CREATE, f"CREATE {_mapping(item)}{options}", _blanks(item.options))]


def drop_mapping(item: UserMapping, context: Context) -> list[Step]:
    """DROP USER MAPPING."""
    del context
    return [Step(Role.DROP, f"DROP {_mapping(item)}", (loses("the credentials kept in it"),), destructive=True)]


def alter_mapping(desired: UserMapping, observed: UserMapping, fields: frozenset[str], context: Context) -> list[Step]:
    """Options in place."""
    del fields, context
    changes = change_options(desired.options, observed.options)
    return [
        Step(
            Role.ALTER,
            f"ALTER {_mapping(desired)} OPTIONS ({changes})",
            _blanks(set(desired.options) - set(observed.options)),
        )
    ]
