"""Read what INSERT, UPDATE and MERGE write to, without a server: whether each column takes what it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from shared.contracts.facts import UNTOLD, ServerError, SqlType
from shared.contracts.statement import Node
from shared.contracts.static_scope import Source
from shared.contracts.static_typed import Reader, Typed, adapt
from shared.contracts.static_types import is_assigned
from shared.contracts.updatable_views import behind
from shared.schema.identity import QualifiedName


class Target(msgspec.Struct, frozen=True):
    """The columns of a relation that a statement writes.

    Args:
        relation: As it is named; None where it is not known.
        columns: Their names in order; None where they are not known.
        types: Of all columns of the relation.
        made: Columns whose values PostgreSQL makes: `generated` or `identity`.
    """

    relation: QualifiedName | None
    columns: tuple[str, ...] | None
    types: Mapping[str, SqlType]
    made: Mapping[str, str]


def target_of(reader: Reader, source: Source, listed: Sequence[Node], override: str) -> Target:
    """Read the list of columns of an INSERT, or what an UPDATE sets.

    Args:
        reader: Keeps what is refused.
        source: The relation that is written to.
        listed: The list; empty for every column.
        override: `OVERRIDING_SYSTEM_VALUE`, `OVERRIDING_USER_VALUE`; or another word for neither.
    """
    if source.relation is None or source.columns is None:
        return Target(None, None, {}, {})
    types = {column.name: column.type for column in source.columns}
    names = tuple(str(entry["ResTarget"]["name"]) for entry in listed)
    made = made_columns(reader, source.relation)
    if override.startswith("OVERRIDING_") and override != "OVERRIDING_NOT_SET":
        made = {name: how for name, how in made.items() if how == "generated"}
    for name in names:
        if name not in types:
            message = f'column "{name}" of relation "{source.relation.name}" does not exist'
            reader.errors.append(ServerError("42703", message))
    return Target(source.relation, names or tuple(types), types, made)


def made_columns(reader: Reader, relation: QualifiedName, depth: int = 0) -> Mapping[str, str]:
    """Give the columns whose values PostgreSQL makes, also through views that take rows."""
    found = behind(reader.schema.definitions.get(relation, "")) if relation in reader.schema.definitions else None
    if found is None or depth > 8:  # noqa: PLR2004  # of views over views
        return reader.schema.written_by_postgresql.get(relation, {})
    below = made_columns(reader, found.relation, depth + 1)
    return {name: below[column] for name, column in found.columns.items() if column in below}


def assign(  # noqa: PLR0917  # what is written, where to, and the right it takes
    reader: Reader, target: Target, name: str, item: Node, value: Typed, right: str = "INSERT"
) -> None:
    """Write a value to a column: refused where its type is another, or PostgreSQL makes the column's values."""
    if target.relation is None or name not in target.types:
        return
    reader.rights.add((right, target.relation, name))
    is_default = "SetToDefault" in item
    if name in target.made and not is_default:
        what = "can only be updated to DEFAULT" if right == "UPDATE" else ""
        message = f'column "{name}" {what}' if what else f'cannot insert a non-DEFAULT value into column "{name}"'
        reader.errors.append(ServerError("428C9", message))
        return
    wanted = target.types[name]
    given = adapt(reader, value, wanted)
    if not is_default and UNTOLD not in {given.type, wanted} and not is_assigned(given.type, wanted):
        message = f'column "{name}" is of type {wanted} but expression is of type {given.type}'
        reader.errors.append(ServerError("42804", message))
