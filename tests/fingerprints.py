"""Take a fingerprint the way a scan takes it, for tests that ask about nothing else."""

from __future__ import annotations

import asyncpg

from shared.postgres.names.own_names import OwnNames
from shared.postgres.reading.fingerprint import Fingerprint
from shared.postgres.reading.sighting import read_tenant
from shared.schema.profile import Profile
from shared.targets import Limits


async def read_fingerprint(
    connection: asyncpg.Connection,
    *,
    profile: Profile = Profile(),  # noqa: B008  # frozen, so shared safely
    limits: Limits = Limits(),  # noqa: B008  # the same
) -> Fingerprint:
    """Give the fingerprint of the whole database, and how many rows it stands for."""
    seen, _ = await read_tenant(connection, OwnNames(), profile, limits, with_token=False, is_known=lambda _: True)
    return Fingerprint(seen.fingerprint, seen.rows)
