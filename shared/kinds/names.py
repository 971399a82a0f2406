"""How SQL spells names: qualified, of a part of a relation, with arguments. A record says which is its kind's."""

from __future__ import annotations

from typing import Any

from shared.schema.identity import ObjectId, QualifiedName
from shared.sql import quote_identifier, quote_literal, quote_qualified


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


def of_column(identity: ObjectId) -> str:
    """Spell `"n"."t"."c"`."""
    return f"{parent_name(identity)}.{quote_identifier(identity.name)}"


def on_relation(identity: ObjectId) -> str:
    """Spell `"c" ON "n"."t"`."""
    return f"{quote_identifier(identity.name)} ON {parent_name(identity)}"


def on_domain(identity: ObjectId) -> str:
    """Spell `"c" ON DOMAIN "n"."d"`."""
    return f"{quote_identifier(identity.name)} ON DOMAIN {parent_name(identity)}"


def with_arguments(identity: ObjectId) -> str:
    """Spell `"n"."f"(integer)`."""
    return f"{qualified(identity)}({identity.signature})"


def with_argument_types(identity: ObjectId) -> str:
    """Spell an aggregate for GRANT, which names it by its argument types alone."""
    types = identity.signature.removeprefix("*").removeprefix("ORDER BY ").replace(" ORDER BY ", ", ")
    return f"{qualified(identity)}({types})"


def of_operator(identity: ObjectId) -> str:
    """Spell `"n".+ (integer, integer)`."""
    return f"{operator_name(identity.namespace, identity.name)} ({identity.signature})"


def using_method(identity: ObjectId) -> str:
    """Spell `"n"."c" USING "btree"`."""
    return f"{qualified(identity)} USING {quote_identifier(identity.signature)}"


def of_cast(identity: ObjectId) -> str:
    """Spell `(integer AS text)`."""
    return f"({identity.signature})"


def of_transform(identity: ObjectId) -> str:
    """Spell `FOR hstore LANGUAGE "plperl"`."""
    type_name, _, language = identity.signature.rpartition(", ")
    return f"FOR {type_name} LANGUAGE {language}"


def options_list(options: tuple[str, ...]) -> str:
    """Spell `name=value` options of the catalogs as `"name" 'value', …` (OPTIONS of foreign data)."""
    pairs = (option.partition("=") for option in options)
    return ", ".join(f"{quote_identifier(name)} {quote_literal(value)}" for name, _, value in pairs)
