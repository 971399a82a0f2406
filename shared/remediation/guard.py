"""The guard of a plan: which objects a tenant must have, and how, for the plan to run on it.

The guard speaks of what the plan changes, of what hangs on the same tables, and of what these rest on; of the rest of
the schema it says nothing. Each object may be as it was read or as the plan leaves it, so that a run that broke off can
be repeated and a change that somebody else has made stops the plan. An object's state is one text that the tenant's own
server can write too (`shared/postgres/queries/guard.sql` is the other half of `spelling`); the guard keeps its hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import msgspec

from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import (
    Column,
    Constraint,
    ForeignTable,
    Index,
    MaterializedView,
    Policy,
    Rule,
    Sequence,
    Table,
    Trigger,
    View,
)
from shared.schema.routines import Routine
from shared.schema.types import CompositeType, DomainConstraint, DomainType, EnumType

_HASH_CHARACTERS = 16  # 64 bits: a change that happens to have the same hash is not to be expected
_STORAGE_OPTIONS = re.compile(r" WITH \([^)]*\)")


class Guarded(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """An object that the guard looks at, and the states in which it lets it pass.

    Args:
        identity: Which.
        states: Hashes of its spellings, sorted.
        may_be_absent: Whether it may be missing.
    """

    identity: ObjectId
    states: tuple[str, ...]
    may_be_absent: bool = False


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """The state that a plan may start from.

    Args:
        major: Major version of the server that spelt it.
        profile: Which facets were read.
        objects: Sorted by identity.
        closed: Tables that may have nothing on them but `objects`, sorted.
        unguarded: What the plan changes and the guard does not look at, sorted.
    """

    major: int
    profile: Profile
    objects: tuple[Guarded, ...] = ()
    closed: tuple[QualifiedName, ...] = ()
    unguarded: tuple[ObjectId, ...] = ()


def state_hash(spelt: str) -> str:
    """Hash a spelling as `guard.sql` does: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(spelt.encode()).hexdigest()[:_HASH_CHARACTERS]


def spelling(item: SchemaObject) -> str | None:  # noqa: PLR0911  # one line for each kind
    """Write what the guard compares of an object; None for the kinds that it does not look at.

    The other half is `shared/postgres/queries/guard.sql`, where a server writes the same text of its own catalogs.
    Storage settings, owners, comments, privileges and roles are left out, and so is whether a constraint is validated
    or an index valid: a plan passes through both.
    """
    match item:
        case Table():
            return _words(item.partition_key, item.partition_bound)
        case Sequence():
            return ""
        case ForeignTable():
            return item.partition_bound
        case View() | MaterializedView() | Rule() | Trigger() | Routine():
            return item.definition
        case Constraint() | DomainConstraint():
            return None if item.type == "not_null" else item.definition.removesuffix(" NOT VALID")
        case Column():
            return _words(
                item.type, *(["NOT NULL"] if item.not_null else []), item.default, item.identity_mode, item.generated
            )
        case Index():
            return _STORAGE_OPTIONS.sub("", item.definition)
        case Policy():
            return _words(item.command, "permissive" if item.permissive else "restrictive", item.using, item.with_check)
        case EnumType():
            return _counted(item.labels)
        case CompositeType():
            return _counted(word for attribute in item.attributes for word in (attribute.name, attribute.type))
        case DomainType():
            return _words(item.base_type, *(["NOT NULL"] if item.not_null else []), item.default)
        case _:
            return None


def _words(*words: str) -> str:
    return " ".join(word for word in words if word)


def _counted(words: Iterable[str]) -> str:
    """Join words so that no word can look like two: each after its length in characters."""
    return " ".join(f"{len(word)}:{word}" for word in words)


def merged(guards: Iterable[Guard]) -> Guard:
    """Join the guards of one plan, whose schema is spelt in several ways in a fleet: each object may have any spelling.

    Args:
        guards: At least one.

    Returns:
        Their union. Its `major` is the smallest.
    """
    first, *others = sorted(guards, key=lambda guard: guard.major)
    known: dict[ObjectId, list[Guarded]] = {}
    for guard in (first, *others):
        for item in guard.objects:
            known.setdefault(item.identity, []).append(item)
    return msgspec.structs.replace(
        first,
        objects=tuple(_either(known[identity], of=1 + len(others)) for identity in sorted(known)),
        closed=tuple(sorted({name for guard in (first, *others) for name in guard.closed})),
        unguarded=tuple(sorted({identity for guard in (first, *others) for identity in guard.unguarded})),
    )


def _either(items: list[Guarded], *, of: int) -> Guarded:
    states = sorted({state for item in items for state in item.states})
    absent = len(items) < of or any(item.may_be_absent for item in items)
    return Guarded(items[0].identity, tuple(states), may_be_absent=absent)
