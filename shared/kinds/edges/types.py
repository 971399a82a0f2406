"""Order of types that are begun as shells, of checks on domains, and of operators that link to each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.kinds.node import Node
from shared.kinds.ordering import BY_DEPENDENCIES, Edge, PlanView
from shared.kinds.recipes.operators import one_way_links
from shared.kinds.recipes.type_users import columns_holding
from shared.schema.identity import ObjectId
from shared.schema.routines import Operator
from shared.schema.types import BaseType, DomainConstraint, RangeType


def _shell_created(item: BaseType | RangeType, plan: PlanView) -> Iterator[Edge]:
    """The shell needs its namespace too."""
    namespace = ObjectId(kind="namespace", name=item.namespace)
    if namespace in plan.arrival and namespace in plan.context.desired.references[item.identity]:
        yield plan.arrival[namespace], Node("begin", item.identity)


def _constraint_created(constraint: DomainConstraint, plan: PlanView) -> Iterator[Edge]:
    """A constraint comes before columns that hold the domain's values within others: PostgreSQL refuses it after."""
    domain = ObjectId(kind="domain_type", namespace=constraint.namespace, name=constraint.parent)
    here = plan.arrival[constraint.identity]
    for column, by, within in columns_holding(domain, plan.context.desired):
        if within:
            yield here, Node("after", column.identity, by)
            yield from ((here, plan.arrival[i]) for i in (column.identity,) if i in plan.arrival)


def _operator_created(operator: Operator, plan: PlanView) -> Iterator[Edge]:
    for linked in one_way_links(operator, plan.context.desired):
        if linked in plan.arrival:
            yield plan.arrival[operator.identity], plan.arrival[linked]


SHELL_EDGES = replace(BY_DEPENDENCIES, when_created=_shell_created)
DOMAIN_CONSTRAINT_EDGES = replace(BY_DEPENDENCIES, when_created=_constraint_created)
OPERATOR_EDGES = replace(BY_DEPENDENCIES, when_created=_operator_created)
