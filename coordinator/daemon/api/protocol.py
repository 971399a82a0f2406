"""The HTTP/1.1 protocol of uvicorn with the deadlines and the bound on connections that uvicorn does not have."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from coordinator.daemon.api.limits import HttpLimits

_REQUEST_COMPLETE = frozenset({h11.DONE, h11.MUST_CLOSE, h11.CLOSED})


class BoundedProtocol(H11Protocol):
    """One connection. A client that sends or takes too slowly is cut off; bytes that trickle in win it no time.

    `limits` is given by a subclass, because uvicorn makes the instances.
    """

    limits = HttpLimits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self.last_heard = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request; at the bound, close the connection that has kept silent longest."""
        super().connection_made(transport)
        self.last_heard = self.loop.time()
        self._wait(self.limits.request_timeout)
        if len(self.connections) > self.limits.max_connections:
            others = (each for each in self.connections if isinstance(each, BoundedProtocol) and each is not self)
            silent = min(others, key=lambda each: (each.is_answering, each.last_heard))
            silent.transport.abort()
            self.connections.discard(silent)  # now, not when the loop comes to it: many may connect in one turn

    @property
    def is_answering(self) -> bool:
        """Say whether a request is being answered."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever uvicorn says
        return cycle is not None and not cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Take bytes; the deadline of a request that was begun stands."""
        super().data_received(data)
        self.last_heard = self.loop.time()
        if self.conn.their_state in _REQUEST_COMPLETE:
            if self.is_answering:
                self._wait(self.limits.response_timeout)
        elif self._deadline is None:
            self._wait(self.limits.request_timeout)

    def on_response_complete(self) -> None:
        """Leave an idle connection to uvicorn's keep-alive; a body that still arrives keeps its deadline."""
        if self.conn.their_state in _REQUEST_COMPLETE or self.conn.their_state is h11.IDLE:
            self._stop_waiting()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
