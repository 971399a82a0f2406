"""Timestamps: RFC 3339, Go's durations, and `formatdate`'s letters."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction

from coordinator.iac.expressions.functions.registry import FunctionError, function
from coordinator.iac.expressions.types import NUMBER, STRING
from coordinator.iac.expressions.values import Value, number, string

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)\Z",
)
_DURATION = re.compile(r"([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+\Z")
_PIECE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905


def _parse(text: str) -> datetime:
    match = _TIMESTAMP.match(text)
    if match is None:
        raise FunctionError("not a valid RFC3339 timestamp")
    try:
        return datetime.fromisoformat(f"{text[:19]}{'+00:00' if match.group(8) == 'Z' else match.group(8)}")
    except ValueError as error:
        raise FunctionError(f"not a valid RFC3339 timestamp: {error}") from None


def _show(moment: datetime) -> str:
    text = moment.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


@function("timeadd", STRING, STRING, returns=STRING)
def _timeadd(timestamp: Value, duration: Value) -> Value:
    moment = _parse(timestamp.raw)
    match = _DURATION.match(duration.raw)
    if match is None and duration.raw != "0":
        raise FunctionError("not a valid duration")
    total = sum(Fraction(amount) * _UNITS[unit] for amount, unit in _PIECE.findall(duration.raw))
    try:
        moved = moment + timedelta(seconds=float(total / 10**9)) * (-1 if duration.raw.startswith("-") else 1)
    except OverflowError:
        raise FunctionError("the duration is too long") from None
    return string(_show(moved))


@function("timecmp", STRING, STRING, returns=NUMBER)
def _timecmp(one: Value, other: Value) -> Value:
    first, second = _parse(one.raw), _parse(other.raw)
    return number((first > second) - (first < second))


@function("formatdate", STRING, STRING, returns=STRING)
def _formatdate(spec: Value, timestamp: Value) -> Value:
    moment = _parse(timestamp.raw)
    out: list[str] = []
    text = spec.raw
    i = 0
    while i < len(text):
        char = text[i]
        if char == "'":
            literal, i = _literal(text, i)
            out.append(literal)
            continue
        end = i
        while end < len(text) and text[end] == char:
            end += 1
        out.append(_formatted(text[i:end], moment) if char.isascii() and char.isalpha() else text[i:end])
        i = end
    return string("".join(out))


def _literal(text: str, start: int) -> tuple[str, int]:
    out: list[str] = []
    i = start + 1
    while i < len(text):
        if text.startswith("''", i):
            out.append("'")
            i += 2
        elif text[i] == "'":
            return "".join(out), i + 1
        else:
            out.append(text[i])
            i += 1
    raise FunctionError("unterminated literal ' in format string")


def _formatted(token: str, moment: datetime) -> str:
    twelve = moment.hour % 12 or 12
    zone = moment.strftime("%z")
    zone = f"{zone[:3]}:{zone[3:]}"
    known = {
        "YYYY": f"{moment.year:04}",
        "YY": f"{moment.year % 100:02}",
        "MMMM": _MONTHS[moment.month - 1],
        "MMM": _MONTHS[moment.month - 1][:3],
        "MM": f"{moment.month:02}",
        "M": str(moment.month),
        "DD": f"{moment.day:02}",
        "D": str(moment.day),
        "EEEE": _DAYS[moment.weekday()],
        "EEE": _DAYS[moment.weekday()][:3],
        "hh": f"{moment.hour:02}",
        "h": str(moment.hour),
        "HH": f"{twelve:02}",
        "H": str(twelve),
        "AA": "AM" if moment.hour < 12 else "PM",  # noqa: PLR2004  # noon
        "aa": "am" if moment.hour < 12 else "pm",  # noqa: PLR2004  # noon
        "mm": f"{moment.minute:02}",
        "m": str(moment.minute),
        "ss": f"{moment.second:02}",
        "s": str(moment.second),
        "ZZZZZ": zone,
        "ZZZZ": zone.replace(":", ""),
        "ZZZ": "UTC" if zone == "+00:00" else zone.replace(":", ""),
        "Z": "Z" if zone == "+00:00" else zone,
    }
    if token not in known:
        raise FunctionError(f"invalid date format verb {token!r}")
    return known[token]
