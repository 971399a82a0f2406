"""Write the log: the one place that knows Python's `logging`. Everything logged is an event of `shared.events`.

Libraries log too. Of their records only warnings and errors are written, and of those what cannot quote a credential or
SQL: where it was logged, the type of the exception, and the message without its values (`cannot connect to %s`).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from shared.events.event import Event, LogLevel, name_of

_logger = logging.getLogger("fleetdrift")

_QUOTED = frozenset(' "=\\')  # a value that holds one of these is written as a JSON string


class LogFormat(StrEnum):
    """How a line of the log is written: `key=value` words for people, or one JSON object."""

    TEXT = "text"
    JSON = "json"


def log(event: Event, at: LogLevel | None = None) -> None:
    """Log an event.

    Args:
        event: One of the list.
        at: Another level than the event's own, where the same thing is also said to whoever waits for it.
    """
    level = event.level if at is None else at
    if _logger.isEnabledFor(level):
        _logger.log(level, _words(_fields(event)), extra={"event": event})


def configure_logging(level: LogLevel, form: LogFormat) -> None:
    """Write the log of this process and its children to stderr, from now on.

    Args:
        level: Events below it are not written. Records of libraries are written from WARNING on.
        form: How each line is written.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines() if form is LogFormat.JSON else _TextLines())
    root = logging.getLogger()
    root.handlers = [handler]  # the only one: a line is written once
    root.setLevel(logging.WARNING)
    _logger.setLevel(level)


class _TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{_time(record)} {record.levelname} {_words(_content(record))}"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"time": _time(record), "level": record.levelname, **_content(record)})


def _content(record: logging.LogRecord) -> dict[str, object]:
    event = getattr(record, "event", None)
    return _fields(event) if isinstance(event, Event) else _foreign(record)


def _fields(event: Event) -> dict[str, object]:
    fields: dict[str, object] = msgspec.to_builtins(event)
    return {"event": name_of(event), **fields}


def _foreign(record: logging.LogRecord) -> dict[str, object]:
    """Give what may be written of a library's record."""
    fields: dict[str, object] = {"event": "library", "logger": record.name, "at": f"{record.filename}:{record.lineno}"}
    if record.args:  # otherwise the values may be in the message already
        fields["message"] = str(record.msg).partition("\n")[0]
    if record.exc_info and record.exc_info[0]:
        fields["error"] = record.exc_info[0].__name__
    return fields


def _words(fields: Mapping[str, object]) -> str:
    """Spell fields as `event key=value …`."""
    rest = (f"{key}={_word(value)}" for key, value in fields.items() if key != "event")
    return " ".join((str(fields["event"]), *rest))


def _word(value: object) -> str:
    """Spell a value so that it is one word: names come from tenants, and may hold spaces, newlines and escapes."""
    if isinstance(value, str) and value.isascii() and value.isprintable() and value and not set(value) & _QUOTED:
        return value
    return json.dumps(value)


def _time(record: logging.LogRecord) -> str:
    return dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
