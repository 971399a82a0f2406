"""Objects that resources of the PostgreSQL provider (cyrilgdn/postgresql) declare one by one, as SQL.

The statements are those that the provider runs (its source, postgresql/resource_postgresql_*.go); what it runs only to
have the rights for them is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from coordinator.iac.expressions.values import Value
from coordinator.iac.located_text import HOLE
from coordinator.iac.terraform.instances import PlannedResource
from coordinator.iac.terraform.provider_grants import default_privileges, grant, on_all
from coordinator.iac.terraform.provider_statements import ProviderObject, Unmade
from coordinator.iac.terraform.provider_values import ResourceValues, text_of, words_of
from shared.schema.identity import QualifiedName
from shared.schema.schema import MayDeclare
from shared.sql import quote_identifier, quote_literal


class _Type(msgspec.Struct, frozen=True):
    """A resource type.

    Args:
        kinds: What it declares, or alters.
        statements: Makes its SQL.
        needed: Attributes without which the provider makes nothing.
        named: The attribute that names what is made, where it names one object.
    """

    kinds: tuple[str, ...]
    statements: Callable[[ResourceValues], Iterator[str] | Unmade]
    needed: tuple[str, ...]
    named: str = ""


def provider_object(resource: PlannedResource) -> ProviderObject | Unmade | None:
    """Return the SQL of what a resource declares, a `HOLE` in it for what is not known.

    Returns:
        Why there is none, for what the scratch server cannot make; None for a type that is not read here.
    """
    type_ = _TYPES.get(resource.type)
    if type_ is None:
        return None
    values = ResourceValues(resource)
    name = values.text(type_.named) if type_.named else ""
    known = (QualifiedName("", name),) if name and HOLE not in name else ()
    may = MayDeclare(kinds=type_.kinds, objects=known)
    lacking = [needed for needed in type_.needed if not values.text(needed)]
    if lacking:
        return Unmade(f"{lacking[0]} is not set", may)
    made = type_.statements(values)
    if isinstance(made, Unmade):
        return made if made.may is not None else msgspec.structs.replace(made, may=may)
    return ProviderObject(";\n".join(made), may, on_all(values) if resource.type == "postgresql_grant" else None)


def _schema(values: ResourceValues) -> Iterator[str]:
    name = values.name("name")
    yield f"CREATE SCHEMA IF NOT EXISTS {name}"
    if values.text("owner"):
        yield f"ALTER SCHEMA {name} OWNER TO {values.name('owner')}"
    policies = values.blocks("policy")
    if policies is None:
        yield f"GRANT USAGE ON SCHEMA {name} TO {quote_identifier(HOLE)}"
        return
    for policy in policies:
        yield from _policy(name, policy)


def _policy(schema: str, policy: dict[str, Value]) -> Iterator[str]:
    """Grant what a `policy` block says; one without a role is about everybody."""
    to = quote_identifier(text_of(policy["role"]) or "public")
    for privilege in ("create", "usage"):
        granted = words_of(policy[privilege], privilege.upper())
        passed_on = words_of(policy[f"{privilege}_with_grant"], " WITH GRANT OPTION")
        if granted or passed_on:
            yield f"GRANT {granted or privilege.upper()} ON SCHEMA {schema} TO {to}{passed_on}"


def _extension(values: ResourceValues) -> Iterator[str]:
    """Make an extension; what is not known of its place and version is a statement of its own, which is lost alone."""
    name, schema, version = values.name("name"), values.text("schema"), values.text("version")
    sql = f"CREATE EXTENSION IF NOT EXISTS {name}"
    if schema and HOLE not in schema:
        sql += f" SCHEMA {quote_identifier(schema)}"
    if version and HOLE not in version:
        sql += f" VERSION {quote_literal(version)}"
    yield sql + values.words("create_cascade", " CASCADE")
    if HOLE in schema:
        yield f"ALTER EXTENSION {name} SET SCHEMA {quote_identifier(schema)}"
    if HOLE in version:
        yield f"ALTER EXTENSION {name} UPDATE TO {quote_literal(version)}"


def _function(values: ResourceValues) -> Iterator[str]:
    schema = values.text("schema")
    name = f"{quote_identifier(schema)}.{values.name('name')}" if schema else values.name("name")
    arguments = values.blocks("arg")
    listed = HOLE if arguments is None else ", ".join(map(_argument, arguments))
    words = [
        f"CREATE OR REPLACE FUNCTION {name}({listed})",
        f"RETURNS {values.text('returns') or 'void'}",
        f"LANGUAGE {values.text('language') or 'plpgsql'}",
        values.text("volatility"),
        values.words("strict", "STRICT"),
        values.words("security_definer", "SECURITY DEFINER"),
        f"PARALLEL {parallel}" if (parallel := values.text("parallel")) else "",
        f"AS {quote_literal(values.text('body'))}",
    ]
    yield " ".join(word for word in words if word)


def _argument(values: dict[str, Value]) -> str:
    name = quote_identifier(text_of(values["name"])) if text_of(values["name"]) else ""
    words = [text_of(values["mode"]), name, text_of(values["type"])]
    default = text_of(values["default"])
    return " ".join(word for word in words if word) + (f" DEFAULT {default}" if default else "")


def _publication(values: ResourceValues) -> Iterator[str]:
    name, tables = values.name("name"), values.texts("tables")
    sql = f"CREATE PUBLICATION {name}" + values.words("all_tables", " FOR ALL TABLES")
    if tables:
        sql += " FOR TABLE " + ", ".join(".".join(map(quote_identifier, each.split("."))) for each in tables)
    parameters = []
    if published := values.texts("publish_param"):
        parameters.append(f"publish = {quote_literal(', '.join(published))}")
    if by_root := values.words("publish_via_partition_root_param", "publish_via_partition_root = true"):
        parameters.append(by_root)
    yield sql + (f" WITH ({', '.join(parameters)})" if parameters else "")
    if values.text("owner"):
        yield f"ALTER PUBLICATION {name} OWNER TO {values.name('owner')}"


def _server(values: ResourceValues) -> Iterator[str]:
    name = values.name("server_name")
    sql = f"CREATE SERVER {name}"
    if kind := values.text("server_type"):
        sql += f" TYPE {quote_literal(kind)}"
    if version := values.text("server_version"):
        sql += f" VERSION {quote_literal(version)}"
    yield f"{sql} FOREIGN DATA WRAPPER {values.name('fdw_name')}{values.options('options')}"
    if values.text("server_owner"):
        yield f"ALTER SERVER {name} OWNER TO {values.name('server_owner')}"


def _user_mapping(values: ResourceValues) -> Iterator[str]:
    options = values.options("options", "user", "username", "password_required")
    yield f"CREATE USER MAPPING FOR {values.name('user_name')} SERVER {values.name('server_name')}{options}"


def _subscription(_values: ResourceValues) -> Unmade:
    return Unmade("a subscription connects to its publisher, so the scratch server makes none")


def _security_label(_values: ResourceValues) -> Unmade:
    return Unmade("the scratch server has no provider of security labels")


def _of_the_server(what: str, *kinds: str) -> _Type:
    reason = f"{what} are the server's, not a schema's, and are not compared"
    return _Type(kinds, lambda _values: Unmade(reason), ())


_TYPES = {
    "postgresql_schema": _Type(("namespace", "owner", "privileges"), _schema, ("name",), "name"),
    "postgresql_extension": _Type(("extension",), _extension, ("name",), "name"),
    "postgresql_function": _Type(("routine",), _function, ("name",), "name"),
    "postgresql_publication": _Type(("publication", "owner"), _publication, ("name",), "name"),
    "postgresql_server": _Type(("foreign_server", "owner"), _server, ("server_name", "fdw_name"), "server_name"),
    "postgresql_user_mapping": _Type(("user_mapping",), _user_mapping, ("user_name", "server_name"), "server_name"),
    "postgresql_grant": _Type(("privileges",), grant, ("role", "object_type")),
    "postgresql_default_privileges": _Type(
        ("default_privileges", "privileges"), default_privileges, ("role", "owner", "object_type")
    ),
    "postgresql_subscription": _Type(("subscription",), _subscription, ("name",), "name"),
    "postgresql_security_label": _Type(("security_label",), _security_label, ()),
    "postgresql_role": _of_the_server("roles", "role"),
    "postgresql_grant_role": _of_the_server("memberships of roles", "role"),
    "postgresql_alter_role": _of_the_server("settings of roles", "role"),
    "postgresql_replication_slot": _of_the_server("replication slots", "replication_slot"),
    "postgresql_physical_replication_slot": _of_the_server("replication slots", "replication_slot"),
}
