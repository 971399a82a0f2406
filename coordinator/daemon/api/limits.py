"""How much one client of the HTTP API may ask for, and for how long it may keep a connection busy."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import msgspec

_CLIENTS_REMEMBERED = 4096  # addresses whose requests are counted; the one that was silent longest is forgotten


class HttpLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of the HTTP server. Times are seconds.

    Args:
        max_connections: Open connections; one more closes the unanswered one that has kept silent longest.
        request_timeout: From the opening of a connection, or the first byte of a later request, to that request's end.
        response_timeout: From the end of a request until the client has taken the whole answer.
        rate: Requests per second that one client address may make for long; ten seconds' worth may come at once.
        max_header_bytes: Of the request line and all headers together.
        max_body_bytes: Of the body of a request to `/api/`, which is read once it is known who asks: the names of ten
            thousand tenants have room.
        max_form_bytes: Of any other body.
    """

    max_connections: int = 200
    request_timeout: float = 10.0
    response_timeout: float = 60.0
    rate: float = 20.0
    max_header_bytes: int = 16 * 1024
    max_body_bytes: int = 8 * 1024 * 1024
    max_form_bytes: int = 16 * 1024


class RequestRate:
    """Counts the requests of each client: a bucket that fills at `rate` per second and holds ten seconds' worth.

    Args:
        rate: Requests per second.
        clock: Gives seconds that never go back.
    """

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._size = max(1.0, rate * 10)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, client: str) -> bool:
        """Count one request of a client and say whether it may be answered."""
        now = self._clock()
        left, since = self._buckets.pop(client, (self._size, now))
        left = min(self._size, left + (now - since) * self._rate)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _CLIENTS_REMEMBERED:
            self._buckets.popitem(last=False)
        return allowed
