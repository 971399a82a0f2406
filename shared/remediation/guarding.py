"""Derive the guard of a plan from what was read, what is declared and what its statements are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import msgspec

from shared.diff.changes import SchemaDiff
from shared.kinds.interim import is_interim, not_null_check
from shared.kinds.lookup import relations
from shared.kinds.step import Role
from shared.remediation.guard import Guard, Guarded, spelling, state_hash
from shared.remediation.plan import Statement
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import KINDS, SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Column, Constraint, Index
from shared.schema.schema import Snapshot

_INDEXED = frozenset({"primary_key", "unique", "exclusion"})
_REMOVING = frozenset({Role.CREATE, Role.DROP, Role.DISCARD})

_Objects = Mapping[ObjectId, SchemaObject]


def make_guard(
    observed: Snapshot, desired: Snapshot, diff: SchemaDiff, statements: Iterable[Statement], profile: Profile
) -> Guard:
    """Derive the guard of a plan.

    Args:
        observed: As the tenant's own server spells it, before any scratch server has seen it.
        desired: The spec.
        diff: What the plan is about.
        statements: The plan's.
        profile: Which facets both snapshots hold.
    """
    present, wanted = observed.schema.by_identity(), desired.schema.by_identity()
    statements = tuple(statements)
    touched = {_carrier(identity) for identity in _named(diff, statements)}
    removed = {statement.object for statement in statements if statement.role in _REMOVING}
    passed = set(_intermediate(touched, present, wanted))
    closed = {table for identity in touched for table in _carriers_of(identity, present, wanted) if table in present}
    below = {edge.referenced for edge in observed.dependencies if edge.dependent in touched}
    # The guard looks at the indexes of tables that it names: a parent's index is beside those of another table.
    below = {i for i in below if i.kind != "index" or not closed.isdisjoint(_carriers_of(i, present))}
    carriers = closed | {identity for identity in touched | below if identity.kind == "domain_type"}
    beside = {
        item.identity for item in observed.schema if not carriers.isdisjoint(_carriers_of(item.identity, present))
    }
    may_go = removed | {identity for identity in touched if identity not in present or identity not in wanted}
    objects = {identity: Guarded(identity, (), may_be_absent=True) for identity in passed}
    for identity in touched | beside | below:
        absent = identity in may_go or not may_go.isdisjoint(_carriers_of(identity, present))
        if states := _states(present.get(identity), wanted.get(identity) if identity in touched else None):
            objects[identity] = Guarded(identity, states, may_be_absent=absent)
    return Guard(
        major=observed.server_version // 10000,
        profile=profile,
        objects=tuple(objects[identity] for identity in sorted(objects)),
        closed=tuple(sorted(QualifiedName(table.namespace, table.name) for table in closed)),
        unguarded=tuple(sorted(touched - set(objects))),
    )


def _named(diff: SchemaDiff, statements: tuple[Statement, ...]) -> Iterator[ObjectId]:
    yield from (change.identity for change in diff.changes)
    yield from (statement.object for statement in statements)


def _carrier(identity: ObjectId) -> ObjectId:
    """Give the object itself where its owner, comment or privileges are meant."""
    return msgspec.structs.replace(identity, kind=identity.of, of="") if identity.of in KINDS else identity


def _carriers_of(identity: ObjectId, *schemas: _Objects) -> Iterator[ObjectId]:
    """Name what an object may hang on: a table or a view, which it may itself be, or a domain."""
    if identity.kind in relations():
        yield identity
    elif identity.kind == "domain_constraint":
        yield ObjectId(kind="domain_type", namespace=identity.namespace, name=identity.parent)
    else:
        tables = {item.table for schema in schemas if isinstance(item := schema.get(identity), Index)}
        for name in tables or {identity.parent} - {""}:
            yield from (ObjectId(kind=kind, namespace=identity.namespace, name=name) for kind in relations())


def _states(observed: SchemaObject | None, desired: SchemaObject | None) -> tuple[str, ...]:
    """Hash each state that the plan may find or leave; nothing for a kind that the guard does not look at."""
    if isinstance(observed, Column) and isinstance(desired, Column):
        spelt = {spelling(column) for column in _between(observed, desired)}
    else:
        spelt = {spelling(side) for side in (observed, desired) if side is not None}
    return tuple(sorted(state_hash(text) for text in spelt if text is not None))


_COLUMN_FIELDS = ("type", "not_null", "default", "identity_mode", "generated")


def _between(observed: Column, desired: Column) -> Iterator[Column]:
    """Give a column's states on the way: a statement changes one part of it."""
    either = [{getattr(observed, name), getattr(desired, name)} for name in _COLUMN_FIELDS]
    if len(either[0]) > 1:  # its default stands in the way of another type
        either[2].add("")
    for values in product(*either):
        yield msgspec.structs.replace(observed, **dict(zip(_COLUMN_FIELDS, values, strict=True)))


def _intermediate(touched: set[ObjectId], present: _Objects, wanted: _Objects) -> Iterator[ObjectId]:
    """Name what a plan makes on its way: the index that becomes a constraint, the check before SET NOT NULL."""
    yield from filter(is_interim, touched)
    for identity in touched:
        match wanted.get(identity):
            case Constraint(type=kind) if kind in _INDEXED:
                yield ObjectId(kind="index", namespace=identity.namespace, name=identity.name)
            case Column(not_null=True) as column:
                check = not_null_check(column.identity)
                if check not in present and check not in wanted:
                    yield check
