"""Who asks, and what that allows."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Scope(StrEnum):
    """What a caller of the API may do; each scope includes those before it."""

    READ = "read"  # see what is kept of the fleet
    SCAN = "scan"  # ask for scans, and end them
    ADMIN = "admin"  # decide what counts: ignore rules, suspicious scans; see who did what

    def includes(self, other: Scope) -> bool:
        """Say whether this scope allows everything that the other one allows."""
        order = list(Scope)
        return order.index(self) >= order.index(other)


class Via(StrEnum):
    """How somebody was recognised."""

    TOKEN = "token"  # noqa: S105  # a token of the store
    CONFIGURATION = "configuration"  # the token of fleetdrift.toml
    SESSION = "session"  # a browser that one of the two logged in
    PROXY = "proxy"  # a proxy in front has recognised the user
    COMMAND = "command"  # a command on a machine that has the store's password
    NOBODY = "nobody"  # nobody has to say who they are


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request of the API, and with which scope.

    Args:
        name: Of the token or the user; empty for nobody.
        via: How the caller was recognised.
        scope: What the caller may do.
        fleets: In which fleets; empty for all.
        address: Where the request came from: an IP address, or the name of a machine.
    """

    name: str
    via: Via
    scope: Scope
    fleets: tuple[str, ...] = ()
    address: str = ""

    def may_ask_for(self, fleet: str) -> bool:
        """Say whether a fleet is one of those that the caller may ask for."""
        return not self.fleets or fleet in self.fleets
