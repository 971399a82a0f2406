"""Ask a host whether it answers at all, when a connection to one of its databases was not made."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.hosts import Host
from shared.postgres.failures import TargetError
from shared.targets import FailureKind

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # protocol-message-formats.html


@asynccontextmanager
async def blaming_host_or_tenant(host: Host, patience: float) -> AsyncIterator[None]:
    """Tell a connection that a host did not take from one that a tenant did not take, though its host answers.

    Args:
        host: Where the connection is made, within the block.
        patience: Seconds to wait for the host's word.

    Raises:
        TargetError: `connect_timeout` or `refused` when the host does not answer, `timeout` or `lost` when it does.
    """
    try:
        yield
    except TimeoutError:
        if await host_answers(host, patience):
            raise TargetError(
                FailureKind.TIMEOUT, "the host answers, but let nobody into the database in time"
            ) from None
        raise TargetError(FailureKind.CONNECT_TIMEOUT, "no answer in time") from None
    except ConnectionRefusedError:
        raise
    except ConnectionError:
        kind = FailureKind.LOST if await host_answers(host, patience) else FailureKind.REFUSED
        raise TargetError(kind, "the connection was lost") from None


async def host_answers(host: Host, patience: float) -> bool:
    """Say whether a host answers: it is asked for TLS, which it grants or declines before any tenant matters.

    Args:
        host: Where to ask.
        patience: Seconds.
    """
    try:
        async with asyncio.timeout(patience):
            if host.address.startswith("/"):
                reader, writer = await asyncio.open_unix_connection(f"{host.address}/.s.PGSQL.{host.port}")
            else:
                reader, writer = await asyncio.open_connection(host.address, host.port)
            try:
                writer.write(_SSL_REQUEST)
                return bool(await reader.read(1))
            finally:
                writer.close()
    except OSError:  # a time-out too
        return False
