"""Functions and what is built of them (`pg_proc`, `pg_operator`, `pg_opclass`, `pg_cast`, …)."""

from __future__ import annotations

from shared.schema.base import Object, SignedObject


class Routine(SignedObject, frozen=True, kw_only=True):
    """A function, procedure or window function; `signature` is the input types alone, PostgreSQL's own key."""

    type: str = "function"  # procedure | window
    definition: str  # pg_get_functiondef: every attribute is in it
    result: str = ""
    arguments: str = ""  # pg_get_function_arguments: names and defaults; replacing may not rename or remove them
    language: str = ""
    support: str = ""
    depends_on_extensions: tuple[str, ...] = ()  # with which it is dropped, though no member


class Aggregate(SignedObject, frozen=True, kw_only=True):
    """An aggregate; `attributes` is CREATE AGGREGATE's option list in canonical order.

    `signature` is the input types, `*` when there are none, "direct ORDER BY aggregated" of an ordered-set aggregate.
    """

    arguments: str = ""
    attributes: tuple[str, ...] = ()


class Operator(SignedObject, frozen=True, kw_only=True):
    """An operator; `signature` is "left, right" with NONE for a missing side."""

    attributes: tuple[str, ...] = ()


class OperatorFamily(SignedObject, frozen=True, kw_only=True):
    """An operator family; `signature` is the access method; `members` those bound to no class."""

    members: tuple[str, ...] = ()


class OperatorClass(SignedObject, frozen=True, kw_only=True):
    """An operator class; `signature` is the access method."""

    type: str
    default: bool = False
    family: str = ""
    storage: str = ""
    members: tuple[str, ...] = ()


class Cast(SignedObject, frozen=True, kw_only=True):
    """A cast; `signature` is "source AS target" and `name` is empty."""

    function: str = ""
    method: str = "function"  # inout | binary
    context: str = "explicit"  # assignment | implicit


class Language(Object, frozen=True, kw_only=True):
    """A procedural language."""

    trusted: bool = False
    handler: str = ""
    inline: str = ""
    validator: str = ""


class Transform(SignedObject, frozen=True, kw_only=True):
    """A transform; `signature` is "type, language" and `name` is empty."""

    from_sql: str = ""
    to_sql: str = ""
