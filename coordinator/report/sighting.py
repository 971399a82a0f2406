"""Since when something that is wrong is known."""

from __future__ import annotations

import msgspec


class FirstSeen(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """Since when the fleet's memory knows one thing that is wrong.

    Args:
        rule, object, message: As the finding or the verdict says them; of tenants with a namespace of their own as of
            tenants with a database.
        at: When a scan first found it in any tenant: RFC 3339, UTC.
    """

    rule: str
    object: str
    message: str
    at: str
