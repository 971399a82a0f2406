"""The text of CREATE INDEX: taking PostgreSQL's own deparse apart where a word must be added."""

from __future__ import annotations

import re

from shared.kinds.hazards import builds_index
from shared.kinds.names import parent_name
from shared.kinds.recipes.constraint_sql import split_definition
from shared.kinds.recipes.parameters import as_documented, storage_parameters
from shared.kinds.step import Role, Step
from shared.schema.relations import Constraint, Index
from shared.sql import quote_identifier

_HEAD = re.compile(r'CREATE (UNIQUE )?INDEX ("(?:[^"]|"")+"|[^\s"]+) ON (ONLY )?')
"""The beginning of pg_get_indexdef (ruleutils.c): the rest is left alone."""


def index_sql(index: Index, *, concurrently: bool) -> str:
    """Spell CREATE INDEX. A partitioned table's index covers the partitions, unless it is declared to be invalid."""
    found = _HEAD.match(index.definition)
    assert found is not None, "pg_get_indexdef always begins with CREATE [UNIQUE] INDEX"
    unique = found.group(1) or ""
    word = "CONCURRENTLY " if concurrently else ""
    only = "ONLY " if found.group(3) and not index.valid else ""
    return f"CREATE {unique}INDEX {word}{quote_identifier(index.name)} ON {only}{_as_written(index, found.end())}"


def _as_written(index: Index, start: int) -> str:
    """Give the rest of the deparse with its storage parameters in the order people write them."""
    rest = index.definition[start:]
    head, marker, tail = rest.rpartition(" WITH (")
    listed, closing, end = tail.partition(")")
    parameters = listed.split(", ")
    if not marker or len(parameters) != len(index.options):
        return rest
    return head + marker + ", ".join(as_documented(parameters)) + closing + end


def unique_index_behind(constraint: Constraint) -> list[Step] | None:
    """Give the CREATE UNIQUE INDEX CONCURRENTLY that a constraint can be made of; None where the grammar has no way."""
    definition = constraint.definition
    if "WITHOUT OVERLAPS" in definition:
        return None
    head, _ = split_definition(definition)
    columns = head[head.index("(") :]
    nulls = " NULLS NOT DISTINCT" if definition.startswith("UNIQUE NULLS NOT DISTINCT") else ""
    name = quote_identifier(constraint.name)
    settings = f" WITH ({storage_parameters(constraint.index_options)})" if constraint.index_options else ""
    if constraint.index_tablespace:
        settings += f" TABLESPACE {quote_identifier(constraint.index_tablespace)}"
    what = parent_name(constraint)
    sql = f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {what} {columns}{nulls}{settings}"
    return [Step(Role.PREPARE, sql, (builds_index(what),), transactional=False)]
