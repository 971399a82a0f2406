"""Metrics of what is declared: whether it could be read, how much of it, and what ignore rules leave out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.report.model import ScanReport
from coordinator.store.ignores import KeptIgnore
from shared.findings.ignore import IgnoreRule, KeptIgnoreRule, ignoring

_NOT_KNOWN = "this coordinator does not lead, or the store does not answer"

LOADED = Metric(
    name="declaration_load_success",
    help="1 when the last scan could use declaration, inventory and services; 0 when it ended because of one of them.",
    unit="",
    absent="no scan has come so far",
)
OBJECTS = Metric(
    name="declaration_objects",
    help="Objects that the declaration declares, over all declarations of the fleet.",
    unit="objects",
    absent="there is no report, or an older release wrote it",
)
UNREAD = Metric(
    name="unread_places",
    help="Places of the declaration and the services that could not be read or decided.",
    unit="places",
    absent="there is no report",
)
IGNORE_RULES = Metric(
    name="ignore_rules",
    help="Ignore rules of configuration and store: those that left something out of the last report (matching), those "
    "that did not, those made since its scan began (waiting), those that ended, and those of the store that ignore the "
    "same as one of the configuration (overridden).",
    labels=("state",),
    unit="rules",
    absent=f"{_NOT_KNOWN}; of those that have not ended: there is no report",
)
NEXT_EXPIRY = Metric(
    name="ignore_next_expiry_timestamp_seconds",
    help="When the next ignore rule ends (UTC).",
    unit="seconds",
    absent=f"no ignore rule is going to end, or {_NOT_KNOWN}",
)
METRICS = (LOADED, OBJECTS, UNREAD, IGNORE_RULES, NEXT_EXPIRY)


def declaration_samples(loaded: bool | None, report: ScanReport | None) -> Iterator[Sample]:
    """Give the metrics of the declaration.

    Args:
        loaded: Whether the last scan could use it; None when that is not known.
        report: The last one.
    """
    if loaded is not None:
        yield Sample(LOADED, (), int(loaded))
    if report is None:
        return
    yield Sample(UNREAD, (), len(report.body.unchecked))
    objects = [step.objects for step in report.steps if step.objects is not None]
    if objects:
        yield Sample(OBJECTS, (), sum(objects))


def ignore_samples(
    configured: Sequence[IgnoreRule], kept: Sequence[KeptIgnore], report: ScanReport | None, today: dt.date
) -> Iterator[Sample]:
    """Give the metrics of ignore rules, wherever they stand.

    Args:
        configured: Those of the configuration.
        kept: Those of the store.
        report: The last one.
        today: In UTC.
    """
    rules = ignoring(configured, [entry.rule for entry in kept])
    living = [rule for rule in rules if rule.until >= today]
    yield Sample(IGNORE_RULES, ("ended",), len(rules) - len(living))
    yield Sample(IGNORE_RULES, ("overridden",), len(configured) + len(kept) - len(rules))
    if report is not None:
        began = dt.datetime.fromisoformat(report.started)
        later = {entry.rule.id for entry in kept if entry.created > began}
        states = Counter(_state(rule, report, later) for rule in living)
        yield from (Sample(IGNORE_RULES, (state,), states[state]) for state in ("matching", "unmatched", "waiting"))
    if living:
        first = min(rule.until for rule in living) + dt.timedelta(days=1)
        yield Sample(NEXT_EXPIRY, (), dt.datetime.combine(first, dt.time(), dt.UTC).timestamp())


def _state(rule: IgnoreRule, report: ScanReport, later: Collection[str]) -> str:
    """Say what the last report says of a rule that has not ended.

    Args:
        rule: Of the configuration or the store.
        report: The last one.
        later: Ids of the rules that were made after its scan began.
    """
    if isinstance(rule, KeptIgnoreRule):
        matches = any(entry.kept == rule.id for entry in report.body.ignored)
        if not matches and rule.id in later:
            return "waiting"
    else:
        said = (rule.reason, rule.owner, rule.until)
        matches = any(
            (entry.reason, entry.owner, entry.until) == said for entry in report.body.ignored if not entry.kept
        )
    return "matching" if matches else "unmatched"
