"""Has the shapes of one declaration's tenants analysed: against the expected version, then against their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from coordinator.fleet.reader import FleetReader
from coordinator.scan.compiled import compiled_version
from coordinator.scan.ladders import Ladders, LadderSearch, Seen
from coordinator.scan.wanted import Wanted
from shared.analysis.analysis import Analysis
from shared.postgres.scratch import ScratchServer
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec, SpecSource
from shared.targets import Observation


class DeclaredSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct declaration, compiled."""

    wanted: Wanted
    spec: Spec


class AnalysedSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The analyses of the tenants of one declaration, and where those stand that are not at the expected version."""

    analyses: Mapping[str, Analysis]
    ladders: Ladders


class Analyser:
    """Analyses the tenants of one declaration after the other.

    Args:
        scratch: Compiles earlier versions.
        reader: Analyses shapes.
        profile: Which facets are compared.
    """

    def __init__(self, scratch: ScratchServer, reader: FleetReader, profile: Profile) -> None:
        self._scratch = scratch
        self._reader = reader
        self._profile = profile

    async def analyse(
        self, declared: DeclaredSpec, read: Sequence[Observation], snapshots: Mapping[str, Snapshot]
    ) -> AnalysedSpec:
        """Analyse the shapes of the tenants of a declaration.

        Args:
            declared: The declaration.
            read: What was read of its tenants.
            snapshots: By fingerprint.
        """
        shapes = {name: snapshots[name] for name in sorted({each.fingerprint for each in read})}

        async def against(spec: Spec, shapes: Mapping[str, Snapshot]) -> Mapping[str, Analysis]:
            return await self._reader.analyse(spec, shapes, declared.wanted.contracts) if shapes else {}

        analyses = await against(declared.spec, shapes)
        names = declared.wanted.names

        async def compile_version(source: SpecSource) -> Spec:
            return await compiled_version(self._scratch, source, self._profile, names)

        search = LadderSearch(declared.wanted, analyses, shapes, compile_version=compile_version, analyse=against)
        return AnalysedSpec(analyses=analyses, ladders=await search.search(map(seen_of, read)))


def seen_of(observation: Observation) -> Seen:
    """Give what the place of a tenant in a rollout depends on."""
    return Seen(observation.fingerprint, tuple(sorted(observation.versions)))
