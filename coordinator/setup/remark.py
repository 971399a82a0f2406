"""What `fleetdrift doctor` has to say: one line each, with what to do."""

from __future__ import annotations

from enum import StrEnum

import msgspec

CLOCKS_APART_SECONDS = 5.0
"""From which on clocks are said to differ: ages and leases are told by them, and a look takes up to a second itself."""


class Level(StrEnum):
    """Whether something is in the way."""

    OK = "ok"
    WARN = "warn"  # it works, and will surprise somebody
    FAIL = "fail"  # it does not work


class Remark(msgspec.Struct, frozen=True):
    """One result of `fleetdrift doctor`: what was looked at, what was found, what to do.

    Args:
        level: Whether it is in the way.
        about: What was looked at.
        found: What was found, in plain words.
        advice: What to do; empty where there is nothing to do.
    """

    level: Level
    about: str
    found: str
    advice: str = ""


class RemarksList(msgspec.Struct, frozen=True):
    """All that was looked at, in that order.

    Args:
        remarks: One for each.
    """

    remarks: tuple[Remark, ...]


def clock_remark(about: str, skew: float) -> Remark:
    """Compare another clock with this machine's.

    Args:
        about: Whose clock.
        skew: Seconds by which it is ahead.
    """
    if abs(skew) < CLOCKS_APART_SECONDS:
        return Remark(Level.OK, about, f"within {CLOCKS_APART_SECONDS:g} s of this machine's")
    where = "ahead of" if skew > 0 else "behind"
    found = f"{abs(skew):.0f} s {where} this machine's"
    return Remark(Level.WARN, about, found, "set both by NTP: ages and leases are told by them")
