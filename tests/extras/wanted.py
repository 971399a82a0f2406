"""What a query of a panel is held to: values, bounds where the query interpolates, and times that go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec

LATE_BY_SECONDS = 5.0
"""By which a clock that runs may differ between a question to the API and one to Prometheus."""

Values = Mapping[tuple[str, ...], float]
"""By the values of the labels beside `fleet`, in the order of the query."""


class Exactly(msgspec.Struct, frozen=True):
    """These values; what is 0 need not have a series."""

    values: Values

    def fits(self, found: Values) -> bool:
        """Say whether a panel shows them."""
        return _without_zeros(found) == _without_zeros(self.values)


class AsNow(msgspec.Struct, frozen=True):
    """What somebody else says while one looks."""

    read: Callable[[], Values]

    def fits(self, found: Values) -> bool:
        """Say whether a panel shows it."""
        return Exactly(self.read()).fits(found)


class Between(msgspec.Struct, frozen=True):
    """At least one value, and each within bounds: where the query interpolates, or the API has no number."""

    low: float
    high: float

    def fits(self, found: Values) -> bool:
        """Say whether a panel shows such values."""
        return bool(found) and all(self.low <= value <= self.high for value in found.values())


class Sum(msgspec.Struct, frozen=True):
    """Values that come to a sum."""

    total: float

    def fits(self, found: Values) -> bool:
        """Say whether a panel shows such values."""
        return sum(found.values()) == self.total


class Since(msgspec.Struct, frozen=True):
    """How long ago something was, which grows while one looks; None where it never was."""

    at: float | None

    def fits(self, found: Values) -> bool:
        """Say whether a panel shows it."""
        if self.at is None:
            return not found
        return list(found) == [()] and abs(time.time() - self.at - found[()]) < LATE_BY_SECONDS


class Increased(msgspec.Struct, frozen=True):
    """By how much counters have grown: Prometheus extends what it has seen to the ends of the range."""

    values: Values

    def fits(self, found: Values) -> bool:
        """Say whether a panel shows that, when it is rounded."""
        return _without_zeros({key: round(value) for key, value in found.items()}) == _without_zeros(self.values)


Wanted = Exactly | AsNow | Between | Sum | Since | Increased


def _without_zeros(values: Values) -> dict[tuple[str, ...], float]:
    return {key: value for key, value in values.items() if value}
