"""The dashboard *Fleet overview*: how the fleet stands, and what to look at first."""

from __future__ import annotations

from deploy.grafana.code.panels import FLEET, Panel, metric, newest, total

STATUS_COLOURS = {
    "in_sync": "green",
    "drifted": "red",
    "pending": "blue",
    "unverified": "purple",
    "unreachable": "orange",
    "error": "dark-orange",
    "stale": "yellow",
    "never_scanned": "super-light-blue",
    "excluded": "gray",
}
SEVERITY_COLOURS = {"error": "red", "warning": "orange", "info": "blue", "unknown": "purple"}
_UNKNOWN = 'status=~"unreachable|error|never_scanned|stale|unverified"'
_TENANTS = total("fleetdrift_tenants", "status")
_DRIFTED = total("fleetdrift_drifted_tenants", "severity")
_BY_KIND = total("fleetdrift_drift_changes", "kind", "change", "severity", kept=["change", "kind"])
_NO_TIERS = "no tenant has a tier"
_LAST = newest("fleetdrift_last_scan_timestamp_seconds")

PANELS = (
    Panel(title="Now"),
    Panel(
        title="Tenants",
        description="All tenants of the fleet.",
        queries=[(_TENANTS, "{{fleet}}")],
        kind="stat",
        width=4,
        height=5,
    ),
    Panel(
        title="Drifted tenants",
        description="Tenants that differ from what is declared. `fleetdrift groups` says how.",
        queries=[(_DRIFTED, "{{fleet}}")],
        kind="stat",
        width=4,
        height=5,
        bad=1,
    ),
    Panel(
        title="Share of drifted tenants",
        description="Above a twentieth an alert fires: then look at the declaration first.",
        queries=[(f"{_DRIFTED} / ({_TENANTS} > 0)", "{{fleet}}")],
        unit="percentunit",
        kind="stat",
        width=4,
        height=5,
        bad=0.05,
    ),
    Panel(
        title="Tenants not known",
        description="Tenants not read, not read lately, or not decided: neither green nor red.",
        queries=[(total("fleetdrift_tenants", "status", where=_UNKNOWN), "{{fleet}}")],
        kind="stat",
        width=4,
        height=5,
        bad=1,
        colour="orange",
    ),
    Panel(
        title="Age of the last scan",
        description="Time since a scan last gave a report. Grows when the coordinator is down, as it should.",
        queries=[(f"time() - {_LAST}", "{{fleet}}")],
        unit="s",
        kind="stat",
        width=4,
        height=5,
    ),
    Panel(
        title="Suspicious scan",
        description="1 while a scan waits to be confirmed that found more drift than is likely.",
        queries=[(metric("fleetdrift_scan_suspicious"), "{{fleet}}")],
        kind="stat",
        width=4,
        height=5,
        bad=1,
        colour="orange",
    ),
    Panel(title="Tenants"),
    Panel(
        title="Tenants by status",
        description="Where tenants stand; sums to the fleet. Pending is a rollout, not drift.",
        queries=[(total("fleetdrift_tenants", "status", kept=["status"]), "{{status}}")],
        kind="stacked",
        width=12,
        height=9,
        colours=STATUS_COLOURS,
    ),
    Panel(
        title="Drifted tenants by severity",
        description="By the worst that each has. An error breaks or loses something.",
        queries=[(total("fleetdrift_drifted_tenants", "severity", kept=["severity"]), "{{severity}}")],
        kind="stacked",
        width=6,
        height=9,
        colours=SEVERITY_COLOURS,
    ),
    Panel(
        title="Tenants with a change of each severity",
        description="A tenant with two severities counts in both; one that cannot be read by what is known of it.",
        queries=[(total("fleetdrift_tenant_impact", "severity", kept=["severity"]), "{{severity}}")],
        width=6,
        height=9,
        colours=SEVERITY_COLOURS,
    ),
    Panel(title="Tiers"),
    Panel(
        title="Tenants by tier and status",
        description="The tier is the label that `[metrics] tier_label` names; tenants without it are unlabelled.",
        queries=[
            (total("fleetdrift_tenants_by_tier", "tier", "status", kept=["tier", "status"]), "{{tier}} {{status}}"),
        ],
        kind="stacked",
        no_value=_NO_TIERS,
    ),
    Panel(
        title="Drifted tenants by tier and severity",
        description="By the worst that each has. A tier without a line has no drifted tenant.",
        queries=[
            (
                total("fleetdrift_drifted_tenants_by_tier", "tier", "severity", kept=["tier", "severity"]),
                "{{tier}} {{severity}}",
            )
        ],
        kind="stacked",
        no_value="none, or no tier",
    ),
    Panel(
        title="Tenants with a change by tier and severity",
        description="A tenant with two severities counts in both; one that cannot be read by what is known of it.",
        queries=[
            (
                total("fleetdrift_tenant_impact_by_tier", "tier", "severity", kept=["tier", "severity"]),
                "{{tier}} {{severity}}",
            )
        ],
        no_value="none, or no tier",
    ),
    Panel(title="Changes"),
    Panel(
        title="Open changes",
        description="Each difference once, however many tenants have it: new in the newest scan, open, or suspicious.",
        queries=[(total("fleetdrift_changes", "kind", "change", "severity", "state", kept=["state"]), "{{state}}")],
        kind="stacked",
        no_value="none",
    ),
    Panel(
        title="Drift by kind",
        description="Differences of the schema by what differs, counted over tenants.",
        queries=[
            (
                total("fleetdrift_drift_changes", "kind", "change", "severity", kept=["change", "kind"]),
                "{{change}} {{kind}}",
            )
        ],
        kind="stacked",
        no_value="none",
    ),
    Panel(
        title="Tenants of the worst changes",
        description="The twenty worst open changes; one that is shown stays until it is resolved.",
        queries=[(metric("fleetdrift_change_tenants", "change_id", "object"), "{{object}}")],
        page="/changes/${__field.labels.change_id}",
        no_value="none",
    ),
    Panel(
        title="Oldest open change",
        description="How long the oldest difference has been known.",
        queries=[(f"time() - {metric('fleetdrift_oldest_change_timestamp_seconds')}", "{{fleet}}")],
        unit="s",
        kind="stat",
        width=4,
        height=7,
        no_value="none",
    ),
    Panel(
        title="Changes resolved",
        description="How many changes were resolved in the last day.",
        queries=[(f"round(max by (fleet) (increase(fleetdrift_changes_resolved_total{{{FLEET}}}[1d])))", "{{fleet}}")],
        kind="stat",
        width=4,
        height=7,
    ),
    Panel(
        title="Drift groups and shapes",
        description="Distinct differences, each with a plan, and distinct schemas in the last report.",
        queries=[
            (metric("fleetdrift_drift_groups"), "groups {{fleet}}"),
            (metric("fleetdrift_shapes"), "shapes {{fleet}}"),
        ],
        height=7,
    ),
    Panel(
        title="Ignore rules",
        description="Rules that leave drift out, that match nothing, and that have ended.",
        queries=[(total("fleetdrift_ignore_rules", "state", kept=["state"]), "{{state}}")],
        height=7,
        kind="bars",
    ),
)
