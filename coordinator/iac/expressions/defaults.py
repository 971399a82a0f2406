"""Default values of the optional attributes of an object type: `optional(string, "x")`."""

from __future__ import annotations

import msgspec

from coordinator.iac.expressions.values import Value, object_value, tuple_of


class Defaults(msgspec.Struct, frozen=True, eq=False):
    """Default values of optional attributes, beside the type constraint that declares them.

    Args:
        values: Default per attribute of this object.
        children: Nested defaults: by attribute name, by tuple position, or under `""` for every element.
    """

    values: dict[str, Value]
    children: dict[str, Defaults]

    def __bool__(self) -> bool:
        return bool(self.values or self.children)


def apply_defaults(value: Value, defaults: Defaults) -> Value:
    """Fill in the defaults of optional attributes, before conversion."""
    if value.is_null or not value.is_known or not defaults:
        return value
    if isinstance(value.raw, tuple):
        each = defaults.children.get("")
        items = [
            apply_defaults(item, defaults.children.get(str(i)) or each or Defaults({}, {}))
            for i, item in enumerate(value.raw)
        ]
        return tuple_of(items).marked(value.marks)
    if not isinstance(value.raw, dict):
        return value
    each = defaults.children.get("")
    if each is not None:
        return object_value({key: apply_defaults(item, each) for key, item in value.raw.items()}).marked(value.marks)
    filled = dict(value.raw)
    for name, default in defaults.values.items():
        if name not in filled or filled[name].is_null:
            filled[name] = default
    for name, child in defaults.children.items():
        if name in filled:
            filled[name] = apply_defaults(filled[name], child)
    return object_value(filled).marked(value.marks)
