"""Operators, their classes and families, access methods, collations and conversions."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.context import Context
from shared.kinds.hazards import breaks
from shared.kinds.interim import aside_name
from shared.kinds.names import operator_name, qualified
from shared.kinds.naming import designation
from shared.kinds.side import Side
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.database import AccessMethod, Collation, Conversion
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.routines import Operator, OperatorClass, OperatorFamily
from shared.sql import quote_identifier, quote_literal, quote_qualified


def create_operator(operator: Operator, context: Context) -> list[Step]:
    """CREATE OPERATOR with its option list."""
    del context
    name = operator_name(operator.namespace, operator.name)
    return [Step(Role.CREATE, f"CREATE OPERATOR {name} ({', '.join(operator.attributes)})")]


def drop_operator(operator: Operator, context: Context) -> list[Step]:
    """DROP OPERATOR."""
    del context
    return [Step(Role.DROP, f"DROP OPERATOR {designation(operator.identity)}")]


_ALTERABLE = ("RESTRICT", "JOIN")


def alter_operator(
    desired: Operator, observed: Operator, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """Estimators in place (ALTER OPERATOR … SET); anything else makes another operator."""
    del fields, context
    wanted, present = _pairs(desired.attributes), _pairs(observed.attributes)
    changed = {name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name)}
    if not changed <= set(_ALTERABLE):
        return REBUILD
    settings = ", ".join(f"{name} = {wanted.get(name, 'NONE')}" for name in sorted(changed))
    return [Step(Role.SET, f"ALTER OPERATOR {designation(desired.identity)} SET ({settings})")]


def _pairs(attributes: tuple[str, ...]) -> dict[str, str]:
    split = (attribute.partition("=") for attribute in attributes)
    return {name.strip().upper(): value.strip() for name, _, value in split}


def one_way_links(item: SchemaObject, side: Side) -> Iterator[ObjectId]:
    """Name the operators that an operator links to and that do not link back.

    PostgreSQL links back when it makes a link to what is there already (OperatorUpd), so such a one is made later.
    """
    if not isinstance(item, Operator):
        return
    for identity in _links(item):
        other = side.find(Operator, identity)
        if other is not None and other != item and item.identity not in _links(other):
            yield identity


def _links(operator: Operator) -> set[ObjectId]:
    pairs = _pairs(operator.attributes)
    left, _, right = operator.signature.partition(", ")
    signatures = {"COMMUTATOR": f"{right}, {left}", "NEGATOR": operator.signature}
    found = set()
    for word in signatures.keys() & pairs.keys():
        namespace, _, name = pairs[word].removeprefix("OPERATOR(").removesuffix(")").rpartition(".")
        if namespace.startswith('"'):
            namespace = namespace[1:-1].replace('""', '"')
        found.add(ObjectId(kind="operator", namespace=namespace, name=name, signature=signatures[word]))
    return found


def create_family(family: OperatorFamily, context: Context) -> list[Step]:
    """CREATE OPERATOR FAMILY; its loose members follow."""
    del context
    what = designation(family.identity)
    steps = [Step(Role.CREATE, f"CREATE OPERATOR FAMILY {what}")]
    if family.members:
        steps.append(Step(Role.ALTER, f"ALTER OPERATOR FAMILY {what} ADD {', '.join(family.members)}"))
    return steps


def drop_family(family: OperatorFamily, context: Context) -> list[Step]:
    """DROP OPERATOR FAMILY."""
    del context
    return [Step(Role.DROP, f"DROP OPERATOR FAMILY {designation(family.identity)}")]


def create_class(item: OperatorClass, context: Context) -> list[Step]:
    """CREATE OPERATOR CLASS."""
    del context
    default = "DEFAULT " if item.default else ""
    family = f" FAMILY {item.family}" if item.family else ""
    members = ([f"STORAGE {item.storage}"] if item.storage else []) + list(item.members)
    head = f"CREATE OPERATOR CLASS {qualified(item)} {default}FOR TYPE {item.type}"
    body = ", ".join(members) or f"STORAGE {item.type}"
    return [Step(Role.CREATE, f"{head} USING {quote_identifier(item.signature)}{family} AS {body}")]


def drop_class(item: OperatorClass, context: Context) -> list[Step]:
    """DROP OPERATOR CLASS."""
    del context
    return [Step(Role.DROP, f"DROP OPERATOR CLASS {designation(item.identity)}")]


def create_access_method(item: AccessMethod, context: Context) -> list[Step]:
    """CREATE ACCESS METHOD."""
    del context
    return [
        Step(
            Role.CREATE,
            f"CREATE ACCESS METHOD {quote_identifier(item.name)} TYPE {item.type.upper()} HANDLER {item.handler}",
        )
    ]


def drop_access_method(item: AccessMethod, context: Context) -> list[Step]:
    """DROP ACCESS METHOD."""
    del context
    return [Step(Role.DROP, f"DROP ACCESS METHOD {quote_identifier(item.name)}")]


def create_collation(item: Collation, context: Context) -> list[Step]:
    """CREATE COLLATION with its option list."""
    del context
    return [Step(Role.CREATE, f"CREATE COLLATION {qualified(item)} ({', '.join(item.attributes)})")]


def drop_collation(item: Collation, context: Context) -> list[Step]:
    """DROP COLLATION, or RENAME where columns of it keep their values."""
    if item.identity not in context.aside:
        return [Step(Role.DROP, f"DROP COLLATION {qualified(item)}")]
    hazards = (breaks(f"statements that name {qualified(item)} fail until it is made anew"),)
    sql = f"ALTER COLLATION {qualified(item)} RENAME TO {quote_identifier(aside_name(item.name))}"
    return [Step(Role.ALTER, sql, hazards)]


def discard_collation(item: Collation, context: Context) -> list[Step]:
    """DROP the collation that was set aside; no value goes with it."""
    del context
    name = quote_qualified(QualifiedName(item.namespace, aside_name(item.name)))
    return [Step(Role.DISCARD, f"DROP COLLATION {name}")]


def create_conversion(item: Conversion, context: Context) -> list[Step]:
    """CREATE CONVERSION."""
    del context
    default = "DEFAULT " if item.default else ""
    encodings = f"{quote_literal(item.source)} TO {quote_literal(item.destination)}"
    return [Step(Role.CREATE, f"CREATE {default}CONVERSION {qualified(item)} FOR {encodings} FROM {item.function}")]


def drop_conversion(item: Conversion, context: Context) -> list[Step]:
    """DROP CONVERSION."""
    del context
    return [Step(Role.DROP, f"DROP CONVERSION {qualified(item)}")]
