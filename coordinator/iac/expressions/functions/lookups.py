"""`lookup`, and the two functions Terraform removed but still explains."""

from __future__ import annotations

from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.functions.collections import mapping
from coordinator.iac.expressions.functions.registry import ANY, ANY_OR_NULL, FunctionError, function
from coordinator.iac.expressions.types import STRING, Collection
from coordinator.iac.expressions.values import Value


@function("lookup", ANY, STRING, variadic=ANY_OR_NULL, partial=True)
def _lookup(inside: Value, key: Value, *defaults: Value) -> Value:
    if len(defaults) > 1:
        raise FunctionError("lookup() takes two or three arguments")
    items = mapping(inside)
    if key.raw in items:
        found: Value = items[key.raw]
        return found
    if not defaults:
        raise FunctionError(f"the given object has no attribute {key.raw!r}")
    if isinstance(inside.type, Collection):
        try:
            return convert(defaults[0], inside.type.element)
        except ConversionError as error:
            raise FunctionError(f"the default value must have the type of the map's elements: {error}") from None
    return defaults[0]


def _removed(name: str, instead: str) -> None:
    @function(name, variadic=ANY_OR_NULL, partial=True)
    def removed(*_arguments: Value) -> Value:
        raise FunctionError(f"the {name!r} function was removed from Terraform; use {instead} instead")


_removed("list", "tolist([ ... ])")
_removed("map", "tomap({ ... })")
