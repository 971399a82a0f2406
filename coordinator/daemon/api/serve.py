"""Serve the HTTP API with uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator

import uvicorn
from litestar import Litestar

from coordinator.daemon.api.etags import NotModified
from coordinator.daemon.api.gate import Gate
from coordinator.daemon.api.limits import HttpLimits
from coordinator.daemon.api.protocol import BoundedProtocol
from coordinator.daemon.api.proxies import Proxies


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
    api: Litestar,
    address: str,
    port: int,
    *,
    names: tuple[str, ...] = (),
    limits: HttpLimits = HttpLimits(),  # noqa: B008  # frozen, so shared safely
    proxies: Proxies | None = None,
    on_listening: Callable[[int], None] = lambda _: None,
) -> None:
    """Serve until cancelled.

    Args:
        api: The application.
        address: To listen on.
        port: To listen on; 0 takes a free one.
        names: Host names under which it is asked for, beside `localhost` and any IP address.
        limits: What one client may ask for.
        proxies: Those in front that are believed.
        on_listening: Told the port when requests are taken.

    Raises:
        ListenError: When the address is not ours or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on: the body of each answer would wait 40 ms for a delayed ACK.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address, port))
        except OSError as error:
            raise ListenError(f"cannot listen on {address} port {port}: {error.strerror}") from None
        server = _Server(
            _configuration(Gate(NotModified(api), names, limits, proxies), limits),
            lambda: on_listening(listening.getsockname()[1]),
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


def _configuration(gate: Gate, limits: HttpLimits) -> uvicorn.Config:
    protocol = type("_Protocol", (BoundedProtocol,), {"limits": limits})
    return uvicorn.Config(
        gate,
        http=protocol,
        ws="none",
        proxy_headers=False,  # uvicorn would believe whoever connects from loopback; `Proxies` says who is believed
        log_config=None,  # uvicorn would print its own lines; shared.logs writes them
        log_level="error",  # below it, there is a line for each malformed request that anybody sends
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=5,
        h11_max_incomplete_event_size=limits.max_header_bytes,
    )
