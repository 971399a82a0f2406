"""Events of telling people."""

from __future__ import annotations

from typing import ClassVar

from shared.events.event import Event, LogLevel


class NoticeDelivered(Event, tag="notice.delivered", frozen=True, kw_only=True):
    """A notice was delivered: its receiver has taken it."""

    fleet: str
    scan: str
    sink: str
    events: int


class NoticeNotTaken(Event, tag="notice.not_taken", frozen=True, kw_only=True):
    """A notice was not taken; it is sent again, after longer and longer pauses, for a day."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    fleet: str
    scan: str
    sink: str
    reason: str


class NoticeGivenUp(Event, tag="notice.given_up", frozen=True, kw_only=True):
    """A notice was not taken for a whole day, and is not sent any more."""

    level: ClassVar[LogLevel] = LogLevel.ERROR
    fleet: str
    scan: str
    sink: str
    reason: str
