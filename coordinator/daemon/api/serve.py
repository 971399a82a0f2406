"""Serve the HTTP API with uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator

import uvicorn
from litestar import Litestar


class ListenError(OSError):
    """The address cannot be listened on."""


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to its caller, and calls `on_listening` when it takes requests."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            self._on_listening()


async def serve(
    api: Litestar, address: str, port: int, *, on_listening: Callable[[int], None] = lambda _: None
) -> None:
    """Serve until cancelled.

    Args:
        api: The application.
        address: To listen on.
        port: To listen on; 0 takes a free one.
        on_listening: Told the port when requests are taken.

    Raises:
        ListenError: When the address is not ours or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address, port))
        except OSError as error:
            raise ListenError(f"cannot listen on {address} port {port}: {error.strerror}") from None
        config = uvicorn.Config(
            api,
            log_config=None,  # uvicorn would print its own lines; shared.logs writes them
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=2,
        )
        server = _Server(config, lambda: on_listening(listening.getsockname()[1]))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving
