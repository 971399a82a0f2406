"""Where SQL hides in IaC: the explicit list, shared by Terraform and CloudFormation.

A resource of a type that fleetdrift does not know carries SQL when it has a property of one of these names, at any
depth, whose text parses as SQL and holds at least one statement that makes or alters an object. Anything else is not
guessed at. Listed for users in docs/iac.md.
"""

from __future__ import annotations

import pgparse

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
"""Names that declare the schema version tenants should be at, most telling first, compared without case."""

_DECLARING = ("Create", "Alter", "Index", "View", "Define", "Composite", "Rename", "Comment", "Rule")


def carries(name: str) -> bool:
    """Say whether a property of this name may carry SQL."""
    return name.lower() in SQL_PROPERTIES


def holds_ddl(text: str) -> bool:
    """Say whether a text is SQL that makes or alters objects."""
    try:
        parsed = pgparse.parse(text)
    except (pgparse.PGQueryError, ValueError):
        return False
    return any(node.startswith(_DECLARING) for entry in parsed for node in entry["stmt"])
