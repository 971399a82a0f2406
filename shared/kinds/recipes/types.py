"""Types: enums, domains, composites, ranges and base types.

A type whose columns must keep their values is rebuilt aside: renamed, made anew, every column converted, then dropped.
"""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, blocks_writes, breaks, loses, scans
from shared.kinds.interim import aside_name
from shared.kinds.names import parent_name, qualified
from shared.kinds.recipes.column_types import is_lossless
from shared.kinds.recipes.composite_values import is_mixed_up
from shared.kinds.recipes.type_users import columns_holding, is_within_others
from shared.kinds.side import Side
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.types import Attribute, BaseType, CompositeType, DomainConstraint, DomainType, EnumType, RangeType
from shared.sql import quote_identifier, quote_literal, quote_qualified

AnyType = EnumType | DomainType | CompositeType | RangeType | BaseType


def _keyword(item: AnyType) -> str:
    return "DOMAIN" if isinstance(item, DomainType) else "TYPE"


def drop_type(item: AnyType, context: Context) -> list[Step]:
    """DROP TYPE, or RENAME when columns hold values that are to be kept."""
    keyword, what = _keyword(item), qualified(item)
    if item.identity not in context.aside:
        return [Step(Role.DROP, f"DROP {keyword} {what}", (breaks(f"statements that name {what} fail"),))]
    hazards = (breaks(f"statements that name {what} fail until it is made anew"),)
    return [Step(Role.ALTER, f"ALTER {keyword} {what} RENAME TO {quote_identifier(aside_name(item.name))}", hazards)]


def discard_type(item: AnyType, context: Context) -> list[Step]:
    """DROP what was set aside."""
    name = quote_qualified(QualifiedName(item.namespace, aside_name(item.name)))
    lost = _says_more(item, context.desired.objects.get(item.identity)) or is_mixed_up(item.identity, context)
    hazards = (loses(f"what only the old {qualified(item)} could say"),) if lost else ()
    return [Step(Role.DISCARD, f"DROP {_keyword(item)} {name}", hazards, destructive=lost)]


def _says_more(item: AnyType, desired: SchemaObject | None) -> bool:
    """Say whether a type has values that the desired one of its name lacks."""
    match item, desired:
        case EnumType(), EnumType():
            return bool(set(item.labels) - set(desired.labels))
        case DomainType(), DomainType():
            return not is_lossless(item.base_type, desired.base_type)
        case CompositeType(), CompositeType():
            wanted = {attribute.name: attribute.type for attribute in desired.attributes}
            return not all(a.name in wanted and is_lossless(a.type, wanted[a.name]) for a in item.attributes)
        case _:
            return True


def create_enum(enum: EnumType, context: Context) -> list[Step]:
    """CREATE TYPE … AS ENUM."""
    del context
    labels = ", ".join(quote_literal(label) for label in enum.labels)
    return [Step(Role.CREATE, f"CREATE TYPE {qualified(enum)} AS ENUM ({labels})")]


def alter_enum(desired: EnumType, observed: EnumType, fields: frozenset[str], context: Context) -> list[Step] | Verdict:
    """ADD VALUE in place when labels only come in between; removal and reordering make another type."""
    del fields, context
    kept = tuple(label for label in desired.labels if label in set(observed.labels))
    if kept != observed.labels:
        return REBUILD
    steps = []
    present = set(observed.labels)
    for position, label in enumerate(desired.labels):
        if label in present:
            continue
        place = _place(desired.labels, position, present)
        # A value that was added in a transaction cannot be used before it ends (ALTER TYPE, Notes).
        sql = f"ALTER TYPE {qualified(desired)} ADD VALUE IF NOT EXISTS {quote_literal(label)}{place}"
        steps.append(Step(Role.SET, sql, transactional=False))
        present.add(label)
    return steps


def _place(labels: tuple[str, ...], position: int, present: set[str]) -> str:
    if position > 0:
        return f" AFTER {quote_literal(labels[position - 1])}"
    following = next((label for label in labels[1:] if label in present), None)
    return f" BEFORE {quote_literal(following)}" if following is not None else ""


def create_domain(domain: DomainType, context: Context) -> list[Step]:
    """CREATE DOMAIN; its constraints are objects of their own."""
    parts = [f"CREATE DOMAIN {qualified(domain)} AS {domain.base_type}"]
    if domain.collation is not None:
        parts.append(f"COLLATE {quote_qualified(domain.collation)}")
    if domain.default:
        parts.append(f"DEFAULT {domain.default}")
    if domain.not_null and not _names_not_null(domain, context.desired):
        parts.append("NOT NULL")
    return [Step(Role.CREATE, " ".join(parts))]


def alter_domain(
    desired: DomainType, observed: DomainType, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """Default and NOT NULL in place."""
    if fields & {"base_type", "collation"}:
        return REBUILD
    if "not_null" in fields and desired.not_null and is_within_others(observed.identity, context.observed):
        return REBUILD  # "cannot alter type because column uses it"
    what = qualified(desired)
    steps = []
    if "default" in fields:
        action = f"SET DEFAULT {desired.default}" if desired.default else "DROP DEFAULT"
        steps.append(Step(Role.SET, f"ALTER DOMAIN {what} {action}"))
    if "not_null" in fields and not (desired.not_null and _names_not_null(desired, context.desired)):
        every = f"every table with a column of {what}"
        hazards = (blocks_writes(every), scans(every)) if desired.not_null else ()
        steps.append(Step(Role.SET, f"ALTER DOMAIN {what} {'SET' if desired.not_null else 'DROP'} NOT NULL", hazards))
    return steps


def _names_not_null(domain: DomainType, side: Side) -> bool:
    """Say whether a constraint with a name of its own (v17) states the domain's NOT NULL."""
    children = side.children[QualifiedName(domain.namespace, domain.name)]
    return any(isinstance(child, DomainConstraint) and child.type == "not_null" for child in children)


def _is_not_null(constraint: DomainConstraint, side: Side) -> bool:
    """Say whether the constraint's domain is declared NOT NULL on a side, by whatever name."""
    domain = side.find(DomainType, ObjectId(kind="domain_type", namespace=constraint.namespace, name=constraint.parent))
    return domain is not None and domain.not_null


def create_domain_constraint(constraint: DomainConstraint, context: Context) -> list[Step]:
    """ALTER DOMAIN … ADD CONSTRAINT; a NOT NULL that is there under its automatic name would swallow the new one."""
    what = parent_name(constraint)
    sql = f"ALTER DOMAIN {what} ADD CONSTRAINT {quote_identifier(constraint.name)} {constraint.definition}"
    replaces = constraint.type == "not_null" and _is_not_null(constraint, context.observed)
    return [
        *([Step(Role.SET, f"ALTER DOMAIN {what} DROP NOT NULL")] if replaces else []),
        Step(
            Role.CREATE,
            sql,
            (blocks_writes(f"every table with a column of {what}"), scans(f"every table with a column of {what}")),
        ),
    ]


def drop_domain_constraint(constraint: DomainConstraint, context: Context) -> list[Step]:
    """ALTER DOMAIN … DROP CONSTRAINT; a NOT NULL that stays gets its automatic name."""
    if constraint.type == "not_null" and _is_not_null(constraint, context.desired):
        return _unname_not_null(constraint, context)
    name = quote_identifier(constraint.name)
    lost = breaks("what the constraint guaranteed is not guaranteed any more")
    return [
        Step(Role.DROP, f"ALTER DOMAIN {parent_name(constraint)} DROP CONSTRAINT {name}", (lost,), destructive=True)
    ]


def _unname_not_null(constraint: DomainConstraint, context: Context) -> list[Step]:
    domain = ObjectId(kind="domain_type", namespace=constraint.namespace, name=constraint.parent)
    item = context.desired.find(DomainType, domain)
    if item is None or _names_not_null(item, context.desired):
        return []  # the one that comes replaces it
    what = parent_name(constraint)
    every = f"every table with a column of {what}"
    again = Step(Role.SET, f"ALTER DOMAIN {what} SET NOT NULL", (blocks_writes(every), scans(every)))
    return [Step(Role.DROP, f"ALTER DOMAIN {what} DROP CONSTRAINT {quote_identifier(constraint.name)}"), again]


def alter_domain_constraint(
    desired: DomainConstraint, observed: DomainConstraint, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """VALIDATE in place."""
    del context
    same = desired.definition == observed.definition.removesuffix(" NOT VALID")
    if not fields <= {"validated", "definition"} or not same or not desired.validated:
        return REBUILD
    what = parent_name(desired)
    sql = f"ALTER DOMAIN {what} VALIDATE CONSTRAINT {quote_identifier(desired.name)}"
    return [
        Step(
            Role.VALIDATE,
            sql,
            (blocks_writes(f"every table with a column of {what}"), scans(f"every table with a column of {what}")),
        )
    ]


def _attribute(attribute: Attribute) -> str:
    collate = f" COLLATE {quote_qualified(attribute.collation)}" if attribute.collation is not None else ""
    return f"{quote_identifier(attribute.name)} {attribute.type}{collate}"


def create_composite(composite: CompositeType, context: Context) -> list[Step]:
    """CREATE TYPE … AS (…)."""
    del context
    attributes = ", ".join(_attribute(attribute) for attribute in composite.attributes)
    return [Step(Role.CREATE, f"CREATE TYPE {qualified(composite)} AS ({attributes})")]


def alter_composite(
    desired: CompositeType, observed: CompositeType, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """ALTER TYPE where attributes go, change type or are appended; any other order makes another type."""
    del fields
    wanted = {attribute.name: attribute for attribute in desired.attributes}
    kept = [attribute.name for attribute in observed.attributes if attribute.name in wanted]
    if kept != [attribute.name for attribute in desired.attributes][: len(kept)]:
        return REBUILD
    present = {attribute.name: attribute for attribute in observed.attributes}
    users = {identity.kind for identity in context.observed.dependents[observed.identity]}
    used = any(columns_holding(observed.identity, context.observed))
    changed = [a for a in desired.attributes if a.name in present and present[a.name] != a]
    if used and changed:
        return REBUILD  # "cannot alter type because column uses it"
    gone = [attribute.name for attribute in observed.attributes if attribute.name not in wanted]
    actions = [f"DROP ATTRIBUTE {quote_identifier(name)} CASCADE" for name in gone]
    for attribute in changed:
        collate = f" COLLATE {quote_qualified(attribute.collation)}" if attribute.collation is not None else ""
        name = quote_identifier(attribute.name)
        actions.append(f"ALTER ATTRIBUTE {name} SET DATA TYPE {attribute.type}{collate} CASCADE")
    actions += [f"ADD ATTRIBUTE {_attribute(a)} CASCADE" for a in desired.attributes if a.name not in present]
    what = qualified(desired)
    # CASCADE takes the columns of typed tables along.
    narrowed = [a.name for a in changed if not is_lossless(present[a.name].type, a.type)]
    harmed = [*gone, *narrowed] if users & {"column", "table"} else []
    hazards = [blocks_all(what), *([breaks(f"readers of {', '.join(gone)} fail")] if gone and not harmed else [])]
    if "table" in users:
        hazards.append(blocks_all(f"every table of type {what}"))
    if harmed:
        hazards.append(loses(f"what only the old {', '.join(harmed)} could hold"))
    return [Step(Role.ALTER, f"ALTER TYPE {what} {', '.join(actions)}", tuple(hazards), destructive=bool(harmed))]


def create_range(item: RangeType, context: Context) -> list[Step]:
    """CREATE TYPE … AS RANGE; where columns hold values of the old one, their bounds may be cut to the new subtype."""
    parts = [f"SUBTYPE = {item.subtype}"]
    if item.operator_class:
        parts.append(f"SUBTYPE_OPCLASS = {item.operator_class}")
    if item.collation is not None:
        parts.append(f"COLLATION = {quote_qualified(item.collation)}")
    if item.canonical:
        parts.append(f"CANONICAL = {item.canonical}")
    if item.subtype_diff:
        parts.append(f"SUBTYPE_DIFF = {item.subtype_diff}")
    if item.multirange_name is not None:
        parts.append(f"MULTIRANGE_TYPE_NAME = {quote_qualified(item.multirange_name)}")
    before = context.observed.find(RangeType, item.identity)
    kinds = {identity.kind for identity in context.observed.dependents[item.identity]}
    cut = before is not None and "column" in kinds and not is_lossless(before.subtype, item.subtype)
    lost = (loses(f"a bound of {qualified(item)} that {item.subtype} cannot hold"),) if cut else ()
    return [Step(Role.CREATE, f"CREATE TYPE {qualified(item)} AS RANGE ({', '.join(parts)})", lost, destructive=cut)]


def begin_range(item: RangeType, context: Context) -> list[Step]:
    """The shell that a canonical function names before the range can name it (CREATE TYPE, range types)."""
    del context
    return [Step(Role.CREATE, f"CREATE TYPE {qualified(item)}")] if item.canonical else []


def drop_range(item: RangeType, context: Context) -> list[Step]:
    """DROP TYPE, with the canonical function that exists for it alone."""
    del context
    hazards = (breaks(f"statements that name {qualified(item)} fail"),)
    return [Step(Role.DROP, f"DROP TYPE {qualified(item)}{' CASCADE' if item.canonical else ''}", hazards)]


def begin_base(item: BaseType, context: Context) -> list[Step]:
    """The shell that the input and output functions name before the type can name them (CREATE TYPE, base types)."""
    del context
    return [Step(Role.CREATE, f"CREATE TYPE {qualified(item)}")]


def create_base(item: BaseType, context: Context) -> list[Step]:
    """CREATE TYPE with its option list."""
    del context
    return [] if item.shell else [Step(Role.CREATE, f"CREATE TYPE {qualified(item)} ({', '.join(item.attributes)})")]


def drop_base(item: BaseType, context: Context) -> list[Step]:
    """DROP TYPE with the functions that exist for it alone."""
    del context
    return [Step(Role.DROP, f"DROP TYPE {qualified(item)} CASCADE", destructive=True)]
