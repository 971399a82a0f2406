"""The ignore rules of a fleet as they are shown: those of the configuration, and those of the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from coordinator.store.ignores import KeptIgnore
from shared.findings.ignore import IgnoreRule, ignoring


class IgnoreSource(StrEnum):
    """Where an ignore rule stands."""

    CONFIGURATION = "configuration"
    STORE = "store"


class IgnoreState(StrEnum):
    """Whether an ignore rule counts in the next scan."""

    IN_FORCE = "in_force"
    ENDED = "ended"  # its last day is over
    OVERRIDDEN = "overridden"  # the configuration has a rule that ignores the same


class IgnoreView(msgspec.Struct, frozen=True, kw_only=True):
    """One ignore rule.

    Args:
        id: Names it; of a rule of the configuration `configuration-N`, its place there from 1.
        source: Where it stands.
        state: Whether it counts in the next scan.
        rule: What it ignores, why, who decided, and until when.
        created: When it was made; none for one of the configuration.
        created_by: By whom; empty for one of the configuration.
    """

    id: str
    source: IgnoreSource
    state: IgnoreState
    rule: IgnoreRule
    created: dt.datetime | None = None
    created_by: str = ""


class IgnoresList(msgspec.Struct, frozen=True, kw_only=True):
    """The ignore rules of a fleet, in the order in which they are asked: those of the configuration first.

    Args:
        fleet: Name.
        ignores: All of them.
    """

    fleet: str
    ignores: tuple[IgnoreView, ...]


def shown_ignores(
    configured: Sequence[IgnoreRule], kept: Sequence[KeptIgnore], today: dt.date
) -> tuple[IgnoreView, ...]:
    """Show ignore rules.

    Args:
        configured: Those of the configuration.
        kept: Those of the store.
        today: A rule whose last day is before it has ended.
    """
    counting = ignoring(configured, [entry.rule for entry in kept])
    own = [
        IgnoreView(
            id=f"{IgnoreSource.CONFIGURATION.value}-{place}",
            source=IgnoreSource.CONFIGURATION,
            state=_state(rule, today),
            rule=rule,
        )
        for place, rule in enumerate(configured, start=1)
    ]
    stored = [
        IgnoreView(
            id=entry.rule.id,
            source=IgnoreSource.STORE,
            state=_state(entry.rule, today) if entry.rule in counting else IgnoreState.OVERRIDDEN,
            rule=entry.rule.plain,
            created=entry.created,
            created_by=entry.created_by,
        )
        for entry in kept
    ]
    return (*own, *stored)


def _state(rule: IgnoreRule, today: dt.date) -> IgnoreState:
    return IgnoreState.ENDED if rule.until < today else IgnoreState.IN_FORCE
