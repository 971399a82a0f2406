"""How values of a composite type become those of the type that takes its place: attribute by attribute."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.recipes.column_types import conversion
from shared.kinds.recipes.type_users import is_within_others
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column
from shared.schema.types import CompositeType
from shared.sql import quote_identifier, quote_qualified

_USING = " USING "


def by_attributes(column: Column, context: Context) -> str:
    """Spell the USING clause for a column whose composite type is set aside and has other attributes then.

    As text a value has neither names nor room for another attribute. Empty where the two forms as text are the same,
    and where values are in an array or another type: those are read as text all the same.
    """
    type_ = _own_composite(column, context)
    if type_ is None or not _is_otherwise(type_, context):
        return ""
    before, after = context.observed.objects[type_], context.desired.objects[type_]
    assert isinstance(before, CompositeType)
    assert isinstance(after, CompositeType)
    name = quote_identifier(column.name)
    present = {attribute.name: attribute.type for attribute in before.attributes}
    fields = []
    for attribute in after.attributes:
        field = f"({name}).{quote_identifier(attribute.name)}"
        old = present.get(attribute.name)
        fields.append("NULL" if old is None else conversion(field, old, attribute.type).removeprefix(_USING) or field)
    made = f"ROW({', '.join(fields)})::{quote_qualified(QualifiedName(type_.namespace, type_.name))}"
    return f"{_USING}CASE WHEN {name} IS DISTINCT FROM NULL THEN {made} END"


def is_mixed_up(type_: ObjectId, context: Context) -> bool:
    """Say whether values in arrays and other types would be read with their attributes in other places."""
    return _is_otherwise(type_, context) and is_within_others(type_, context.observed)


def _own_composite(column: Column, context: Context) -> ObjectId | None:
    if column.type.endswith("]"):
        return None
    below = (each for each in context.observed.references[column.identity] if each in context.aside)
    return next((each for each in sorted(below) if each.kind == "composite_type"), None)


def _is_otherwise(type_: ObjectId, context: Context) -> bool:
    sides = (context.observed.objects.get(type_), context.desired.objects.get(type_))
    names = [[a.name for a in side.attributes] for side in sides if isinstance(side, CompositeType)]
    return len(names) == len(sides) and names[0] != names[1]
