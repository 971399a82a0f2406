"""Writes the patch that keeps the drift of a saved report, or of a saved diff, against the declaration as it is now."""

from __future__ import annotations

from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.load import read_declaration
from coordinator.iac.patching.keep_patches import Declaring, RefusedError, keep_patches
from coordinator.iac.reading import spec_source
from coordinator.inventory import load_targets
from coordinator.report.assemble import hash_of_specs
from coordinator.report.model import DriftGroup, Patch
from coordinator.scan.compiled import compiled
from coordinator.scan.keeping import declaring_of
from coordinator.scan.wanted import read_tables, table_for, wanted_by
from coordinator.settings.model import Settings
from shared.diff.changes import SchemaDiff
from shared.formats import DIFF, REPORT, FormatError, decode_json, label_of
from shared.postgres.scratch import ScratchServer, SpecError, compile_known
from shared.schema.canonical import schema_hash
from shared.schema.profile import Profile
from shared.schema.schema import Spec, SpecSource

_CHANGED = "the declaration is not what it was when this was compared (or other facets were compared): compare again"


class AdoptError(Exception):
    """Drift cannot be adopted; the message is one sentence that says what to do."""


class _SavedPlan(msgspec.Struct, frozen=True):
    desired: str = ""


class _SavedDiff(msgspec.Struct):
    diff: SchemaDiff
    plan: _SavedPlan = _SavedPlan()


class _SavedBody(msgspec.Struct):
    groups: tuple[DriftGroup, ...]
    spec: str


class _SavedReport(msgspec.Struct):
    report: _SavedBody


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Drift that a document tells of.

    Args:
        diff: Desired against observed.
        spec: Schema hash of the desired side: of all declarations of a fleet that has several.
        tenants: Of the drift group; empty for a diff.
    """

    diff: SchemaDiff
    spec: str
    tenants: tuple[str, ...] = ()


def read_drift(path: Path, group: str = "") -> Drift:
    """Read the drift of one group of a report, or that of a diff.

    Args:
        path: `report.json`, or what `fleetdrift diff --output json` prints.
        group: Id, or its beginning; may be left out where there is only one.

    Raises:
        AdoptError: When the file is neither, or does not have that group.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AdoptError(f"{path}: cannot be read: {error.strerror}") from None
    name = label_of(content).partition("/")[0]
    try:
        if name == DIFF.name:
            saved = decode_json(DIFF, content, _SavedDiff)
            return Drift(diff=saved.diff, spec=saved.plan.desired)
        if name == REPORT.name:
            body = decode_json(REPORT, content, _SavedReport).report
            return _group(body, group, path)
    except FormatError as error:
        raise AdoptError(f"{path}: {error}") from None
    raise AdoptError(f"{path}: expected report.json, or the JSON of `fleetdrift diff`; found neither")


def _group(body: _SavedBody, wanted: str, path: Path) -> Drift:
    found = [group for group in body.groups if group.id.startswith(wanted) and group.diff.changes]
    if len(found) == 1:
        if found[0].own_version:
            raise AdoptError(
                f"{path}: the tenants of this group claim version {found[0].own_version}: "
                "its migrations may have been applied, and are not edited"
            )
        return Drift(diff=found[0].diff, spec=body.spec, tenants=found[0].tenants)
    ids = ", ".join(group.id for group in (found or body.groups)[:5]) or "none"
    raise AdoptError(f"{path}: expected one drift group, found {len(found)}; name one with --group: {ids}")


async def adopt_in_fleet(settings: Settings, scratch: ScratchServer, drift: Drift) -> Patch:
    """Write the patch for the declaration of a fleet.

    Args:
        settings: Of the fleet.
        scratch: Where the patch is proven.
        drift: What is to be kept.

    Raises:
        AdoptError: When the declaration is not the one that the report speaks of.
        SourceError, SpecError, InventoryError: When the declaration or the fleet cannot be read.
    """
    tables = read_tables(settings)
    inventory = await load_targets(settings, [entry for each in tables for entry in each.shares.tenants.values()])
    profile = settings.file.compare
    all_wanted = wanted_by(tables, inventory.targets, profile)
    specs = [await compiled(scratch, wanted.source, profile, wanted.names) for wanted in all_wanted]
    if drift.spec != hash_of_specs(specs):
        raise AdoptError(_CHANGED)
    for wanted, spec in zip(all_wanted, specs, strict=True):
        if set(wanted.tenants) & set(drift.tenants):
            first = next(target for target in inventory.targets if target.tenant == wanted.tenants[0])
            declaring = declaring_of(settings, scratch, table_for(first, tables), first, wanted.names)
            return await _adopted(drift, spec, declaring)
    raise AdoptError("none of the group's tenants is in the fleet any more: scan again")


async def adopt_in_source(
    path: Path, scratch: ScratchServer, drift: Drift, profile: Profile, given: tuple[Assignment, ...]
) -> Patch:
    """Write the patch for a declaration that belongs to no configured fleet.

    Args:
        path: The declaration: the first source of the diff.
        scratch: Where the patch is proven.
        drift: What is to be kept.
        profile: Which facets were compared.
        given: Values of variables.

    Raises:
        AdoptError, SourceError, SpecError: As for `adopt_in_fleet`.
    """

    async def compile_again(source: SpecSource) -> Spec:
        try:
            return await compile_known(scratch, source, profile)
        except SpecError as error:
            raise RefusedError(str(error)) from None

    declaring = Declaring(path=path, read=lambda: read_declaration(path, given), compile=compile_again, profile=profile)
    spec = await compile_known(scratch, spec_source(declaring.read()), profile)
    if drift.spec and drift.spec != schema_hash(spec.schema):
        raise AdoptError(_CHANGED)
    return await _adopted(drift, spec, declaring)


async def _adopted(drift: Drift, spec: Spec, declaring: Declaring) -> Patch:
    patches = await keep_patches(drift.diff, spec, declaring)
    if not patches:
        raise AdoptError("nothing differs: there is nothing to adopt")
    return patches[0]
