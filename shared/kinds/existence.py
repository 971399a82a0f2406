"""SQL conditions that an object exists: how a plan that broke off sees what it had done.

Each is filled by `str.format` with literals: `namespace`, `parent`, `name` and `designation`.
"""

from __future__ import annotations


def _relation(kinds: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE n.nspname = {{namespace}} AND c.relname = {{name}} AND c.relkind IN ({kinds}))"
    )


def _part(catalog: str, relation: str, name: str, more: str = "") -> str:
    return (
        f"EXISTS (SELECT FROM pg_catalog.{catalog} p JOIN pg_catalog.pg_class c ON c.oid = p.{relation} "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE n.nspname = {{namespace}} AND c.relname = {{parent}} AND p.{name} = {{name}}{more})"
    )


TABLE = _relation("'r', 'p'")
FOREIGN_TABLE = _relation("'f'")
VIEW = _relation("'v'")
MATERIALIZED_VIEW = _relation("'m'")
INDEX = _relation("'i', 'I'")
SEQUENCE = _relation("'S'")
TYPE = (
    "EXISTS (SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
    "WHERE n.nspname = {namespace} AND t.typname = {name})"
)
COLUMN = _part("pg_attribute", "attrelid", "attname", " AND NOT p.attisdropped")
CONSTRAINT = _part("pg_constraint", "conrelid", "conname")
CONSTRAINT_NOT_VALIDATED = _part("pg_constraint", "conrelid", "conname", " AND NOT p.convalidated")
TRIGGER = _part("pg_trigger", "tgrelid", "tgname")
POLICY = _part("pg_policy", "polrelid", "polname")
RULE = _part("pg_rewrite", "ev_class", "rulename")
NAMESPACE = "EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = {name})"
EXTENSION = "EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = {name})"
ROUTINE = "pg_catalog.to_regprocedure({designation}) IS NOT NULL"
