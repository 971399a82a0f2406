"""What each panel of the dashboards has to show, worked out from what the API answers."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable

from coordinator.daemon.metrics.tiers import UNLABELLED
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeView
from coordinator.records.ignores import IgnoreState
from coordinator.report.model import TenantStatus
from coordinator.store.records import ScanState
from tests.extras.api_answers import UNKNOWN, Answers, worst
from tests.extras.wanted import AsNow, Between, Exactly, Increased, Since, Sum, Wanted

OVERVIEW, SCANS, CONTRACTS = "fleet-overview.json", "scan-operations.json", "contracts-and-rollouts.json"
LONGEST_AGE_OF_FIGURES_SECONDS = 60.0
CONNECTIONS = 16  # of the two servers, eight to each
_SENTINEL = 1  # is read as a tenant is
BUCKETS_SECONDS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""The first ends of the buckets into which durations of scans fall."""


def wanted_of(told: Answers, notices: Callable[[], int]) -> dict[tuple[str, str], tuple[Wanted, ...]]:
    """Say what each panel has to show.

    Args:
        told: What the API has answered.
        notices: Says how many notices were delivered so far.

    Returns:
        What each query has to give, by the file of the dashboard and the title of the panel.
    """
    boards = {OVERVIEW: _overview(told), SCANS: _scans(told, notices), CONTRACTS: _contracts(told)}
    return {(board, title): wanted for board, panels in boards.items() for title, wanted in panels.items()}


def _one(value: float) -> tuple[Wanted, ...]:
    return (Exactly({(): value}),)


def _count(keys: Iterable[tuple[str, ...]]) -> tuple[Wanted, ...]:
    return (Exactly(Counter(keys)),)


def _overview(told: Answers) -> dict[str, tuple[Wanted, ...]]:
    counts = dict(told.status.tenants)
    drifted, fleet = counts[TenantStatus.DRIFTED], sum(counts.values())
    return {
        "Tenants": _one(fleet),
        "Drifted tenants": _one(drifted),
        "Share of drifted tenants": _one(drifted / fleet),
        "Tenants not known": _one(sum(counts[status] for status in UNKNOWN)),
        "Age of the last scan": (Since(told.scanned),),
        "Suspicious scan": _one(told.status.suspicious is not None),
        "Tenants by status": (Exactly({(status.value,): count for status, count in counts.items()}),),
        **_severities(told),
        **_changes(told),
        "Drift groups and shapes": (*_one(len(told.report.report.groups)), *_one(told.report.report.shapes)),
        "Ignore rules": _ignore_rules(told),
    }


def _severities(told: Answers) -> dict[str, tuple[Wanted, ...]]:
    had = told.severities
    drifted = [each for each in told.tenants if each.status is TenantStatus.DRIFTED]
    tiers = {each.tenant: each.labels.get("tier", UNLABELLED) for each in told.tenants}
    return {
        "Drifted tenants by severity": _count((worst(had[each.tenant]),) for each in drifted),
        "Tenants with a change of each severity": _count((word,) for words in had.values() for word in words),
        "Tenants by tier and status": _count((tiers[each.tenant], each.status.value) for each in told.tenants),
        "Drifted tenants by tier and severity": _count(
            (tiers[each.tenant], worst(had[each.tenant])) for each in drifted
        ),
        "Tenants with a change by tier and severity": _count(
            (tiers[tenant], word) for tenant, words in had.items() for word in words
        ),
    }


def _changes(told: Answers) -> dict[str, tuple[Wanted, ...]]:
    def state(view: ChangeView) -> str:
        new = "suspicious" if told.status.suspicious else "new"
        return new if view.first_seen == told.status.scanned else "open"

    by_kind: Counter[tuple[str, ...]] = Counter()
    for view in told.open:
        if view.change.subject is ChangeSubject.SCHEMA:
            by_kind[view.change.kind, view.change.object_kind] += view.tenants
    oldest = min((view.first_seen.timestamp() for view in told.open), default=None)
    resolved = sum(view.flaps + (view.resolved is not None) for view in (*told.open, *told.resolved))
    return {
        "Open changes": _count((state(view),) for view in told.open),
        "Drift by kind": (Exactly(by_kind),),
        "Tenants of the worst changes": (
            Exactly({(view.change.id, view.change.object): view.tenants for view in told.open}),
        ),
        "Oldest open change": (Since(oldest),),
        "Changes resolved": (Increased({(): resolved}),),
    }


def _ignore_rules(told: Answers) -> tuple[Wanted, ...]:
    """Count the rules, all of which stand in the store, by what came of them in the last report."""
    left_out = {each.kept for each in told.report.report.ignored}
    began = dt.datetime.fromisoformat(told.report.started)
    states: Counter[tuple[str, ...]] = Counter()
    for each in told.ignores.ignores:
        if each.state is not IgnoreState.IN_FORCE:
            states[(each.state.value,)] += 1
        elif each.id in left_out:
            states[("matching",)] += 1
        else:
            states[("waiting" if each.created and each.created > began else "unmatched",)] += 1
    return (Exactly(states),)


def _scans(told: Answers, notices: Callable[[], int]) -> dict[str, tuple[Wanted, ...]]:
    ended = [each.state for each in told.scans if each.finished]
    in_a_row = next((place for place, state in enumerate(ended) if state is not ScanState.FAILED), len(ended))
    [fleet] = told.fleets.fleets
    steps, body = told.report.steps, told.report.report
    failures = [each.failure.kind.value for each in body.tenants if each.failure]
    longest = max((each.finished - each.requested).total_seconds() for each in told.scans if each.finished)
    return {
        "Coordinators": _one(fleet.leads),
        "Store and Redis": (*_one(1), *_one(not told.workers.problem)),
        "Age of the figures": (Between(0, LONGEST_AGE_OF_FIGURES_SECONDS),),
        "Age of the last scan": (Since(told.scanned), *_one(0)),
        "Failures in a row": _one(in_a_row),
        "Sentinel": _one(1),
        "Configuration": _one(not told.fleets.configuration.problem),
        "Depth of reading": (Sum(len(body.tenants) - len(failures) + _SENTINEL),),
        "Signs that were wrong": _one(0),
        "Scans by how they ended": (Increased(Counter((state.value,) for state in ended)),),
        "Duration of scans": (Between(0, _end_of_bucket(longest)), Between(0, _end_of_bucket(longest))),
        "Stages of scans": (Between(0, longest),),
        "Progress of the running scan": (Exactly({}),),
        "Tenants that could not be read": _count((kind,) for kind in failures),
        "Tenants read": (Between(0, len(body.tenants)),),
        **_workers(told),
        "Declaration": (
            *_one(sum(step.objects or 0 for step in steps)),
            *_one(len(body.unchecked)),
            *_one(1),
        ),
        "Notices": (AsNow(lambda: {("delivered",): notices()}),),
        "Series": (Between(100, 300), *_one(0)),
        "Memory of the coordinator": (Between(2e7, 2e9),),
    }


def _end_of_bucket(seconds: float) -> float:
    """Give the upper end of the bucket that a duration falls into: a quantile is at most that."""
    return BUCKETS_SECONDS[bisect_left(BUCKETS_SECONDS, seconds)]


def _workers(told: Answers) -> dict[str, tuple[Wanted, ...]]:
    return {
        "Workers": _count(("ours",) for each in told.workers.workers if not each.problem),
        "Queue": (*_one(told.workers.waiting or 0), *_one(told.workers.slots)),
        "Connections": (Between(0, CONNECTIONS), *_one(CONNECTIONS)),
        "Dropped": (Increased({}),),
    }


def _contracts(told: Answers) -> dict[str, tuple[Wanted, ...]]:
    broken = [view for view in told.open if view.change.subject is ChangeSubject.CONTRACT]
    violations: Counter[tuple[str, ...]] = Counter()
    for view in broken:
        violations[(view.change.service,)] += view.tenants
    queries: Counter[tuple[str, ...]] = Counter()
    for each in (count for step in told.report.steps for count in step.queries):
        queries[each.service, each.result] += each.queries
    return {
        "Violations by service": (Exactly(violations),),
        "Tenants in which a service breaks": _count((name,) for names in told.services.values() for name in names),
        "Tenants that break by tier": _broken_by_tier(told),
        "Queries by result": (Exactly(queries),),
        **_rollouts(told),
        **_plans(told),
    }


def _plans(told: Answers) -> dict[str, tuple[Wanted, ...]]:
    plans = [(each, each.plan) for each in told.report.report.groups if each.plan and each.plan.statements]
    tenants: Counter[tuple[str, ...]] = Counter()
    for group, plan in plans:
        tenants[(plan.proof.status.value,)] += len(group.tenants)
    return {
        "Plans by proof": _count((plan.proof.status.value,) for _, plan in plans),
        "Tenants that plans are for": (Exactly(tenants),),
        "Hazards of plans": _count(
            key
            for _, plan in plans
            for key in {(each.kind.value,) for line in plan.statements for each in line.hazards}
        ),
    }


def _broken_by_tier(told: Answers) -> tuple[Wanted, ...]:
    services = told.services
    return _count(
        (each.labels.get("tier", UNLABELLED), service) for each in told.tenants for service in services[each.tenant]
    )


def _rollouts(told: Answers) -> dict[str, tuple[Wanted, ...]]:
    body = told.report.report
    versions: Counter[tuple[str, ...]] = Counter()
    for rollout in body.rollouts:
        versions[(rollout.version,)] += len(rollout.tenants)
    return {
        "Tenants that wait for a rollout": _one(dict(told.status.tenants)[TenantStatus.PENDING]),
        "Tenants by version": (Exactly(versions),),
        "Tenants at an undeclared version": _one(body.drift_summary.schema_version_mismatches),
    }
