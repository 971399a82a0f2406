"""Wait for a store that is away for a while, so that a scan goes on when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from coordinator.store.connection import StoreAwayError
from shared.events.scan import StoreBack, StoreUnavailable
from shared.logs import log

T = TypeVar("T")


class StorePatience:
    """Runs an operation of the store again and again while the store is away.

    Args:
        fleet: Name, for the log.
        seconds: How long one operation waits before its error is raised.
        pause: Seconds between two attempts.
        say_every: Seconds after which the log says again that the store is away.
    """

    def __init__(self, fleet: str, *, seconds: float, pause: float = 1.0, say_every: float = 60.0) -> None:
        self._fleet = fleet
        self._seconds = seconds
        self._pause = pause
        self._say_every = say_every
        self._said: float | None = None  # when the log last said that the store is away; None while it is not

    async def wait_for(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Give what `attempt` gives, as soon as it succeeds.

        Raises:
            StoreAwayError: When the store was away for all of the seconds.
            StoreError: When it failed for another reason.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + self._seconds
        while True:
            try:
                result = await attempt()
            except StoreAwayError as error:
                if clock() >= until:
                    raise StoreAwayError(f"{error}, for {self._seconds:g} seconds") from None
                self._say_away(clock())
                await asyncio.sleep(self._pause)
            else:
                if self._said is not None:
                    self._said = None
                    log(StoreBack(fleet=self._fleet))
                return result

    def _say_away(self, now: float) -> None:
        if self._said is None or now - self._said >= self._say_every:
            self._said = now
            log(StoreUnavailable(fleet=self._fleet))
