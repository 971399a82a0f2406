"""A service's files are found without following links, and what is left out or cannot be read is said."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from coordinator.services.rust_files import RustFilesError, load_contracts, read_service
from coordinator.settings.model import ContractTable
from shared.contracts import extract
from shared.kept_files import KeptFiles

RUST = 'fn f(p: P) { sqlx::query("SELECT 1").execute(p); }'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/lib.rs").write_text(RUST)
    return tmp_path


def table(exclude: tuple[str, ...] = (), search_path: tuple[str, ...] = (), role: str = "") -> ContractTable:
    return ContractTable(service="shop", path=".", exclude=exclude, search_path=search_path, role=role)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(RustFilesError, match="the contract of 'shop': there is no folder gone"):
        load_contracts(tmp_path, [ContractTable(service="shop", path="gone")])


def test_a_folder_without_rust_is_one_sentence(tmp_path):
    with pytest.raises(RustFilesError, match="holds no Rust source"):
        read_service(tmp_path, table())


def test_links_are_named_and_not_followed(folder):
    (folder / "src/elsewhere.rs").symlink_to("/etc/hostname")
    (folder / "src/outside").symlink_to("/etc")
    contract = read_service(folder, table())
    assert [str(place) for place in contract.unread] == [
        "src/elsewhere.rs:1: a symbolic link, which is not followed",
        "src/outside:1: a symbolic link, which is not followed",
    ]
    assert len(contract.queries) == 1


def test_a_file_that_is_too_large_is_named(folder):
    (folder / "src/generated.rs").write_bytes(b"//" + b"x" * (4 * 1024 * 1024))
    [place] = read_service(folder, table()).unread
    assert str(place) == "src/generated.rs:1: larger than 4 MB, not read"


def test_excluded_files_are_left_out(folder):
    (folder / "tools").mkdir()
    (folder / "tools/seed.rs").write_text(RUST.replace("1", "2"))
    assert [q.sql for q in read_service(folder, table(exclude=("tools/**",))).queries] == ["SELECT 1"]


def test_how_a_service_connects_is_part_of_its_contract(folder):
    contract = read_service(folder, table(search_path=("desk", "public"), role="app"))
    assert (contract.search_path, contract.role) == (("desk", "public"), "app")


def test_a_feature_that_no_crate_declares_is_one_sentence_with_its_key(folder):
    (folder / "Cargo.toml").write_text("[features]\nweb = []")
    odd = ContractTable(service="shop", path=".", features=("wbe",))
    with pytest.raises(RustFilesError, match=r"^the contract of 'shop': features: .* 'wbe': it declares web$"):
        read_service(folder, odd)


def test_a_name_that_is_no_utf_8_is_written_with_its_bytes(folder):
    odd = os.fsencode(folder / "src") + b"/caf\xe9.rs"
    with open(odd, "wb") as file:  # noqa: PTH123  # a Path of these bytes would be what is tested
        file.write(RUST.replace("1", "2").encode())
    contract = read_service(folder, table())
    assert [query.file for query in contract.queries] == ["src/caf\\xe9.rs", "src/lib.rs"]
    assert msgspec.json.encode(contract)


def test_of_a_tree_with_every_fault_the_rest_is_read(folder):
    source = folder / "src"
    (source / "torn.rs").write_text('fn g( { sqlx::query("SELECT 2").execute(p); ]]')
    (source / "latin.rs").write_bytes(b'fn g() { sqlx::query("SELECT 3 -- \xe9").execute(p); }')
    (source / "unended.rs").write_text('fn g() { sqlx::query("SELECT 4')
    (source / "deep.rs").write_text("fn g() { h" + "(" * 20_000 + 'sqlx::query("SELECT 5")' + ")" * 20_000 + "; }")
    (source / "circle.rs").write_text("const A: &str = B; const B: &str = A; fn g() { sqlx::query(A).execute(p); }")
    os.mkfifo(source / "pipe.rs")
    (source / "loop").symlink_to(".")
    (source / "huge.rs").write_bytes(b"// " + b"x" * (4 * 1024 * 1024 + 1))
    (source / "outside.rs").symlink_to("/etc/hostname")
    contract = read_service(folder, table())
    assert [str(place) for place in contract.unread] == [
        "src/circle.rs:1: the SQL comes from `A`, whose value is not a literal",
        "src/deep.rs:1: nested more than 64 deep, not read",
        "src/huge.rs:1: larger than 4 MB, not read",
        "src/latin.rs:1: not UTF-8",
        "src/loop:1: a symbolic link, which is not followed",
        "src/outside.rs:1: a symbolic link, which is not followed",
        "src/pipe.rs:1: a pipe, socket or device, which is not read",
        "src/torn.rs:1: does not parse as Rust",
        "src/unended.rs:1: does not parse as Rust",
    ]
    assert [query.sql for query in contract.queries] == ["SELECT 1", "SELECT 2"]


def test_a_file_that_may_not_be_read_is_named(folder, monkeypatch):
    closed = folder / "src" / "closed.rs"
    closed.write_text(RUST)
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "closed.rs":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    contract = read_service(folder, table())
    assert [str(place) for place in contract.unread] == ["src/closed.rs:1: it cannot be read: Permission denied"]
    assert [query.sql for query in contract.queries] == ["SELECT 1"]


DEPTH = 10_000
DEEP = {
    "macros": "fn g() { " + "m!(" * DEPTH + 'sqlx::query("SELECT 2")' + ")" * DEPTH + "; }",
    "texts": "fn g() { sqlx::query(" + "concat!(" * DEPTH + '"SELECT 2"' + ")" * DEPTH + ").execute(p); }",
    "formats": "fn g() { sqlx::query(&" + 'format!("{}",' * DEPTH + '"SELECT 2"' + ")" * DEPTH + ").execute(p); }",
    "branches": "fn g() { sqlx::query(" + "if a {" * DEPTH + '"SELECT 2"' + "} else { x }" * DEPTH + ").execute(p); }",
    "types": "diesel::table! { t (id) { id -> " + "Nullable<" * DEPTH + "Int4" + ">" * DEPTH + ", } }",
    "imports": "use " + "a::{" * DEPTH + "sqlx" + "}" * DEPTH + ";",
    "attributes": "#[" + "cfg_attr(a, " * DEPTH + "derive(X)" + ")" * DEPTH + "] struct Q { a: i32 }",
    "rules": "macro_rules! d { (x) => { " + "$(" * DEPTH + 'sqlx::query("SELECT 2")' + ")*" * DEPTH + " } }",
    "modules": "mod a {" * DEPTH + 'fn g() { sqlx::query("SELECT 2"); }' + "}" * DEPTH,
    "calls": "fn g() { c.query(" + "&(" * DEPTH + '"SELECT 2"' + ")" * DEPTH + ", &[]); }",
}


@pytest.mark.parametrize("name", sorted(DEEP))
def test_what_is_nested_ten_thousand_deep_is_named_and_the_rest_is_read(folder, name):
    (folder / "src" / "deep.rs").write_text(f'fn before() {{ sqlx::query("SELECT 0").execute(p); }}\n{DEEP[name]}')
    contract = read_service(folder, table())
    assert "src/deep.rs:2: nested more than 64 deep, not read" in [str(place) for place in contract.unread]
    assert {"SELECT 0", "SELECT 1"} <= {query.sql for query in contract.queries}


def test_a_folder_that_cannot_be_listed_is_named(folder, monkeypatch):
    (folder / "closed").mkdir()
    listed = Path.iterdir

    def refuse(path: Path):
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    contract = read_service(folder, table())
    assert [str(place) for place in contract.unread] == ["closed:1: a folder that cannot be listed"]
    assert len(contract.queries) == 1


def test_unchanged_files_are_not_read_anew(folder, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    first = read_service(folder, table())
    monkeypatch.setattr(extract, "extract_contract", lambda *_, **__: pytest.fail("the service was read again"))
    assert read_service(folder, table()) == first


@pytest.mark.parametrize(
    ("path", "content"),
    [("src/lib.rs", RUST.replace("1", "3")), ("src/more.rs", RUST), ("Cargo.toml", "[dependencies]\nsqlx = '0.8'\n")],
)
def test_a_file_that_changed_or_came_is_read(folder, path, content, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    before = read_service(folder, table())
    (folder / path).write_text(content)
    after = read_service(folder, table())
    assert after != before
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert read_service(folder, table()) == after


def test_a_kept_contract_of_another_form_is_read_anew(folder, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(KeptFiles, "get", lambda *_: b"\x93\x01\x02\x03")
    assert [query.sql for query in read_service(folder, table()).queries] == ["SELECT 1"]
