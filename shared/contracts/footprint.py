"""Tell which queries a difference between two schemas concerns: the others are answered as before, and not asked again.

PostgreSQL finds everything that a query uses by the names in its text, by what belongs to what it has found (a table's
columns, constraints, policies, triggers) and by what that depends on, which `pg_depend` knows. So a query is concerned
when it names something that changed, or that depends on it. To name too much costs time, to miss something a wrong
verdict: names are compared without namespaces, case and quotes, and what is found without a name (operators, casts,
extensions) concerns every query.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from shared.contracts.statement import read_statements
from shared.contracts.trials import PLANNED
from shared.kinds import RECORDS
from shared.kinds.facts import ColumnType
from shared.schema.database import EventTrigger, Publication, Subscription
from shared.schema.facets import Comment, Owner, Privileges, SecurityLabel
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Constraint, ForeignTable, Index, StatisticsObject, Table, Trigger
from shared.schema.routines import Routine
from shared.schema.schema import ColumnOrder, Snapshot

_WORD = re.compile(r"\w+")
_ESCAPED_NAME = re.compile(r"\bU&\"", re.IGNORECASE)
"""`U&"\\0061"` is a name whose letters do not stand in the text."""


_RIGHTS = (Owner, Privileges)
_UNSEEN = (Comment, SecurityLabel, StatisticsObject, Publication, Subscription, EventTrigger)
"""What changes no answer of the server."""

_TEXTS_KEPT = 8192  # of which the words are remembered: every shape is compared with the same queries

_FOUND_WITHOUT_A_NAME = QualifiedName("", "")
"""Stands for operators, casts, extensions and the like, which a query uses without naming them."""


class Concern:
    """Which queries a difference concerns.

    Args:
        names: Names of what changed, of which a query must say one. One without a letter or digit concerns every query.
        tried: Further names for statements that are not planned: of parts, which REINDEX can say, and of what something
            that changed stands on, as TRUNCATE is refused when another table gets a foreign key to it.
    """

    def __init__(self, names: Iterable[str], tried: Iterable[str] = ()) -> None:
        self._names = {words_of(name) for name in names}
        self._tried = self._names | {words for name in tried if (words := words_of(name))}
        self._everything = frozenset() in self._names

    def touches(self, sql: str) -> bool:
        """Say whether a query can be answered otherwise."""
        if self._everything or _ESCAPED_NAME.search(sql):
            return True
        said = words_of(sql)
        planned = all(statement.kind in PLANNED for statement in read_statements(sql))
        return any(name <= said for name in (self._names if planned else self._tried))


def concern_of(declared: Snapshot, observed: Snapshot, *, with_rights: bool) -> Concern:
    """Compare two schemas.

    Args:
        declared: In which the queries have been asked.
        observed: In which they would be asked again.
        with_rights: Whether owners and privileges count, as they do for a service whose role is known.
    """
    changed = list(changed_objects(declared, observed))
    places = {place for item in changed if (place := place_of(item, with_rights=with_rights))}
    places |= {QualifiedName(each.namespace, each.relation) for each in _changed_orders(declared, observed)}
    found = _with_dependents(places, (declared, observed))
    identities = {item.identity for item in changed}
    below = {
        edge.referenced.parent or edge.referenced.name
        for edge in (*declared.dependencies, *observed.dependencies)
        if edge.dependent in identities
    }
    return Concern((place.name for place in found), below | {item.name for item in changed})


def changed_objects(declared: Snapshot, observed: Snapshot) -> Iterator[SchemaObject]:
    """Give every object that is on one side only, or otherwise on the other: then as it is on both."""
    there, here = declared.schema.by_identity(), observed.schema.by_identity()
    for identity in there.keys() | here.keys():
        before, after = there.get(identity), here.get(identity)
        if before != after:
            yield from (item for item in (before, after) if item is not None)


def _changed_orders(declared: Snapshot, observed: Snapshot) -> set[ColumnOrder]:
    return set(declared.column_order) ^ set(observed.column_order)


def place_of(item: SchemaObject, *, with_rights: bool = False) -> QualifiedName | None:
    """Give the name by which queries come to an object; None for what changes no answer of the server."""
    if isinstance(item, _RIGHTS):
        return _place_of(item.carrier) if with_rights else None
    if isinstance(item, _UNSEEN):
        return None
    if isinstance(item, Index):
        return QualifiedName(item.namespace, item.table)
    return _place_of(item.identity)


def _place_of(identity: ObjectId) -> QualifiedName:
    if identity.parent:
        return QualifiedName(identity.namespace, identity.parent)
    record = RECORDS[identity.kind]
    is_named = record.stands_in_bodies or record.column_type is not ColumnType.NO
    return (
        QualifiedName(identity.namespace, identity.name) if is_named and identity.namespace else _FOUND_WITHOUT_A_NAME
    )


def _with_dependents(places: set[QualifiedName], sides: Iterable[Snapshot]) -> set[QualifiedName]:
    """Add what depends on them, and the routines whose bodies name them, until there is no more."""
    dependents: defaultdict[QualifiedName, set[QualifiedName]] = defaultdict(set)
    bodies: dict[QualifiedName, frozenset[str]] = {}
    for side in sides:
        objects = side.schema.by_identity()
        for edge in side.dependencies:
            above, below = objects.get(edge.dependent), objects.get(edge.referenced)
            upper = place_of(above) if above is not None and _passes_on(above) else None
            lower = place_of(below) if below is not None else None
            if upper is not None and lower is not None:
                dependents[lower].add(upper)
        for item in side.schema:
            if isinstance(item, Table | ForeignTable):
                for parent in _parents(item):  # a query of the parent is planned with its children
                    dependents[QualifiedName(item.namespace, item.name)].add(parent)
            elif isinstance(item, Routine):
                place = QualifiedName(item.namespace, item.name)
                bodies[place] = bodies.get(place, frozenset()) | words_of(item.definition)
    return _closure(places, dependents, bodies)


def _closure(
    places: set[QualifiedName],
    dependents: defaultdict[QualifiedName, set[QualifiedName]],
    bodies: dict[QualifiedName, frozenset[str]],
) -> set[QualifiedName]:
    found: set[QualifiedName] = set()
    left = list(places)
    while left:
        place = left.pop()
        if place in found:
            continue
        found.add(place)
        left += dependents[place]
        words = words_of(place.name)
        left += [routine for routine, said in bodies.items() if words <= said]
    return found


def _passes_on(dependent: SchemaObject) -> bool:
    """Whether queries are planned otherwise when what this stands on changes: keys and triggers work at run time."""
    is_key = isinstance(dependent, Constraint) and dependent.type == "foreign_key"
    return not is_key and not isinstance(dependent, Trigger)


def _parents(table: Table | ForeignTable) -> tuple[QualifiedName, ...]:
    return (*table.inherits, *((table.partition_of,) if table.partition_of else ()))


@lru_cache(_TEXTS_KEPT)
def words_of(text: str) -> frozenset[str]:
    """Give the words of a text, in small letters."""
    return frozenset(word.lower() for word in _WORD.findall(text))
