"""What every event of the log has: a name, a level, and fields."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

import msgspec


class LogLevel(IntEnum):
    """How much an event matters; the numbers are those of Python's `logging`."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened. The tag is its name in the log; the fields are logged as they are."""

    level: ClassVar[LogLevel] = LogLevel.INFO


class RunEvent(Event, frozen=True, kw_only=True):
    """Something that happened in a run: the reading of a scan's tenants, or the analysis of its shapes."""

    run: str = ""


def name_of(event: Event | type[Event]) -> str:
    """Give an event's name in the log."""
    return str(event.__struct_config__.tag)
