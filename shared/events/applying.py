"""Events of `fleetdrift apply`."""

from __future__ import annotations

from shared.events.event import Event


class ApplyStarted(Event, tag="apply.started", frozen=True, kw_only=True):
    """A plan is about to be applied."""

    plan: str
    tenants: int
    stages: int


class ApplyWave(Event, tag="apply.wave", frozen=True, kw_only=True):
    """A wave of tenants begins; the first is the canary."""

    plan: str
    wave: int
    tenants: int


class ApplyTenantStarted(Event, tag="apply.tenant_started", frozen=True, kw_only=True):
    """Statements are about to run on a tenant, beginning with this stage, counted from 1."""

    plan: str
    tenant: str
    stage: int
    stages: int


class ApplyStageDone(Event, tag="apply.stage_done", frozen=True, kw_only=True):
    """A stage has taken effect on a tenant."""

    plan: str
    tenant: str
    stage: int
    stages: int


class ApplyTenantEnded(Event, tag="apply.tenant_ended", frozen=True, kw_only=True):
    """The work on a tenant has ended; `sqlstate` is PostgreSQL's code when a statement failed."""

    plan: str
    tenant: str
    outcome: str
    sqlstate: str = ""


class ApplyFinished(Event, tag="apply.finished", frozen=True, kw_only=True):
    """The plan was applied to every tenant, or stopped at a failure."""

    plan: str
    tenants: int
    failed: int
