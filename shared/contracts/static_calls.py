"""Say what the call of a function gives, without a server: one of the schema's own, or one of PostgreSQL's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from shared.contracts.facts import UNTOLD
from shared.contracts.nullability import Answer, any_answer
from shared.contracts.routine_bodies import inputs_of, takes_number
from shared.contracts.static_schema import type_written
from shared.contracts.static_typed import Reader, Typed, adapt, refuse
from shared.contracts.static_types import BUILTINS, TEXT, Builtin, accepts, compares, is_passed, result_of
from shared.schema.identity import QualifiedName
from shared.schema.routines import Routine

_OF_ELEMENTS = frozenset({"array_append", "array_remove"})


def called(reader: Reader, name: QualifiedName, values: Sequence[Typed]) -> Typed:
    """Read a call.

    Args:
        reader: Keeps what is refused.
        name: Of the function, as written.
        values: Its arguments.
    """
    own = reader.schema.routines.named(name)
    if own:
        return _call_of_own(reader, name, [each for each in own if takes_number(each, len(values))], values)
    builtin = BUILTINS.get(name.name)
    if builtin is not None:
        return _call_of_builtin(reader, name, builtin, values)
    if name.name in reader.routine_names and name.name not in reader.schema.routine_names:
        _no_function(reader, name, values)
    return Typed()


def _call_of_builtin(reader: Reader, name: QualifiedName, builtin: Builtin, values: Sequence[Typed]) -> Typed:
    first = values[0] if values else Typed()
    if values and builtin.takes == ("text",):
        first = adapt(reader, first, TEXT)
    if not accepts(builtin, first.type):
        _no_function(reader, name, values)
    if name.name in _OF_ELEMENTS and first.type.array and len(values) > 1:
        element = msgspec.structs.replace(first.type, array=False)
        if not compares(adapt(reader, values[1], element).type, element):
            _no_function(reader, name, values)
    nulls: Answer = None
    if builtin.never_null:
        nulls = False
    elif builtin.strict:
        nulls = any_answer([value.nulls for value in values])
    return Typed(result_of(builtin, first.type), nulls)


def _call_of_own(reader: Reader, name: QualifiedName, routines: Sequence[Routine], values: Sequence[Typed]) -> Typed:
    fitting = [each for each in routines if _takes(each, values)]
    if not fitting:
        _no_function(reader, name, values)
    if len(fitting) != 1:
        return Typed()
    routine = fitting[0]
    place = QualifiedName(routine.namespace, routine.name)
    reader.rights.add(("EXECUTE", place, routine.signature))
    if not name.namespace:
        reader.rights.add(("USAGE", QualifiedName("", routine.namespace), ""))
    for value, wanted in zip(values, inputs_of(routine), strict=False):
        adapt(reader, value, type_written(wanted))
    reader.body(routine)
    gives = routine.result
    is_plain = gives and not gives.startswith(("SETOF ", "TABLE(", "record"))
    return Typed(reader.schema.below(type_written(gives)) if is_plain else UNTOLD)


def _takes(routine: Routine, values: Sequence[Typed]) -> bool:
    wanted = [type_written(each) for each in inputs_of(routine)]
    return all(is_passed(value.type, kind) for value, kind in zip(values, wanted, strict=False))


def _no_function(reader: Reader, name: QualifiedName, values: Iterable[Typed]) -> None:
    types = ", ".join("unknown" if value.type == UNTOLD else str(value.type) for value in values)
    refuse(reader, "42883", f"function {name.name}({types}) does not exist")
