"""Grants and default privileges of the PostgreSQL provider (cyrilgdn/postgresql), as the statements that it runs.

It revokes before it grants, so that what was granted before and is no longer said goes
(postgresql/resource_postgresql_grant.go, resource_postgresql_default_privileges.go).
"""

from __future__ import annotations

from collections.abc import Iterator

from coordinator.iac.located_text import HOLE
from coordinator.iac.terraform.provider_statements import OnAll, Unmade
from coordinator.iac.terraform.provider_values import ResourceValues
from shared.schema.schema import MayDeclare
from shared.sql import quote_identifier

_ON_ALL = {
    "table": ("table", "view", "materialized_view", "foreign_table"),
    "sequence": ("sequence", "table"),
    "function": ("routine", "aggregate"),
    "procedure": ("routine",),
    "routine": ("routine", "aggregate"),
}
"""Types of objects of which a grant without `objects` means all, with the kinds they are here (GRANT, Description). A
table brings the sequences of its serial columns."""

_FOREIGN = {"foreign_data_wrapper": "FOREIGN DATA WRAPPER", "foreign_server": "FOREIGN SERVER"}
_BY_DEFAULT = ("table", "sequence", "function", "routine", "type", "schema")
_GRANT_OPTION = " WITH GRANT OPTION"
_OF_A_DATABASE = MayDeclare(kinds=("database",))


def grant(values: ResourceValues) -> Iterator[str] | Unmade:
    """Return the statements of a `postgresql_grant`."""
    type_ = values.text("object_type")
    if HOLE in type_:
        return Unmade("object_type is known only after apply")
    if type_ == "database":
        return Unmade("privileges on a database are not a schema's, and are not compared", _OF_A_DATABASE)
    refused = _refused(values, type_)
    if refused:
        return Unmade(refused)
    return _column_grants(values) if type_ == "column" else _grants(values, _target(values, type_))


def on_all(values: ResourceValues) -> OnAll | None:
    """Say of which objects a `postgresql_grant` means all; None when it names objects."""
    kinds = _ON_ALL.get(values.text("object_type"))
    return None if kinds is None or values.texts("objects") else OnAll(kinds, values.text("schema"))


def _refused(values: ResourceValues, type_: str) -> str:
    """Say why the provider refuses a grant; empty when it does not."""
    objects = values.texts("objects")
    if type_ not in {"schema", "column", *_ON_ALL, *_FOREIGN}:
        return f"the provider grants nothing on a {type_!r}"
    if type_ not in _FOREIGN and not values.text("schema"):
        return "the provider refuses a grant without `schema`"
    if type_ == "schema" and objects:
        return "the provider refuses `objects` beside the object_type schema"
    if (type_ in _FOREIGN or type_ == "column") and len(objects) != 1:
        return f"the provider refuses a grant on a {type_} that does not name one object"
    if type_ == "column" and (not values.texts("columns") or len(values.texts("privileges")) != 1):
        return "the provider refuses a grant on columns that does not name columns and one privilege"
    return ""


def _target(values: ResourceValues, type_: str) -> str:
    objects, schema = values.texts("objects"), values.name("schema")
    if type_ == "schema":
        return f"SCHEMA {schema}"
    if type_ in _FOREIGN:
        return f"{_FOREIGN[type_]} {quote_identifier(objects[0])}"
    if objects:
        return f"{type_.upper()} " + ", ".join(f"{schema}.{_called(each)}" for each in objects)
    return f"ALL {type_.upper()}S IN SCHEMA {schema}"


def _called(name: str) -> str:
    """Quote the name of an object; the argument types of a function stay as they are."""
    bare, opening, arguments = name.partition("(")
    return quote_identifier(bare) + opening + arguments


def _grants(values: ResourceValues, target: str) -> Iterator[str]:
    role, privileges = values.name("role"), ", ".join(values.texts("privileges"))
    # With `objects`, only these privileges are revoked: all of them would take those on columns along.
    revoked = privileges if privileges and values.texts("objects") else "ALL PRIVILEGES"
    yield f"REVOKE {revoked} ON {target} FROM {role}"
    if privileges:
        yield f"GRANT {privileges} ON {target} TO {role}" + values.words("with_grant_option", _GRANT_OPTION)


def _column_grants(values: ResourceValues) -> Iterator[str]:
    (table,), (privilege,) = values.texts("objects"), values.texts("privileges")
    columns = ", ".join(map(quote_identifier, values.texts("columns")))
    target = f"{privilege} ({columns}) ON TABLE {values.name('schema')}.{_called(table)}"
    yield f"REVOKE {target} FROM {values.name('role')}"
    yield f"GRANT {target} TO {values.name('role')}" + values.words("with_grant_option", _GRANT_OPTION)


def default_privileges(values: ResourceValues) -> Iterator[str] | Unmade:
    """Return the statements of a `postgresql_default_privileges`."""
    type_, schema = values.text("object_type"), values.text("schema")
    if HOLE in type_:
        return Unmade("object_type is known only after apply")
    if type_ not in _BY_DEFAULT:
        return Unmade(f"the provider has no default privileges of a {type_!r}")
    if type_ == "schema" and schema:
        return Unmade("the provider refuses `schema` beside the object_type schema")
    return _default_grants(values, f"{type_.upper()}S", f" IN SCHEMA {quote_identifier(schema)}" if schema else "")


def _default_grants(values: ResourceValues, what: str, where: str) -> Iterator[str]:
    head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {values.name('owner')}{where}"
    yield f"{head} REVOKE ALL ON {what} FROM {values.name('role')}"
    if privileges := ", ".join(values.texts("privileges")):
        options = values.words("with_grant_option", _GRANT_OPTION)
        yield f"{head} GRANT {privileges} ON {what} TO {values.name('role')}{options}"
