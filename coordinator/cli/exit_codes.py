"""The exit codes of every command, stable for ever (Terraform's `-detailed-exitcode` taught 0, 1, 2)."""

from __future__ import annotations

IN_SYNC = 0
ERROR = 1
DRIFT = 2
INCOMPLETE = 3
USAGE = 64
INTERRUPTED = 130
