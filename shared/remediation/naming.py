"""How SQL names an object of each kind: in DROP, COMMENT ON, OWNER TO and GRANT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.schema.identity import ObjectId, QualifiedName
from shared.sql import quote_identifier, quote_literal, quote_qualified

KEYWORDS = {
    "namespace": "SCHEMA",
    "extension": "EXTENSION",
    "table": "TABLE",
    "foreign_table": "FOREIGN TABLE",
    "index": "INDEX",
    "sequence": "SEQUENCE",
    "view": "VIEW",
    "materialized_view": "MATERIALIZED VIEW",
    "event_trigger": "EVENT TRIGGER",
    "statistics_object": "STATISTICS",
    "enum_type": "TYPE",
    "domain_type": "DOMAIN",
    "composite_type": "TYPE",
    "range_type": "TYPE",
    "base_type": "TYPE",
    "routine": "ROUTINE",
    "aggregate": "AGGREGATE",
    "operator": "OPERATOR",
    "operator_family": "OPERATOR FAMILY",
    "operator_class": "OPERATOR CLASS",
    "cast": "CAST",
    "language": "LANGUAGE",
    "transform": "TRANSFORM",
    "collation": "COLLATION",
    "conversion": "CONVERSION",
    "text_search_parser": "TEXT SEARCH PARSER",
    "text_search_template": "TEXT SEARCH TEMPLATE",
    "text_search_dictionary": "TEXT SEARCH DICTIONARY",
    "text_search_configuration": "TEXT SEARCH CONFIGURATION",
    "access_method": "ACCESS METHOD",
    "foreign_data_wrapper": "FOREIGN DATA WRAPPER",
    "foreign_server": "SERVER",
    "publication": "PUBLICATION",
    "subscription": "SUBSCRIPTION",
}
"""What follows DROP and COMMENT ON."""

_ON_TABLE = {"constraint": "CONSTRAINT", "trigger": "TRIGGER", "policy": "POLICY", "rule": "RULE"}


def qualified(item: Any) -> str:
    """Quote an object's own name with its namespace."""
    return quote_qualified(QualifiedName(item.namespace, item.name))


def parent_name(item: Any) -> str:
    """Quote the name of the relation (or domain) a child object belongs to."""
    return quote_qualified(QualifiedName(item.namespace, item.parent))


def operator_name(namespace: str, name: str) -> str:
    """Spell an operator; its name cannot be quoted, and consists of operator characters only.

    Raises:
        ValueError: For a name that no operator can have.
    """
    if not name or set(name) - set("+-*/<>=~!@#%^&|`?"):
        raise ValueError(f"{name!r} is no operator name")
    return f"{quote_identifier(namespace)}.{name}" if namespace else name


def _plain(identity: ObjectId) -> str:
    return quote_qualified(QualifiedName(identity.namespace, identity.name))


def _above(identity: ObjectId) -> str:
    return quote_qualified(QualifiedName(identity.namespace, identity.parent))


def _of_column(identity: ObjectId) -> str:
    return f"{_above(identity)}.{quote_identifier(identity.name)}"


def _on_table(identity: ObjectId) -> str:
    return f"{quote_identifier(identity.name)} ON {_above(identity)}"


def _on_domain(identity: ObjectId) -> str:
    return f"{quote_identifier(identity.name)} ON DOMAIN {_above(identity)}"


def _with_arguments(identity: ObjectId) -> str:
    return f"{_plain(identity)}({identity.signature})"


def _of_operator(identity: ObjectId) -> str:
    return f"{operator_name(identity.namespace, identity.name)} ({identity.signature})"


def _using_method(identity: ObjectId) -> str:
    return f"{_plain(identity)} USING {quote_identifier(identity.signature)}"


def _of_cast(identity: ObjectId) -> str:
    return f"({identity.signature})"


def _of_transform(identity: ObjectId) -> str:
    type_name, _, language = identity.signature.rpartition(", ")
    return f"FOR {type_name} LANGUAGE {language}"


_DESIGNATIONS: dict[str, Callable[[ObjectId], str]] = {
    "column": _of_column,
    "view_column": _of_column,
    "constraint": _on_table,
    "trigger": _on_table,
    "policy": _on_table,
    "rule": _on_table,
    "domain_constraint": _on_domain,
    "routine": _with_arguments,
    "aggregate": _with_arguments,
    "operator": _of_operator,
    "operator_class": _using_method,
    "operator_family": _using_method,
    "cast": _of_cast,
    "transform": _of_transform,
}


def designation(identity: ObjectId) -> str:
    """Spell what stands after the keyword: `"n"."f"(integer)`, `"c" ON "n"."t"`, `("a" AS "b")`."""
    return _DESIGNATIONS.get(identity.kind, _plain)(identity)


def grant_designation(identity: ObjectId) -> str:
    """Spell a routine for GRANT, which names aggregates by their argument types alone."""
    if identity.kind != "aggregate":
        return designation(identity)
    name = quote_qualified(QualifiedName(identity.namespace, identity.name))
    types = identity.signature.removeprefix("*").removeprefix("ORDER BY ").replace(" ORDER BY ", ", ")
    return f"{name}({types})"


def keyword_of(kind: str) -> str:
    """Give the words that name a kind in COMMENT ON, SECURITY LABEL and ALTER … OWNER TO."""
    if kind in ("column", "view_column"):
        return "COLUMN"
    if kind == "domain_constraint":
        return "CONSTRAINT"
    return _ON_TABLE.get(kind) or KEYWORDS[kind]


def spell(identity: ObjectId) -> str:
    """Spell keyword and designation: `TABLE "public"."orders"`."""
    return f"{keyword_of(identity.kind)} {designation(identity)}"


def options_list(options: tuple[str, ...]) -> str:
    """Spell `name=value` options of the catalogs as `"name" 'value', …` (OPTIONS of foreign data)."""
    pairs = (option.partition("=") for option in options)
    return ", ".join(f"{quote_identifier(name)} {quote_literal(value)}" for name, _, value in pairs)
