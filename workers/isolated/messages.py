"""What is said between a command and the process that reads for it: each message as its length and its msgpack."""

from __future__ import annotations

from typing import Any

import msgspec

from shared.hosts import Host, Secret
from shared.schema.profile import Profile
from shared.targets import Failure, Limits, Observation, Sighting, Target

LENGTH_BYTES = 8
HEARTBEAT = 0
"""The number of a reply to nothing: the process only says that its event loop turns."""


class ReadTenant(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read one target of a host; answered with an Observation.

    Args:
        host: With the credential: both ends of the socket are the same program.
        target: What to read.
        limits: Bounds for it.
        profile: Which facets are read.
        earlier: See `ReadRequest`.
    """

    host: Host
    target: Target
    limits: Limits
    profile: Profile
    earlier: Sighting | None = None


class ReadNamespaces(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read namespaces of one database of a host; answered with a list of `NamespaceRead`.

    Args:
        host: With the credential.
        targets: What to read.
        limits: Bounds for each.
        profile: Which facets are read.
        earlier: By tenant, see `ReadRequest`.
    """

    host: Host
    targets: tuple[Target, ...]
    limits: Limits
    profile: Profile
    earlier: dict[str, Sighting]


class NamespaceRead(msgspec.Struct, frozen=True):
    """What became of one of the namespaces: one of the two is there."""

    tenant: str
    observation: Observation | None = None
    failure: Failure | None = None


class ReadUrl(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read the database at a URL; answered with a Snapshot."""

    url: str
    profile: Profile
    limits: Limits


class ReadToWrite(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read the schema of a target that may be changed afterwards, without a pooler; answered with a Snapshot."""

    host: Host
    target: Target
    limits: Limits
    profile: Profile


class ListStrings(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run a query that gives one column of text; answered with a list of strings."""

    host: Host
    database: str
    sql: str
    limits: Limits


class ReadSign(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read what a server says of its databases; answered with a ServerSign."""

    host: Host
    database: str
    limits: Limits


class ReadCounters(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read the counters of a database; answered with a string, which is empty where they prove nothing."""

    host: Host
    database: str
    limits: Limits


Work = ReadTenant | ReadNamespaces | ReadToWrite | ReadUrl | ListStrings | ReadSign | ReadCounters


class Request(msgspec.Struct, frozen=True):
    """A piece of work, and the number that its reply bears."""

    number: int
    work: Work


class Reply(msgspec.Struct, frozen=True):
    """What became of a request: a result, as msgpack of its type, or a failure."""

    number: int
    result: bytes = b""
    failure: Failure | None = None


def _to_builtin(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError(type(value))


def _from_builtin(wanted: type, value: Any) -> Any:
    if wanted is Secret:
        return Secret(value)
    raise NotImplementedError(wanted)


_encoder = msgspec.msgpack.Encoder(enc_hook=_to_builtin)
_requests = msgspec.msgpack.Decoder(Request, dec_hook=_from_builtin)
_replies = msgspec.msgpack.Decoder(Reply)


def framed(message: Request | Reply) -> bytes:
    """Write a message with its length before it."""
    body = _encoder.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def encode_result(result: object) -> bytes:
    """Write a result."""
    return _encoder.encode(result)


def decode_request(body: bytes) -> Request:
    """Read a request."""
    return _requests.decode(body)


def decode_reply(body: bytes | bytearray) -> Reply:
    """Read a reply."""
    return _replies.decode(body)
