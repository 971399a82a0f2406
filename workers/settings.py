"""The settings of a worker process: read once when it starts, inherited by its pool processes, never sent anywhere."""

from __future__ import annotations

import msgspec

from shared.hosts import Host, Secret
from shared.signing import KeyRing
from shared.targets import Limits


class WorkedFleet(msgspec.Struct, frozen=True):
    """One of the fleets that a worker works for.

    Args:
        name: It names the fleet's queue and every key of it.
        sighting_ttl: Seconds for which a tenant whose catalogs hold the very same rows is not read in full again; 0
            reads every tenant in full in every scan.
    """

    name: str
    sighting_ttl: int = 24 * 3600


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one worker.

    Args:
        fleets: Whom it works for, at least one. They share its hosts, its limits and its processes.
        redis_url: redis-py's spelling (`redis://`, `rediss://`, `unix://`); Celery's is derived from it.
        ring: The keys that sign what travels through Redis.
        hosts: The servers this worker can reach, with their credentials.
        limits: Bounds for every tenant; this worker's own, whatever the coordinator thinks.
        scratch_dsn: Where shapes are analysed; None starts an embedded PostgreSQL for the life of the worker.
        scratch_binaries: Folder of the programs of that PostgreSQL; empty for the default.
        scratch_major: Major version that it must have; 0 leaves it open.
        blob_ttl: Seconds a snapshot or analysis stays in Redis.
        tasks_per_child: Batches after which a child process is replaced: bounds what a leak can hold.
        child_memory: KiB a child process may hold after a batch before it is replaced.
        soft_time_limit: Seconds after which a batch stops and hands the rest back.
        hard_time_limit: Seconds after which its process is killed.
    """

    fleets: tuple[WorkedFleet, ...]
    redis_url: Secret
    ring: KeyRing = msgspec.field(default_factory=KeyRing)
    hosts: tuple[Host, ...]
    limits: Limits = Limits()
    scratch_dsn: Secret | None = None
    scratch_binaries: str = ""
    scratch_major: int = 0
    blob_ttl: int = 6 * 3600
    tasks_per_child: int = 200
    child_memory: int = 1024 * 1024
    soft_time_limit: float = 150
    hard_time_limit: float = 180
