"""The verbs of the command line: where each one's command is, and what it does in half a line."""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    """A verb.

    Args:
        module: Where it is; the command in it is called `command`. A text, so that only the verb in use is imported.
        summary: What it does, for the list of all: `fleetdrift --help` would have to import every verb to ask it.
    """

    module: str
    summary: str


SECTIONS = {
    "Find drift": {
        "check": Verb("coordinator.cli.check", "Scan the fleet here and now, without Redis or workers."),
        "scan": Verb("coordinator.cli.scan", "Scan the fleet, or some tenants, through the workers."),
        "contracts": Verb("coordinator.cli.contracts", "Check what Rust services ask of the schemas."),
        "diff": Verb("coordinator.cli.diff", "Compare two schemas, and plan the way from one to the other."),
        "snapshot": Verb("coordinator.cli.snapshot", "Print a schema in its canonical form."),
        "fingerprint": Verb("coordinator.cli.fingerprint", "Print the hash of a schema."),
        "iac": Verb("coordinator.cli.iac", "Show what Terraform, CloudFormation or SQL declares."),
    },
    "Put right": {
        "apply": Verb("coordinator.cli.apply", "Apply a proven plan to tenants, in waves."),
        "adopt": Verb("coordinator.cli.adopt", "Print the patch that makes the declaration agree with a tenant."),
    },
    "See what is known": {
        "status": Verb("coordinator.cli.status", "How the fleet stands, in ten lines."),
        "changes": Verb("coordinator.cli.changes", "Each difference, in how many tenants, since when."),
        "tenants": Verb("coordinator.cli.tenants", "Where each tenant stands."),
        "tenant": Verb("coordinator.cli.tenant", "One tenant and its timeline."),
        "groups": Verb("coordinator.cli.groups", "Tenants with the same drift, and so one plan."),
        "group": Verb("coordinator.cli.group", "One such group, with its plan."),
        "scans": Verb("coordinator.cli.scans", "List, show, watch, cancel or confirm scans."),
        "report": Verb("coordinator.cli.report", "The report of a scan."),
        "history": Verb("coordinator.cli.history", "How the fleet stood over time."),
        "audit": Verb("coordinator.cli.audit", "Who did what, when and from where."),
        "mcp": Verb("coordinator.cli.mcp", "Answer a coding agent, read-only (Model Context Protocol)."),
    },
    "Serve": {
        "serve": Verb("coordinator.cli.serve", "The coordinator: pages, API, metrics, scans on schedule."),
        "worker": Verb("coordinator.cli.worker", "Read tenants for a coordinator until stopped."),
        "workers": Verb("coordinator.cli.workers", "Which workers live, and what waits for them."),
        "tokens": Verb("coordinator.cli.tokens", "Who may ask the coordinator."),
        "notify": Verb("coordinator.cli.notify", "Who is told what has become different."),
        "ignores": Verb("coordinator.cli.ignores", "Which drift is accepted, by whom, why and until when."),
        "sentinel": Verb("coordinator.cli.sentinel", "A tenant whose planted drift must always be found."),
        "backup": Verb("coordinator.cli.backup", "Write the whole store to a file."),
        "restore": Verb("coordinator.cli.restore", "Make a store from such a file."),
    },
    "Begin": {
        "demo": Verb("coordinator.cli.demo", "A drifted fleet on servers of its own, scanned and shown."),
        "init": Verb("coordinator.cli.init", "Ask a server for its tenants, and write fleetdrift.toml."),
        "role-sql": Verb("coordinator.cli.role_sql", "Print the script that makes the role that reads a host."),
        "doctor": Verb("coordinator.cli.doctor", "Say what is in the way of a setup, and what to do."),
    },
}
"""The verbs by what they are for, in the order in which help lists them."""

VERBS = {name: verb for verbs in SECTIONS.values() for name, verb in verbs.items()}
