"""Ignore rules: drift that somebody has decided to live with, by whom, why, and until when.

Pure: the configuration's `[[ignore]]` tables are read elsewhere, and today's date is an argument.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from shared.diff.changes import Altered, Change, SchemaDiff
from shared.diff.compare import headline
from shared.findings.registry import BY_ID, rules_for
from shared.findings.rule import tag_of
from shared.schema.base import SignedObject
from shared.schema.identity import ObjectId
from shared.schema.model import KINDS

_ANY = "*"
_CHANGES = (_ANY, "missing", "unexpected", "altered", "unverified")


class IgnoreRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[ignore]]` table. What it does not say matches everything; it must say something.

    The parts of a name are glob patterns (`*`, `?`, `[…]`), matched with case against the name as PostgreSQL stores it.

    Args:
        reason: Why the drift is allowed.
        owner: Who decided.
        until: Last day on which it is; after it the drift is back.
        kind: `table`, `index`, `constraint`, …
        namespace: Of the object.
        parent: Table of a column, constraint, trigger or policy.
        name: Of the object.
        signature: Arguments of a routine.
        of: For a comment, owner or privileges: the kind that carries it.
        change: `missing`, `unexpected`, `altered` or `unverified`.
        attribute: Field of an altered object: `default`, `type`, ….
        rule: Id of the rule that made the finding.
        tenant: Tenant's name.
        labels: Labels the tenant must carry, values as patterns.

    Raises:
        ValueError: When it selects nothing in particular, gives no reason or owner, or names an unknown change or rule.
    """

    reason: str
    owner: str
    until: dt.date
    kind: str = _ANY
    namespace: str = _ANY
    parent: str = _ANY
    name: str = _ANY
    signature: str = _ANY
    of: str = _ANY
    change: str = _ANY
    attribute: str = _ANY
    rule: str = _ANY
    tenant: str = _ANY
    labels: dict[str, str] = {}

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.owner.strip():
            raise ValueError("an ignore rule needs a reason and an owner")
        if self.change not in _CHANGES:
            raise ValueError(f"change must be one of {', '.join(_CHANGES)}, not {self.change!r}")
        if self.rule != _ANY and self.rule not in BY_ID:
            raise ValueError(f"there is no rule {self.rule!r}")
        chosen = (self.kind, self.namespace, self.parent, self.name, self.attribute, self.rule, self.of)
        if all(part == _ANY for part in chosen):
            raise ValueError("an ignore rule must say what it ignores: a kind, a name, a rule, …")


class Ignored(msgspec.Struct, frozen=True):
    """A change that is left out (of an altered object: the fields that are), and by which rule."""

    change: Change
    rule: IgnoreRule


class Sifted(msgspec.Struct, frozen=True, kw_only=True):
    """A diff after the ignore rules.

    Args:
        kept: What is still drift.
        ignored: What is not, each with the rule that said so.
        unused: Rules that matched nothing here; over a fleet only what is unused everywhere is worth a word.
        expired: Rules whose last day has passed: they ignore nothing.
    """

    kept: SchemaDiff
    ignored: tuple[Ignored, ...] = ()
    unused: tuple[IgnoreRule, ...] = ()
    expired: tuple[IgnoreRule, ...] = ()


def apply_ignores(
    diff: SchemaDiff,
    rules: Iterable[IgnoreRule],
    *,
    today: dt.date,
    tenant: str = "",
    labels: Mapping[str, str] | None = None,
) -> Sifted:
    """Take out of a diff what the rules say may differ; the first rule that matches is named.

    Whoever ignores a missing or unexpected table ignores what it carries.

    Args:
        diff: Desired against observed, complete.
        rules: In the order of the configuration.
        today: Decides which rules have expired.
        tenant: Whose diff it is.
        labels: The tenant's.
    """
    known = tuple(rules)
    active = tuple(rule for rule in known if rule.until >= today)
    kept, ignored = sift(diff, concerning(active, tenant, labels or {}))
    used = [entry.rule for entry in ignored]
    return Sifted(
        kept=kept,
        ignored=ignored,
        unused=tuple(rule for rule in active if rule not in used),
        expired=tuple(rule for rule in known if rule.until < today),
    )


def concerning(rules: Iterable[IgnoreRule], tenant: str, labels: Mapping[str, str]) -> tuple[IgnoreRule, ...]:
    """Give the rules that speak about a tenant, in their order."""
    return tuple(rule for rule in rules if _concerns(rule, tenant, labels))


def _concerns(rule: IgnoreRule, tenant: str, labels: Mapping[str, str]) -> bool:
    return (rule.tenant == _ANY or fnmatchcase(tenant, rule.tenant)) and all(
        name in labels and fnmatchcase(labels[name], pattern) for name, pattern in rule.labels.items()
    )


def sift(diff: SchemaDiff, rules: Sequence[IgnoreRule]) -> tuple[SchemaDiff, tuple[Ignored, ...]]:
    """Part a diff into what is kept and what these rules ignore."""
    ignored: list[Ignored] = []
    return _sift(diff, rules, ignored), tuple(ignored)


def _sift(diff: SchemaDiff, rules: Sequence[IgnoreRule], ignored: list[Ignored]) -> SchemaDiff:
    """Remove the ignored changes, then what only they kept out of the headline: the children of ignored parents."""
    shown = headline(diff).changes
    replaced = {change.identity: _remainder(change, rules, ignored) for change in shown}
    kept = [replaced.get(change.identity, change) for change in diff.changes]
    left = SchemaDiff(tuple(change for change in kept if change is not None))
    known = {change.identity for change in shown}
    while orphans := {change.identity for change in headline(left).changes} - known:
        left = SchemaDiff(tuple(change for change in left.changes if change.identity not in orphans))
    return left


def _remainder(change: Change, rules: Sequence[IgnoreRule], ignored: list[Ignored]) -> Change | None:
    """Give what is left of a change, and note what was taken and by which rule."""
    left: Change = change
    for rule in rules:
        if not _names(rule, left):
            continue
        if not isinstance(left, Altered):
            ignored.append(Ignored(left, rule))
            return None
        taken = _fields(rule, left)
        if not taken:
            continue
        ignored.append(Ignored(msgspec.structs.replace(left, fields=tuple(sorted(taken))), rule))
        rest = tuple(field for field in left.fields if field not in taken)
        if not rest:
            return None
        left = msgspec.structs.replace(left, fields=rest)
    return left


def _names(rule: IgnoreRule, change: Change) -> bool:
    identity = change.identity
    parts = ("kind", "namespace", "parent", "name", "signature", "of")
    if rule.change not in (_ANY, tag_of(change)):
        return False
    if not all(fnmatchcase(getattr(identity, part), getattr(rule, part)) for part in parts):
        return False
    return isinstance(change, Altered) or (
        rule.attribute == _ANY and rule.rule in (_ANY, *(speaker.id for speaker, _ in rules_for(change)))
    )


def _fields(rule: IgnoreRule, change: Altered) -> frozenset[str]:
    """Give the fields of an altered object that a rule takes."""
    fields = frozenset(field for field in change.fields if fnmatchcase(field, rule.attribute))
    if rule.rule == _ANY:
        return fields
    told = {speaker.id: claimed for speaker, claimed in rules_for(change)}
    return fields & told.get(rule.rule, frozenset())


def ignore_lines(change: Change, *, until: dt.date, rule: str = "") -> str:
    """Write the TOML table that would ignore exactly this, whatever its names hold.

    It can be pasted at the end of the configuration as it is.

    Args:
        change: What to ignore.
        until: The last day.
        rule: For an altered object: ignore only what this rule speaks about.
    """
    selected = {**_selectors(change.identity), "change": tag_of(change)}
    if rule and isinstance(change, Altered):
        selected["rule"] = rule
    lines = [f"{key} = {toml_string(value)}" for key, value in selected.items()]
    reason = [f"until = {until.isoformat()}", 'reason = "say why it may differ"', 'owner = "say who decided"']
    return "\n".join(["[[ignore]]", *lines, *reason]) + "\n"


def _selectors(identity: ObjectId) -> dict[str, str]:
    """Name the object by patterns that match it alone."""
    parts = {"kind": identity.kind, "namespace": identity.namespace, "parent": identity.parent, "name": identity.name}
    given = {key: value for key, value in parts.items() if value or key == "name"}
    signed = KINDS.get(identity.of or identity.kind, SignedObject)
    if issubclass(signed, SignedObject) or identity.signature:
        given["signature"] = identity.signature
    if identity.of:
        given["of"] = identity.of
    return {key: re.sub(r"([*?[])", r"[\1]", value) for key, value in given.items()}


def toml_string(text: str) -> str:
    """Quote a TOML basic string; what does not print (controls, direction marks) is written as an escape."""
    return '"' + "".join(_toml_character(character) for character in text) + '"'


def _toml_character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004  # TOML's two escape widths
