"""Derive the guard of a plan: which values each object it changes may have, and hashes of all other objects."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from shared.diff.changes import SchemaDiff
from shared.kinds.interim import not_null_check
from shared.remediation.guard import ABSENT, Field, Guard, Touched, Untouched, as_json, as_text, hash_of, value_hash
from shared.remediation.plan import Statement
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Column, Constraint, Index
from shared.schema.schema import Snapshot

_INDEXED = frozenset({"primary_key", "unique", "exclusion"})


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
    rebuilt = {statement.object for statement in statements}
    named = {change.identity for change in diff.changes} | rebuilt
    touched = {
        identity: _touched(identity, present.get(identity), wanted.get(identity), rebuilt=identity in rebuilt)
        for identity in named
        if identity in present or identity in wanted
    }
    for identity in list(_intermediate(touched, present, wanted)):
        touched.setdefault(identity, Touched(identity, may_be_absent=True))
    return Guard(
        major=observed.server_version // 10000,
        profile=profile,
        untouched=tuple(_untouched(item for item in observed.schema if item.identity not in touched)),
        touched=tuple(touched[identity] for identity in sorted(touched)),
    )


def _touched(
    identity: ObjectId, observed: SchemaObject | None, desired: SchemaObject | None, *, rebuilt: bool
) -> Touched:
    sides = [as_json(side) for side in (observed, desired) if side is not None]
    absent = rebuilt or observed is None or desired is None
    names = sorted({name for side in sides for name in side if any(other.get(name) != side[name] for other in sides)})
    fields = tuple(Field(name, tuple(sorted({value_hash(side, name) for side in sides}))) for name in names)
    if isinstance(observed or desired, Index):  # CREATE INDEX CONCURRENTLY leaves an invalid one when it fails
        either = tuple(sorted({ABSENT, value_hash({"valid": False}, "valid")}))
        fields = tuple(sorted((*(field for field in fields if field.name != "valid"), Field("valid", either))))
    changed = {field.name for field in fields}
    rest = hash_of({name: value for name, value in sides[0].items() if name not in changed})
    return Touched(identity, rest, fields, may_be_absent=absent)


def _intermediate(
    touched: dict[ObjectId, Touched], present: dict[ObjectId, SchemaObject], wanted: dict[ObjectId, SchemaObject]
) -> Iterator[ObjectId]:
    """Name what a plan makes on its way: the index that becomes a constraint, the check before SET NOT NULL."""
    for identity in touched:
        match wanted.get(identity):
            case Constraint(type=kind) if kind in _INDEXED:
                yield ObjectId(kind="index", namespace=identity.namespace, name=identity.name)
            case Column(not_null=True) as column:
                check = not_null_check(column.identity)
                if check not in present and check not in wanted:
                    yield check


def _untouched(items: Iterable[SchemaObject]) -> Iterator[Untouched]:
    by_kind: dict[str, list[bytes]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(as_text(as_json(item)).encode())
    for kind in sorted(by_kind):
        lines = sorted(by_kind[kind])
        yield Untouched(kind, len(lines), hashlib.sha256(b"\n".join(lines)).hexdigest())
