"""`check`, a worker, `diff` and `apply` give one answer: they are doors to one analysis."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from coordinator.apply.admission import ApplyRefusedError, Permissions, admit
from coordinator.apply.rehearsal import Ready, Rehearsal
from coordinator.compare import sources
from coordinator.compare.sources import Comparison, compare_sources
from coordinator.fleet.local import LocalFleet
from coordinator.scan.pipeline import run_scan
from coordinator.settings.load import load_settings
from shared import formats
from shared.analysis.analysis import Analysis
from shared.analysis.request import AnalysisRequest
from shared.blobs import name_of, pack, unpack
from shared.contracts.contract import Contract, Query
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.formats import ANALYSIS, SNAPSHOT, SPEC
from shared.hosts import Secret
from shared.messages import ShapeJob, sign_blob, verify_blob
from shared.postgres.scratch import ScratchServer, SpecError, compile_spec
from shared.remediation.plan import Plan, ProofStatus
from shared.schema.canonical import canonical_json, snapshot_name
from shared.schema.database import Extension, Namespace
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Schema, Snapshot, Spec, SpecSource
from shared.signing import Purpose
from shared.targets import Observation
from tests.integration.analysis.pairs import DRIFTED, FLYWAY, IN_SYNC, PAIRS, Pair
from tests.integration.spellings.tenants import Tenants
from workers.batches import OTHER_RELEASE, OTHER_SCRATCH, run_shape_job
from workers.child import Child, PoolProcess
from workers.settings import WorkedFleet, WorkerSettings

CONTRACTS = (
    Contract(service="shop", queries=(Query(file="a.rs", line=3, macro="query!", sql="SELECT id, gone FROM orders"),)),
)
CONFIGURATION = """
[spec]
source = "desired.sql"
[[fleet.tenants]]
tenant = "acme"
host = "main"
database = "acme"
[hosts.main]
address = "db.example"
user = "scanner"
"""


class Case(msgspec.Struct, frozen=True):
    """A pair that was compiled and read."""

    pair: Pair
    spec: Spec
    snapshot: Snapshot
    url: str


@pytest.fixture(scope="module", params=PAIRS)
def case(request: pytest.FixtureRequest, tenants: Tenants, scratch: ScratchServer) -> Case:
    """Make one pair: the declaration compiled, the tenant read."""
    pair = PAIRS[request.param]
    url = tenants.create(pair.observed)
    source = SpecSource(declarations=(Declaration(pair.desired, Origin("desired.sql", 1)),))
    spec = asyncio.run(compile_spec(scratch, source, pair.profile, namespace="{tenant}" if pair.namespace else ""))
    read = tenants.snapshot(url, profile=pair.profile, namespace=pair.namespace)
    return Case(pair, spec, pair.read(read), url)


@pytest.fixture(scope="module")
def checked(case: Case, scratch: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """What `fleetdrift check` finds, in its own process."""
    config = tmp_path_factory.mktemp("fleet") / "fleetdrift.toml"
    config.write_text(CONFIGURATION)
    settings = load_settings(config, {})
    settings = msgspec.structs.replace(settings, file=msgspec.structs.replace(settings.file, compare=case.pair.profile))
    fleet = LocalFleet(settings, scratch)
    return asyncio.run(fleet.analyse(case.spec, {"f": case.snapshot}, CONTRACTS))["f"]


@pytest.fixture(scope="module")
def pool(postgres: EmbeddedPostgres, redis_server: EmbeddedRedis) -> Iterator[PoolProcess]:
    """A pool process of a worker, as it is after the fork."""
    fleets = (WorkedFleet(f"doors-{secrets.token_hex(4)}"),)
    settings = WorkerSettings(fleets=fleets, redis_url=Secret(redis_server.url), hosts=())
    process = PoolProcess(settings, _observe_nobody, Secret(postgres.dsn()))
    yield process
    process.run(process.redis.aclose(close_connection_pool=True), TimeoutError)
    process.close()
    process._loop.close()


@pytest.fixture(scope="module")
def worker(pool: PoolProcess) -> Child:
    """It, as far as it works for its only fleet."""
    return next(iter(pool.children.values()))


async def _observe_nobody(*_: object, **__: object) -> Observation:
    raise AssertionError("an analysis reads no tenant")


@pytest.fixture
def compared(scratch: ScratchServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, Profile], Comparison]:
    """`fleetdrift diff`, with the scratch server that runs already."""

    @contextlib.asynccontextmanager
    async def running(_dsn: object, **_: object) -> AsyncIterator[ScratchServer]:
        yield scratch

    monkeypatch.setattr(sources, "scratch_server", running)
    return lambda desired, observed, profile: asyncio.run(
        compare_sources(desired, observed, profile, destructive=False)
    )


def verdict_of(analysis: Analysis | Comparison) -> str:
    assert not analysis.unverified
    return DRIFTED if analysis.diff else IN_SYNC


def unguarded(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, guards=())


def test_check_finds_what_is_expected(case: Case, checked: Analysis) -> None:
    assert verdict_of(checked) == case.pair.verdict
    assert tuple(f"{each.identity.kind} {each.identity.name}" for each in checked.diff.changes) == case.pair.changes
    tried = ProofStatus.UNPROVEN if case.pair.alien else ProofStatus.PROVEN
    proofs = {IN_SYNC: ProofStatus.NOT_ATTEMPTED, DRIFTED: tried}
    assert checked.plan.proof.status is proofs[case.pair.verdict]
    if case.pair.alien:
        assert checked.plan.proof.reason.startswith("all but the statements about what cannot be tried were proven: ")
    assert len(checked.plan.guards) == bool(checked.plan.statements)


def test_a_worker_answers_what_check_does(
    case: Case, checked: Analysis, pool: PoolProcess, worker: Child, redis_server: EmbeddedRedis
) -> None:
    request = AnalysisRequest(spec=case.spec, snapshot=case.snapshot, contracts=CONTRACTS, profile=case.pair.profile)
    run = secrets.token_hex(4)
    blobs = {
        "spec": pack(SPEC, case.spec),
        "snapshot": pack(SNAPSHOT, case.snapshot),
        "contracts": pack(formats.CONTRACTS, CONTRACTS),
    }
    with Redis.from_url(redis_server.url) as redis:
        names = {
            "spec": name_of(SPEC, case.spec),
            "snapshot": snapshot_name(case.snapshot),
            "contracts": name_of(formats.CONTRACTS, CONTRACTS),
        }
        redis.mset(
            {worker.keys.blob(names[name]): sign_blob(worker.keys, names[name], blob) for name, blob in blobs.items()}
        )
        redis.xadd(worker.keys.answers(run, 1), {"open": 1})
        job = ShapeJob(
            run=run, epoch=1, batch="b", attempt=1, analysis=request.id, profile=case.pair.profile,
            spec=names["spec"], snapshot=names["snapshot"], contracts=names["contracts"],
        )  # fmt: skip
        pool.run(run_shape_job(worker, job), TimeoutError)
        answer = redis.get(worker.keys.blob(request.id))
    assert isinstance(answer, bytes)
    signed = verify_blob(worker.keys, request.id, answer)
    blob = worker.keys.ring.verify(Purpose.ANALYSIS, (request.id,), signed)
    assert unpack(ANALYSIS, blob, Analysis) == checked


def test_a_worker_whose_scratch_server_has_another_major_says_so_and_keeps_no_analysis(
    pool: PoolProcess, worker: Child, redis_server: EmbeddedRedis
) -> None:
    """Its server spells schemas otherwise than the one that compiled the declaration: all would be drift."""
    snapshot = Snapshot(schema=Schema(), server_version=180000, fingerprint="f")
    spec = Spec(snapshot=msgspec.structs.replace(snapshot, server_version=150004), source=SpecSource(declarations=()))
    request = AnalysisRequest(spec=spec, snapshot=snapshot)
    parts = {"spec": (SPEC, spec), "snapshot": (SNAPSHOT, snapshot), "contracts": (formats.CONTRACTS, ())}
    run = secrets.token_hex(4)
    with Redis.from_url(redis_server.url) as redis:
        names = {name: name_of(form, value) for name, (form, value) in parts.items()}
        names["snapshot"] = snapshot_name(snapshot)
        for name, (form, value) in parts.items():
            redis.set(worker.keys.blob(names[name]), sign_blob(worker.keys, names[name], pack(form, value)))
        redis.xadd(worker.keys.answers(run, 1), {"open": 1})
        job = ShapeJob(
            run=run, epoch=1, batch="b", attempt=1, analysis=request.id,
            spec=names["spec"], snapshot=names["snapshot"], contracts=names["contracts"],
        )  # fmt: skip
        pool.run(run_shape_job(worker, job), TimeoutError)
        assert redis.get(worker.keys.blob(request.id)) is None
        answers = b"".join(
            value for _, fields in redis.xrange(worker.keys.answers(run, 1)) for value in fields.values()
        )
    assert OTHER_SCRATCH.format(compiled_by=15, own=18).encode() in answers


def test_a_worker_that_would_make_another_analysis_says_so_and_keeps_none(
    pool: PoolProcess, worker: Child, redis_server: EmbeddedRedis
) -> None:
    """As a worker of another release does: the coordinator's id is not what its own code gives."""
    snapshot = Snapshot(schema=Schema(), server_version=180000, fingerprint="f")
    spec = Spec(snapshot=snapshot, source=SpecSource(declarations=()))
    run = secrets.token_hex(4)
    blobs = {
        "spec": pack(SPEC, spec), "snapshot": pack(SNAPSHOT, snapshot), "contracts": pack(formats.CONTRACTS, ())
    }  # fmt: skip
    with Redis.from_url(redis_server.url) as redis:
        names = {
            "spec": name_of(SPEC, spec),
            "snapshot": snapshot_name(snapshot),
            "contracts": name_of(formats.CONTRACTS, ()),
        }
        redis.mset(
            {worker.keys.blob(names[name]): sign_blob(worker.keys, names[name], blob) for name, blob in blobs.items()}
        )
        redis.xadd(worker.keys.answers(run, 1), {"open": 1})
        job = ShapeJob(
            run=run,
            epoch=1,
            batch="b",
            attempt=1,
            analysis="0" * 64,
            profile=Profile(),
            spec=names["spec"],
            snapshot=names["snapshot"],
            contracts=names["contracts"],
        )
        pool.run(run_shape_job(worker, job), TimeoutError)
        assert redis.get(worker.keys.blob("0" * 64)) is None
        answers = b"".join(fields.get(b"a", b"") for _, fields in redis.xrange(worker.keys.answers(run, 1)))
    assert OTHER_RELEASE.encode() in answers


def test_diff_of_a_declaration_and_a_saved_snapshot_says_what_check_does(
    case: Case, checked: Analysis, compared: Callable[[str, str, Profile], Comparison], tmp_path: Path
) -> None:
    desired, observed = tmp_path / "desired.sql", tmp_path / "observed.json"
    desired.write_text(case.pair.desired)
    if case.pair.namespace:  # the command line knows no namespaces, but a saved snapshot may be of one
        desired = tmp_path / "desired.json"
        desired.write_bytes(canonical_json(case.spec.snapshot))
    observed.write_bytes(canonical_json(case.snapshot))
    found = compared(str(desired), str(observed), case.pair.profile)
    assert found.diff == checked.diff
    assert found.plan == unguarded(checked.plan)
    assert found.unverified == checked.unverified


def test_diff_of_a_declaration_and_a_database_says_what_check_does(
    case: Case, checked: Analysis, compared: Callable[[str, str, Profile], Comparison], tmp_path: Path
) -> None:
    if case.pair.namespace or case.pair.alien:
        return  # a whole database is something else than these snapshots
    desired = tmp_path / "desired.sql"
    desired.write_text(case.pair.desired)
    found = compared(str(desired), case.url, case.pair.profile)
    assert (found.diff, found.plan, found.unverified) == (checked.diff, checked.plan, "")


def test_apply_knows_the_tenant_that_check_has_planned_for(
    case: Case, checked: Analysis, scratch: ScratchServer
) -> None:
    if case.pair.verdict != DRIFTED or case.pair.unwanted or case.pair.alien:
        cannot_be_tried = checked.plan.proof.reason if case.pair.alien else ""
        reason = cannot_be_tried or ("it was not tried" if case.pair.verdict == IN_SYNC else "destructive")
        with pytest.raises(ApplyRefusedError, match=re.escape(reason)):
            admit(checked.plan, Permissions())
        return
    rehearsal = Rehearsal(admit(checked.plan, Permissions(destructive=True)), scratch, case.pair.profile)

    async def rehearse() -> bool:
        base = await rehearsal.base_in(case.snapshot)
        assert base is not None
        assert await rehearsal.state_of(case.snapshot) == Ready(0)
        return await rehearsal.play(base)

    assert asyncio.run(rehearse())


def test_fingerprint_names_the_shape_that_check_names(
    case: Case, checked: Analysis, compared: Callable[..., Comparison], tmp_path: Path
) -> None:
    if checked.left_out or FLYWAY in case.pair.desired or case.pair.namespace:
        return  # the declaration decides what is left out, and what a namespace stands on: here is none
    observed = tmp_path / "observed.json"
    observed.write_bytes(canonical_json(case.snapshot))
    shape, _ = asyncio.run(sources.shape_of_source(str(observed), case.pair.profile))
    assert shape.hash == checked.shape
    assert bool(shape.unverified) == bool(case.pair.alien)


def test_a_declaration_that_no_scratch_server_can_make_ends_every_door_with_its_line(
    compared: Callable[[str, str, Profile], Comparison], scratch: ScratchServer, tmp_path: Path
) -> None:
    desired, observed = tmp_path / "desired.sql", tmp_path / "observed.sql"
    desired.write_text("CREATE TABLE t (a int);\nCREATE EXTENSION no_such_extension;\n")
    observed.write_text("CREATE TABLE t (a int);")
    with pytest.raises(SpecError) as by_diff:
        compared(str(desired), str(observed), Profile())
    (tmp_path / "fleetdrift.toml").write_text(CONFIGURATION)
    settings = load_settings(tmp_path / "fleetdrift.toml", {})
    with pytest.raises(SpecError) as by_check:
        asyncio.run(run_scan(settings, scratch, LocalFleet(settings, scratch), lambda _: None))
    assert str(by_diff.value) == str(by_check.value)
    assert str(by_diff.value).startswith("desired.sql:2: ")


def test_a_desired_snapshot_that_cannot_be_rebuilt_is_named_with_its_reason(
    compared: Callable[[str, str, Profile], Comparison], tmp_path: Path
) -> None:
    schema = Schema.of(
        [Extension(name="no_such_extension", version="1", installed_in="public"), Namespace(name="public")]
    )
    desired = tmp_path / "desired.json"
    desired.write_bytes(canonical_json(Snapshot(schema=schema, server_version=180000, fingerprint="f")))
    (tmp_path / "observed.sql").write_text("CREATE TABLE t (a int);")
    found = compared(str(desired), str(tmp_path / "observed.sql"), Profile())
    assert [each.identity.name for each in found.diff.changes] == ["a", "no_such_extension", "t"]
    assert "extension no_such_extension cannot be rebuilt" in found.plan.proof.reason
    assert not compared(str(desired), str(desired), Profile()).diff  # equal as they were read: nothing to rebuild
