"""What a database or a role sets for its sessions changes nothing that is read, hashed or compared."""

from __future__ import annotations

import pytest

from coordinator.report.model import TenantStatus
from shared.schema.profile import EVERYTHING, Profile
from tests.integration.spellings.fleets import SCANNER, Place, scan
from tests.integration.spellings.test_restores import RESPELT, RICH

SETTINGS = (
    "timezone = 'Asia/Kathmandu'",
    "intervalstyle = 'sql_standard'",
    "datestyle = 'SQL, DMY'",
    "bytea_output = 'escape'",
    "extra_float_digits = -3",
    "quote_all_identifiers = on",
    "search_path = public, pg_catalog",
    "standard_conforming_strings = off",
    "lc_monetary = 'C'",
    "lc_messages = 'C'",
    "default_tablespace = 'pg_default'",
    "default_table_access_method = 'heap'",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_read_only = on",
    "array_nulls = off",
    "xmlbinary = 'hex'",
    "transform_null_equals = on",
    "check_function_bodies = off",
    "client_min_messages = 'error'",
    "row_security = on",
    "enable_seqscan = off",
    "statement_timeout = '60s'",
    "plan_cache_mode = 'force_custom_plan'",
    "client_encoding = 'LATIN1'",
    "jit = on",
    "role = 'none'",
)


@pytest.fixture(scope="module")
def set_tenants(tenants) -> dict[str, str]:
    """URLs of one schema under each setting of the database, under all of them for the role, and under none."""
    made = {"none": tenants.create(RICH + RESPELT)}
    plain = made["none"].split("@/")[1].split("?")[0]
    for setting in SETTINGS:
        made[setting] = tenants.copy(plain, settings=f"ALTER DATABASE %I SET {setting}")
    everything = "".join(
        f"ALTER ROLE {role} IN DATABASE %I SET {setting};"
        for role in ("postgres", SCANNER)
        for setting in SETTINGS
        if not setting.startswith(("role", "client_encoding"))
    )
    create = f"DO $$BEGIN CREATE ROLE {SCANNER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$;"
    made["all, by role"] = tenants.copy(plain, settings=create + everything)
    return made


@pytest.fixture(scope="module")
def plain(tenants, set_tenants):
    """The fingerprint of the tenant without settings."""
    return tenants.fingerprint(set_tenants["none"])


@pytest.mark.parametrize("setting", [*SETTINGS, "all, by role"])
def test_a_setting_changes_no_fingerprint(tenants, set_tenants, plain, setting):
    assert tenants.fingerprint(set_tenants[setting]) == plain


def test_all_settings_together_change_nothing_that_is_read(tenants, set_tenants):
    set_up = tenants.snapshot(set_tenants["all, by role"])
    assert set_up.schema == tenants.snapshot(set_tenants["none"]).schema


def test_settings_are_read_by_choice(tenants, set_tenants):
    read = tenants.snapshot(set_tenants["jit = on"], profile=EVERYTHING)
    assert [(item.name, item.value) for item in read.schema if item.kind == "database_setting"] == [("jit", "on")]
    assert not [
        item
        for item in tenants.snapshot(set_tenants["jit = on"], profile=Profile()).schema
        if item.kind == "database_setting"
    ]


def test_a_fleet_of_differently_set_databases_is_in_sync(set_tenants, memory_server, scratch, tmp_path):
    places = {
        f"t{number}": Place("one", url.split("@/")[1].split("?")[0]) for number, url in enumerate(set_tenants.values())
    }
    report = scan(tmp_path, RICH + RESPELT, {"one": memory_server}, places, scratch)
    assert {result.status for result in report.body.tenants} == {TenantStatus.IN_SYNC}
    assert report.body.shapes == 1
