"""A finding: what a rule says of one change."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shared.schema.identity import ObjectId
from shared.schema.schema import Origin


class Severity(StrEnum):
    """How bad: `error` breaks a service or loses data, `warning` is drift to put right, `info` is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule's judgement of one change.

    Args:
        rule: The rule's id, `missing-index`: for ever.
        severity: How bad.
        object: What it is about.
        message: One sentence for people.
        origin: Where the object is declared, when it is.
    """

    rule: str
    severity: Severity
    object: ObjectId
    message: str
    origin: Origin | None = None
