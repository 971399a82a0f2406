"""fleetdrift checks its own store as it checks tenants: the store's migrations are the declaration."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import msgspec

from coordinator.iac.load import read_declaration
from coordinator.iac.reading import spec_source
from coordinator.store.connection import migrations
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.diff.changes import Change, ChangeKind
from shared.hosts import Secret
from shared.postgres.scratch import ScratchServer, compile_known
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.schema import Schema, Snapshot, SpecSource
from shared.targets import Limits
from workers.isolated.readers import Readers

_NAMESPACE = "fleetdrift"
_BEFORE_ALL = "CREATE SCHEMA fleetdrift;\nCREATE TABLE fleetdrift.migrations (version integer PRIMARY KEY);\n"
"""What is there before the first migration runs."""

_LIMITS = Limits(allow_unsafe_role=True)
"""The store is ours, and so is whoever may write to it."""


class StoreDrift(msgspec.Struct, frozen=True, kw_only=True):
    """How the store differs from what its migrations make.

    Args:
        changes: The differences, in order.
        unverified: Why the store's schema could only be compared as it was read; empty where it was rebuilt.
    """

    changes: tuple[Change, ...]
    unverified: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say each difference for people."""
        return tuple(f"{each.__struct_config__.tag} {each.identity}" for each in self.changes)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Say what is missing or altered: what is there beyond the declaration harms nothing."""
        kinds = [each.__struct_config__.tag for each in self.changes]
        said = zip(kinds, self.sentences, strict=True)
        return tuple(sentence for kind, sentence in said if kind != ChangeKind.UNEXPECTED.value)


async def check_own_store(dsn: Secret, scratch: ScratchServer) -> StoreDrift:
    """Compare the store with what its migrations make. What the database holds beside it is not looked at.

    Args:
        dsn: URL of the store's database, which is up to date.
        scratch: Compiles the migrations.

    Raises:
        TargetError: When the store cannot be read.
        SpecError, MaterialiseError: When the scratch server cannot make what the migrations make.
    """
    profile = Profile()
    spec = await compile_known(scratch, await asyncio.to_thread(_declared), profile)
    async with Readers(_LIMITS) as readers:
        found = await readers.snapshot(dsn.reveal(), profile)
    request = AnalysisRequest(
        spec=msgspec.structs.replace(spec, snapshot=_own_part(spec.snapshot)),
        snapshot=_own_part(found),
        profile=profile,
        guarded=False,
    )
    analysis = await analyse(scratch, request)
    return StoreDrift(changes=analysis.diff.changes, unverified=analysis.unverified)


def _declared() -> SpecSource:
    """Read the migrations as a folder of SQL is read, so that each statement keeps its file."""
    with tempfile.TemporaryDirectory(prefix="fleetdrift-store-") as folder:
        for number, sql in [(0, _BEFORE_ALL), *migrations()]:
            Path(folder, f"{number:04}_store.sql").write_text(sql)
        return spec_source(read_declaration(Path(folder), ()))


def _own_part(snapshot: Snapshot) -> Snapshot:
    own = [each for each in snapshot.schema.objects if _is_own(each)]
    return msgspec.structs.replace(snapshot, schema=Schema.of(own))


def _is_own(each: SchemaObject) -> bool:
    identity = each.identity
    return identity.namespace == _NAMESPACE or (identity.kind == "namespace" and identity.name == _NAMESPACE)
