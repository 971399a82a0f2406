"""SQL that finds the oid of an object, NULL where it is not there. Names stand in dollar quotes.

So a tenant's namespace can be put in for its placeholder wherever the plan is run.
"""

from __future__ import annotations

from shared.kinds.names import parent_name, qualified, with_argument_types, with_arguments
from shared.schema.identity import ObjectId
from shared.sql import dollar_quote, quote_identifier


def relation(identity: ObjectId) -> str:
    """Find a table, view, sequence or index."""
    return f"pg_catalog.to_regclass({dollar_quote(qualified(identity))})::oid"


def parent_relation(identity: ObjectId) -> str:
    """Find the relation that a column is of."""
    return f"pg_catalog.to_regclass({dollar_quote(parent_name(identity))})::oid"


def type_(identity: ObjectId) -> str:
    """Find a type."""
    return f"pg_catalog.to_regtype({dollar_quote(qualified(identity))})::oid"


def base_type(identity: ObjectId) -> str:
    """Find a type that may be a shell, which to_regtype refuses before v16."""
    name = dollar_quote(identity.name)
    within = _namespace(identity)
    return f"(SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typname = {name} AND t.typnamespace = {within})"


def routine(identity: ObjectId) -> str:
    """Find a routine; where its types may be shells, which to_regprocedure refuses before v16, in its catalog."""
    if "." not in identity.signature:
        return _procedure(with_arguments(identity))
    types = f"pg_catalog.oidvectortypes(p.proargtypes) = {dollar_quote(identity.signature)}"
    named = f"p.proname = {dollar_quote(identity.name)} AND p.pronamespace = {_namespace(identity)}"
    return f"(SELECT p.oid FROM pg_catalog.pg_proc p WHERE {named} AND {types})"


def aggregate(identity: ObjectId) -> str:
    """Find an aggregate."""
    return _procedure(with_argument_types(identity))


def _procedure(called: str) -> str:
    return f"pg_catalog.to_regprocedure({dollar_quote(called.replace('VARIADIC ', ''))})::oid"


def _namespace(identity: ObjectId) -> str:
    return f"pg_catalog.to_regnamespace({dollar_quote(quote_identifier(identity.namespace))})"


def constraint(identity: ObjectId) -> str:
    """Find a constraint of a table."""
    return _part(identity, "pg_constraint", "conrelid", "conname")


def trigger(identity: ObjectId) -> str:
    """Find a trigger."""
    return _part(identity, "pg_trigger", "tgrelid", "tgname")


def policy(identity: ObjectId) -> str:
    """Find a policy."""
    return _part(identity, "pg_policy", "polrelid", "polname")


def rule(identity: ObjectId) -> str:
    """Find a rewrite rule."""
    return _part(identity, "pg_rewrite", "ev_class", "rulename")


def _part(identity: ObjectId, catalog: str, relation_column: str, name_column: str) -> str:
    of, named = f"o.{relation_column} = {parent_relation(identity)}", f"o.{name_column} = {dollar_quote(identity.name)}"
    return f"(SELECT o.oid FROM pg_catalog.{catalog} o WHERE {of} AND {named})"


def domain_constraint(identity: ObjectId) -> str:
    """Find a constraint of a domain."""
    domain = f"pg_catalog.to_regtype({dollar_quote(parent_name(identity))})::oid"
    named = f"o.contypid = {domain} AND o.conname = {dollar_quote(identity.name)}"
    return f"(SELECT o.oid FROM pg_catalog.pg_constraint o WHERE {named})"
