"""Moments and ages as pages write them."""

from __future__ import annotations

import datetime as dt

from coordinator.report.renderers.presentation import plural

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def age(moment: dt.datetime | None, now: dt.datetime) -> str:
    """Say how long ago something was, in its largest unit: `3 days ago`; `never` for what was not."""
    if moment is None:
        return "never"
    seconds = max(0, int((now - moment).total_seconds()))
    return f"{_length(seconds)} ago" if seconds >= 1 else "just now"


def lasted(begin: dt.datetime, end: dt.datetime) -> str:
    """Say how long something lasted, in its largest unit."""
    return _length(max(0, int((end - begin).total_seconds())))


def _length(seconds: int) -> str:
    for length, unit in _UNITS:
        if seconds >= length:
            return plural(seconds // length, unit)
    return plural(seconds, "second")


def minute(moment: dt.datetime) -> str:
    """Write a moment to the minute, in UTC."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
