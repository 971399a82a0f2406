"""The dashboard *Contracts and rollouts*: what breaks for services, how far rollouts are, what plans endanger."""

from __future__ import annotations

from deploy.grafana.code.panels import Panel, metric, total

_NOT_CHECKED = "not checked"
_QUERIES = total("fleetdrift_contract_queries", "service", "driver", "result", kept=["service", "result"])

PANELS = (
    Panel(title="Contracts"),
    Panel(
        title="Violations by service",
        description="Queries known to break, counted over tenants. A service that is not checked has no line.",
        queries=[(total("fleetdrift_contract_violations", "service", kept=["service"]), "{{service}}")],
        width=6,
        no_value=_NOT_CHECKED,
    ),
    Panel(
        title="Tenants in which a service breaks",
        description="Tenants with at least one broken query of the service.",
        queries=[(total("fleetdrift_contract_tenants", "service", kept=["service"]), "{{service}}")],
        width=6,
        no_value=_NOT_CHECKED,
    ),
    Panel(
        title="Tenants that break by tier",
        description="In which a service breaks. Those that cannot be read now count by what is known of them.",
        queries=[
            (
                total("fleetdrift_contract_tenants_by_tier", "tier", "service", kept=["tier", "service"]),
                "{{tier}} {{service}}",
            )
        ],
        kind="stacked",
        width=6,
        no_value="none, or no tier",
    ),
    Panel(
        title="Queries by result",
        description="Queries by the worst that any tenant makes of them; unread ones could not be read.",
        queries=[
            (
                _QUERIES,
                "{{service}} {{result}}",
            )
        ],
        kind="bars",
        width=6,
        no_value=_NOT_CHECKED,
    ),
    Panel(title="Rollouts"),
    Panel(
        title="Tenants that wait for a rollout",
        description="Tenants at another declared version than the expected one: pending, not drifted.",
        queries=[(metric("fleetdrift_tenants", where='status="pending"'), "{{fleet}}")],
    ),
    Panel(
        title="Tenants by version",
        description="Pending tenants by the declared version that they have.",
        queries=[(total("fleetdrift_rollout_tenants", "version", "expected", kept=["version"]), "{{version}}")],
        kind="stacked",
        no_value="no rollout",
    ),
    Panel(
        title="Tenants at an undeclared version",
        description="Tenants whose migration table says another version, and that do not have its schema.",
        queries=[(metric("fleetdrift_schema_version_mismatches"), "{{fleet}}")],
    ),
    Panel(title="Plans"),
    Panel(
        title="Plans by proof",
        description="Drift groups by their plan: a proven one was run on a copy, and led to what is declared.",
        queries=[(total("fleetdrift_plans", "proof", kept=["proof"]), "{{proof}}")],
        kind="bars",
    ),
    Panel(
        title="Tenants that plans are for",
        description="Tenants that would be brought back, by whether their plan is proven.",
        queries=[(total("fleetdrift_plan_tenants", "proof", kept=["proof"]), "{{proof}}")],
        kind="stacked",
    ),
    Panel(
        title="Hazards of plans",
        description="Plans with a statement that blocks, rewrites, loses or breaks something.",
        queries=[(total("fleetdrift_plan_hazards", "hazard", kept=["hazard"]), "{{hazard}}")],
        kind="bars",
    ),
)
