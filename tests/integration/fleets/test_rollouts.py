"""A rollout is not drift: tenants at another declared version are pending, and drift stays drift during a rollout."""

from __future__ import annotations

import threading
import zlib
from pathlib import Path

import pytest

from coordinator.report.model import ScanStatus
from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.fleets.fleet import Fleet, new_fleet, statuses

ONE = "CREATE TABLE orders (id bigint PRIMARY KEY);"
TWO = "ALTER TABLE orders ADD COLUMN email text;"
THREE = "CREATE INDEX orders_by_email ON orders (email);"
FOLDER = {"migrations/1_orders.sql": ONE, "migrations/2_email.sql": TWO, "migrations/3_by_email.sql": THREE}
SQLX = """CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz
NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL);"""


def applied(*versions: int) -> str:
    """Write the version table of sqlx after these migrations."""
    rows = ", ".join(f"({version}, 'm', true, '', 0)" for version in versions)
    return (
        f"{SQLX} INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES {rows}"
    )


@pytest.fixture
def fleet(postgres: EmbeddedPostgres, tmp_path: Path) -> Fleet:
    made = new_fleet(tmp_path, postgres)
    made.write(FOLDER)
    return made


def scanned(fleet: Fleet, *names: str, spec: str = ""):
    fleet.configure(f'[spec]\nsource = "migrations"\n{spec}\n{fleet.tenants(*names)}')
    return fleet.check()


def test_a_tenant_at_an_earlier_version_is_pending_with_the_migrations_it_lacks(fleet: Fleet) -> None:
    fleet.create("done", ONE, TWO, THREE, applied(1, 2, 3))
    fleet.create("waits", ONE, applied(1))
    report = scanned(fleet, "done", "waits")
    assert statuses(report.body) == {"done": "in_sync", "waits": "pending"}
    assert report.status is ScanStatus.IN_SYNC
    assert report.body.groups == ()
    (rollout,) = report.body.rollouts
    assert rollout.tenants == ("waits",)
    assert rollout.version == "1"
    assert [(step.version, step.name) for step in rollout.lacks] == [("2", "email"), ("3", "by_email")]
    assert rollout.ahead == ()


def test_a_tenant_without_a_version_table_is_known_by_its_shape(fleet: Fleet) -> None:
    fleet.create("bare", ONE, TWO)
    report = scanned(fleet, "bare")
    assert statuses(report.body) == {"bare": "pending"}
    assert report.body.rollouts[0].version == "2"


def test_a_tenant_ahead_of_the_expected_version_is_pending_with_what_it_has_more(fleet: Fleet) -> None:
    fleet.create("early", ONE, TWO, THREE, applied(1, 2, 3))
    fleet.create("exact", ONE, TWO, applied(1, 2))
    report = scanned(fleet, "early", "exact", spec='expected_version = "2"')
    assert statuses(report.body) == {"early": "pending", "exact": "in_sync"}
    (rollout,) = report.body.rollouts
    assert (rollout.lacks, [step.version for step in rollout.ahead]) == ((), ["3"])


def test_a_tenant_whose_table_claims_a_version_that_it_has_not_is_drifted(fleet: Fleet) -> None:
    """It is compared with the version that it claims; what else it lacks of the newest is said beside it."""
    fleet.create("odd", ONE, applied(1), "ALTER TABLE orders ADD COLUMN stray int")
    report = scanned(fleet, "odd")
    assert statuses(report.body) == {"odd": "drifted"}
    (group,) = report.body.groups
    assert [str(change.identity) for change in group.diff.changes] == ["column public.orders.stray"]
    assert group.own_version == "1"
    assert len(group.newest.changes) == 3
    assert [finding.rule for finding in group.findings] == ["unexpected-column"]


def test_a_tenant_that_claims_the_newest_version_and_lacks_it_is_drifted(fleet: Fleet) -> None:
    fleet.create("liar", ONE, TWO, applied(1, 2, 3))
    report = scanned(fleet, "liar")
    assert statuses(report.body) == {"liar": "drifted"}
    assert [str(change.identity) for change in report.body.groups[0].diff.changes] == ["index public.orders_by_email"]


def test_a_version_that_nobody_declares_is_drift(fleet: Fleet) -> None:
    fleet.create("future", ONE, TWO, THREE, applied(1, 2, 3, 9))
    report = scanned(fleet, "future")
    assert statuses(report.body) == {"future": "drifted"}
    assert [finding.rule for finding in report.body.groups[0].findings] == ["schema-version-mismatch"]


def test_an_expected_version_that_the_folder_does_not_have_makes_no_rollout(fleet: Fleet) -> None:
    """Nothing says what stands before or after it: a tenant at the folder's newest version is at another one."""
    fleet.create("done", ONE, TWO, THREE, applied(1, 2, 3))
    report = scanned(fleet, "done", spec='expected_version = "2026.1"')
    assert statuses(report.body) == {"done": "drifted"}
    assert [finding.rule for finding in report.body.groups[0].findings] == ["schema-version-mismatch"]


def test_a_migration_that_changes_no_object_is_pending_too(fleet: Fleet) -> None:
    fleet.write({"migrations/4_data.sql": "UPDATE orders SET email = '' WHERE email IS NULL;"})
    fleet.create("waits", ONE, TWO, THREE, applied(1, 2, 3))
    report = scanned(fleet, "waits")
    assert statuses(report.body) == {"waits": "pending"}
    assert [step.name for step in report.body.rollouts[0].lacks] == ["data"]


def test_drift_that_is_ignored_does_not_hide_that_a_tenant_is_pending(fleet: Fleet) -> None:
    ignore = """
[[ignore]]
kind = "column"
name = "stray"
reason = "known"
owner = "us"
until = 2999-01-01
"""
    fleet.create("odd", ONE, applied(1), "ALTER TABLE orders ADD COLUMN stray int")
    fleet.configure(f'[spec]\nsource = "migrations"\n{fleet.tenants("odd")}\n{ignore}')
    report = fleet.check()
    assert statuses(report.body) == {"odd": "pending"}
    assert [drift.tenants for drift in report.body.ignored] == [1]


def test_a_tenant_whose_migration_is_running_is_pending_whatever_it_looks_like(fleet: Fleet) -> None:
    fleet.create("moving", ONE, applied(1), "ALTER TABLE orders ADD COLUMN half int")
    number = 0x3D32AD9E * zlib.crc32(fleet.database("moving").encode())
    with fleet.holding("moving", f"SELECT pg_advisory_lock({number})"):
        report = scanned(fleet, "moving")
    assert statuses(report.body) == {"moving": "pending"}
    assert report.body.rollouts[0].running == "sqlx"
    assert report.status is ScanStatus.IN_SYNC
    assert statuses(scanned(fleet, "moving").body) == {"moving": "drifted"}


def test_a_migration_that_failed_half_way_is_drift(fleet: Fleet) -> None:
    fleet.create("broken", ONE, applied(1), "UPDATE _sqlx_migrations SET success = false")
    report = scanned(fleet, "broken")
    assert statuses(report.body) == {"broken": "drifted"}
    assert "schema-version-mismatch" in [finding.rule for finding in report.body.groups[0].findings]


def test_a_migration_that_ends_while_the_tenant_is_looked_at_is_not_under_way(fleet: Fleet) -> None:
    fleet.create(
        "quick", ONE, TWO, THREE, applied(1, 2, 3), "UPDATE _sqlx_migrations SET success = false WHERE version = 3"
    )
    later = threading.Timer(0.5, fleet.run, ["quick", "UPDATE _sqlx_migrations SET success = true"])
    later.start()
    report = scanned(fleet, "quick")
    later.join()
    assert statuses(report.body) == {"quick": "in_sync"}
