"""Every kind of object fleetdrift models, as one tagged union. Adding a kind begins here (CONTRIBUTING.md)."""

from __future__ import annotations

from typing import get_args

from shared.schema.database import (
    AccessMethod,
    Collation,
    Conversion,
    DatabaseSetting,
    EventTrigger,
    Extension,
    ForeignDataWrapper,
    ForeignServer,
    Namespace,
    Publication,
    Subscription,
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchParser,
    TextSearchTemplate,
    UserMapping,
)
from shared.schema.facets import Comment, DefaultPrivileges, Owner, Privileges, SecurityLabel
from shared.schema.profile import EVERYTHING
from shared.schema.relations import (
    Column,
    Constraint,
    ForeignTable,
    Index,
    MaterializedView,
    Policy,
    Rule,
    Sequence,
    StatisticsObject,
    Table,
    Trigger,
    View,
    ViewColumn,
)
from shared.schema.routines import (
    Aggregate,
    Cast,
    Language,
    Operator,
    OperatorClass,
    OperatorFamily,
    Routine,
    Transform,
)
from shared.schema.types import BaseType, CompositeType, DomainConstraint, DomainType, EnumType, RangeType

SchemaObject = (
    Namespace
    | Extension
    | Table
    | ForeignTable
    | Column
    | Constraint
    | Index
    | Sequence
    | View
    | ViewColumn
    | MaterializedView
    | Rule
    | Trigger
    | EventTrigger
    | Policy
    | StatisticsObject
    | EnumType
    | DomainType
    | DomainConstraint
    | CompositeType
    | RangeType
    | BaseType
    | Routine
    | Aggregate
    | Operator
    | OperatorFamily
    | OperatorClass
    | Cast
    | Language
    | Transform
    | Collation
    | Conversion
    | TextSearchParser
    | TextSearchTemplate
    | TextSearchDictionary
    | TextSearchConfiguration
    | AccessMethod
    | ForeignDataWrapper
    | ForeignServer
    | UserMapping
    | Publication
    | Subscription
    | DatabaseSetting
    | Owner
    | Privileges
    | DefaultPrivileges
    | Comment
    | SecurityLabel
)

KINDS: dict[str, type[SchemaObject]] = {str(cls.__struct_config__.tag): cls for cls in get_args(SchemaObject)}
"""Model class by tag: the registry is derived from the union, never typed twice."""

FACETS = EVERYTHING.facets()
"""Kinds that are compared only when a profile asks for them."""
