"""A fleet whose tenants share tables: what the declaration earns is said once, what a tenant lost is its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coordinator.cli.check import command
from coordinator.report.model import ReportBody
from coordinator.settings.load import SettingsError, load_settings
from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.fleets.fleet import Fleet, new_fleet, statuses

SCHEMA = """
CREATE TABLE countries (code text PRIMARY KEY);
CREATE TABLE orders (tenant_id uuid NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));
ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid)
  WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid);
"""
NOTES = """
CREATE TABLE notes (tenant_id uuid NOT NULL, id bigint PRIMARY KEY, body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
"""
TENANCY = '[tenancy]\ncolumn = "tenant_id"\nsetting = "app.tenant_id"\nexclude = ["countries"]\n'


@pytest.fixture
def fleet(postgres: EmbeddedPostgres, tmp_path: Path) -> Fleet:
    fleet = new_fleet(tmp_path, postgres)
    fleet.write({"schema.sql": SCHEMA + NOTES})
    return fleet


def configured(fleet: Fleet, *tenants: str, tenancy: str = TENANCY) -> None:
    fleet.configure(f'[spec]\nsource = "schema.sql"\n{tenancy}{fleet.tenants(*tenants)}')


def faults(body: ReportBody) -> list[tuple[str, str, str]]:
    """Give rule, object and declaring line of what the declaration earns."""
    return [(each.rule, str(each.object), str(each.origin)) for each in body.tenancy_faults]


def of_tenants(body: ReportBody) -> dict[tuple[str, ...], list[str]]:
    """Give the tenancy rules that the groups of tenants earn."""
    return {
        group.tenants: [finding.rule for finding in group.findings if finding.rule.startswith("tenancy-")]
        for group in body.groups
    }


def test_what_the_declaration_earns_is_said_once_and_makes_no_tenant_drifted(fleet: Fleet) -> None:
    for name in ("a", "b"):
        fleet.create(name, SCHEMA, NOTES)
    configured(fleet, "a", "b")
    report = fleet.check()
    assert statuses(report.body) == {"a": "in_sync", "b": "in_sync"}
    assert report.status == "in_sync"
    assert faults(report.body) == [
        ("tenancy-key-without-tenant", "constraint public.notes.notes_pkey", "schema.sql:8"),
        ("tenancy-row-security-not-forced", "table public.notes", "schema.sql:8"),
    ]


def test_what_a_tenant_lost_is_its_own(fleet: Fleet) -> None:
    fleet.create("good", SCHEMA, NOTES)
    fleet.create("bad", SCHEMA, NOTES, "CREATE POLICY all_rows ON orders USING (true)")
    fleet.create("worse", SCHEMA, NOTES, "ALTER TABLE orders DISABLE ROW LEVEL SECURITY")
    configured(fleet, "good", "bad", "worse")
    report = fleet.check()
    assert statuses(report.body) == {"bad": "drifted", "good": "in_sync", "worse": "drifted"}
    assert of_tenants(report.body) == {
        ("bad",): ["tenancy-policy-without-setting", "tenancy-policy-without-check"],
        ("worse",): ["tenancy-row-security-off"],
    }


def test_drift_that_is_ignored_still_may_not_open_the_rows_of_others(fleet: Fleet) -> None:
    fleet.create("bad", SCHEMA, NOTES, "CREATE POLICY all_rows ON orders USING (true) WITH CHECK (true)")
    ignore = '[[ignore]]\nkind = "policy"\nname = "all_rows"\nreason = "r"\nowner = "o"\nuntil = 2999-01-01\n'
    configured(fleet, "bad", tenancy=TENANCY + ignore)
    report = fleet.check()
    assert statuses(report.body) == {"bad": "drifted"}
    assert of_tenants(report.body) == {("bad",): ["tenancy-policy-without-setting"]}


def test_without_a_column_the_rules_are_off(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA, NOTES)
    configured(fleet, "a", tenancy="")
    assert faults(fleet.check().body) == []


def test_a_setting_without_a_column_is_one_sentence_with_its_key(fleet: Fleet) -> None:
    configured(fleet, "a", tenancy='[tenancy]\nsetting = "app.tenant_id"\n')
    with pytest.raises(SettingsError, match=r'fleetdrift\.toml: tenancy: needs column, as column = "tenant_id"'):
        load_settings(fleet.folder / "fleetdrift.toml", {})


WITH_BASELINE = TENANCY + 'baseline = "accepted.toml"\n'


def cli(fleet: Fleet, *more: str) -> Result:
    return CliRunner().invoke(command, ["-c", str(fleet.folder / "fleetdrift.toml"), *more])


def test_a_baseline_accepts_what_is_found_today_and_nothing_worse(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA, NOTES, "CREATE POLICY more ON orders USING (tenant_id IS NOT NULL) WITH CHECK (false)")
    configured(fleet, "a", tenancy=WITH_BASELINE)
    written = cli(fleet, "--write-baseline")
    assert "accepted.toml: 3 findings of the tenancy rules are accepted" in written.output
    text = (fleet.folder / "accepted.toml").read_text()
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "",
        "tenancy-key-without-tenant = [",
        '    "warning: constraint public.notes.notes_pkey",',
        "]",
        "",
        "tenancy-policy-without-setting = [",
        '    "warning: policy public.orders.more",',
        "]",
        "",
        "tenancy-row-security-not-forced = [",
        '    "warning: table public.notes",',
        "]",
    ]
    accepted = fleet.check().body
    assert (accepted.tenancy_faults, of_tenants(accepted), accepted.notices) == ((), {("a",): []}, ())


def test_a_graver_fault_of_an_accepted_object_is_new(fleet: Fleet) -> None:
    weak = "CREATE POLICY more ON orders USING (tenant_id IS NOT NULL) WITH CHECK (tenant_id IS NOT NULL)"
    fleet.create("a", SCHEMA, NOTES, weak)
    configured(fleet, "a", tenancy=WITH_BASELINE)
    cli(fleet, "--write-baseline")
    assert of_tenants(fleet.check().body) == {("a",): []}
    fleet.run("a", "ALTER POLICY more ON orders USING (true)")
    assert of_tenants(fleet.check().body) == {("a",): ["tenancy-policy-without-setting"]}


def test_what_is_accepted_and_not_found_any_more_is_said(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA)
    fleet.write({"schema.sql": SCHEMA, "accepted.toml": 'tenancy-row-security-off = ["error: table public.gone"]'})
    configured(fleet, "a", tenancy=WITH_BASELINE)
    [notice] = fleet.check().body.notices
    assert notice.startswith("the tenancy baseline accepts tenancy-row-security-off (error: table public.gone), and ")


def test_entries_stay_while_a_tenant_could_not_be_read(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA, NOTES)
    fleet.write({"accepted.toml": 'tenancy-row-security-off = ["error: table public.elsewhere"]'})
    configured(fleet, "a", "not_there", tenancy=WITH_BASELINE)
    cli(fleet, "--write-baseline")
    assert "error: table public.elsewhere" in (fleet.folder / "accepted.toml").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is not there: `fleetdrift check --write-baseline` writes it"),
        ("tenancy-made-up = []", "names a rule 'tenancy-made-up', and there is none"),
        ('tenancy-row-security-off = "all"', "is no baseline: expected a list of texts for each rule"),
        ("[", "is not valid TOML"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_one_sentence_with_its_key(fleet: Fleet, content, message) -> None:
    configured(fleet, "a", tenancy=WITH_BASELINE)
    if content is not None:
        fleet.write({"accepted.toml": content})
    done = cli(fleet)
    assert str(done.exception).startswith("tenancy.baseline: the file accepted.toml ")
    assert message in str(done.exception)


def test_a_baseline_needs_a_name(fleet: Fleet) -> None:
    configured(fleet, "a")
    assert '[tenancy] baseline = "tenancy-baseline.toml"' in cli(fleet, "--write-baseline").output


RUST = 'async fn f(p: &sqlx::PgPool) { sqlx::query("SELECT id\\n FROM countries_of_orders").fetch_all(p).await; }'
SERVICE = '[[contracts]]\nservice = "shop"\npath = "shop"\n'


def test_a_query_that_takes_the_rows_of_every_tenant_is_said_once_and_can_be_accepted(fleet: Fleet) -> None:
    open_table = "CREATE TABLE countries_of_orders (tenant_id uuid NOT NULL, id bigint);"
    fleet.write({"schema.sql": SCHEMA + open_table, "shop/src/lib.rs": RUST})
    for name in ("a", "b"):
        fleet.create(name, SCHEMA, open_table)
    configured(fleet, "a", "b", tenancy=TENANCY + SERVICE)
    body = fleet.check().body
    assert statuses(body) == {"a": "in_sync", "b": "in_sync"}
    assert [(each.rule, each.line, each.declared_too) for each in body.service_faults] == [
        ("contract-tenancy-filter", 1, True)
    ]
    configured(fleet, "a", "b", tenancy=WITH_BASELINE + SERVICE)
    cli(fleet, "--write-baseline")
    assert (
        '"at_risk: shop: src/lib.rs: SELECT id FROM countries_of_orders",'
        in (fleet.folder / "accepted.toml").read_text()
    )
    accepted = fleet.check().body
    assert (accepted.service_faults, accepted.notices) == ((), ())


def test_a_service_whose_role_no_policy_holds_for_is_said_once(fleet: Fleet) -> None:
    roles = {name: f"{fleet.prefix}{name}" for name in ("kept", "bypassing", "group", "member")}
    script = """
        CREATE ROLE {kept} LOGIN; CREATE ROLE {bypassing} BYPASSRLS; CREATE ROLE {group} SUPERUSER;
        CREATE ROLE {member} LOGIN IN ROLE {group};
    """
    fleet.write({"schema.sql": SCHEMA, "shop/src/lib.rs": RUST.replace("countries_of_orders", "orders")})
    for name in ("a", "b"):
        fleet.create(name, SCHEMA)
    fleet.run("a", script.format(**roles))
    services = "".join(SERVICE.replace("shop", name, 1) + f'role = "{role}"\n' for name, role in roles.items())
    try:
        configured(fleet, "a", "b", tenancy=TENANCY + services)
        body = fleet.check().body
    finally:
        fleet.run("a", "DROP ROLE " + ", ".join(roles.values()))
    assert statuses(body) == {"a": "in_sync", "b": "in_sync"}
    assert [finding.message.replace(fleet.prefix, "").partition(":")[0] for finding in body.tenancy_faults] == [
        "role bypassing, as which a service connects, has BYPASSRLS on host here",
        "role group, as which a service connects, is a superuser on host here",
        "role member, as which a service connects, may become group, which is a superuser on host here",
    ]


def test_a_host_that_cannot_be_asked_about_roles_is_said(fleet: Fleet) -> None:
    fleet.write({"shop/src/lib.rs": RUST})
    configured(fleet, "not_there", tenancy=TENANCY + SERVICE + 'role = "app"\n')
    [sentence] = fleet.check().body.unchecked
    assert sentence.startswith("whether row-level security holds for roles on the host here is not known: ")
