"""Loads a Terraform configuration as a `SpecSource`: the SQL it declares for each tenant, if all declare the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.values import Value
from coordinator.iac.located_text import LocatedText
from coordinator.iac.source import SourceError
from coordinator.iac.sql.properties import VERSION_NAMES
from coordinator.iac.sql.statements import declarations
from coordinator.iac.terraform.plan import TerraformPlan, evaluate
from coordinator.iac.terraform.resource_sql import SqlExtractor, SqlText
from coordinator.iac.terraform.variables import Assignment
from shared.schema.schema import Declaration, Origin, SpecSource


class _CarriedSql(msgspec.Struct, frozen=True, eq=False):
    """The declarations of one SQL text, shared by all tenants that carry the same one.

    Args:
        carrier: The resource, keys left out.
        tenant: Whose it is, empty for what belongs to every tenant.
        address: The resource instance.
        declarations: Without the address.
        idempotent: See `SqlText`.
    """

    carrier: str
    tenant: str
    address: str
    declarations: tuple[Declaration, ...]
    idempotent: bool


def load_terraform(
    folder: Path,
    *,
    assignments: tuple[Assignment, ...] = (),
    environment: Mapping[str, str] | None = None,
    tenant: str = "",
) -> SpecSource:
    """Read the SQL a configuration declares.

    Args:
        folder: The root module.
        assignments: Values of variables, as `-var` and `-var-file` give them.
        environment: Where `TF_VAR_…` is looked for.
        tenant: Whose declarations are wanted, where tenants' differ.

    Raises:
        SourceError: With file and line; also when nothing is declared, or tenants differ and none was chosen.
    """
    plan = evaluate(folder, assignments=assignments, environment=environment)
    unchecked = list(plan.unchecked)
    texts = _texts(SqlExtractor(Files(folder), unchecked), plan)
    neutral_texts = _TenantNeutralTexts()
    pieces = _assign_tenants(_carried_sql(texts, unchecked), neutral_texts)
    tenants = tuple(sorted({piece.tenant for piece in pieces} - {""}))
    if not any(piece.declarations for piece in pieces):
        reason = "declares no SQL that can be read" + (f" ({unchecked[0]})" if unchecked else "")
        raise SourceError(folder.name or str(folder), 0, reason)
    if tenant and tenant not in tenants:
        raise SourceError(folder.name, 0, f"declares no tenant {tenant!r}; it declares {_first_few(tenants)}")
    if not tenant:
        _refuse_different_tenants(pieces, tenants, neutral_texts)
    return SpecSource(
        declarations=_declarations_of(pieces, tenant or (tenants[0] if tenants else "")),
        expected_version=_expected_version(plan, texts, unchecked),
        tenants=tenants,
        unchecked=tuple(dict.fromkeys(unchecked)),
    )


def _first_few(tenants: tuple[str, ...]) -> str:
    shown = ", ".join(tenants[:5]) or "none"
    return shown if len(tenants) <= 5 else f"{shown} and {len(tenants) - 5} more"  # noqa: PLR2004  # as above


def _texts(extractor: SqlExtractor, plan: TerraformPlan) -> list[SqlText]:
    return [text for resource in plan.resources for text in extractor.texts(resource)]


def _carried_sql(texts: list[SqlText], unchecked: list[str]) -> list[_CarriedSql]:
    """Split every text into declarations; a text that thousands of tenants share is split once."""
    split: dict[tuple[LocatedText, Origin], tuple[Declaration, ...]] = {}
    pieces: list[_CarriedSql] = []
    for text in texts:
        key = (text.text, text.at)
        if key not in split:
            split[key] = declarations(text.text.text, text.locate, unchecked)
        pieces.append(_carried_by(text, split[key]))
    return pieces


def _carried_by(text: SqlText, made: tuple[Declaration, ...]) -> _CarriedSql:
    resource = text.resource
    keys = resource.module_keys
    tenant = keys[-1] if keys else resource.index if isinstance(resource.index, str) else ""
    carrier = re.sub(r"\[[^\]]*\]", "", resource.module) + f"/{resource.type}.{resource.name}"
    return _CarriedSql(carrier, tenant, resource.address, made, text.idempotent)


class _TenantNeutralTexts:
    """Gives the statements of a piece with the tenant's name replaced; computed once for texts that do not name it."""

    def __init__(self) -> None:
        self._memo: dict[tuple[int, str], tuple[str, ...]] = {}

    def __call__(self, piece: _CarriedSql) -> tuple[str, ...]:
        named = any(name in item.sql for name in _spellings(piece.tenant) for item in piece.declarations)
        key = (id(piece.declarations), piece.tenant if named else "")
        if key not in self._memo:
            self._memo[key] = tuple(replace_tenant_name(item.sql, key[1]) for item in piece.declarations)
        return self._memo[key]


def _assign_tenants(pieces: list[_CarriedSql], neutral_texts: _TenantNeutralTexts) -> list[_CarriedSql]:
    """Keep the tenant of pieces whose `for_each` is over tenants; clear it where it is over files or tables.

    Keys are tenants when the SQL of all is the same but for the tenant's own name, or at least one statement is in all;
    keys whose SQL has nothing in common are parts of one declaration.
    """
    by_carrier: dict[str, dict[str, tuple[str, ...]]] = {}
    for piece in pieces:
        keys = by_carrier.setdefault(piece.carrier, {})
        keys[piece.tenant] = keys.get(piece.tenant, ()) + neutral_texts(piece)
    strict = {piece.carrier for piece in pieces if piece.idempotent}
    over_tenants = {
        carrier: _keys_are_tenants(keys, must_equal=carrier in strict) for carrier, keys in by_carrier.items()
    }
    return [piece if over_tenants[piece.carrier] else msgspec.structs.replace(piece, tenant="") for piece in pieces]


def _keys_are_tenants(keys: dict[str, tuple[str, ...]], *, must_equal: bool) -> bool:
    if len(keys) == 1:
        return not next(iter(keys)).endswith(".sql")
    distinct = [set(said) for said in set(keys.values())]
    if all(said == distinct[0] for said in distinct):
        return True
    return not must_equal and bool(set.intersection(*distinct))


def _spellings(tenant: str) -> tuple[str, ...]:
    """Return a tenant's name, and the name with `_` for `-`."""
    return tuple(dict.fromkeys(name for name in (tenant, tenant.replace("-", "_")) if name))


def replace_tenant_name(sql: str, tenant: str) -> str:
    """Replace a tenant's own name by `{tenant}`, also as part of a name and with `_` for `-`."""
    names = [name for name in _spellings(tenant) if name in sql]
    if not names:
        return sql
    spelt = "|".join(map(re.escape, names))
    return re.sub(rf"(?<![A-Za-z0-9])(?:{spelt})(?![A-Za-z0-9])", "{tenant}", sql)


def _declarations_of(pieces: list[_CarriedSql], tenant: str) -> tuple[Declaration, ...]:
    """Return one tenant's declarations; what several provider resources declare alike comes once."""
    found: list[Declaration] = []
    seen: set[str] = set()
    for piece in pieces:
        if piece.tenant not in {"", tenant}:
            continue
        for declaration in piece.declarations:
            if not piece.idempotent or declaration.sql not in seen:
                found.append(_addressed(declaration, piece.address))
            seen.add(declaration.sql)
    return tuple(found)


def _addressed(declaration: Declaration, address: str) -> Declaration:
    return Declaration(declaration.sql, Origin(declaration.origin.file, declaration.origin.line, address))


def _refuse_different_tenants(
    pieces: list[_CarriedSql], tenants: tuple[str, ...], neutral_texts: _TenantNeutralTexts
) -> None:
    """Raise SourceError when two tenants are declared differently, so that no one declaration is that of all."""
    by_tenant: dict[str, list[tuple[str, ...]]] = {tenant: [] for tenant in tenants}
    for piece in pieces:
        if piece.tenant:
            by_tenant[piece.tenant].append(neutral_texts(piece))
    for tenant in tenants[1:]:
        if by_tenant[tenant] != by_tenant[tenants[0]]:
            _refuse_difference(
                _declarations_of(pieces, tenants[0]), _declarations_of(pieces, tenant), tenants[0], tenant
            )


def _refuse_difference(first: tuple[Declaration, ...], own: tuple[Declaration, ...], one: str, other: str) -> None:
    expected = [replace_tenant_name(declaration.sql, one) for declaration in first]
    said = [replace_tenant_name(declaration.sql, other) for declaration in own]
    if said == expected:  # the same statements, carried in other portions
        return
    pairs = enumerate(zip(said, expected, strict=False))
    i = next((i for i, (a, b) in pairs if a != b), min(len(said), len(expected)))
    at = (own[i : i + 1] or first[i : i + 1])[0].origin
    reason = f"tenants {one!r} and {other!r} are declared differently from here on; choose one tenant"
    raise SourceError(at.file, at.line, reason)


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
