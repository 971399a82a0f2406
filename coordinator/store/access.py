"""How the store's database is used: one connection of the pool for each operation, again when the store was away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from coordinator.store.connection import query, translated
from coordinator.store.patience import StorePatience

T = TypeVar("T")


class StoreAccess:
    """Runs statements of `queries/` in the store.

    Args:
        pool: Of connections to the store.
        patience: Waits for a store that is away; without it an operation fails at once.
    """

    def __init__(self, pool: Any, patience: StorePatience | None = None) -> None:
        self._pool = pool
        self._patience = patience

    async def _do(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Run statements on a connection; a patient store runs them again when the connection was lost.

        Args:
            work: Done in part and then again, it must leave what doing it once leaves.
        """

        async def attempt() -> T:
            with translated():
                async with self._pool.acquire() as connection:
                    return await work(connection)

        return await (self._patience.wait_for(attempt) if self._patience else attempt())

    async def _rows(self, name: str, *arguments: object) -> list[Any]:
        return await self._do(lambda connection: connection.fetch(query(name), *arguments))

    async def _run(self, name: str, *arguments: object) -> None:
        await self._do(lambda connection: connection.execute(query(name), *arguments))
