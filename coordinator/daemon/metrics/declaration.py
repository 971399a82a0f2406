"""Metrics of what is declared: whether it could be read, how much of it, and what ignore rules leave out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.report.model import ScanReport
from shared.findings.ignore import IgnoreRule

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
    help="Ignore rules: those that left something out of the last report, those that matched nothing, and those that "
    "ended.",
    labels=("state",),
    unit="rules",
    absent="of those that have not ended: there is no report",
)
NEXT_EXPIRY = Metric(
    name="ignore_next_expiry_timestamp_seconds",
    help="When the next ignore rule ends (UTC).",
    unit="seconds",
    absent="no ignore rule is going to end",
)
METRICS = (LOADED, OBJECTS, UNREAD, IGNORE_RULES, NEXT_EXPIRY)

Accepted = tuple[str, str, dt.date]
"""Reason, owner and last day: what a report says of a rule."""


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


def ignore_samples(rules: Sequence[IgnoreRule], report: ScanReport | None, today: dt.date) -> Iterator[Sample]:
    """Give the metrics of ignore rules.

    Args:
        rules: As configured.
        report: The last one.
        today: In UTC.
    """
    ended = sum(rule.until < today for rule in rules)
    living = [rule for rule in rules if rule.until >= today]
    yield Sample(IGNORE_RULES, ("ended",), ended)
    if report is not None:
        left_out: set[Accepted] = {(entry.reason, entry.owner, entry.until) for entry in report.body.ignored}
        matching = sum((rule.reason, rule.owner, rule.until) in left_out for rule in living)
        yield Sample(IGNORE_RULES, ("matching",), matching)
        yield Sample(IGNORE_RULES, ("unmatched",), len(living) - matching)
    if living:
        first = min(rule.until for rule in living) + dt.timedelta(days=1)
        yield Sample(NEXT_EXPIRY, (), dt.datetime.combine(first, dt.time(), dt.UTC).timestamp())
