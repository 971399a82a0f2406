"""One fleet that is declared in every way at once, read by real workers: migrations in a rollout, Terraform, states,
CloudFormation, Atlas and SQL, with databases and namespaces, and tenants whose label gives them more."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from coordinator.daemon.service import Coordinator
from coordinator.demo.workers import worker_processes
from coordinator.inventory import InventoryError
from coordinator.report.exit_code import exit_code
from coordinator.report.model import ScanReport
from coordinator.settings.load import load_settings
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.integration.fleets.fleet import Fleet, new_fleet, statuses

ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY);"
EMAIL = "ALTER TABLE orders ADD COLUMN email text;"
AUDIT = "CREATE TABLE audit (at timestamptz NOT NULL);"
STRAY = "ALTER TABLE orders ADD COLUMN stray int;"
MIGRATED = """CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,
installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL,
execution_time bigint NOT NULL);
INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
SELECT n, 'm', true, '', 0 FROM generate_series(1, %d) AS n"""
RESOURCE = {
    "mode": "managed",
    "type": "sql_migrate",
    "name": "schema",
    "provider": 'provider["registry.terraform.io/paultyng/sql"]',
    "instances": [{"attributes": {"migration": [{"id": "1", "up": ORDERS, "down": ""}]}}],
}
FILES = {
    "migrations/0001_orders.sql": ORDERS,
    "migrations/0002_email.sql": EMAIL,
    "terraform/main.tf": """
resource "sql_migrate" "gold" {
  migration {
    id   = "1"
    up   = file("${path.module}/orders.sql")
    down = ""
  }
  migration {
    id   = "2"
    up   = "CREATE TABLE audit (at timestamptz NOT NULL);"
    down = ""
  }
}
""",
    "terraform/orders.sql": ORDERS,
    "commands/main.tf": """
resource "terraform_data" "core" {
  provisioner "local-exec" { command = "psql -d PREFIXcore -f ${path.module}/core.sql" }
}
resource "terraform_data" "facts" {
  provisioner "local-exec" { command = "psql -d PREFIXfacts -c 'CREATE TABLE facts (day date)'" }
}
""",
    "commands/core.sql": ORDERS,
    "states/state.tfstate": json.dumps(
        {
            "version": 4,
            "terraform_version": "1.11.0",
            "serial": 1,
            "lineage": "x",
            "outputs": {},
            "resources": [RESOURCE],
        }
    ),
    "stack.yaml": f"""
Resources:
  Schema:
    Type: Custom::Sql
    Properties:
      ServiceToken: arn:aws:lambda:eu-west-1:1:function:sql
      Sql: {ORDERS}
""",
    "schema.hcl": """
schema "public" {}
table "orders" {
  schema = schema.public
  column "id" {
    type = bigint
    null = false
  }
  primary_key {
    columns = [column.id]
  }
}
""",
    "space.sql": ORDERS,
}
SPECS = """
[[spec]]
source = "terraform"
labels = { tier = "gold" }
[[spec]]
source = "space.sql"
placement = "namespace"
[[spec]]
source = "commands"
databases = ["PREFIXcore", "PREFIXfacts"]
[[spec]]
source = "states/{tenant}.tfstate"
tenants = ["state"]
[[spec]]
source = "stack.yaml"
tenants = ["stack"]
[[spec]]
source = "schema.hcl"
tenants = ["atlas"]
[[spec]]
source = "migrations"
[redis]
url = "REDIS"
key = { file = "redis.key" }
[store]
dsn = "STORE"
[fleet]
name = "declared"
file = "tenants.csv"
"""
DATABASES = {
    "done": (ORDERS, EMAIL, MIGRATED % 2),
    "waits": (ORDERS, MIGRATED % 1),
    "odd": (ORDERS, STRAY, MIGRATED % 1),
    "rich": (ORDERS, AUDIT),
    "robbed": (ORDERS,),
    "core": (ORDERS,),
    "facts": ("CREATE TABLE facts (day date)",),
    "state": (ORDERS,),
    "stack": (ORDERS,),
    "atlas": (ORDERS,),
}
EXPECTED = dict.fromkeys(DATABASES, "in_sync") | {
    "waits": "pending",
    "odd": "drifted",
    "robbed": "drifted",
    "space_a": "in_sync",
    "space_b": "drifted",
}


def tenants_file(fleet: Fleet) -> str:
    lines = ["tenant,database,namespace,labels.tier"]
    lines += [f"{name},{fleet.database(name)},,{'gold' if name in {'rich', 'robbed'} else ''}" for name in DATABASES]
    lines += [f"{name},{fleet.database('spaces')},{name}," for name in ("space_a", "space_b")]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def declared(
    postgres: EmbeddedPostgres, redis_server: EmbeddedRedis, tmp_path_factory: pytest.TempPathFactory
) -> Fleet:
    fleet = new_fleet(tmp_path_factory.mktemp("declared"), postgres)
    fleet.write({name: text.replace("PREFIX", fleet.prefix) for name, text in FILES.items()})
    fleet.write({"redis.key": "k" * 64, "tenants.csv": tenants_file(fleet)})
    for name, scripts in DATABASES.items():
        fleet.create(name, *scripts)
    spaces = [
        f"CREATE SCHEMA {name}; CREATE TABLE {name}.orders (id bigint PRIMARY KEY)" for name in ("space_a", "space_b")
    ]
    fleet.create("spaces", *spaces, "ALTER TABLE space_b.orders ADD COLUMN stray int")
    fleet.create("store")
    store = postgres.dsn(fleet.database("store"))
    fleet.configure(SPECS.replace("REDIS", redis_server.url).replace("STORE", store))
    return fleet


def scan(configuration: Path) -> ScanReport:
    async def run() -> ScanReport:
        async with Coordinator.open(load_settings(configuration, {})) as coordinator:
            return await coordinator.scan(lambda _: None)

    with worker_processes(configuration, configuration.parent, 2):
        return asyncio.run(run())


@pytest.fixture(scope="module")
def report(declared: Fleet) -> ScanReport:
    return scan(declared.folder / "fleetdrift.toml")


def test_every_tenant_is_compared_with_what_is_declared_for_it(report: ScanReport) -> None:
    assert [(result.tenant, result.failure) for result in report.body.tenants if result.failure] == []
    assert statuses(report.body) == EXPECTED
    assert exit_code(report.status) == 2


def test_each_distinct_declaration_is_compiled_once(report: ScanReport) -> None:
    assert [(entry.source, entry.tenants) for entry in report.body.declarations] == [
        ("commands", 1),
        ("commands", 1),
        ("migrations", 3),
        ("schema.hcl", 1),
        ("space.sql", 2),
        ("stack.yaml", 1),
        ("states/{tenant}.tfstate", 1),
        ("terraform", 2),
    ]


def test_the_rollout_is_told_and_drift_within_it_is_told_against_its_own_version(report: ScanReport) -> None:
    (rollout,) = report.body.rollouts
    assert (rollout.tenants, rollout.version, [step.name for step in rollout.lacks]) == (("waits",), "1", ["email"])
    (group,) = (group for group in report.body.groups if group.tenants == ("odd",))
    assert group.own_version == "1"
    assert [str(change.identity) for change in group.diff.changes] == ["column public.orders.stray"]


def test_one_process_finds_what_the_workers_find(declared: Fleet, report: ScanReport) -> None:
    assert declared.check().content_hash == report.content_hash


def test_a_list_that_was_cut_off_is_no_fleet(declared: Fleet, report: ScanReport) -> None:
    path = declared.folder / "tenants.csv"
    whole = path.read_text()
    path.write_text("".join(whole.splitlines(keepends=True)[:3]))
    try:
        with pytest.raises(
            InventoryError, match=f"lists 2 tenants where the last scan knew {len(report.body.tenants)}"
        ):
            scan(declared.folder / "fleetdrift.toml")
    finally:
        path.write_text(whole)
