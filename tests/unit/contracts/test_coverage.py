"""What of a service was read is counted by driver, and what was not is named with its place."""

from __future__ import annotations

import msgspec

from shared.contracts.coverage import coverage_of, unread_places
from shared.contracts.extract import extract_contract

RUST = b'fn f() { sqlx::query("SELECT 1").execute(p); }'


def service(**files: bytes):
    return extract_contract(
        "shop", [(name.replace("__", "/").replace("_dot_", "."), text) for name, text in files.items()]
    )


def manifest(dependencies: str) -> bytes:
    return f'[package]\nname = "shop"\n\n[dependencies]\n{dependencies}\n'.encode()


def test_a_driver_of_which_nothing_was_found_is_named_at_its_line_of_the_manifest():
    contract = service(Cargo_dot_toml=manifest('anyhow = "1"\ntokio-postgres = "0.7"'), src__lib_dot_rs=b"fn f() {}")
    assert [str(place) for place in unread_places(contract)] == [
        "Cargo.toml:6: the service depends on tokio-postgres, and no query and no mapping of it was found"
    ]
    assert coverage_of([contract]).by_driver["tokio-postgres"].unread == 1


def test_a_driver_with_a_query_is_not_silent():
    contract = service(Cargo_dot_toml=manifest('sqlx = "0.8"'), src__lib_dot_rs=RUST)
    coverage = coverage_of([contract])
    assert coverage.unread == ()
    assert (coverage.queries, coverage.by_driver["sqlx"].queries, coverage.by_driver["sqlx"].versions) == (
        1,
        1,
        ("0.8",),
    )


def test_a_crate_for_another_database_is_no_driver():
    entry = 'sqlx = { version = "0.8", features = ["sqlite"] }'
    assert unread_places(service(Cargo_dot_toml=manifest(entry), src__lib_dot_rs=b"fn f() {}")) == ()


def test_the_locked_version_that_the_requirement_takes_counts():
    lock = b"".join(b'[[package]]\nname = "sqlx"\nversion = "%s"\n' % version for version in (b"0.6.3", b"0.8.2"))
    contract = service(Cargo_dot_toml=manifest('sqlx = "0.8"'), Cargo_dot_lock=lock, src__lib_dot_rs=RUST)
    assert [driver.version for driver in contract.drivers] == ["0.8.2"]


def test_a_member_of_a_workspace_inherits_the_version():
    root = b'[workspace.dependencies]\nsqlx = { version = "0.7", features = ["postgres"] }\n'
    member = manifest("sqlx = { workspace = true }")
    contract = service(Cargo_dot_toml=root, api__Cargo_dot_toml=member, api__src__lib_dot_rs=RUST)
    assert [(driver.file, driver.line, driver.version) for driver in contract.drivers] == [("api/Cargo.toml", 5, "0.7")]


def test_a_manifest_that_is_no_toml_is_named_and_the_rest_is_read():
    contract = service(Cargo_dot_toml=b"[package", src__lib_dot_rs=RUST)
    assert [place.file for place in unread_places(contract)] == ["Cargo.toml"]
    assert len(contract.queries) == 1


def test_a_driver_that_is_accepted_as_not_read_is_no_finding():
    contract = service(Cargo_dot_toml=manifest('diesel = "2"'), src__lib_dot_rs=b"fn f() {}")
    assert len(unread_places(contract)) == 1
    assert unread_places(msgspec.structs.replace(contract, accept_unread=("diesel",))) == ()
