"""Reads a Terraform configuration: the SQL it declares, for which tenants, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.values import Value
from coordinator.iac.located_text import LocatedText
from coordinator.iac.reading import DeclaredTenant, Gap, Piece, Reading, carriers_of
from coordinator.iac.source import SourceError
from coordinator.iac.sql.partial import Loss, read_statements
from coordinator.iac.sql.properties import VERSION_NAMES
from coordinator.iac.tenant_names import NeutralTexts, keys_are_tenants
from coordinator.iac.terraform.plan import TerraformPlan, evaluate
from coordinator.iac.terraform.recorded import read_recorded
from coordinator.iac.terraform.resource_sql import SqlExtractor, SqlText
from shared.schema.schema import Declaration, Origin


def read_terraform(
    folder: Path, *, assignments: tuple[Assignment, ...] = (), environment: Mapping[str, str] | None = None
) -> Reading:
    """Read the SQL a configuration declares.

    Args:
        folder: The root module.
        assignments: Values of variables, as `-var` and `-var-file` give them.
        environment: Where `TF_VAR_…` is looked for.

    Raises:
        SourceError: With file and line, for what is wrong.
    """
    plan = evaluate(folder, assignments=assignments, environment=environment, tolerant=True)
    return _reading(plan, folder.name or str(folder), Files(folder))


def read_recorded_state(path: Path) -> Reading:
    """Read the SQL that a recorded state or plan holds.

    Args:
        path: A state of version 4, or what `terraform show -json` prints.

    Raises:
        SourceError: With file and line, for what is wrong.
    """
    return _reading(read_recorded(path), path.name, Files(path.parent))


def _reading(plan: TerraformPlan, name: str, files: Files) -> Reading:
    unchecked: list[str] = []
    extractor = SqlExtractor(files)
    texts = [text for resource in plan.resources for text in extractor.texts(resource)]
    gaps = [*plan.gaps, *extractor.gaps]
    pieces, lost, refused = _pieces(texts, unchecked)
    gaps += lost
    over_tenants = _over_tenants(pieces)
    pieces = [_of_tenant(piece, over_tenants) for piece in pieces]
    tenants = {piece.tenant for piece in pieces} - {""}
    gaps = [_gap_of_tenant(gap, over_tenants, tenants) for gap in gaps]
    tenants |= {gap.tenant for gap in gaps} - {""}
    expected = _expected_version(plan, texts, unchecked)
    return Reading(
        name=name,
        pieces=tuple(pieces),
        carriers=carriers_of(pieces, gaps),
        tenants=tuple(_tenant(name, pieces) for name in sorted(tenants)),
        expected_version=expected,
        refused=refused,
        unchecked=tuple(dict.fromkeys(unchecked)),
    )


def _pieces(texts: list[SqlText], unchecked: list[str]) -> tuple[list[Piece], list[Gap], tuple[SourceError, ...]]:
    """Split every text into declarations; a text that thousands of tenants share is split once."""
    split: dict[tuple[LocatedText, Origin], tuple[tuple[Declaration, ...], tuple[Loss, ...]]] = {}
    pieces: list[Piece] = []
    gaps: list[Gap] = []
    for text in texts:
        key = (text.text, text.at)
        if key not in split:
            split[key] = read_statements(text.text.text, text.locate, unchecked)
        made, losses = split[key]
        whose = {"carrier": text.resource.carrier_name, "address": text.resource.address}
        gaps += [
            Gap(**whose, at=loss.at, reason=loss.reason, may=loss.may, tenant=text.resource.tenant_key)
            for loss in losses
        ]
        if losses and not made:
            continue
        pieces.append(
            Piece(
                **whose,
                at=text.at,
                declarations=made,
                tenant=text.resource.tenant_key,
                destination=text.destination,
                idempotent=text.idempotent,
                step=text.step,
            )
        )
    refused = tuple(loss.error for _, losses in split.values() for loss in losses if loss.error is not None)
    return pieces, gaps, refused


def _over_tenants(pieces: list[Piece]) -> dict[str, bool]:
    """Say of each carrier whether its keys are tenants."""
    neutral_texts = NeutralTexts()
    said: dict[str, dict[str, tuple[str, ...]]] = {}
    for piece in pieces:
        keys = said.setdefault(piece.carrier, {})
        keys[piece.tenant] = keys.get(piece.tenant, ()) + neutral_texts(piece.declarations, piece.tenant)
    strict = {piece.carrier for piece in pieces if piece.idempotent}
    return {carrier: keys_are_tenants(keys, must_equal=carrier in strict) for carrier, keys in said.items()}


def _of_tenant(piece: Piece, over_tenants: dict[str, bool]) -> Piece:
    return piece if over_tenants[piece.carrier] else msgspec.structs.replace(piece, tenant="")


def _gap_of_tenant(gap: Gap, over_tenants: dict[str, bool], tenants: set[str]) -> Gap:
    """Keep the tenant of a gap whose carrier is one over tenants elsewhere."""
    if gap.tenant in tenants or over_tenants.get(gap.carrier, False):
        return gap
    return msgspec.structs.replace(gap, tenant="")


def _tenant(name: str, pieces: list[Piece]) -> DeclaredTenant:
    hosts = {piece.destination.host for piece in pieces if piece.tenant == name} - {""}
    databases = {piece.destination.database for piece in pieces if piece.tenant == name} - {""}
    return DeclaredTenant(
        tenant=name,
        host=hosts.pop() if len(hosts) == 1 else "",
        database=databases.pop() if len(databases) == 1 else "",
    )


def _expected_version(plan: TerraformPlan, texts: list[SqlText], unchecked: list[str]) -> str:
    """Return the declared version: a root output, local or variable of `VERSION_NAMES`, else the newest migration."""
    for name in VERSION_NAMES:
        value = plan.named(name)
        if value is None or value.is_null:
            continue
        shown = _version_text(value)
        if shown is not None:
            return shown
        unchecked.append(f"the expected schema version ({name}) is not a known string or number")
    versions = {text.version for text in texts if text.version}
    return versions.pop() if len(versions) == 1 else ""


def _version_text(value: Value) -> str | None:
    if isinstance(value.raw, str):
        return value.raw
    if isinstance(value.raw, (int, Fraction)) and not isinstance(value.raw, bool):
        return format_number(value.raw)
    return None
