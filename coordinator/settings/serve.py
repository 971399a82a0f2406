"""`[serve]`: where the coordinator listens, and whom it answers."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec

from coordinator.access.caller import Scope
from coordinator.settings.table import Count, Rate, Seconds, SecretReference, Table


class ProxyTable(Table, frozen=True, kw_only=True):
    """`[serve.proxy]`: a reverse proxy in front, which may have recognised its users.

    Args:
        addresses: IP addresses and networks from which it connects; what others say in its headers counts for nothing.
        user_header: In which it names the user, whatever the client has sent; empty: it names nobody.
        scope: What its users may do.
        admins: Users who may do everything.

    Raises:
        ValueError: When an address is none.
    """

    addresses: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    user_header: str = ""
    scope: Scope = Scope.READ
    admins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for address in self.addresses:
            try:
                ipaddress.ip_network(address, strict=False)
            except ValueError:
                raise ValueError(f"expected IP addresses and networks as 10.0.0.0/8, found {address!r}") from None


class ServeTable(Table, frozen=True, kw_only=True):
    """`[serve]`: where `fleetdrift serve` listens, and what it answers.

    Args:
        address: IP address to listen on.
        port: TCP port; 0 takes a free one.
        token: May do everything, beside the tokens of `fleetdrift tokens`.
        names: Host names under which clients ask, beside `localhost` and any IP address; others are refused.
        max_connections: Open connections of all clients together.
        request_timeout: Seconds in which a client must have sent its request.
        rate: Requests per second that one client address may make for long.
        tenant_metrics: Most tenants of a fleet of which /metrics/tenants has series; 0: there is no such page. It has
            tenants' names, so it asks for a token where there is one.
        session_life: Seconds after which a browser must log in again.
        proxy: A reverse proxy in front.
    """

    address: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 9187
    token: SecretReference | None = None
    names: tuple[str, ...] = ()
    max_connections: Count = 200
    request_timeout: Seconds = 10.0
    rate: Rate = 20.0
    tenant_metrics: Annotated[int, msgspec.Meta(ge=0, le=20_000)] = 0
    session_life: Seconds = 12 * 3600.0
    proxy: ProxyTable | None = None

    @property
    def names_users(self) -> bool:
        """Say whether a proxy in front names the users that it has recognised."""
        return self.proxy is not None and bool(self.proxy.user_header)
