"""What a recipe may ask about the plan that it writes statements for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from shared.kinds.side import Side
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile


class Recipe(StrEnum):
    """How a change is made that writes every row of a table anew."""

    SHORT = "short"
    """By one statement, for which everybody waits."""
    ONLINE = "online"
    """By many, for none of which anybody waits for long."""


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
        late_defaults: Created columns whose default is set by a statement of its own, because it stands on their table.
        hollow: Views that are made without their query first.
        profile: Which facets both sides were read with.
        recipe: How what writes every row anew is done.
    """

    desired: Side
    observed: Side
    online: bool
    creates: set[ObjectId] = field(default_factory=set)
    drops: set[ObjectId] = field(default_factory=set)
    inlined: dict[ObjectId, set[ObjectId]] = field(default_factory=dict)
    retyped: set[ObjectId] = field(default_factory=set)
    aside: set[ObjectId] = field(default_factory=set)
    late_defaults: set[ObjectId] = field(default_factory=set)
    hollow: set[ObjectId] = field(default_factory=set)
    profile: Profile = field(default_factory=Profile)
    recipe: Recipe = Recipe.SHORT

    def is_new(self, relation: ObjectId) -> bool:
        """Say whether a relation is made by this plan, so that nobody can be using it."""
        return relation in self.creates
