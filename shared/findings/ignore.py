"""Ignore rules: which drift somebody has decided to accept, who decided, why, and until when.

Pure: the configuration's `[[ignore]]` tables are read elsewhere, and today's date is an argument.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Annotated, Self

import msgspec

from shared.diff.changes import Altered, Change, SchemaDiff
from shared.diff.compare import headline
from shared.findings.registry import BY_ID, rules_for
from shared.findings.rule import tag_of
from shared.schema.base import SignedObject
from shared.schema.identity import ObjectId
from shared.schema.model import KINDS

EVERYTHING = "*"
"""What a field of a rule says that leaves nothing out."""

CHOOSING_FIELDS = ("kind", "namespace", "parent", "name", "attribute", "rule", "of")
"""The fields of which a rule gives at least one: what it ignores."""

_CHANGES = (EVERYTHING, "missing", "unexpected", "altered", "unverified")
_Said = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": r"^[^\u0000]*[^\s\u0000-\u001f\u0085][^\u0000]*$"})]


class IgnoreRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[ignore]]` table: drift that matches every field given in it is left out of the report.

    A field that is not given matches everything; at least one that says what is ignored must be given.

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
        ValueError: When no field says what is ignored, reason or owner is blank, or the change or rule is unknown.
    """

    reason: _Said
    owner: _Said
    until: dt.date
    kind: str = EVERYTHING
    namespace: str = EVERYTHING
    parent: str = EVERYTHING
    name: str = EVERYTHING
    signature: str = EVERYTHING
    of: str = EVERYTHING
    change: Annotated[str, msgspec.Meta(extra_json_schema={"enum": _CHANGES})] = EVERYTHING
    attribute: str = EVERYTHING
    rule: Annotated[str, msgspec.Meta(extra_json_schema={"enum": (EVERYTHING, *sorted(BY_ID))})] = EVERYTHING
    tenant: str = EVERYTHING
    labels: dict[str, str] = {}

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.owner.strip():
            raise ValueError("an ignore rule needs a reason and an owner")
        if self.change not in _CHANGES:
            raise ValueError(f"change must be one of {', '.join(_CHANGES)}, not {self.change!r}")
        if self.rule != EVERYTHING and self.rule not in BY_ID:
            raise ValueError(f"there is no rule {self.rule!r}")
        if all(getattr(self, field) == EVERYTHING for field in CHOOSING_FIELDS):
            raise ValueError("an ignore rule must say what it ignores: a kind, a name, a rule, …")

    @property
    def selection(self) -> tuple[object, ...]:
        """What the rule ignores, whoever decided it, why and until when: equal for rules that ignore the same."""
        said_of_it = {"reason", "owner", "until"}
        return tuple(getattr(self, name) for name in IgnoreRule.__struct_fields__ if name not in said_of_it)


_AS_NEAR_AS_A_SLIP = 0.75
"""From which likeness on a kind is offered: `table` for `tabel`, and not `publication` for `function`."""


def unknown_kind(rule: IgnoreRule) -> str:
    """Say in a sentence that no object is of the kind that a rule names; empty where some can be.

    A rule does not refuse it by itself: what was kept must be readable by a release that knows other kinds.

    Args:
        rule: That somebody makes, or that stands in a configuration.
    """
    for field, pattern in (("kind", rule.kind), ("of", rule.of)):
        if not any(fnmatchcase(kind, pattern) for kind in KINDS):
            near = get_close_matches(pattern, KINDS, n=1, cutoff=_AS_NEAR_AS_A_SLIP)
            kinds = f"did you mean {near[0]!r}?" if near else f"kinds are {', '.join(sorted(KINDS))}"
            return f"{field}: no object is of the kind {pattern!r}: {kinds}"
    return ""


class KeptIgnoreRule(IgnoreRule, frozen=True, kw_only=True):
    """A rule that was made while the coordinator ran, and is kept in the store.

    Args:
        id: Names it.
    """

    id: str

    @classmethod
    def named(cls, key: str, rule: IgnoreRule) -> Self:
        """Give a rule an id."""
        return cls(id=key, **{name: getattr(rule, name) for name in IgnoreRule.__struct_fields__})

    @property
    def plain(self) -> IgnoreRule:
        """The rule without its id, as a configuration would hold it."""
        return IgnoreRule(**{name: getattr(self, name) for name in IgnoreRule.__struct_fields__})


def ignoring(configured: Iterable[IgnoreRule], kept: Iterable[KeptIgnoreRule]) -> tuple[IgnoreRule, ...]:
    """Give the rules that count: those of the configuration first, then those of the store.

    A rule of the store that ignores the same as one of the configuration does not count, also when that one has ended:
    what the configuration says is reviewed with the declaration, and wins.

    Args:
        configured: In the order of the configuration.
        kept: In the order in which they were made.
    """
    rules = tuple(configured)
    said = [rule.selection for rule in rules]
    return rules + tuple(rule for rule in kept if rule.selection not in said)


class Ignored(msgspec.Struct, frozen=True):
    """A change that a rule leaves out; of an altered object, only the fields that the rule leaves out.

    Args:
        change: What is left out.
        place: Place in the configuration, from 0, of the rule that leaves it out.
    """

    change: Change
    place: int


class IgnoreRules:
    """The `[[ignore]]` tables of a configuration, as they apply on one day.

    Args:
        rules: In the order of the configuration; the first rule that matches a change leaves it out.
        today: A rule whose last day is before it has ended and leaves out nothing.
    """

    def __init__(self, rules: Iterable[IgnoreRule], today: dt.date) -> None:
        self.rules = tuple(rules)
        self.ended = frozenset(place for place, rule in enumerate(self.rules) if rule.until < today)

    def concerning(self, tenant: str, labels: Mapping[str, str]) -> tuple[int, ...]:
        """Give the places of the rules that have not ended and are about a tenant.

        Args:
            tenant: Its name.
            labels: Its labels.
        """
        numbered = enumerate(self.rules)
        return tuple(place for place, rule in numbered if place not in self.ended and _concerns(rule, tenant, labels))

    def split(self, diff: SchemaDiff, places: Iterable[int]) -> tuple[SchemaDiff, tuple[Ignored, ...]]:
        """Split a diff into what is still drift and what is ignored.

        Whoever ignores a missing or unexpected table ignores what it carries.

        Args:
            diff: Desired against observed, complete.
            places: Of the rules that count, as `concerning` gives them.
        """
        ignored: list[Ignored] = []
        numbered = [(place, self.rules[place]) for place in places]
        return _still_drift(diff, numbered, ignored), tuple(ignored)


def _concerns(rule: IgnoreRule, tenant: str, labels: Mapping[str, str]) -> bool:
    return (rule.tenant == EVERYTHING or fnmatchcase(tenant, rule.tenant)) and all(
        name in labels and fnmatchcase(labels[name], pattern) for name, pattern in rule.labels.items()
    )


def _still_drift(diff: SchemaDiff, rules: Sequence[tuple[int, IgnoreRule]], ignored: list[Ignored]) -> SchemaDiff:
    """Remove the ignored changes, then what only they kept out of the headline: the children of ignored parents."""
    shown = headline(diff).changes
    replaced = {change.identity: _remainder(change, rules, ignored) for change in shown}
    kept = [replaced.get(change.identity, change) for change in diff.changes]
    left = SchemaDiff(tuple(change for change in kept if change is not None))
    known = {change.identity for change in shown}
    while orphans := {change.identity for change in headline(left).changes} - known:
        left = SchemaDiff(tuple(change for change in left.changes if change.identity not in orphans))
    return left


def _remainder(change: Change, rules: Sequence[tuple[int, IgnoreRule]], ignored: list[Ignored]) -> Change | None:
    """Give what is still drift of a change, and add what is not to `ignored`."""
    left: Change = change
    for place, rule in rules:
        if not _matches(rule, left):
            continue
        if not isinstance(left, Altered):
            ignored.append(Ignored(left, place))
            return None
        matched = _matched_fields(rule, left)
        if not matched:
            continue
        ignored.append(Ignored(msgspec.structs.replace(left, fields=tuple(sorted(matched))), place))
        rest = tuple(field for field in left.fields if field not in matched)
        if not rest:
            return None
        left = msgspec.structs.replace(left, fields=rest)
    return left


def _matches(rule: IgnoreRule, change: Change) -> bool:
    identity = change.identity
    parts = ("kind", "namespace", "parent", "name", "signature", "of")
    if rule.change not in (EVERYTHING, tag_of(change)):
        return False
    if not all(fnmatchcase(getattr(identity, part), getattr(rule, part)) for part in parts):
        return False
    return isinstance(change, Altered) or (
        rule.attribute == EVERYTHING
        and rule.rule in (EVERYTHING, *(finding_rule.id for finding_rule, _ in rules_for(change)))
    )


def _matched_fields(rule: IgnoreRule, change: Altered) -> frozenset[str]:
    """Give the fields of an altered object that a rule leaves out."""
    fields = frozenset(field for field in change.fields if fnmatchcase(field, rule.attribute))
    if rule.rule == EVERYTHING:
        return fields
    claimed = {finding_rule.id: claimed for finding_rule, claimed in rules_for(change)}
    return fields & claimed.get(rule.rule, frozenset())


def ignore_lines(change: Change, *, until: dt.date, rule: str = "") -> str:
    """Write the TOML table that would ignore exactly this, whatever its names hold.

    It can be pasted at the end of the configuration as it is.

    Args:
        change: What to ignore.
        until: The last day.
        rule: For an altered object: ignore only the fields that this rule judges.
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
