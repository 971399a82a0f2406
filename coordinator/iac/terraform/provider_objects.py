"""Objects that resources of the PostgreSQL provider (cyrilgdn/postgresql) declare one by one, as SQL."""

from __future__ import annotations

from collections.abc import Iterator

from coordinator.iac.expressions.values import Value, located_with_holes
from coordinator.iac.located_text import HOLE
from coordinator.iac.terraform.instances import PlannedResource
from shared.sql import quote_identifier, quote_literal


def object_sql(resource: PlannedResource) -> str | None:
    """Return the statement that makes what a resource declares, a `HOLE` in it for what is not known.

    None for a type that has no such statement here.
    """
    values: dict[str, Value] = resource.values.raw
    match resource.type:
        case "postgresql_schema":
            return f"CREATE SCHEMA IF NOT EXISTS {_name(values['name'])}"
        case "postgresql_extension":
            return _extension(values)
        case "postgresql_function":
            return _function(values)
        case "postgresql_publication":
            return _publication(values)
        case "postgresql_server":
            return _server(values)
        case _:
            return None


def _text(value: Value | None) -> str:
    """Return a text; empty when it is not set, a `HOLE` when it is not known."""
    if value is None or value.is_null:
        return ""
    found = located_with_holes(value)
    return found.text if found is not None else HOLE


def _known(value: Value | None) -> str:
    """Return a known text; empty where the provider fills it in: it will be PostgreSQL's own default."""
    return value.raw if value is not None and isinstance(value.raw, str) else ""


def _name(value: Value) -> str:
    return quote_identifier(_text(value))


def _extension(values: dict[str, Value]) -> str:
    sql = f"CREATE EXTENSION IF NOT EXISTS {_name(values['name'])}"
    if schema := _known(values["schema"]):
        sql += f" SCHEMA {quote_identifier(schema)}"
    if version := _known(values["version"]):
        sql += f" VERSION {quote_literal(version)}"
    return sql + (" CASCADE" if values["create_cascade"].raw is True else "")


def _function(values: dict[str, Value]) -> str:
    schema = _known(values["schema"])
    name = f"{quote_identifier(schema)}.{_name(values['name'])}" if schema else _name(values["name"])
    arguments = values["arg"].raw if isinstance(values["arg"].raw, tuple) else ()
    listed = ", ".join(_argument(each.raw) for each in arguments)
    words = [
        f"CREATE OR REPLACE FUNCTION {name}({listed})",
        f"RETURNS {_text(values['returns']) or 'void'}",
        f"LANGUAGE {_text(values['language']) or 'plpgsql'}",
        _known(values["volatility"]),
        "STRICT" if values["strict"].raw is True else "",
        "SECURITY DEFINER" if values["security_definer"].raw is True else "",
        f"PARALLEL {parallel}" if (parallel := _known(values["parallel"])) else "",
        f"AS {quote_literal(_text(values['body']))}",
    ]
    return " ".join(word for word in words if word)


def _argument(values: dict[str, Value]) -> str:
    name = quote_identifier(_text(values["name"])) if _text(values["name"]) else ""
    words = [_text(values["mode"]), name, _text(values["type"])]
    default = _text(values["default"])
    return " ".join(word for word in words if word) + (f" DEFAULT {default}" if default else "")


def _publication(values: dict[str, Value]) -> str:
    sql = f"CREATE PUBLICATION {_name(values['name'])}"
    tables = values["tables"]
    if values["all_tables"].raw is True:
        sql += " FOR ALL TABLES"
    elif isinstance(tables.raw, tuple) and tables.raw:
        sql += " FOR TABLE " + ", ".join(".".join(map(quote_identifier, _text(each).split("."))) for each in tables.raw)
    parameters = list(_publication_parameters(values))
    return sql + (f" WITH ({', '.join(parameters)})" if parameters else "")


def _publication_parameters(values: dict[str, Value]) -> Iterator[str]:
    published = values["publish_param"].raw
    if isinstance(published, tuple) and published:
        yield f"publish = {quote_literal(', '.join(_text(each) for each in published))}"
    if values["publish_via_partition_root_param"].raw is True:
        yield "publish_via_partition_root = true"


def _server(values: dict[str, Value]) -> str:
    sql = f"CREATE SERVER {_name(values['server_name'])}"
    if kind := _text(values["server_type"]):
        sql += f" TYPE {quote_literal(kind)}"
    if version := _text(values["server_version"]):
        sql += f" VERSION {quote_literal(version)}"
    sql += f" FOREIGN DATA WRAPPER {_name(values['fdw_name'])}"
    options = values["options"].raw
    if isinstance(options, dict) and options:
        listed = ", ".join(f"{quote_identifier(name)} {quote_literal(_text(value))}" for name, value in options.items())
        sql += f" OPTIONS ({listed})"
    return sql
