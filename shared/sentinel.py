"""The sentinel: a tenant of our own with drift that is planted in it, so that a scan that finds nothing is noticed."""

from __future__ import annotations

from shared.diff.changes import ChangeKind

DECLARED = (
    "CREATE TABLE sentinel (id bigint PRIMARY KEY, beat timestamptz NOT NULL)",
    "CREATE INDEX sentinel_beat ON sentinel (beat)",
)
"""What is declared for the sentinel, in its own namespace."""

MARK = "made by fleetdrift sentinel create: its drift is planted"
"""Comment on the sentinel's table; without it nothing is removed."""

PLANTED = (
    "CREATE TABLE sentinel (id bigint PRIMARY KEY, beat timestamptz NOT NULL, planted text)",
    f"COMMENT ON TABLE sentinel IS '{MARK}'",
)
"""What the sentinel has: a column more, an index less."""

EXPECTED = frozenset({(ChangeKind.MISSING.value, "sentinel_beat"), (ChangeKind.UNEXPECTED.value, "planted")})
"""(kind of change, name of what differs) that a scan has to find."""
