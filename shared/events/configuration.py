"""Events of the configuration of a coordinator that runs."""

from __future__ import annotations

from typing import ClassVar

from shared.events.event import Event, LogLevel


class ConfigurationLoaded(Event, tag="configuration.loaded", frozen=True, kw_only=True):
    """The configuration was read again and is in force; tables in `waiting` have changed and count after a restart."""

    fleets: str
    waiting: str


class ConfigurationBroken(Event, tag="configuration.broken", frozen=True, kw_only=True):
    """The configuration has changed and cannot be used, for a `reason`; the one that was read before stays in force."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    reason: str
