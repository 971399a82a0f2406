"""Rebuild a shape without running what its author wrote: stub bodies, no rows, real bodies last.

PostgreSQL runs functions while a schema is made: it fills materialized views, folds constant arguments of immutable
functions in index expressions, and computes the default of an added column. In a copy that is rebuilt those functions
are stubs of ours, so that nothing which a tenant wrote can change the copy before it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from shared.kinds.names import qualified
from shared.kinds.recipes.filling import is_fill
from shared.kinds.step import Role
from shared.postgres.scratch.statements import SqlError, parse_statements
from shared.remediation.plan import Statement
from shared.schema.facets import Comment, SecurityLabel
from shared.schema.model import SchemaObject
from shared.schema.routines import Routine
from shared.schema.schema import Snapshot
from shared.sql import quote_literal

_STUBBED_LANGUAGES = frozenset({"sql", "plpgsql"})
"""A body in another language needs a superuser, whom the scratch role is not: such a routine is refused as it is."""

_VALUES = "string_to_array('true 0 {} 2000-01-01 00000000-0000-0000-0000-000000000000 empty', ' ')"
"""What a stub tries to give."""


class InertScript(msgspec.Struct, frozen=True):
    """A script in two parts.

    Args:
        statements: Make everything; routines get stub bodies, and materialized views stay empty.
        bodies: Give the routines their own bodies. Nothing may be made afterwards in the same session, which has seen
            expressions with the stubs in them.
    """

    statements: tuple[Statement, ...]
    bodies: tuple[Statement, ...]


def inert_script(script: Iterable[Statement], snapshot: Snapshot) -> InertScript:
    """Split a script that creates a schema into what makes its objects and what gives routines their bodies.

    Args:
        script: Of `create_script` or `restore_script`.
        snapshot: What the script makes.
    """
    routines = {
        item.identity: item
        for item in snapshot.schema
        if isinstance(item, Routine) and item.language in _STUBBED_LANGUAGES
    }
    statements: list[Statement] = []
    bodies: list[Statement] = []
    for statement in script:
        routine = routines.get(statement.object)
        if routine is not None and statement.role is Role.REPLACE:
            statements.append(msgspec.structs.replace(statement, sql=_stub(routine)))
            bodies.append(statement)
        elif routine is not None and _node(statement.sql) == "AlterObjectDependsStmt":
            bodies.append(statement)  # replacing a routine would end what it depends on
        elif statement.object.kind == "materialized_view":
            statements += _unfilled(statement)
        else:
            statements.append(statement)
    return InertScript(tuple(statements), tuple(bodies))


def _node(sql: str) -> str:
    try:
        parsed = parse_statements(sql)
    except SqlError:
        return ""
    return parsed[0].node if parsed else ""


def _unfilled(statement: Statement) -> Iterator[Statement]:
    """Give the statement of a materialized view so that its query does not run."""
    if is_fill(statement.sql, statement.object):
        return
    try:
        parsed = parse_statements(statement.sql)
    except SqlError:  # a grammar newer than the parser's: whatever fills it must say so at the end
        parsed = ()
    if any(part.node == "RefreshMatViewStmt" for part in parsed):
        return
    fills = statement.role is Role.CREATE and not any(part.tree.get("into", {}).get("skipData") for part in parsed)
    yield msgspec.structs.replace(statement, sql=f"{statement.sql}\nWITH NO DATA") if fills else statement


def _stub(routine: Routine) -> str:
    """Spell a routine with a body of ours.

    It is immutable, because an index may call a volatile function that PostgreSQL inlines, and no stub is inlined.
    """
    returns = f" RETURNS {routine.result}" if routine.result else ""
    keyword, window = ("PROCEDURE", "") if routine.type == "procedure" else ("FUNCTION", " IMMUTABLE")
    if routine.type == "window":
        window += " WINDOW"
    body = _plpgsql_body(routine) if routine.language == "plpgsql" else _sql_body(routine)
    head = f"CREATE OR REPLACE {keyword} {qualified(routine)}({routine.arguments}){returns}"
    return f"{head} LANGUAGE {routine.language}{window} AS {quote_literal(body)}"


def _gives_one_value(routine: Routine) -> bool:
    return bool(routine.result) and not routine.result.startswith(("SETOF ", "TABLE(", "void", "record", "any"))


def _plpgsql_body(routine: Routine) -> str:
    """Give the first of some values that the type takes: NULL would make a constant of all that it is folded into."""
    if not _gives_one_value(routine):
        return "BEGIN RETURN; END"
    attempt = f"BEGIN RETURN CAST(v AS {routine.result}); EXCEPTION WHEN OTHERS THEN NULL; END"
    return f"DECLARE v text; BEGIN FOREACH v IN ARRAY {_VALUES} LOOP {attempt}; END LOOP; RETURN NULL; END"


def _sql_body(routine: Routine) -> str:
    # A query with a LIMIT is not inlined: an expression would become the constant NULL, which partition keys refuse.
    value = f"CAST(NULL AS {routine.result})" if _gives_one_value(routine) else "NULL"
    return f"SELECT {value} LIMIT 1"


def with_verbatim_texts(item: SchemaObject, original: SchemaObject | None) -> SchemaObject:
    """Give an object with the texts that PostgreSQL keeps as they were written, as they were read from the tenant.

    Args:
        item: As it was read back from the copy.
        original: As it was read from the tenant; None where the tenant does not have it.
    """
    match item, original:
        case Routine(), Routine():
            head, body = _split(item.definition)
            _, known = _split(original.definition)
            if body and known and body != known:
                return msgspec.structs.replace(item, definition=head + known)
        case Comment(), Comment(text=text):
            return msgspec.structs.replace(item, text=text)
        case SecurityLabel(), SecurityLabel(labels=labels):
            return msgspec.structs.replace(item, labels=labels)
    return item


def _split(definition: str) -> tuple[str, str]:
    """Part a routine's definition before the AS of its body; a body that PostgreSQL deparses has none."""
    try:
        [parsed] = parse_statements(definition)
    except (SqlError, ValueError):
        return definition, ""
    for option in parsed.tree.get("options", ()):
        if option.get("DefElem", {}).get("defname") == "as":
            encoded, start = definition.encode(), option["DefElem"].get("location", 0)
            return encoded[:start].decode(), encoded[start:].decode()
    return definition, ""
