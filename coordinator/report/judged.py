"""What is known of the tenants of one declaration when a report is assembled: its versions, and the analyses."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from coordinator.report.model import DeclarationSummary, MigrationStep, Patch
from shared.analysis.analysis import Analysis
from shared.diff.changes import SchemaDiff
from shared.schema.schema import SchemaVersion, Snapshot, Spec
from shared.targets import Failure

_NO_PATCHES: Mapping[SchemaDiff, tuple[Patch, ...]] = {}


class VersionAnalyses(msgspec.Struct, frozen=True, kw_only=True):
    """The analyses of shapes against another declared version than the expected one.

    Args:
        spec: The schema of that version.
        analyses: By fingerprint.
    """

    spec: Spec
    analyses: Mapping[str, Analysis]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One declared schema, and what the analyses say of the shapes of the tenants that are compared with it.

    Args:
        spec: The desired schema.
        summary: What it is called where a fleet has several.
        expected_version: Declared schema version, or empty.
        analyses: By fingerprint, for every tenant that was read.
        patches: Ways to keep drift, by what still is drift once the ignore rules are applied.
        incomplete: What of the declaration could not be read, in one sentence: a tenant that differs in nothing that
            was read may still lack what was not.
        steps: The declared versions, oldest first; empty without migrations.
        snapshots: By fingerprint, for what is judged of a whole schema: the tenancy rules.
        versions: By version: the analyses of tenants that stand, or claim to stand, at another one than the expected.
    """

    spec: Spec
    summary: DeclarationSummary | None = None
    expected_version: str = ""
    analyses: Mapping[str, Analysis]
    patches: Mapping[SchemaDiff, tuple[Patch, ...]] = _NO_PATCHES
    incomplete: str = ""
    steps: tuple[MigrationStep, ...] = ()
    snapshots: Mapping[str, Snapshot] = {}
    versions: Mapping[str, VersionAnalyses] = {}

    def steps_after(self, version: str, until: str) -> tuple[MigrationStep, ...]:
        """Give the migrations between two declared versions; none when the second is not the later one."""
        places = {step.version: place for place, step in enumerate(self.steps)}
        return self.steps[places[version] + 1 : places[until] + 1] if {version, until} <= places.keys() else ()


class TenantOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the scan of one tenant ended: read (and analysed), failed, or left out. Exactly one of the three.

    Args:
        tenant: Name.
        fingerprint: Of its schema, when it was read; its analysis is found by it.
        versions: What its migration tables said, when it was read.
        failure: Why it could not be read.
        excluded: The configuration leaves it out.
        labels: The tenant's, for ignore rules: (name, value) pairs.
        declared: Which of the declarations it was compared with, from 0.
        own_version: The declared version at which it stands or claims to stand, where that is not the expected one.
        running: Migration tool that was at work in it.

    Raises:
        ValueError: When none or several of the three are given.
    """

    tenant: str
    fingerprint: str = ""
    versions: tuple[SchemaVersion, ...] = ()
    failure: Failure | None = None
    excluded: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    declared: int = 0
    own_version: str = ""
    running: str = ""

    def __post_init__(self) -> None:
        given = bool(self.fingerprint) + (self.failure is not None) + self.excluded
        if given != 1:
            raise ValueError(
                f"tenant {self.tenant!r} must be either read, failed or excluded: {given} of them are given"
            )
