"""A source of each tenant: a state, a folder or a file, found by the tenant's name in the path."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.for_target import Shares
from coordinator.iac.load import read_declaration
from coordinator.iac.per_tenant import read_per_tenant
from coordinator.iac.reading import Reading
from coordinator.iac.source import SourceError


def read(folder: Path, pattern: str, files: dict[str, str]) -> Reading:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return read_per_tenant(str(folder / pattern), read_declaration)


def test_each_tenant_has_what_its_own_source_declares(tmp_path: Path) -> None:
    one, two = "CREATE TABLE a ();", "CREATE TABLE a (); CREATE TABLE b ();"
    files = {"t/acme/schema.sql": one, "t/beta/schema.sql": two, "t/ceta/schema.sql": one, "t/none/readme.txt": ""}
    shares = Shares(read(tmp_path, "t/{tenant}/schema.sql", files))
    found = {tenant: shares.of(tenant, tenant) for tenant in shares.tenants}
    assert list(found) == ["acme", "beta", "ceta"]
    assert found["acme"] is found["ceta"]
    assert [len(found[tenant].source.declarations) for tenant in ("acme", "beta")] == [1, 2]


def test_a_migrations_folder_of_each_tenant_says_its_version(tmp_path: Path) -> None:
    files = {
        "a-m/1_x.up.sql": "CREATE TABLE a ();",
        "b-m/1_x.up.sql": "SELECT 1;",
        "b-m/2_x.up.sql": "CREATE TABLE b ();",
    }
    found = read(tmp_path, "{tenant}-m", files)
    assert [(entry.tenant, entry.version) for entry in found.tenants] == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize("pattern", ["{tenant}/{tenant}.sql", "t/{tenant}{tenant}"])
def test_the_tenant_stands_once_in_the_path(pattern: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"expected \{tenant\} once in the path, as part of one name"):
        read(tmp_path, pattern, {})


def test_no_source_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"expected a file or folder for each tenant where it says \{tenant\}, found none"
    ):
        read(tmp_path, "states/{tenant}.tfstate", {})
