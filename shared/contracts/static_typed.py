"""What is known of an expression, and what reads them: shared by all that reads queries without a server."""

from __future__ import annotations

from typing import Protocol

import msgspec

from shared.contracts.facts import UNTOLD, ColumnOrigin, ServerError, SqlType
from shared.contracts.nullability import Answer
from shared.contracts.statement import Node
from shared.contracts.static_schema import StaticSchema
from shared.contracts.static_scope import Scope, StaticColumn
from shared.schema.identity import QualifiedName
from shared.schema.routines import Routine


class Typed(msgspec.Struct, frozen=True):
    """An expression of a query with its type, whether it can be NULL, and where it comes from.

    Args:
        type: UNTOLD where it is not certain.
        nulls: Whether it can be NULL; as `NullFinder` answers.
        origin: The table column it is.
        literal: The text of a constant that takes the type of what stands beside it.
        parameter: n of `$n`, where it is nothing else.
    """

    type: SqlType = UNTOLD
    nulls: Answer = None
    origin: ColumnOrigin | None = None
    literal: str | None = None
    parameter: int = 0


class Reader(Protocol):
    """What reads the queries inside of expressions, and keeps what was found."""

    schema: StaticSchema
    errors: list[ServerError]
    parameters: dict[int, SqlType]
    rights: set[tuple[str, QualifiedName, str]]
    routine_names: frozenset[str]

    def select(self, node: Node, outer: Scope) -> tuple[StaticColumn, ...] | None:
        """Read a sub-select."""

    def body(self, routine: Routine) -> None:
        """Read the body of a function that is called."""


def refuse(reader: Reader, sqlstate: str, message: str) -> None:
    """Keep that PostgreSQL refuses the query, with its code and its words."""
    reader.errors.append(ServerError(sqlstate, message))


def adapt(reader: Reader, value: Typed, wanted: SqlType) -> Typed:
    """Give a value as it is beside another type: a parameter or a constant takes that type."""
    if wanted == UNTOLD or value.type != UNTOLD:
        return value
    if value.parameter:
        reader.parameters.setdefault(value.parameter, wanted)
        return msgspec.structs.replace(value, type=wanted)
    if value.literal is not None:
        labels = reader.schema.labels(wanted)
        if labels is not None and value.literal not in labels:
            refuse(reader, "22P02", f'invalid input value for enum {wanted}: "{value.literal}"')
        return msgspec.structs.replace(value, type=wanted, literal=None)
    return value
