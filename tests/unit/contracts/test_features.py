"""Code behind cargo features that are off is left out, with the files of its modules; what is not known is read."""

from __future__ import annotations

import pytest

from shared.contracts.contract import Contract
from shared.contracts.extract import extract_contract
from shared.contracts.features import FeaturesError

MANIFEST = """
[package]
name = "shop"
[features]
default = ["web"]
web = ["metrics", "dep:axum"]
metrics = []
admin = []
[dependencies]
axum = { version = "0.8", optional = true }
sqlx = { version = "0.8", features = ["postgres"] }
"""


def behind(condition: str, *features: str) -> bool:
    """Say whether a query behind a condition is read when these features are on."""
    rust = f'fn f(p: P) {{ #[cfg({condition})] sqlx::query("SELECT 1").execute(p); sqlx::query("SELECT 2"); }}'
    return "SELECT 1" in texts({"src/lib.rs": rust}, features)


def texts(files: dict[str, str], features: tuple[str, ...] | None) -> list[str]:
    return sorted(query.sql for query in contract(files, features).queries)


def contract(files: dict[str, str], features: tuple[str, ...] | None) -> Contract:
    given = {"Cargo.toml": MANIFEST, **files}
    return extract_contract("shop", ((path, text.encode()) for path, text in given.items()), features=features)


@pytest.mark.parametrize(
    ("condition", "features", "read"),
    [
        ('feature = "admin"', ("web",), False),
        ('feature = "admin"', ("admin",), True),
        ('feature = "admin"', (), False),
        ('feature = "metrics"', ("web",), True),
        ('feature = "axum"', ("web",), True),
        ('feature = "web"', ("default",), True),
        ('feature = "admin"', ("default",), False),
        ('not(feature = "admin")', ("admin",), False),
        ('not(feature = "admin")', ("web",), True),
        ('all(feature = "web", unix)', ("admin",), False),
        ('all(feature = "web", unix)', ("web",), True),
        ('any(feature = "admin", feature = "web")', ("web",), True),
        ('any(feature = "admin", unix)', ("web",), True),
        ('any(test, feature = "admin")', ("admin",), True),
        ('any(test, feature = "admin")', ("web",), False),
        ('not(any(feature = "admin", feature = "web"))', ("web",), False),
        ('target_os = "linux"', ("web",), True),
        ("test", ("web",), False),
    ],
)
def test_code_of_a_feature_that_is_off_is_left_out(condition, features, read):
    assert behind(condition, *features) is read


def test_where_nobody_says_which_features_are_on_the_code_of_all_is_read():
    files = {"src/lib.rs": 'fn f(p: P) { #[cfg(feature = "admin")] sqlx::query("SELECT 1").execute(p); }'}
    assert texts(files, None) == ["SELECT 1"]


FILES = {
    "src/lib.rs": '#[cfg(feature = "admin")]\npub mod desk;\nmod open;\n#[cfg(test)] mod probes;',
    "src/desk.rs": 'mod inner; fn f(p: P) { sqlx::query("SELECT 1").execute(p); }',
    "src/desk/inner.rs": 'fn f(p: P) { sqlx::query("SELECT 2").execute(p); }',
    "src/open.rs": '#[cfg(feature = "admin")] mod hidden; fn f(p: P) { sqlx::query("SELECT 3").execute(p); }',
    "src/open/hidden.rs": 'fn f(p: P) { sqlx::query("SELECT 4").execute(p); }',
    "src/probes.rs": 'fn f(p: P) { sqlx::query("SELECT 5").execute(p); }',
    "src/whole.rs": '#![cfg(feature = "admin")]\nfn f(p: P) { sqlx::query("SELECT 6").execute(p); }',
}


def test_a_module_that_is_left_out_takes_its_files_with_it():
    assert texts(FILES, ("web",)) == ["SELECT 3"]
    assert texts(FILES, ("admin",)) == ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4", "SELECT 6"]


def test_a_module_that_is_declared_twice_under_opposite_conditions_is_read():
    lib = '#[cfg(feature = "admin")] mod open; #[cfg(not(feature = "admin"))] mod open;'
    assert "SELECT 3" in texts({**FILES, "src/lib.rs": lib}, ("admin",))


def test_a_feature_of_one_crate_switches_on_those_of_another():
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["api", "db"]',
        "api/Cargo.toml": '[package]\nname = "api"\n[features]\nfull = ["shop-db/audit"]',
        "db/Cargo.toml": '[package]\nname = "shop-db"\n[features]\naudit = []\nreports = []',
        "db/src/lib.rs": 'fn f(p: P) { #[cfg(feature = "audit")] sqlx::query("SELECT 1").execute(p);'
        ' #[cfg(feature = "reports")] sqlx::query("SELECT 2").execute(p); }',
    }
    assert texts(files, ("full",)) == ["SELECT 1"]
    assert texts(files, ("shop-db/reports",)) == ["SELECT 2"]


def test_a_feature_that_no_crate_declares_is_refused():
    with pytest.raises(
        FeaturesError, match=r"no Cargo\.toml declares a feature 'wbe': it declares admin, axum, default"
    ):
        contract({}, ("wbe",))
