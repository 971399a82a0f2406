"""Reads a Terraform configuration: the SQL it declares, for which tenants, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.values import Value
from coordinator.iac.located_text import LocatedText
from coordinator.iac.reading import Gap, Piece, Reading, carriers_of
from coordinator.iac.source import SourceError
from coordinator.iac.sql.partial import Loss, read_statements
from coordinator.iac.sql.properties import VERSION_NAMES
from coordinator.iac.terraform.grant_order import grants_on_nothing, in_order
from coordinator.iac.terraform.plan import TerraformPlan, evaluate
from coordinator.iac.terraform.recorded import read_recorded
from coordinator.iac.terraform.resource_sql import SqlExtractor, SqlText
from coordinator.iac.terraform.suspects import Suspect
from coordinator.iac.terraform.tenants import OUTPUT, carriers_over_tenants, declared_tenants
from shared.schema.schema import Declaration, MayDeclare, Origin


def read_terraform(
    folder: Path,
    *,
    assignments: tuple[Assignment, ...] = (),
    environment: Mapping[str, str] | None = None,
    unknown: Callable[[str], bool] = lambda _name: False,
    around: tuple[Gap, ...] = (),
) -> Reading:
    """Read the SQL a configuration declares.

    Args:
        folder: The root module.
        assignments: Values of variables, as `-var` and `-var-file` give them.
        environment: Where `TF_VAR_…` is looked for.
        unknown: See `evaluate`.
        around: What was not read of that which runs the configuration.

    Raises:
        SourceError: With file and line, for what is wrong.
    """
    plan = evaluate(folder, assignments=assignments, environment=environment, tolerant=True, unknown=unknown)
    plan = msgspec.structs.replace(plan, gaps=(*plan.gaps, *around))
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
    texts = in_order([text for resource in plan.resources for text in extractor.texts(resource)])
    gaps = [*plan.gaps, *extractor.gaps]
    pieces, lost, refused = _pieces(texts, unchecked)
    gaps += [*lost, *grants_on_nothing(texts, pieces)]
    gaps += _suspected(extractor.suspects, pieces)
    over_tenants = carriers_over_tenants(pieces)
    tenants = {piece.tenant for piece in pieces if over_tenants[piece.carrier]} - {""}
    pieces = [_of_tenant(piece, over_tenants, tenants) for piece in pieces]
    gaps = [_gap_of_tenant(gap, over_tenants, tenants) for gap in gaps]
    tenants |= {gap.tenant for gap in gaps} - {""}
    expected = _expected_version(plan, texts, unchecked)
    return Reading(
        name=name,
        pieces=tuple(pieces),
        carriers=carriers_of(pieces, gaps),
        tenants=declared_tenants(tenants, pieces, plan.outputs.get(OUTPUT), plan.resources),
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
            Gap(
                **whose,
                at=loss.at,
                reason=loss.reason,
                may=text.may if loss.may == MayDeclare() else loss.may,
                tenant=text.resource.tenant_key,
            )
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
                follows=text.follows,
                step=text.step,
            )
        )
    refused = tuple(loss.error for _, losses in split.values() for loss in losses if loss.error is not None)
    return pieces, gaps, refused


def _suspected(found: list[Suspect], pieces: list[Piece]) -> Iterator[Gap]:
    """Give a gap for each text that somebody may run, unless what it says is read elsewhere."""
    read = {item.sql for piece in pieces for item in piece.declarations}
    for each in found:
        made, losses = read_statements(each.text.text, lambda _offset, at=each.at: at, [])  # type: ignore[misc]  # a default binds the loop's value
        if not each.is_script and not losses and all(item.sql in read for item in made):
            continue
        what = "a script that runs psql" if each.is_script else "SQL"
        yield Gap(
            address=each.resource.address,
            at=each.at,
            reason=f"{each.name} holds {what}, and whether somebody runs it is not known",
            tenant=each.resource.tenant_key,
            carrier=each.resource.carrier_name,
        )


def _of_tenant(piece: Piece, over_tenants: dict[str, bool], tenants: set[str]) -> Piece:
    if over_tenants[piece.carrier] or (piece.follows and piece.tenant in tenants):
        return piece
    return msgspec.structs.replace(piece, tenant="")


def _gap_of_tenant(gap: Gap, over_tenants: dict[str, bool], tenants: set[str]) -> Gap:
    """Keep the tenant of a gap whose carrier is one over tenants elsewhere."""
    if gap.tenant in tenants or over_tenants.get(gap.carrier, False):
        return gap
    return msgspec.structs.replace(gap, tenant="")


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
