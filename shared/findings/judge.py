"""Turn the changes of a diff into findings, which people read, alert on and ignore."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import assert_never

import msgspec

from shared.diff.changes import Altered, Change, SchemaDiff
from shared.diff.compare import headline
from shared.diff.renames import PossibleRename, possible_renames
from shared.findings.finding import Finding, Severity
from shared.findings.origins import Origins
from shared.findings.registry import rules_for
from shared.findings.rules import schema_version_mismatch, schema_version_unknown, unverified
from shared.findings.versions import VersionComparison, compare_versions
from shared.findings.what_changed import what_changed
from shared.findings.wording import clip, offer, sentence
from shared.schema.identity import ObjectId
from shared.schema.schema import SchemaVersion, Spec

_RANK = {severity: rank for rank, severity in enumerate(Severity)}

SCHEMA = ObjectId(kind="schema")
"""The object of a finding about the whole schema."""

_NOT_ANALYSED = "this shape could not be analysed"


def judge(diff: SchemaDiff, spec: Spec) -> tuple[Finding, ...]:
    """Make the findings of a diff.

    What a missing or unexpected table carries makes no findings of its own. Every other change makes at least one, and
    every altered field is in exactly one.

    Args:
        diff: Desired against observed.
        spec: Where things are declared.

    Returns:
        Findings, the gravest first, then by object and rule.
    """
    return _judge(diff, Origins(spec.origins))


def judge_undeclared(diff: SchemaDiff) -> tuple[Finding, ...]:
    """Make the findings of a diff of two databases or snapshots, where no file declares anything."""
    return _judge(diff, Origins(()))


def _judge(diff: SchemaDiff, origins: Origins) -> tuple[Finding, ...]:
    renames: dict[ObjectId, list[PossibleRename]] = defaultdict(list)
    for rename in possible_renames(diff):
        renames[rename.desired].append(rename)
    found = (
        finding
        for change in headline(diff).changes
        for finding in _judge_change(change, origins, renames.get(change.identity, ()))
    )
    return tuple(sorted(found, key=finding_order))


def _judge_change(change: Change, origins: Origins, renames: Sequence[PossibleRename]) -> Iterable[Finding]:
    for rule, fields in rules_for(change):
        judgement = rule.judge(change)
        words = _what_changed(change, fields)
        yield Finding(
            rule=rule.id,
            severity=judgement.severity,
            object=change.identity,
            message=" ".join([sentence(change, judgement.consequence, fields), *words, *map(offer, renames)]),
            origin=origins.of(change),
        )


def _what_changed(change: Change, fields: Iterable[str]) -> tuple[str, ...]:
    """Say in one more sentence what changed within the texts that a rule speaks of; nothing where that is not known."""
    if not isinstance(change, Altered):
        return ()
    said = what_changed(msgspec.structs.replace(change, fields=tuple(sorted(fields))))
    return (f"What changed: {said}.",) if said else ()


def finding_order(finding: Finding) -> tuple[int, ObjectId, str, str]:
    """Give the sort key of a finding: the gravest first, then by object and rule."""
    return (_RANK[finding.severity], finding.object, finding.rule, finding.message)


def judge_version(expected: str, versions: Iterable[SchemaVersion]) -> Finding | None:
    """Compare the declared schema version with what the migration tables say.

    Args:
        expected: Declared version; when empty, only a failed migration is a finding.
        versions: What the tables of one tenant said.

    Returns:
        `schema-version-mismatch` (behind, ahead, another, or half-way), `schema-version-unknown` when a version is
        declared and none could be read, or None.
    """
    found, version = compare_versions(expected, versions)
    said = clip(f"{version.version} ({version.tool})") if version else ""
    declared = clip(expected)
    match found:
        case VersionComparison.SAME:
            return None
        case VersionComparison.UNKNOWN:
            return _version_finding(
                schema_version_unknown.RULE.id,
                Severity.WARNING,
                f"schema version {declared} is declared, but no migration table could be read",
            )
        case VersionComparison.BEHIND:
            problem = f"schema version {declared} is declared but the database is behind, at {said}"
        case VersionComparison.AHEAD:
            problem = f"schema version {declared} is declared but the database is ahead, at {said}"
        case VersionComparison.DIFFERENT:
            problem = f"schema version {declared} is declared but the database is at {said}"
        case VersionComparison.DIRTY:
            problem = f"the migration to schema version {said} failed half-way"
        case _:
            assert_never(found)
    return _version_finding(schema_version_mismatch.RULE.id, Severity.ERROR, problem)


def _version_finding(rule: str, severity: Severity, problem: str) -> Finding:
    return Finding(rule=rule, severity=severity, object=SCHEMA, message=f"{problem}.")


def not_analysed_because(reason: str) -> str:
    """Say of a shape, for `Analysis.unverified`, that nobody compared it: nothing is known of what it differs in."""
    return f"{_NOT_ANALYSED}: {reason}"


def is_not_analysed(finding: Finding) -> bool:
    """Say whether a finding tells that a shape was not compared at all."""
    return finding.rule == unverified.RULE.id and finding.object == SCHEMA and finding.message.startswith(_NOT_ANALYSED)


def judge_shape(reason: str) -> Finding:
    """Make the finding for a shape that could not be rebuilt, or not be analysed, so that nothing in it is decided."""
    because = clip(reason.rstrip("."), 400)
    as_read = "the schema could not be rebuilt on the scratch server and was compared as read: "
    return Finding(
        rule=unverified.RULE.id,
        severity=Severity.WARNING,
        object=SCHEMA,
        message=f"{'' if reason.startswith(_NOT_ANALYSED) else as_read}{because}.",
    )
