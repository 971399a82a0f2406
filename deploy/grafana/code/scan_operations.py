"""The dashboard *Scan operations*: whether scans are done, how fast, and what keeps them from it."""

from __future__ import annotations

from deploy.grafana.code.panels import FLEET, Panel, metric, newest, total

_RATE = "[$__rate_interval]"
_BUCKETS = f"sum by (fleet, le) (increase(fleetdrift_scan_duration_seconds_bucket{{{FLEET}}}[1h]))"
_LEADS = f"fleetdrift_leader{{{FLEET}}}"
_MEMORY = f"max by (fleet) (process_resident_memory_bytes * on (job, instance) group_right () {_LEADS})"


def _per_stage(part: str) -> str:
    return f"sum by (fleet, stage) (rate(fleetdrift_scan_stage_duration_seconds_{part}{{{FLEET}}}{_RATE}))"


PANELS = (
    Panel(title="Coordinator"),
    Panel(
        title="Coordinators",
        description="1 for the coordinator that performs the scans, 0 for one that waits for its place.",
        queries=[(f"sum by (fleet) (fleetdrift_leader{{{FLEET}}})", "leads {{fleet}}")],
        kind="stat",
        width=4,
        height=5,
    ),
    Panel(
        title="Store and Redis",
        description="1 while they answer the coordinator.",
        queries=[
            (metric("fleetdrift_store_up"), "store"),
            (metric("fleetdrift_redis_up"), "Redis"),
        ],
        kind="stat",
        good=1,
        width=5,
        height=5,
    ),
    Panel(
        title="Age of the figures",
        description="Time since what is shown of tenants was read from the store. Above five minutes an alert fires.",
        queries=[(f"time() - {newest('fleetdrift_snapshot_timestamp_seconds')}", "{{fleet}}")],
        unit="s",
        kind="stat",
        width=5,
        height=5,
        bad=300,
    ),
    Panel(
        title="Age of the last scan",
        description="Time since a scan last gave a report, beside the interval; above two intervals an alert fires.",
        queries=[
            (f"time() - {newest('fleetdrift_last_scan_timestamp_seconds')}", "age {{fleet}}"),
            (metric("fleetdrift_scan_interval_seconds"), "interval {{fleet}}"),
        ],
        unit="s",
        kind="stat",
        width=5,
        height=5,
    ),
    Panel(
        title="Failures in a row",
        description="Scans that failed since one last gave a report; two raise an alert. `fleetdrift scans` says why.",
        queries=[(metric("fleetdrift_scan_failures_in_a_row"), "{{fleet}}")],
        kind="stat",
        width=5,
        height=5,
        bad=1,
    ),
    Panel(
        title="Sentinel",
        description="1 when the last scan found the drift planted in the sentinel. At 0 nothing green can be trusted.",
        queries=[(metric("fleetdrift_sentinel_detected"), "{{fleet}}")],
        kind="stat",
        width=6,
        height=5,
        good=1,
        no_value="no sentinel",
    ),
    Panel(
        title="Configuration",
        description="0 when a coordinator's file has changed and cannot be used: what it said before still counts.",
        queries=[(f"min by (fleet) (fleetdrift_configuration_load_success{{{FLEET}}})", "{{fleet}}")],
        kind="stat",
        width=6,
        height=5,
        good=1,
    ),
    Panel(
        title="Depth of reading",
        description="Tenants by how deep the last scan had to look: a sign of the server costs least, rows cost most.",
        queries=[(total("fleetdrift_tenants_by_depth", "depth", kept=["depth"]), "{{depth}}")],
        kind="bars",
        width=8,
        height=5,
        no_value="no scan",
    ),
    Panel(
        title="Signs that were wrong",
        description="Tenants in the last day that had changed although their server's sign was the same. Must stay 0.",
        queries=[(f"round(max by (fleet) (increase(fleetdrift_sign_mismatches_total{{{FLEET}}}[1d])))", "{{fleet}}")],
        kind="stat",
        width=4,
        height=5,
        bad=1,
    ),
    Panel(title="Scans"),
    Panel(
        title="Scans by how they ended",
        description="Scans that ended in the last hour.",
        queries=[(f"sum by (outcome) (increase(fleetdrift_scans_total{{{FLEET}}}[1h]))", "{{outcome}}")],
        kind="stacked",
    ),
    Panel(
        title="Duration of scans",
        description="Half of the scans, and 95 of 100, take no longer. The exemplars name scans.",
        queries=[
            (
                f"histogram_quantile({share}, {_BUCKETS})",
                f"{name} {{{{fleet}}}}",
            )
            for share, name in ((0.5, "half"), (0.95, "95 %"))
        ],
        unit="s",
    ),
    Panel(
        title="Stages of scans",
        description="Seconds that a scan spends on reading the declaration, on reading tenants, and on comparing.",
        queries=[(f"{_per_stage('sum')} / ({_per_stage('count')} > 0)", "{{stage}}")],
        unit="s",
        kind="stacked",
        no_value="no scan",
    ),
    Panel(
        title="Progress of the running scan",
        description="Tenants that have answered and that are waited for.",
        queries=[(total("fleetdrift_scan_tenants", "state", kept=["state"]), "{{state}}")],
        kind="stacked",
        no_value="no scan",
    ),
    Panel(
        title="Tenants that could not be read",
        description="By kind of failure, in the last scan. The runbook of FleetdriftTenantsUnscanned says what helps.",
        queries=[
            (
                total("fleetdrift_target_failures", "kind", kept=["kind"]),
                "{{kind}}",
            )
        ],
        kind="stacked",
    ),
    Panel(
        title="Tenants read",
        description="Tenants a second that scans have read, and that they could not read.",
        queries=[(f"sum by (outcome) (rate(fleetdrift_tenant_reads_total{{{FLEET}}}{_RATE}))", "{{outcome}}")],
        unit="ops",
    ),
    Panel(title="Workers"),
    Panel(
        title="Workers",
        description="Living workers, by whether they can do this coordinator's work.",
        queries=[(total("fleetdrift_workers", "standing", kept=["standing"]), "{{standing}}")],
        kind="stacked",
        width=6,
    ),
    Panel(
        title="Queue",
        description="Messages that wait, and batches that workers take at once.",
        queries=[
            (metric("fleetdrift_queue_messages"), "messages {{fleet}}"),
            (metric("fleetdrift_worker_slots"), "slots {{fleet}}"),
        ],
        width=6,
    ),
    Panel(
        title="Connections",
        description="Connections to the tenants' servers that scans may hold now, and at most.",
        queries=[
            (metric("fleetdrift_connection_permits"), "held {{fleet}}"),
            (metric("fleetdrift_connection_permit_limit"), "limit {{fleet}}"),
        ],
        width=6,
    ),
    Panel(
        title="Dropped",
        description="Dropped in the last hour by why. More than a few of `tag` is another key, or an attack.",
        queries=[(f"max by (fleet, reason) (increase(fleetdrift_junk_dropped_total{{{FLEET}}}[1h]))", "{{reason}}")],
        width=6,
    ),
    Panel(title="Declaration, notices and this page"),
    Panel(
        title="Declaration",
        description="Objects that are declared, and places that could not be read.",
        queries=[
            (metric("fleetdrift_declaration_objects"), "objects {{fleet}}"),
            (metric("fleetdrift_unread_places"), "unread {{fleet}}"),
            (metric("fleetdrift_declaration_load_success"), "usable {{fleet}}"),
        ],
        width=6,
    ),
    Panel(
        title="Notices",
        description="Notices that wait, were delivered and were given up.",
        queries=[(total("fleetdrift_notices", "sink", "state", kept=["state"]), "{{state}}")],
        width=6,
        no_value="nobody is told",
    ),
    Panel(
        title="Series",
        description="Series of a fleet, and those that are left out because their metric would have too many.",
        queries=[
            (metric("fleetdrift_exposed_series"), "shown {{fleet}}"),
            (metric("fleetdrift_dropped_series"), "left out {{fleet}}"),
        ],
        width=6,
    ),
    Panel(
        title="Memory of the coordinator",
        description="What the process takes.",
        queries=[
            (
                _MEMORY,
                "{{fleet}}",
            )
        ],
        unit="bytes",
        width=6,
    ),
)
