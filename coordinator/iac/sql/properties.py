"""Names of the resource properties that hold SQL, in Terraform and CloudFormation.

A property of a resource of any type is read as SQL when it has one of these names, at any depth, and its text parses as
SQL with at least one statement that creates or alters an object. Nothing else is guessed. docs/iac.md lists the names.
"""

from __future__ import annotations

import re

import pgparse

from coordinator.iac.source import SourceError
from coordinator.iac.sql.statements import Locate, split_statements

SQL_PROPERTIES = frozenset(
    {
        "create_sql",
        "createsql",
        "create_statement",
        "create_statements",
        "ddl",
        "ddl_statements",
        "ddlstatements",
        "init_sql",
        "initsql",
        "migration_sql",
        "schema_ddl",
        "schema_sql",
        "schemasql",
        "sql",
        "sql_script",
        "sqlscript",
        "sql_statement",
        "sqlstatement",
        "sql_statements",
        "sqlstatements",
        "statements",
        "up",
    }
)
"""Names of properties, compared without case."""

VERSION_NAMES = ("expected_schema_version", "schema_version", "expectedschemaversion", "schemaversion")
"""Names under which a declaration gives the schema version that tenants should have; the first one found counts."""

_ABOUT_OBJECTS = re.compile(
    r"\s(?:aggregate|domain|extension|function|index|policy|procedure|publication|schema|sequence|server|table|trigger"
    r"|type|view)\s",
    re.IGNORECASE,
)
_BEGINS_AS_SQL = re.compile(
    r"(?:\s|--[^\n]*\n)*(?:alter|begin|comment|create|do|drop|grant|insert|revoke|select|set|update|with)\s",
    re.IGNORECASE,
)

_DDL_NODE_PREFIXES = ("Create", "Alter", "Index", "View", "Define", "Composite", "Rename", "Comment", "Rule")
"""How the names of those statements' parse nodes begin (libpg_query)."""


def is_sql_property(name: str) -> bool:
    """Return whether a property of this name is read as SQL."""
    return name.lower() in SQL_PROPERTIES


def holds_ddl(text: str) -> bool:
    """Return whether a text is SQL that creates or alters objects."""
    try:
        parsed = pgparse.parse(text)
    except (pgparse.PGQueryError, ValueError):
        return False
    return any(node.startswith(_DDL_NODE_PREFIXES) for entry in parsed for node in entry["stmt"])


def refusal(name: str, text: str, locate: Locate) -> SourceError | None:
    """Return why a property holds no SQL that can be read, where it is meant to hold some that makes or alters objects.

    Args:
        name: What the property is called. One that is called after SQL holds SQL; others do if their text begins as it.
        text: What it holds.
        locate: Names the place of an offset.
    """
    called_so = any(word in name.lower() for word in ("sql", "ddl"))
    if not _ABOUT_OBJECTS.search(text) or not (called_so or _BEGINS_AS_SQL.match(text)):
        return None
    try:
        split_statements(text, locate)
    except SourceError as error:
        return error
    return None
