"""Which tables' rows the statements of a plan can meet."""

from __future__ import annotations

from collections.abc import Iterable

from shared.kinds.side import Side
from shared.remediation.plan import Statement
from shared.remediation.ranks import is_facet
from shared.schema.base import ChildObject
from shared.schema.database import Namespace
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import (
    Index,
    MaterializedView,
    Policy,
    Rule,
    Sequence,
    StatisticsObject,
    Table,
    Trigger,
    View,
)

_NOT_ABOUT_ROWS = (MaterializedView, Namespace, Policy, Rule, Sequence, StatisticsObject, Trigger, View)
"""What is made, changed or dropped without a look at the rows of a table."""


class Touched:
    """Answers which tables of the observed schema are concerned.

    Args:
        observed: The schema that a plan begins with.
        desired: Where it leads: says on which table a new index is.
    """

    def __init__(self, observed: Side, desired: Side) -> None:
        self._observed = observed
        self._desired = desired
        self._tables = {
            QualifiedName(item.namespace, item.name) for item in observed.objects.values() if isinstance(item, Table)
        }

    def tables(self, statements: Iterable[Statement]) -> frozenset[QualifiedName]:
        """Give the tables whose rows statements can meet.

        Those are the tables that statements are about, those that use a type, a function or the like that statements
        are about, the rest of their partitions, and the tables whose foreign keys refer to them.
        """
        found: set[QualifiedName] = set()
        for statement in statements:
            if not statement.keeps_facts and not is_facet(statement.object):
                found |= self.below(statement.object)
        found = self.with_partitions(found)
        referring = {
            table
            for table in self._tables
            if any(constraint.references in found for constraint in self._observed.constraints(table))
        }
        return frozenset(self.with_partitions(found | referring))

    def with_referenced(self, names: Iterable[QualifiedName]) -> frozenset[QualifiedName]:
        """Add the tables that foreign keys refer to, and their partitions: rows need them."""
        found = set(names)
        waiting = list(found)
        while waiting:
            above = {constraint.references for constraint in self._observed.constraints(waiting.pop())}
            more = self.with_partitions(name for name in above if name is not None) - found
            found |= more
            waiting += more
        return frozenset(found)

    def below(self, identity: ObjectId) -> set[QualifiedName]:
        """Give the tables that an object is, is on, or is used by."""
        item = self._observed.objects.get(identity) or self._desired.objects.get(identity)
        if item is None or isinstance(item, _NOT_ABOUT_ROWS):
            return set()
        own = _place(item)
        if own is not None and isinstance(item, Table):  # a new one may take rows that its parent has
            return {own, *self._desired.parents(own)} & self._tables
        if own is not None:
            above = ObjectId(kind="domain_type", namespace=own.namespace, name=own.name)
            return {own} if own in self._tables else self._users(above)
        return self._users(identity)

    def _users(self, identity: ObjectId) -> set[QualifiedName]:
        found: set[QualifiedName] = set()
        seen, waiting = {identity}, [identity]
        while waiting:
            for dependent in self._observed.dependents.get(waiting.pop(), set()) - seen:
                seen.add(dependent)
                item = self._observed.objects[dependent]
                own = _place(item)
                if own is not None and own in self._tables and not isinstance(item, _NOT_ABOUT_ROWS):
                    found.add(own)
                else:
                    waiting.append(dependent)
        return found

    def with_partitions(self, names: Iterable[QualifiedName]) -> set[QualifiedName]:
        """Add the tables above and below: partitions, children and their parents."""
        found: set[QualifiedName] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found or name not in self._tables:
                continue
            found.add(name)
            waiting += self._observed.parents(name)
            waiting += (QualifiedName(part.namespace, part.name) for part in self._observed.partitions[name])
        return found


def _place(item: SchemaObject) -> QualifiedName | None:
    """Give the table that an object is or is on, or the domain of a constraint; None for what stands alone."""
    match item:
        case Table():
            return QualifiedName(item.namespace, item.name)
        case Index():
            return QualifiedName(item.namespace, item.table)
        case ChildObject():
            return QualifiedName(item.namespace, item.parent)
    return None
