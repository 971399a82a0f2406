"""Diff, plan and proof of a shape are made once, whatever becomes of the services."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import msgspec
import pytest

from shared.analysis import pipeline
from shared.analysis.analysis import Analysis
from shared.analysis.known_shapes import lasting_shapes
from shared.analysis.lasting_memory import lasting_memory
from shared.analysis.request import AnalysisRequest
from shared.contracts.contract import Contract
from shared.contracts.extract import extract_contract
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.remediation.plan import ProofStatus
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource

DESIRED = "CREATE TABLE t (id int PRIMARY KEY, name text, note text); CREATE INDEX by_name ON t (name);"
OBSERVED = "CREATE TABLE t (id int PRIMARY KEY, name text);"
RUST = 'fn f() { sqlx::query("SELECT note FROM t").fetch_all(p); }'
OTHER_RUST = RUST + ' fn g() { sqlx::query("SELECT name FROM t").fetch_all(p); }'


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fleetdrift" / "shapes"


class CountingServer(ScratchServer):
    """A scratch server that counts its databases."""

    made = 0

    @asynccontextmanager
    async def database(self):
        self.made += 1
        async with super().database() as database:
            yield database


def service(rust: str) -> tuple[Contract, ...]:
    return (extract_contract("shop", [("src/a.rs", rust.encode())]),)


@pytest.fixture(scope="module")
def request_(postgres: EmbeddedPostgres) -> AnalysisRequest:
    async def compiled() -> AnalysisRequest:
        scratch = ScratchServer(postgres.dsn())
        sources = (SpecSource(declarations=(Declaration(sql, Origin("schema.sql", 1)),)) for sql in (DESIRED, OBSERVED))
        desired, observed = [await compile_spec(scratch, source, Profile()) for source in sources]
        return AnalysisRequest(spec=desired, snapshot=observed.snapshot)

    return asyncio.run(compiled())


def analysed(postgres: EmbeddedPostgres, request: AnalysisRequest) -> tuple[Analysis, int]:
    """Analyse as a new process does; give the databases that were made for it as well."""

    async def run() -> tuple[Analysis, int]:
        scratch = CountingServer(postgres.dsn())
        memory, shapes = lasting_memory(), lasting_shapes()
        return await pipeline.analyse(scratch, request, memory=memory, shapes=shapes), scratch.made

    return asyncio.run(run())


def with_service(request: AnalysisRequest, rust: str) -> AnalysisRequest:
    return msgspec.structs.replace(request, contracts=service(rust))


def test_a_second_run_makes_no_database_and_gives_the_same(postgres: EmbeddedPostgres, request_: AnalysisRequest):
    first, made = analysed(postgres, with_service(request_, RUST))
    assert made > 2
    assert first.plan.proof.status is ProofStatus.PROVEN
    assert [verdict.rule for verdict in first.verdicts] == ["contract-query-invalid"]
    assert analysed(postgres, with_service(request_, RUST)) == (first, 0)


def test_a_service_that_changed_makes_no_plan_anew(
    postgres: EmbeddedPostgres, request_: AnalysisRequest, monkeypatch: pytest.MonkeyPatch
):
    first, _ = analysed(postgres, with_service(request_, RUST))
    with monkeypatch.context() as patch:
        for name in ("plan_and_prove", "spell", "compare", "judge"):
            patch.setattr(pipeline, name, lambda *_, name=name, **__: pytest.fail(f"{name} was called again"))
        again, made = analysed(postgres, with_service(request_, OTHER_RUST))
    assert made == 2, "the new query is asked of the declared schema and of this one"
    assert msgspec.structs.replace(again, id=first.id, verdicts=first.verdicts) == first
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert analysed(postgres, with_service(request_, OTHER_RUST))[0] == again


def test_a_fleet_whose_last_service_is_gone_keeps_its_plan(postgres: EmbeddedPostgres, request_: AnalysisRequest):
    first, _ = analysed(postgres, with_service(request_, RUST))
    alone, made = analysed(postgres, request_)
    assert made == 0
    assert alone == msgspec.structs.replace(first, id=request_.id, verdicts=())


@pytest.mark.parametrize("torn", [b"", b"fleetdrift kept/1\n" + b"0" * 40])
def test_a_torn_entry_is_made_anew(postgres: EmbeddedPostgres, request_: AnalysisRequest, own_cache, torn: bytes):
    first, _ = analysed(postgres, request_)
    for path in own_cache.iterdir():
        path.write_bytes(torn)
    again, made = analysed(postgres, request_)
    assert again == first
    assert made > 0
