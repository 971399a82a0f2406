"""What a reverse proxy in front says of its clients. Only proxies at known addresses are believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from litestar.types import HTTPScope

from coordinator.access.caller import Caller, Scope, Via
from coordinator.settings.serve import ProxyTable

_MAX_NAME = 200
"""Characters that the name of a user may have."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Proxies:
    """The proxies that are believed.

    Args:
        table: `[serve.proxy]`; none believes nobody.
    """

    def __init__(self, table: ProxyTable | None = None) -> None:
        self._networks = [ipaddress.ip_network(each, strict=False) for each in table.addresses] if table else []
        self._table = table

    def is_trusted(self, address: str) -> bool:
        """Say whether a trusted proxy has this IP address."""
        found = _address(address)
        return found is not None and any(found in network for network in self._networks)

    def client(self, scope: HTTPScope) -> str:
        """Give the address of the client: behind proxies that are believed, the last that is none of them.

        `X-Forwarded-For` grows to the right: what stands left of an address that nobody vouches for may be made up.
        """
        peer = scope["client"][0] if scope["client"] else ""
        if not self.is_trusted(peer):
            return peer
        hops = ",".join(_values(scope["headers"], b"x-forwarded-for")).split(",")
        for hop in (each.strip() for each in reversed(hops)):
            if _address(hop) is None:
                break
            peer = hop
            if not self.is_trusted(hop):
                break
        return peer

    def is_secure(self, scope: HTTPScope) -> bool:
        """Say whether the client speaks TLS: to us, or to a proxy that is believed."""
        if scope["scheme"] == "https":
            return True
        peer = scope["client"][0] if scope["client"] else ""
        return self.is_trusted(peer) and _values(scope["headers"], b"x-forwarded-proto") == ["https"]

    def user(self, scope: HTTPScope) -> Caller | None:
        """Give the user whom a proxy has recognised; nothing where none is named, or more than one."""
        table = self._table
        peer = scope["client"][0] if scope["client"] else ""
        if table is None or not table.user_header or not self.is_trusted(peer):
            return None
        names = _values(scope["headers"], table.user_header.lower().encode("latin-1", "replace"))
        if len(names) != 1 or not names[0] or len(names[0]) > _MAX_NAME or not names[0].isprintable():
            return None
        scope_of_user = Scope.ADMIN if names[0] in table.admins else table.scope
        return Caller(name=names[0], via=Via.PROXY, scope=scope_of_user, address=self.client(scope))


def _address(text: str) -> _Address | None:
    """Read an IP address; an IPv4 address that came through an IPv6 socket is itself."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> Sequence[str]:
    return [value.decode("utf-8", "replace").strip() for key, value in headers if key.lower() == name]
