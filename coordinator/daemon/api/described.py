"""Describes in the OpenAPI document what Litestar cannot see: bodies that a route reads itself, tables, streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema

_REFERENCE = "#/$defs/"
_TEXT = Schema(type=OpenAPIType.STRING)
_EVENT = Schema(
    type=OpenAPIType.OBJECT,
    properties={"event": _TEXT, "id": _TEXT, "data": _TEXT, "retry": Schema(type=OpenAPIType.INTEGER)},
)


def taking(
    kind: type[msgspec.Struct], *, required: bool = False, also: Mapping[str, Any] = MappingProxyType({})
) -> type[Operation]:
    """Describe a route that reads a JSON body with `decoded`.

    Args:
        kind: What the body says.
        required: Whether an empty body is refused.
        also: What JSON Schema says of the whole body beyond what its type does.
    """

    @dataclass
    class Taking(Operation):
        def to_schema(self) -> dict[str, Any]:
            body = {"content": {"application/json": {"schema": {**_in_place(kind), **also}}}, "required": required}
            return {**super().to_schema(), "requestBody": body}

    return Taking


@dataclass
class Tabular(Operation):
    """Describes a list that comes as CSV too."""

    def __post_init__(self) -> None:
        _say(self, "text/csv", _TEXT, keep=True)


@dataclass
class Streaming(Operation):
    """Describes a stream of server-sent events."""

    def __post_init__(self) -> None:
        _say(self, "text/event-stream", _EVENT, keep=False)


def _say(operation: Operation, media: str, schema: Schema, *, keep: bool) -> None:
    for status, response in (operation.responses or {}).items():
        if status == "200" and isinstance(response, OpenAPIResponse):
            before = (response.content or {}) if keep else {}
            response.content = {**before, media: OpenAPIMediaType(schema=schema)}


def _in_place(kind: type[msgspec.Struct]) -> Any:
    """Give the JSON Schema of a struct, with every part where it is referred to."""
    whole = msgspec.json.schema(kind)
    parts = whole.pop("$defs", {})

    def resolved(part: Any) -> Any:
        if isinstance(part, list):
            return [resolved(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return resolved(parts[part["$ref"].removeprefix(_REFERENCE)])
        return {key: resolved(value) for key, value in part.items()}

    return resolved(whole)
