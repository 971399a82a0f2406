"""What the log says of the coordinator's own store."""

from __future__ import annotations

from typing import ClassVar

from shared.events.event import Event, LogLevel


class StoreChecked(Event, tag="store.checked", frozen=True, kw_only=True):
    """The store was compared with what its migrations make; `changes` says in how many objects it differs."""

    fleet: str
    changes: int


class StoreDrifted(Event, tag="store.drifted", frozen=True, kw_only=True):
    """The store differs from what its migrations make: somebody has changed it by hand. `change` is one difference."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    fleet: str
    change: str


class StoreUnchecked(Event, tag="store.unchecked", frozen=True, kw_only=True):
    """The store could not be compared with what its migrations make; scans go on."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    fleet: str
    reason: str
