"""Every kind of source in one fleet, read by real workers: who is as declared, who is not and where that is declared,
and who waits for a migration.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import asyncpg
import msgspec
import pytest

from coordinator.report.model import DriftGroup, ScanReport, TenantResult
from tests.acceptance.sources.servers import BY_EMAIL, NO_INDEX, ORDERS, STRAY, Servers, scan
from tests.acceptance.sources.tools import TOOLS, Tool

INDEX = "index public.orders_by_email"
TOTAL = "routine app.total"


class Example(msgspec.Struct, frozen=True):
    """A source below `examples`, and where it declares what its second tenant lacks."""

    folder: str
    source: str
    place: str
    lacks: str = INDEX


EXAMPLES = (
    Example("sql_file", "schema.sql", "schema.sql:5"),
    Example("sql_folder", "", "10_by_email.sql:1"),
    Example("terraform_commands", "", "main.tf:13"),
    Example("terraform_provider", "", "main.tf:5", TOTAL),
    Example("terraform_atlas", "", "schema.hcl:14"),
    Example("terraform_json", "", "main.tf.json:13"),
    Example("opentofu", "", "main.tofu:10"),
    Example("terraform_plan", "plan.json", "plan.json:21"),
    Example("terraform_shown_state", "state.json", "state.json:21"),
    Example("terraform_state", "terraform.tfstate", "terraform.tfstate:25"),
    Example("terragrunt", "live", "main.tf:11"),
    Example("atlas_hcl", "schema.pg.hcl", "schema.pg.hcl:14"),
    Example("atlas_project", "", "schema.pg.hcl:14"),
    Example("cloudformation_yaml", "template.yaml", "template.yaml:18"),
    Example("cloudformation_json", "template.json", "template.json:9"),
    Example("cdk", "cdk.out", "Orders.template.json:46"),
)
WITH_MARK = [tool for tool in TOOLS if tool.unfinished]
WITH_LOCK = [tool for tool in TOOLS if tool.lock is not None]


def databases() -> dict[str, str]:
    """Give the databases of the fleet by tenant, each as a script."""
    found: dict[str, str] = {}
    for example in EXAMPLES:
        clean = f"{ORDERS}; {BY_EMAIL}"
        if example.lacks == TOTAL:
            clean = "CREATE SCHEMA app; CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'"
        dropped = NO_INDEX if example.lacks == INDEX else "DROP FUNCTION app.total"
        found[f"{example.folder}.clean"] = clean
        found[f"{example.folder}.odd"] = f"{clean}; {dropped}"
    for tool in TOOLS:
        done = f"{ORDERS}; {BY_EMAIL}; {tool.applied(2)}"
        found[f"{tool.name}.clean"] = found[f"{tool.name}.ahead"] = done
        found[f"{tool.name}.odd"] = f"{done}; {NO_INDEX}"
        found[f"{tool.name}.behind"] = f"{ORDERS}; {tool.applied(1)}"
        found[f"{tool.name}.other"] = f"{ORDERS}; {STRAY}; {tool.applied(1)}"
    for tool in WITH_MARK:
        found[f"{tool.name}.broken"] = f"{ORDERS}; {tool.applied(1)}; {tool.unfinished}"
    for tool in WITH_LOCK:
        found[f"{tool.name}.busy"] = f"{ORDERS}; {STRAY}; {tool.applied(1)}; {tool.unfinished}"
    return found


def configuration() -> str:
    """Give a `[[spec]]` for each example, and another of each tool for a tenant that should be at its first version."""
    lines = ["[fleet]", 'file = "tenants.csv"']
    for tool in TOOLS:
        source = f'[[spec]]\nsource = "{tool.name}/{tool.source}"\ntenants = ["{tool.name}.'
        lines += [f'{source}ahead"]\nexpected_version = "{tool.versions[0]}"', f'{source}*"]']
    for example in EXAMPLES:
        source = "/".join(filter(None, (example.folder, example.source)))
        lines.append(f'[[spec]]\nsource = "{source}"\ntenants = ["{example.folder}.*"]')
    return "\n".join(lines)


@contextlib.contextmanager
def working_tools(servers: Servers) -> Iterator[None]:
    """Hold the locks that tools hold while they work."""

    async def hold(tool: Tool) -> asyncpg.Connection:
        assert tool.lock is not None
        database = f"{tool.name}.busy"
        connection = await asyncpg.connect(servers.postgres.dsn(database))
        await connection.execute(f"SELECT pg_advisory_lock({tool.lock(database)})")
        return connection

    with asyncio.Runner() as runner:
        connections = [runner.run(hold(tool)) for tool in WITH_LOCK]
        yield
        for connection in connections:
            runner.run(connection.close())


@pytest.fixture(scope="module")
def report(servers: Servers) -> ScanReport:
    made = databases()
    servers.create(made)
    rows = "".join(f"{name},{name}\n" for name in made)
    (servers.folder / "tenants.csv").write_text(f"tenant,database\n{rows}")
    path = servers.configure("every_source", configuration())
    with working_tools(servers):
        return scan(path)


def result(report: ScanReport, tenant: str) -> TenantResult:
    return next(each for each in report.body.tenants if each.tenant == tenant)


def group(report: ScanReport, tenant: str) -> DriftGroup:
    return next(each for each in report.body.groups if tenant in each.tenants)


def changes(found: DriftGroup) -> list[str]:
    return [str(change.identity) for change in found.diff.changes]


@pytest.mark.parametrize("example", [*EXAMPLES, *TOOLS], ids=lambda each: getattr(each, "folder", "") or each.name)
def test_a_tenant_as_declared_is_in_sync_and_what_another_lacks_is_found_with_its_place(
    report: ScanReport, example: Example | Tool
) -> None:
    name = example.folder if isinstance(example, Example) else example.name
    assert result(report, f"{name}.clean").status == "in_sync"
    assert result(report, f"{name}.odd").status == "drifted"
    found = group(report, f"{name}.odd")
    assert changes(found) == [example.lacks if isinstance(example, Example) else INDEX]
    (finding,) = found.findings
    assert finding.origin is not None
    assert f"{finding.origin.file}:{finding.origin.line}" == example.place


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tenant_before_or_behind_the_expected_version_is_pending(report: ScanReport, tool: Tool) -> None:
    rollouts = {tenant: rollout for rollout in report.body.rollouts for tenant in rollout.tenants}
    behind, ahead = rollouts[f"{tool.name}.behind"], rollouts[f"{tool.name}.ahead"]
    first, second = tool.versions
    assert (behind.version, [step.version for step in behind.lacks], behind.ahead) == (first, [second], ())
    assert (ahead.version, ahead.lacks, [step.version for step in ahead.ahead]) == (second, (), [second])
    assert behind.lacks[0].name == ahead.ahead[0].name == "by_email"


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tenant_that_has_not_the_shape_of_its_version_is_drifted_from_that_version(
    report: ScanReport, tool: Tool
) -> None:
    assert result(report, f"{tool.name}.other").status == "drifted"
    found = group(report, f"{tool.name}.other")
    assert found.own_version == tool.versions[0]
    assert changes(found) == ["column public.orders.stray"]
    assert sorted(str(change.identity) for change in found.newest.changes) == ["column public.orders.stray", INDEX]


@pytest.mark.parametrize("tool", WITH_MARK, ids=lambda tool: tool.name)
def test_a_migration_that_failed_is_drift_and_is_named(report: ScanReport, tool: Tool) -> None:
    assert result(report, f"{tool.name}.broken").status == "drifted"
    said = [finding.message for finding in group(report, f"{tool.name}.broken").findings]
    tool_name = tool.name.replace("_", "-")
    assert f"the migration to schema version {tool.versions[1]} ({tool_name}) failed half-way." in said


@pytest.mark.parametrize("tool", WITH_LOCK, ids=lambda tool: tool.name)
def test_a_tenant_whose_tool_is_at_work_is_pending(report: ScanReport, tool: Tool) -> None:
    (rollout,) = [each for each in report.body.rollouts if f"{tool.name}.busy" in each.tenants]
    assert rollout.running == tool.name.replace("_", "-")


def test_no_tenant_is_anything_else(report: ScanReport) -> None:
    counts = {status: sum(each.status == status for each in report.body.tenants) for status in ("in_sync", "drifted")}
    assert counts == {
        "in_sync": len(EXAMPLES) + len(TOOLS),
        "drifted": len(EXAMPLES) + 2 * len(TOOLS) + len(WITH_MARK),
    }
    assert sum(each.status == "pending" for each in report.body.tenants) == 2 * len(TOOLS) + len(WITH_LOCK)
    assert len(report.body.tenants) == len(databases())
