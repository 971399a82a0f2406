"""The text of CREATE INDEX: taking PostgreSQL's own deparse apart where a word must be added."""

from __future__ import annotations

import re

from shared.kinds.hazards import builds_index
from shared.kinds.names import parent_name
from shared.kinds.recipes.constraint_sql import closing_parenthesis, split_definition
from shared.kinds.recipes.parameters import as_documented, storage_parameters
from shared.kinds.step import Role, Step
from shared.schema.relations import Constraint, Index
from shared.sql import quote_identifier

_HEAD = re.compile(r'CREATE (UNIQUE )?INDEX ("(?:[^"]|"")+"|[^\s"]+) ON (ONLY )?')
"""The beginning of pg_get_indexdef (ruleutils.c): the rest is left alone."""
_QUOTED = re.compile(r"'(?:[^']|'')*'" r'|"(?:[^"]|"")*"')
_WITH = " WITH ("


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
    head, listed, tail = split_at_parameters(index.definition)
    parameters = listed.split(", ")
    if not listed or len(parameters) != len(index.options):
        return index.definition[start:]
    return f"{head[start:]}{_WITH}{', '.join(as_documented(parameters))}){tail}"


def split_at_parameters(definition: str) -> tuple[str, str, str]:
    """Split PostgreSQL's deparse of an index into what is before its storage parameters, those, and what follows them.

    The clause is looked for outside quotes and parentheses, because a predicate may hold its words too.

    Returns:
        `(definition, "", "")` for an index without storage parameters.
    """
    position = 0
    while position < len(definition):
        if definition.startswith(_WITH, position):
            begin = position + len(_WITH)
            end = closing_parenthesis(definition, begin - 1)
            return definition[:position], definition[begin : end - 1], definition[end:]
        if quoted := _QUOTED.match(definition, position):
            position = quoted.end()
        elif definition[position] == "(":
            position = closing_parenthesis(definition, position)
        else:
            position += 1
    return definition, "", ""


def unique_index_behind(constraint: Constraint) -> list[Step] | None:
    """Give the CREATE UNIQUE INDEX CONCURRENTLY that a constraint can be made of; None where the grammar has no way."""
    sql = unique_index_sql(constraint, constraint.name)
    if sql is None:
        return None
    return [Step(Role.PREPARE, sql, (builds_index(parent_name(constraint)),), transactional=False)]


def unique_index_sql(constraint: Constraint, index: str) -> str | None:
    """Spell CREATE UNIQUE INDEX CONCURRENTLY under a name; None where the grammar has no way."""
    definition = constraint.definition
    if "WITHOUT OVERLAPS" in definition:
        return None
    head, _ = split_definition(definition)
    columns = head[head.index("(") :]
    nulls = " NULLS NOT DISTINCT" if definition.startswith("UNIQUE NULLS NOT DISTINCT") else ""
    name = quote_identifier(index)
    settings = f" WITH ({storage_parameters(constraint.index_options)})" if constraint.index_options else ""
    if constraint.index_tablespace:
        settings += f" TABLESPACE {quote_identifier(constraint.index_tablespace)}"
    what = parent_name(constraint)
    return f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {what} {columns}{nulls}{settings}"
