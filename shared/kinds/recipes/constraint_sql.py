"""The text of constraints, shared by CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from shared.kinds.recipes.parameters import storage_parameters
from shared.schema.relations import Constraint
from shared.sql import quote_identifier

INDEXED = frozenset({"primary_key", "unique", "exclusion"})


def inline_clause(constraint: Constraint) -> str:
    """Spell `CONSTRAINT name definition` with the settings of the index behind it."""
    name = quote_identifier(constraint.name)
    return f"CONSTRAINT {name} {with_index_settings(constraint)}"


def with_index_settings(constraint: Constraint) -> str:
    """Put WITH (…) and USING INDEX TABLESPACE where the grammar wants them: before deferrability.

    The deparse of an exclusion constraint has its storage parameters already.
    """
    if constraint.type not in ("primary_key", "unique") or not (
        constraint.index_options or constraint.index_tablespace
    ):
        return constraint.definition
    head, tail = split_definition(constraint.definition)
    settings = f" WITH ({storage_parameters(constraint.index_options)})" if constraint.index_options else ""
    if constraint.index_tablespace:
        settings += f" USING INDEX TABLESPACE {quote_identifier(constraint.index_tablespace)}"
    return head + settings + tail


def split_definition(definition: str) -> tuple[str, str]:
    """Split after the column list and INCLUDE list: (`UNIQUE (a) INCLUDE (b)`, ` DEFERRABLE`)."""
    end = closing_parenthesis(definition, definition.index("("))
    rest = definition[end:]
    if rest.startswith(" INCLUDE ("):
        end = closing_parenthesis(definition, end + len(" INCLUDE "))
    return definition[:end], definition[end:]


def closing_parenthesis(text: str, start: int) -> int:
    """Give the position after the parenthesis that closes the one at `start`; quotes are respected."""
    depth = 0
    quote = ""
    for position in range(start, len(text)):
        char = text[position]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return position + 1
    return len(text)
