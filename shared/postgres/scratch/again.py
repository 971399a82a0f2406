"""Do something on a scratch server once more when the server went away meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.postgres.scratch.errors import ScratchLostError

_Result = TypeVar("_Result")


async def twice_if_lost(work: Callable[[], Awaitable[_Result]]) -> _Result:
    """Do something, and do it again when the server went away: by the fault of somebody else, or it goes away again.

    Args:
        work: Opens databases of its own, and nothing else that lasts.

    Raises:
        ScratchLostError: When the server went away both times. Other errors pass at once.
    """
    try:
        return await work()
    except ScratchLostError:
        return await work()
