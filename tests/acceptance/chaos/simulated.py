"""A fleet that exists only as a rule: each name says what its tenant holds, and nothing is connected to."""

from __future__ import annotations

import functools

import msgspec

from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.schema.canonical import snapshot_name
from shared.schema.schema import Snapshot
from shared.targets import FailureKind, Observation, ReadRequest, Target
from tests import reports

HOSTS = tuple(f"h{number}" for number in range(8))
CONNECTIONS = 16  # to each host
UNREADABLE = 97  # each tenant whose number this divides cannot be read


@functools.cache
def shapes() -> tuple[Snapshot, ...]:
    """Give the five shapes of the fleet; the first is the declared one."""
    index = reports.CREATED_INDEX
    more = [msgspec.structs.replace(index, name=f"by_hand_{number}") for number in range(5)]
    bare = [reports.snapshot_of((*reports.ORDERS, index, *more[:number])) for number in range(5)]
    return tuple(msgspec.structs.replace(each, fingerprint=snapshot_name(each)) for each in bare)


def targets(tenants: int) -> tuple[Target, ...]:
    """Give the first so many tenants of the fleet."""
    return tuple(
        Target(tenant=f"t{number:06}", host=HOSTS[number % len(HOSTS)], database="d") for number in range(tenants)
    )


def hosts() -> list[dict[str, object]]:
    """Give the configuration of the hosts, none of which there is."""
    return [
        {"name": name, "address": name, "port": 5432, "user": "nobody", "password": "", "max_connections": CONNECTIONS}
        for name in HOSTS
    ]


async def simulate(_: Host, target: Target, wanted: ReadRequest) -> Observation:
    """Read a tenant, as `observe` does, from the rule.

    Raises:
        TargetError: For a tenant that cannot be read.
    """
    number = int(target.tenant[1:])
    if number % UNREADABLE == 0:
        raise TargetError(FailureKind.AUTHENTICATION, f"nobody may log into {target.tenant}")
    shape = shapes()[number % 1000 % len(shapes()) if number % 3 == 0 else 0]
    return Observation(
        fingerprint=shape.fingerprint,
        server_version=shape.server_version,
        rows_scanned=number % 7,
        versions=reports.version(reports.EXPECTED_VERSION if number % 11 else "20260115"),
        snapshot=None if shape.fingerprint in wanted.known else shape,
    )
