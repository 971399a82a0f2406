"""One object of every kind, as little of it as the model allows."""

from __future__ import annotations

from typing import Any

import msgspec

from shared.schema.identity import QualifiedName
from shared.schema.model import KINDS, SchemaObject

_REQUIRED: dict[object, Any] = {str: "x", bool: False, int: 1, QualifiedName: QualifiedName("public", "t")}


def minimal(kind: str, name: str = "x", **given: Any) -> SchemaObject:
    """Build an object of a kind: what is required is filled in, what is given is taken."""
    model = KINDS[kind]
    info = msgspec.inspect.type_info(model)
    assert isinstance(info, msgspec.inspect.StructType)
    values = {
        field.name: name if field.name in ("name", "parent") else _filled(field.type)
        for field in info.fields
        if field.required
    }
    return model(**{**values, "name": name, **given})


def _filled(kind: msgspec.inspect.Type) -> Any:
    match kind:
        case msgspec.inspect.StrType():
            return "x"
        case msgspec.inspect.StructType():
            return QualifiedName("public", "x")
        case _:
            raise AssertionError(f"no value is known for {kind}")
