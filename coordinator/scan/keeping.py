"""Offers, for each distinct drift of a scan, the patch of the declaration that keeps it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

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
from shared.findings.ignore import IgnoreRule, IgnoreRules
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


class Kept(NamedTuple):
    """What a patch may have to keep: what still is drift of one tenant that was read.

    Args:
        diff: Without what the ignore rules leave out for that tenant.
        fingerprint: Of what was read.
    """

    diff: SchemaDiff
    fingerprint: str


def kept_drifts(
    analyses: Mapping[str, Analysis],
    read: Iterable[tuple[Target, Observation]],
    ignores: Iterable[IgnoreRule],
    today: dt.date,
) -> list[Kept]:
    """Give what still is drift of each tenant that was read: nobody wants to declare what is ignored.

    Args:
        analyses: By fingerprint.
        read: The tenants, and what was read of each.
        ignores: In the order of the configuration.
        today: Decides which of them have ended.
    """
    rules = IgnoreRules(ignores, today)
    left: dict[tuple[str, tuple[int, ...]], SchemaDiff] = {}
    drifts = []
    for target, observation in read:
        key = (observation.fingerprint, rules.concerning(target.tenant, dict(target.labels)))
        if key[0] in analyses:
            if key not in left:
                left[key], _ = rules.split(analyses[key[0]].diff, key[1])
            drifts.append(Kept(left[key], key[0]))
    return drifts


async def patches_of(
    declaring: Declaring, spec: Spec, drifts: Iterable[Kept], snapshots: Mapping[str, Snapshot]
) -> dict[SchemaDiff, tuple[Patch, ...]]:
    """Write the patches that keep what the tenants have, by drift.

    Args:
        declaring: Where the declaration comes from.
        spec: What it says.
        drifts: Of the tenants that are to have them: the one that most tenants have comes first.
        snapshots: By fingerprint.
    """
    tenants: Counter[SchemaDiff] = Counter()
    first: dict[SchemaDiff, str] = {}
    for diff, fingerprint in drifts:
        if diff.changes:
            tenants[diff] += 1
            first[diff] = min(first.get(diff, fingerprint), fingerprint)
    found: dict[SchemaDiff, tuple[Patch, ...]] = {}
    for diff in sorted(tenants, key=lambda each: (-tenants[each], first[each])):
        if len(found) < MAX_KEPT_SHAPES:
            found[diff] = await keep_patches(diff, spec, declaring, snapshots.get(first[diff]))
        else:
            found[diff] = (_later(),)
    return found


def _later() -> Patch:
    reason = (
        f"a scan writes them for the {MAX_KEPT_SHAPES} commonest drifts; `fleetdrift adopt REPORT --group ID` writes it"
    )
    return Patch(summary=f"no patch yet: {reason}", diff="")
