"""Functions, procedures, aggregates, languages, casts and transforms."""

from __future__ import annotations

import re

from shared.kinds.context import Context
from shared.kinds.hazards import breaks
from shared.kinds.names import qualified
from shared.kinds.naming import designation
from shared.kinds.recipes.extension_ties import tie_to_extensions
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.routines import Aggregate, Cast, Language, Routine, Transform
from shared.sql import quote_identifier

_MODES = frozenset({"IN", "OUT", "INOUT", "VARIADIC"})
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\bDEFAULT\b|.""", re.DOTALL)


def create_routine(routine: Routine, context: Context) -> list[Step]:
    """CREATE OR REPLACE, as PostgreSQL deparses it."""
    del context
    return [
        Step(Role.REPLACE, routine.definition.rstrip()),
        *tie_to_extensions(_spelled(routine), routine.depends_on_extensions),
    ]


def _spelled(routine: Routine) -> str:
    return f"{'PROCEDURE' if routine.type == 'procedure' else 'FUNCTION'} {designation(routine.identity)}"


def drop_routine(routine: Routine, context: Context) -> list[Step]:
    """DROP FUNCTION or PROCEDURE."""
    del context
    what = designation(routine.identity)
    return [Step(Role.DROP, f"DROP {_spelled(routine)}", (breaks(f"calls of {what} fail"),))]


def alter_routine(
    desired: Routine, observed: Routine, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """CREATE OR REPLACE, unless the result, the kind, or the lack of a default forbids it (CREATE FUNCTION, Notes)."""
    del context
    if fields & {"result", "type"} or not _can_become(desired, observed):
        return REBUILD
    steps = [] if fields <= {"depends_on_extensions"} else [Step(Role.REPLACE, desired.definition.rstrip())]
    ties = tie_to_extensions(_spelled(desired), desired.depends_on_extensions, observed.depends_on_extensions)
    return steps + ties


def _can_become(desired: Routine, observed: Routine) -> bool:
    """Names and modes of arguments must stay, names may be given; defaults may be added and changed, not taken."""
    wanted, present = _arguments(desired.arguments), _arguments(observed.arguments)
    if len(wanted) != len(present):
        return False
    for (declaration, default), (before, had_default) in zip(wanted, present, strict=True):
        if had_default and not default:
            return False
        given = declaration.removesuffix(before)
        if declaration != before and (given == declaration or given.strip() in _MODES or not given.endswith(" ")):
            return False
    return True


def _arguments(text: str) -> list[tuple[str, bool]]:
    """Split pg_get_function_arguments at its commas into (mode, name and type; whether there is a default)."""
    arguments: list[tuple[str, bool]] = []
    declaration, default, depth = "", False, 0
    for part in _TOKEN.findall(text):
        depth += (part in "([") - (part in ")]")
        if part == "," and depth == 0:
            arguments.append((declaration.strip(), default))
            declaration, default = "", False
        elif part == "DEFAULT" and depth == 0:
            default = True
        elif not default:
            declaration += part
    return [*arguments, (declaration.strip(), default)] if declaration.strip() else arguments


def create_aggregate(aggregate: Aggregate, context: Context) -> list[Step]:
    """CREATE AGGREGATE."""
    del context
    arguments = aggregate.arguments or aggregate.signature or "*"
    return [
        Step(Role.CREATE, f"CREATE AGGREGATE {qualified(aggregate)}({arguments}) ({', '.join(aggregate.attributes)})")
    ]


def drop_aggregate(aggregate: Aggregate, context: Context) -> list[Step]:
    """DROP AGGREGATE."""
    del context
    what = f"{qualified(aggregate)}({aggregate.signature or '*'})"
    return [Step(Role.DROP, f"DROP AGGREGATE {what}", (breaks(f"calls of {what} fail"),))]


def create_language(language: Language, context: Context) -> list[Step]:
    """CREATE LANGUAGE with its handlers."""
    del context
    parts = [f"CREATE {'TRUSTED ' if language.trusted else ''}LANGUAGE {quote_identifier(language.name)}"]
    if language.handler:
        parts.append(f"HANDLER {language.handler}")
    if language.inline:
        parts.append(f"INLINE {language.inline}")
    if language.validator:
        parts.append(f"VALIDATOR {language.validator}")
    return [Step(Role.CREATE, " ".join(parts))]


def drop_language(language: Language, context: Context) -> list[Step]:
    """DROP LANGUAGE."""
    del context
    return [Step(Role.DROP, f"DROP LANGUAGE {quote_identifier(language.name)}")]


def create_cast(cast: Cast, context: Context) -> list[Step]:
    """CREATE CAST."""
    del context
    how = {"inout": "WITH INOUT", "binary": "WITHOUT FUNCTION"}.get(cast.method, f"WITH FUNCTION {cast.function}")
    when = {"assignment": " AS ASSIGNMENT", "implicit": " AS IMPLICIT"}.get(cast.context, "")
    return [Step(Role.CREATE, f"CREATE CAST ({cast.signature}) {how}{when}")]


def drop_cast(cast: Cast, context: Context) -> list[Step]:
    """DROP CAST."""
    del context
    return [Step(Role.DROP, f"DROP CAST ({cast.signature})")]


def create_transform(transform: Transform, context: Context) -> list[Step]:
    """CREATE TRANSFORM."""
    del context
    parts = []
    if transform.from_sql:
        parts.append(f"FROM SQL WITH FUNCTION {transform.from_sql}")
    if transform.to_sql:
        parts.append(f"TO SQL WITH FUNCTION {transform.to_sql}")
    return [Step(Role.CREATE, f"CREATE TRANSFORM {designation(transform.identity)} ({', '.join(parts)})")]


def drop_transform(transform: Transform, context: Context) -> list[Step]:
    """DROP TRANSFORM."""
    del context
    return [Step(Role.DROP, f"DROP TRANSFORM {designation(transform.identity)}")]
