"""The audit log: who did what, when and from where."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from coordinator.access.caller import Caller, Via


class Action(StrEnum):
    """What was done."""

    SCAN_REQUESTED = "scan_requested"
    SCAN_CANCELLED = "scan_cancelled"
    SCAN_CONFIRMED = "scan_confirmed"
    TOKEN_CREATED = "token_created"  # noqa: S105  # no token
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  # no token
    IGNORE_CREATED = "ignore_created"
    IGNORE_DELETED = "ignore_deleted"
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is to be written into the log.

    Args:
        caller: Who does it.
        action: What.
        fleet: To which fleet; empty for what concerns all.
        subject: To what: the id of a scan, a token or an ignore rule.
        detail: What else is to be known, in a sentence.
    """

    caller: Caller
    action: Action
    fleet: str = ""
    subject: str = ""
    detail: str = ""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log.

    Args:
        id: Grows with time.
        at: When.
        who: Name of the token or user; empty when nobody had to say it.
        via: How they were recognised.
        address: From where.
        action: What they did.
        fleet: To which fleet; empty for what concerns all.
        subject: To what: the id of a scan, a token or an ignore rule.
        detail: What else is known.
    """

    id: int
    at: dt.datetime
    who: str
    via: Via
    address: str
    action: Action
    fleet: str
    subject: str
    detail: str


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines are asked for; what is empty leaves nothing out.

    Args:
        who: Name of a token or user.
        action: What was done.
        since: Only from this moment on.
    """

    who: str = ""
    action: Action | None = None
    since: dt.datetime | None = None
