"""Offers, for each distinct drift of a scan, the patch of the declaration that keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from coordinator.iac.for_target import Shares
from coordinator.iac.load import read_declaration
from coordinator.iac.patching.keep_patches import Declaring, RefusedError, keep_patches
from coordinator.iac.reading import Reading
from coordinator.inventory.sources import variables_of
from coordinator.report.model import Patch
from coordinator.scan.wanted import DeclaredTable, source_for
from coordinator.settings.model import Settings
from shared.analysis.analysis import Analysis
from shared.diff.changes import SchemaDiff
from shared.postgres.names.own_names import OwnNames
from shared.postgres.scratch import ScratchServer, SpecError, compile_known
from shared.schema.schema import Snapshot, Spec, SpecSource
from shared.targets import Observation, Target

MAX_KEPT_SHAPES = 20
"""Distinct drifts that one scan writes patches for: each is proven by compiling the declaration again."""


def declaring_of(
    settings: Settings, scratch: ScratchServer, declared: DeclaredTable, target: Target, names: OwnNames
) -> Declaring:
    """Say how the declaration of a target is read and compiled again after an edit.

    Args:
        settings: Of the fleet.
        scratch: Compiles it.
        declared: The `[spec]` table that is for the target.
        target: One of the tenants for whom it is.
        names: How the declaration calls its tenant.
    """
    profile = settings.file.compare
    given = variables_of(settings, declared.table)
    root = declared.root_of(target.tenant)

    async def compile_again(source: SpecSource) -> Spec:
        try:
            return await compile_known(scratch, source, profile, namespace=names.namespace, own=names)
        except SpecError as error:
            raise RefusedError(str(error)) from None

    def choose(reading: Reading) -> SpecSource:
        return source_for(target, DeclaredTable(declared.table, root, Shares(reading)))

    return Declaring(
        path=root,
        read=lambda: read_declaration(root, given),
        choose=choose,
        compile=compile_again,
        profile=profile,
    )


async def patches_of(
    declaring: Declaring,
    spec: Spec,
    analyses: Mapping[str, Analysis],
    snapshots: Mapping[str, Snapshot],
    read: Iterable[Observation],
) -> dict[str, tuple[Patch, ...]]:
    """Write the patches that keep what the tenants have, by fingerprint.

    Args:
        declaring: Where the declaration comes from.
        spec: What it says.
        analyses: By fingerprint.
        snapshots: By fingerprint.
        read: What was read of the tenants that are to have them: the drift that most tenants have comes first.
    """
    tenants = Counter(each.fingerprint for each in read)
    known: dict[SchemaDiff, tuple[Patch, ...]] = {}
    found: dict[str, tuple[Patch, ...]] = {}
    for key, analysis in sorted(analyses.items(), key=lambda item: (-tenants[item[0]], item[0])):
        if not analysis.diff.changes or not tenants[key]:
            continue
        if analysis.diff not in known:
            if len(known) < MAX_KEPT_SHAPES:
                known[analysis.diff] = await keep_patches(analysis.diff, spec, declaring, snapshots.get(key))
            else:
                known[analysis.diff] = (_later(),)
        found[key] = known[analysis.diff]
    return found


def _later() -> Patch:
    reason = (
        f"a scan writes them for the {MAX_KEPT_SHAPES} commonest drifts; `fleetdrift adopt REPORT --group ID` writes it"
    )
    return Patch(summary=f"no patch yet: {reason}", diff="")
