"""How many tenants a run may begin now: so many a second over all servers. Pure: times are numbers given."""

from __future__ import annotations

import math
import sys

_ROUNDING = 1e-9  # of the floats that are added up


class Rate:
    """A token bucket: it fills by so many a second, up to what one second gives, and a tenant that is begun takes one.

    Args:
        per_second: Tenants; 0 has no bound.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second)
        self._left = self._most
        self._at: float | None = None

    def left(self, now: float) -> int:
        """Say how many tenants may be begun now; not more than 0 when none may.

        Args:
            now: Seconds.
        """
        if not self._per_second:
            return sys.maxsize
        if self._at is not None:
            self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        return math.floor(self._left + _ROUNDING)

    def take(self, tenants: int) -> None:
        """Note that tenants are begun. Those that are read together may be more than are left: later ones wait longer.

        Args:
            tenants: How many; negative for some that were not begun after all.
        """
        self._left -= tenants
