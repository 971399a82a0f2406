"""Types a user makes (`pg_type`): enums, domains, composites, ranges, base types."""

from __future__ import annotations

import msgspec

from shared.schema.base import ChildObject, Object
from shared.schema.identity import QualifiedName


class EnumType(Object, frozen=True, kw_only=True):
    """An enum; the order of labels is the order of values."""

    labels: tuple[str, ...] = ()


class DomainType(Object, frozen=True, kw_only=True):
    """A domain. Its constraints are objects of their own."""

    base_type: str
    not_null: bool = False
    default: str = ""
    collation: QualifiedName | None = None


class DomainConstraint(ChildObject, frozen=True, kw_only=True):
    """A check (or, since v17, named not-null) constraint of a domain."""

    type: str = "check"
    definition: str
    validated: bool = True


class Attribute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attribute of a composite type."""

    name: str
    type: str
    collation: QualifiedName | None = None


class CompositeType(Object, frozen=True, kw_only=True):
    """`CREATE TYPE … AS (…)`; here order matters, values are positional."""

    attributes: tuple[Attribute, ...] = ()


class RangeType(Object, frozen=True, kw_only=True):
    """A range type with its multirange."""

    subtype: str
    operator_class: str = ""
    collation: QualifiedName | None = None
    canonical: str = ""
    subtype_diff: str = ""
    multirange_name: QualifiedName | None = None


class BaseType(Object, frozen=True, kw_only=True):
    """A base type (C functions) or a shell type; `attributes` is CREATE TYPE's option list, sorted."""

    attributes: tuple[str, ...] = ()
    shell: bool = False
