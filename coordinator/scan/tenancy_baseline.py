"""The file of accepted findings of the tenancy rules: sorted, a line for each, to be read in a review."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from coordinator.report.exit_code import NOT_KNOWN
from coordinator.report.model import ReportBody
from coordinator.report.tenancy import QUERY_RULES, Accepted, accepted_of, accepted_query
from coordinator.settings.load import SettingsError
from shared.findings.ignore import toml_string
from shared.findings.tenancy.judge import TENANCY_RULES

_HEAD = """\
# Findings of the tenancy rules that are accepted: what is listed here is not reported.
# Written by `fleetdrift check --write-baseline`. Take out what is put right; a graver fault of the same object is new.
"""


def read_baseline(root: Path, name: str) -> tuple[Accepted, ...]:
    """Read the accepted findings from the baseline file.

    Args:
        root: Folder of fleetdrift.toml.
        name: `[tenancy] baseline`; empty where nothing is accepted.

    Raises:
        SettingsError: When there is no such file, or it is no baseline.
    """
    if not name:
        return ()
    place = f"tenancy.baseline: the file {name}"
    try:
        document = tomllib.loads((root / name).read_text("utf-8"))
        entries = msgspec.convert(document, dict[str, tuple[str, ...]])
    except FileNotFoundError:
        raise SettingsError(f"{place} is not there: `fleetdrift check --write-baseline` writes it") from None
    except OSError as error:
        raise SettingsError(f"{place} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{place} is not valid TOML: {error}") from None
    except msgspec.ValidationError:
        raise SettingsError(f"{place} is no baseline: expected a list of texts for each rule") from None
    for rule in sorted(entries.keys() - TENANCY_RULES.keys() - QUERY_RULES):
        raise SettingsError(f"{place} names a rule {rule!r}, and there is none: docs/tenancy.md lists them")
    return tuple(Accepted(rule, subject) for rule, subjects in entries.items() for subject in subjects)


def write_baseline(root: Path, name: str, body: ReportBody) -> int:
    """Accept every finding of the tenancy rules in a report; what was accepted before stays while tenants are unread.

    Args:
        root: Folder of fleetdrift.toml.
        name: `[tenancy] baseline`.
        body: Of a scan in which nothing was accepted.

    Returns:
        How many findings are accepted now.

    Raises:
        SettingsError: When the file is there and no baseline, or cannot be written.
    """
    unread = any(count for status, count in body.counts if status in NOT_KNOWN)
    before = read_baseline(root, name) if (root / name).exists() else ()
    accepted = {*_found(body), *(before if unread else ())}
    try:
        (root / name).write_text(render_baseline(accepted), "utf-8", newline="\n")
    except OSError as error:
        raise SettingsError(f"tenancy.baseline: the file {name} cannot be written: {error.strerror}") from None
    return len(accepted)


def _found(body: ReportBody) -> Iterator[Accepted]:
    findings = (*body.tenancy_faults, *(finding for group in body.groups for finding in group.findings))
    verdicts = (*body.service_faults, *(verdict for group in body.groups for verdict in group.verdicts))
    yield from (accepted_of(finding) for finding in findings if finding.rule in TENANCY_RULES)
    yield from (accepted_query(verdict) for verdict in verdicts if verdict.rule in QUERY_RULES)


def render_baseline(accepted: Iterable[Accepted]) -> str:
    """Write a baseline: by rule, then by subject."""
    by_rule: defaultdict[str, list[str]] = defaultdict(list)
    for entry in sorted(set(accepted)):
        by_rule[entry.rule].append(entry.subject)
    parts = [_HEAD]
    for rule, subjects in by_rule.items():
        lines = "".join(f"    {toml_string(subject)},\n" for subject in subjects)
        parts.append(f"{rule} = [\n{lines}]\n")
    return "\n".join(parts)
