"""Where a tenant lives, what is asked of one read, and what the read gave."""

from __future__ import annotations

from collections.abc import Container, Mapping
from enum import StrEnum

import msgspec

from shared.schema.profile import Profile
from shared.schema.schema import SchemaVersion, Snapshot

Labels = tuple[tuple[str, str], ...]
"""What a fleet says about a tenant: (name, value) pairs, sorted by name."""


class Target(msgspec.Struct, frozen=True, order=True, kw_only=True, omit_defaults=True):
    """Where one tenant lives. No secret: the host's credentials are looked up by `host` where the connection is made.

    Args:
        tenant: The tenant's name, unique in the fleet.
        host: Name of a `[hosts.NAME]` table of the configuration.
        database: Database name.
        namespace: The tenant's own namespace, for namespace-per-tenant fleets; empty means the whole database.
        labels: What the fleet says about it; never on a metric.
    """

    tenant: str
    host: str
    database: str
    namespace: str = ""
    labels: Labels = ()


MAX_NAMESPACES_TOGETHER = 500
"""Namespaces of one database that are read as one piece of work."""


class FailureKind(StrEnum):
    """Why a target could not be read: the label of `fleetdrift_target_failures` and the JSON's `failure.kind`."""

    REFUSED = "refused"  # connection refused, host unknown
    CONNECT_TIMEOUT = "connect_timeout"  # the host said nothing at all
    TIMEOUT = "timeout"  # the host answers, the tenant does not in time
    LOST = "lost"  # the connection broke after the host had answered
    AUTHENTICATION = "authentication"
    NO_DATABASE = "no_database"
    PERMISSION = "permission"
    BUSY = "busy"  # a lock, or the catalogs kept moving
    UNSAFE_ROLE = "unsafe_role"  # superuser, replication, BYPASSRLS
    UNSUPPORTED = "unsupported"  # server version, transaction pooler
    LIMIT = "limit"  # more rows or bytes than allowed
    PROTOCOL = "protocol"  # no PostgreSQL answers; or coordinator and worker speak different protocols
    CRASHED = "crashed"  # kills every worker that touches it
    DEADLINE = "deadline"  # the scan ended first
    MAINTENANCE = "maintenance"  # a window of its host is open: nobody connected
    INTERNAL = "internal"  # a bug of ours, with an id in the log


class Failure(msgspec.Struct, frozen=True):
    """A target that could not be read. `message` is one sentence, free of credentials and terminal escapes."""

    kind: FailureKind
    message: str


UNREACHABLE = frozenset(
    {
        FailureKind.REFUSED,
        FailureKind.CONNECT_TIMEOUT,
        FailureKind.TIMEOUT,
        FailureKind.LOST,
        FailureKind.AUTHENTICATION,
        FailureKind.NO_DATABASE,
        FailureKind.MAINTENANCE,
    }
)
"""Failures that make a tenant `unreachable`; all others make it `error`."""


class Sighting(msgspec.Struct, frozen=True, array_like=True):
    """Change token and fingerprint of an earlier read: while the token stays the same, the tenant is not read again.

    Args:
        scope: What the fingerprint is of: its version, the profile and the names that were replaced. Empty in the
            sighting of a target of which nothing is remembered.
        token: The change token under which the fingerprint was read; empty after a first reading that needed none.
        fingerprint: As in `Observation`.
        rows: Catalog rows that went into the fingerprint.
    """

    scope: str = ""
    token: str = ""
    fingerprint: str = ""
    rows: int = 0


class Depth(StrEnum):
    """How deep one had to look to say what a tenant holds: each costs its server more than the one before.

    It is the label `depth` of `fleetdrift_tenants_by_depth`.
    """

    SIGN = "sign"  # what its server says of its database
    COUNTERS = "counters"  # how many rows of its catalogs were written
    TOKEN = "token"  # noqa: S105  # no secret: which rows of its catalogs exist in which version
    FINGERPRINT = "fingerprint"  # the hash of what they say
    ROWS = "rows"  # what they say


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of reading one target.

    Args:
        fingerprint: Name of the snapshot that holds the target's schema.
        server_version: `server_version_num`.
        versions: What the migration tables said.
        rows_scanned: Catalog rows that went into the fingerprint.
        snapshot: The whole schema; only when the caller did not know the fingerprint.
        statement: What this host says in place of such a schema (see `ReadRequest.names`); only when it was read anew.
        sighting: What to remember of it; only when the caller remembers, and not when nothing changed.
        running: Migration tool that is at work in it, by the lock that it holds; empty when none is.
        depth: How deep one had to look.
        counters: Of its database, read before all else; empty where nobody remembers them.
    """

    fingerprint: str
    server_version: int
    versions: tuple[SchemaVersion, ...] = ()
    rows_scanned: int = 0
    snapshot: Snapshot | None = None
    statement: str = ""
    sighting: Sighting | None = None
    running: str = ""
    depth: Depth = Depth.ROWS
    counters: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on how long a read may wait for a tenant's server, and on how much it may hold of what the server sends.

    Times are seconds, sizes are bytes.
    """

    lock_timeout: float = 2.0
    statement_timeout: float = 20.0
    connect_timeout: float = 5.0
    tenant_timeout: float = 30.0
    max_rows: int = 2_000_000
    max_bytes: int = 512 * 1024 * 1024
    reader_memory: int = 2 * 1024 * 1024 * 1024
    allow_unsafe_role: bool = False


class ReadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What one read of a target is asked for, and what the caller knows already.

    Args:
        limits: Bounds on everything its server can make us wait for or hold.
        known: Fingerprints whose schema the caller has; such a schema is not read again.
        names: What hosts were heard to state → the fingerprint of what was then read on that same host.
        profile: Which facets are read.
        earlier: What the caller remembers of the target: the empty sighting when it has nothing yet and wants something
            to remember, None when it remembers nothing.
    """

    limits: Limits = Limits()
    known: Container[str] = ()
    names: Mapping[str, str] = {}
    profile: Profile = Profile()
    earlier: Sighting | None = None
