"""Finds the declared version at which each tenant of a rollout stands, by its migration table or by its shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec

from coordinator.report.judged import VersionAnalyses
from coordinator.scan.wanted import Wanted
from shared.analysis.analysis import Analysis
from shared.findings.versions import same_version
from shared.postgres.scratch import SpecError
from shared.schema.canonical import schema_hash
from shared.schema.schema import SchemaVersion, Snapshot, Spec, SpecSource

MAX_VERSIONS_TRIED = 50
"""Declared versions whose shape a tenant without a migration table is compared with, the nearest to the expected first:
each has to be compiled once."""

Compile = Callable[[SpecSource], Awaitable[Spec]]
Analyse = Callable[[Spec, Mapping[str, Snapshot]], Awaitable[Mapping[str, Analysis]]]


class Seen(msgspec.Struct, frozen=True, order=True):
    """What is known of some tenants: the fingerprint of their schema, and what their migration tables say."""

    fingerprint: str
    versions: tuple[SchemaVersion, ...]


class Ladders(msgspec.Struct, frozen=True, kw_only=True):
    """Where tenants stand that are not at the expected version.

    Args:
        own_versions: The declared version at which they stand, or claim to stand.
        versions: The analyses of their shapes against that version.
    """

    own_versions: Mapping[Seen, str]
    versions: Mapping[str, VersionAnalyses]


class LadderSearch:
    """Finds the own versions of the tenants of one declaration.

    Args:
        wanted: The declaration.
        analyses: Of the shapes, against the expected version, by fingerprint.
        snapshots: The shapes, by fingerprint.
        compile_version: Compiles the declaration of a version.
        analyse: Analyses shapes against a spec.
    """

    def __init__(
        self,
        wanted: Wanted,
        analyses: Mapping[str, Analysis],
        snapshots: Mapping[str, Snapshot],
        *,
        compile_version: Compile,
        analyse: Analyse,
    ) -> None:
        self._wanted = wanted
        self._analyses = analyses
        self._snapshots = snapshots
        self._compile = compile_version
        self._analyse = analyse
        self._specs: dict[str, Spec | None] = {}

    async def search(self, seen: Iterable[Seen]) -> Ladders:
        """Find where tenants stand that are not at the expected version.

        Args:
            seen: What is known of the tenants.
        """
        own: dict[Seen, str] = {}
        for each in sorted(set(seen)) if self._expected_is_declared() else ():
            version = await self._by_shape(each) if not each.versions else self._claimed(each.versions)
            if version and await self._spec(version) is not None:
                own[each] = version
        found: dict[str, VersionAnalyses] = {}
        for version in sorted(set(own.values())):
            spec = await self._spec(version)
            assert spec is not None, "versions without one were left out"
            names = sorted({each.fingerprint for each, at in own.items() if at == version})
            analyses = await self._analyse(spec, {name: self._snapshots[name] for name in names})
            found[version] = VersionAnalyses(spec=spec, analyses=analyses)
        return Ladders(own_versions=own, versions=found)

    def _expected_is_declared(self) -> bool:
        """Say whether the expected version is one of the ladder: else nothing says what stands before or after it."""
        return self._wanted.expected_version in {step.version for step in self._wanted.steps}

    def _claimed(self, versions: tuple[SchemaVersion, ...]) -> str:
        """Give the declared version that the tables claim; empty when it is the expected one, or nobody declares it."""
        ladder, expected = self._wanted.ladder, self._wanted.expected_version
        assert ladder is not None, "`search` looks at nothing without one"
        if any(each.dirty or same_version(expected, each.version) for each in versions):
            return ""
        claimed = [step for each in versions if (step := ladder.step_of(each.version)) is not None]
        return max(claimed, key=ladder.steps.index).version if claimed else ""

    async def _by_shape(self, seen: Seen) -> str:
        """Give the declared version whose shape a tenant without a migration table has; empty when it has none's."""
        analysis = self._analyses[seen.fingerprint]
        if analysis.unverified or not analysis.diff:
            return ""
        for version in self._nearest_first()[:MAX_VERSIONS_TRIED]:
            spec = await self._spec(version)
            if spec is not None and schema_hash(spec.schema) == analysis.shape:
                return version
        return ""

    def _nearest_first(self) -> list[str]:
        versions = [step.version for step in self._wanted.steps]
        expected = self._wanted.expected_version
        here = versions.index(expected) if expected in versions else len(versions)
        order = sorted(range(len(versions)), key=lambda place: (abs(place - here), place))
        return [versions[place] for place in order if place != here]

    async def _spec(self, version: str) -> Spec | None:
        """Compile a version once; None for one that does not compile: its migrations alone are no whole declaration."""
        if version not in self._specs:
            try:
                self._specs[version] = await self._compile(self._wanted.at(version))
            except SpecError:
                self._specs[version] = None
        return self._specs[version]
