"""How one kind of object is made, dropped and altered: the registry that the modules of `kinds/` fill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import msgspec

from shared.remediation.plan import Hazard, Role
from shared.remediation.side import Side
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile


class Step(msgspec.Struct, frozen=True):
    """One statement before the planner has said what it is for.

    Args:
        role: What it does to the object whose recipe gives it.
        sql: Complete, without the trailing semicolon.
        hazards: In any order.
        destructive: True when something is lost that the statement's own kind cannot bring back.
        transactional: False for what PostgreSQL refuses inside a transaction block.
    """

    role: Role
    sql: str
    hazards: tuple[Hazard, ...] = ()
    destructive: bool = False
    transactional: bool = True


class Verdict(Enum):
    """What an alteration can be."""

    REBUILD = "rebuild"  # only DROP and CREATE lead there


REBUILD = Verdict.REBUILD


@dataclass
class Context:
    """What recipes may ask.

    Args:
        desired: Where to.
        observed: Where from.
        online: Prefer forms that let readers and writers go on.
        creates: Identities that this plan makes (again).
        drops: Identities that this plan removes (for now).
        inlined: Per created table, the columns and constraints that its CREATE TABLE carries.
        retyped: Altered columns whose type is made anew, under the same name or another.
        aside: Types that are renamed rather than dropped at first, because columns keep values of them.
        profile: Which facets both sides were read with.
    """

    desired: Side
    observed: Side
    online: bool
    creates: set[ObjectId] = field(default_factory=set)
    drops: set[ObjectId] = field(default_factory=set)
    inlined: dict[ObjectId, set[ObjectId]] = field(default_factory=dict)
    retyped: set[ObjectId] = field(default_factory=set)
    aside: set[ObjectId] = field(default_factory=set)
    profile: Profile = field(default_factory=Profile)

    def is_new(self, relation: ObjectId) -> bool:
        """Say whether a relation is made by this plan, so that nobody can be using it."""
        return relation in self.creates


class Loosened(msgspec.Struct, frozen=True):
    """How an object lets go of what it stands on, and takes hold of it again.

    Args:
        before: Run before the thing below is dropped.
        after: Run when it is back.
    """

    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()


Create = Callable[[Any, Context], Sequence[Step]]
Drop = Callable[[Any, Context], Sequence[Step]]
Alter = Callable[[Any, Any, frozenset[str], Context], "Sequence[Step] | Verdict"]
Loosen = Callable[[Any, ObjectId, Context], "Loosened | None"]
Disturbs = Callable[[Any, Any, frozenset[str], Context], "frozenset[str]"]


@dataclass(frozen=True)
class Recipe:
    """The way with one kind.

    Args:
        create: The desired object → steps.
        drop: The observed object → steps.
        alter: (desired, observed, fields) → steps in place, or REBUILD.
        release: (desired, observed, fields) → steps of an alteration that must come before anything is dropped.
        finish: The desired object → steps once everything that hangs on it is there (ATTACH PARTITION, OWNED BY).
        finish_needs: What `finish` waits for.
        loosen: Survive the rebuilding of something below without being rebuilt; None when that is impossible.
        disturbs: Kinds of dependents that PostgreSQL wants out of the way while the object is altered.
        begin: The desired object → steps that must come before what it stands on, which stands on it too (shell types).
        discard: The observed object → steps that end what was set aside.
    """

    create: Create
    drop: Drop
    alter: Alter
    release: Alter | None = None
    finish: Create | None = None
    finish_needs: Callable[[Any, Context], set[ObjectId]] | None = None
    loosen: Loosen | None = None
    disturbs: Disturbs | None = None
    begin: Create | None = None
    discard: Drop | None = None


RECIPES: dict[str, Recipe] = {}


def register(model: type, recipe: Recipe) -> None:
    """Say how objects of a model class are handled; each class once."""
    kind = str(model.__struct_config__.tag)  # type: ignore[attr-defined]  # every model class is a tagged Struct
    assert kind not in RECIPES, f"{kind} has two recipes"
    RECIPES[kind] = recipe


def always_rebuild(desired: Any, observed: Any, fields: frozenset[str], context: Context) -> Verdict:
    """Give the alteration of kinds that have no ALTER worth using."""
    del desired, observed, fields, context
    return REBUILD
