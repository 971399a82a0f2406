"""`fleetdrift apply` from a saved plan to tenants that are in sync: canary, waves, stop, guard, resume."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from coordinator.apply.admission import ApplyRefusedError, Permissions
from coordinator.apply.execute import ApplyOptions, UserIO, execute
from coordinator.apply.outcome import Outcome, OutcomeKind
from coordinator.report.model import DriftGroup
from coordinator.settings.load import load_settings
from shared.analysis.pipeline import analyse
from shared.analysis.proof import prove
from shared.analysis.request import AnalysisRequest, SpeltBy
from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.formats import REPORT, encode_json
from shared.hosts import Host
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.scratch import ScratchServer, compile_spec, spell
from shared.remediation.plan import Plan, Proof, ProofStatus
from shared.remediation.planner import plan_remediation
from shared.schema.canonical import schema_hash
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Spec, SpecSource
from tests.integration.apply.conftest import PASSWORD, Open

pytestmark = pytest.mark.anyio

DESIRED = """
CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL DEFAULT 'x', place int);
CREATE UNIQUE INDEX by_place ON orders (place);
CREATE TABLE items (id int PRIMARY KEY, "order" int REFERENCES orders);
"""
OBSERVED = """
CREATE TABLE orders (id int PRIMARY KEY, note text DEFAULT 'x', place int, CONSTRAINT odd CHECK (place > 0));
CREATE TABLE items (id int PRIMARY KEY, "order" int);
INSERT INTO orders VALUES (1, 'a', 1), (2, 'b', 2);
"""
WITH_ODD = DESIRED + "ALTER TABLE orders ADD CONSTRAINT odd CHECK (place > 0)"
_PLANS: dict[str, Plan] = {}


class Tenants:
    """A fleet of databases with one schema, its configuration, and a report with the plan for it."""

    def __init__(self, folder: Path, host: Host, postgres: EmbeddedPostgres) -> None:
        self.folder = folder
        self.connections: dict[str, asyncpg.Connection] = {}
        self.places: dict[str, str] = {}
        self.said: list[str] = []
        self.namespaced = False
        self._host = host
        self.scratch = ScratchServer(postgres.dsn())

    async def report(self, *, desired: str = DESIRED) -> Plan:
        """Plan for the first tenant, prove it, and save a report with one group of all tenants."""
        if desired not in _PLANS:  # every test begins with the same tenants
            _PLANS[desired] = await self._plan(desired)
        self.save(_PLANS[desired])
        return _PLANS[desired]

    async def namespaced_plan(self, desired: str) -> Plan:
        self.namespaced = True
        return await self._plan(desired, next(iter(self.connections)), "{tenant}")

    async def _plan(self, desired: str, observed_namespace: str = "", namespace: str = "") -> Plan:
        profile = Profile()
        source = SpecSource(declarations=(Declaration(desired, Origin("spec.sql", 1)),))
        spec = await compile_spec(self.scratch, source, profile, namespace)
        read = await read_snapshot(next(iter(self.connections.values())), namespace=observed_namespace)
        observed = (await spell(self.scratch, read, profile)).snapshot
        diff = diff_schemas(spec.schema, observed.schema)
        plan = plan_remediation(spec.snapshot, observed, diff, destructive=False)
        return plan.with_proof((await prove(self.scratch, spec.snapshot, observed, plan, profile)).proof)

    def save(self, plan: Plan) -> None:
        group = DriftGroup(id="0123456789abcdef", tenants=tuple(sorted(self.connections)), shape="s", plan=plan)
        (self.folder / "report.json").write_bytes(encode_json(REPORT, {"report": {"groups": [group]}}))

    async def apply(self, *tenants: str, execute_it: bool = True, yes: bool = True, **options) -> dict[str, Outcome]:
        settings = load_settings(self.config(), {"CHANGER": PASSWORD})
        self.said.clear()
        done = await execute(
            settings,
            ApplyOptions(
                plan=self.folder / "report.json",
                tenants=tenants,
                whole_group=not tenants,
                execute=execute_it,
                **options,
            ),
            UserIO(say=self.said.append, confirm=lambda _: yes),
        )
        assert PASSWORD not in "\n".join(self.said)
        return {outcome.tenant: outcome for outcome in done}

    def config(self) -> Path:
        fleet = "".join(
            f"[[fleet.tenants]]\ntenant = '{name}'\ndatabase = '{place}'\n"
            + (f"namespace = '{name}'\n" if self.namespaced else "")
            for name, place in self.places.items()
        )
        path = self.folder / "fleetdrift.toml"
        path.write_text(
            f'{fleet}[hosts.main]\naddress = "{self._host.address}"\nport = {self._host.port}\nuser = "reader"\n'
            f'[apply]\nwaves = [1, 2]\nlock_tries = 3\nlock_pause = 0.05\nconcurrency = 2\n'
            f'[apply.hosts.main]\nuser = "changer"\npassword = {{ env = "CHANGER" }}\n'
            f'[spec]\nsource = "spec.sql"\n'
        )  # fmt: skip
        return path

    async def shape(self, name: str) -> str:
        snapshot = await read_snapshot(self.connections[name])
        return schema_hash((await spell(self.scratch, snapshot, Profile())).snapshot.schema)


async def until(connection: asyncpg.Connection, condition: str) -> None:
    async with asyncio.timeout(30):
        while not await connection.fetchval(condition):  # noqa: ASYNC110  # the server cannot tell us
            await asyncio.sleep(0.01)


@pytest.fixture
async def tenants(
    database: Open, tmp_path: Path, host: Host, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> Tenants:
    monkeypatch.setenv("CHANGER", PASSWORD)

    @contextlib.asynccontextmanager
    async def ours(*_: object, **__: object) -> AsyncIterator[ScratchServer]:
        yield ScratchServer(postgres.dsn())

    monkeypatch.setattr("coordinator.apply.execute.scratch_server", ours)
    fleet = Tenants(tmp_path, host, postgres)
    for name in ("a", "b", "c"):
        fleet.connections[name] = await database(OBSERVED)
        fleet.places[name] = await fleet.connections[name].fetchval("SELECT current_database()")
    return fleet


async def test_a_dry_run_says_exactly_what_would_run_and_changes_nothing(tenants: Tenants):
    plan = await tenants.report()
    before = await tenants.shape("a")
    outcomes = await tenants.apply(execute_it=False)
    assert {outcome.kind for outcome in outcomes.values()} == {OutcomeKind.UNTOUCHED}
    said = "\n".join(tenants.said)
    for statement in plan.statements:
        assert statement.sql in said
    assert "  a: runs stages 1 to " in said
    assert "the canary is a" in said
    assert await tenants.shape("a") == before
    assert not list(tenants.folder.glob("*.jsonl"))


async def test_every_tenant_of_the_group_is_brought_to_the_declared_schema(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    outcomes = await tenants.apply()
    assert {outcome.kind for outcome in outcomes.values()} == {OutcomeKind.DONE}
    for name in "abc":
        assert await tenants.shape(name) == plan.desired
        assert await tenants.connections[name].fetchval("SELECT count(*) FROM orders") == 2
    again = await tenants.apply()
    assert {outcome.kind for outcome in again.values()} == {OutcomeKind.DONE_BEFORE}


async def test_destructive_statements_stay_out_unless_they_are_asked_for(tenants: Tenants):
    plan = await tenants.report()
    assert any(statement.destructive for statement in plan.statements)
    assert (await tenants.apply("a"))["a"].kind is OutcomeKind.DONE
    assert await tenants.shape("a") != plan.desired
    odd = "SELECT count(*) FROM pg_constraint WHERE conname = 'odd'"
    assert await tenants.connections["a"].fetchval(odd) == 1
    assert (await tenants.apply("b", permissions=Permissions(destructive=True)))["b"].kind is OutcomeKind.DONE
    assert await tenants.shape("b") == plan.desired


async def test_a_failing_canary_stops_the_run_and_leaves_the_rest_untouched(tenants: Tenants):
    await tenants.report(desired=WITH_ODD)
    await tenants.connections["a"].execute("INSERT INTO orders VALUES (3, 'c', 2)")
    before = await tenants.shape("b")
    outcomes = await tenants.apply()
    assert [outcomes[name].kind for name in "abc"] == [
        OutcomeKind.FAILED,
        OutcomeKind.UNTOUCHED,
        OutcomeKind.UNTOUCHED,
    ]
    assert "could not create unique index" in outcomes["a"].message
    assert await tenants.shape("b") == before
    invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    assert await tenants.connections["a"].fetchval(invalid) == 0


async def test_a_run_that_failed_half_way_is_taken_up_where_it_stopped(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    a = tenants.connections["a"]
    await a.execute("INSERT INTO orders VALUES (3, 'c', 2)")
    assert (await tenants.apply("a"))["a"].kind is OutcomeKind.FAILED
    assert await tenants.shape("a") not in (plan.observed, plan.desired)
    await a.execute("DELETE FROM orders WHERE id = 3")
    assert (await tenants.apply("a"))["a"].kind is OutcomeKind.DONE
    assert "(an earlier run came this far)" in "\n".join(tenants.said)
    assert await tenants.shape("a") == plan.desired


async def test_a_half_way_tenant_is_recognised_without_its_progress_file(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    a = tenants.connections["a"]
    await a.execute("INSERT INTO orders VALUES (3, 'c', 2)")
    await tenants.apply("a")
    await a.execute("DELETE FROM orders WHERE id = 3")
    for path in tenants.folder.glob("*.jsonl"):
        path.unlink()
    outcomes = await tenants.apply("b", "a")
    assert [outcomes[name].kind for name in "ba"] == [OutcomeKind.DONE, OutcomeKind.DONE]
    assert await tenants.shape("a") == plan.desired


async def test_the_invalid_index_of_a_run_that_was_killed_is_dropped_first(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    a = tenants.connections["a"]
    index = next(s.sql for s in plan.statements if not s.transactional)
    before = [s.sql for s in plan.statements[: [s.sql for s in plan.statements].index(index)]]
    await a.execute("SET SESSION AUTHORIZATION changer")
    for sql in (*before, index):
        await a.execute(sql)
    await a.execute("RESET SESSION AUTHORIZATION")
    await a.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_place'::regclass")
    outcomes = await tenants.apply("b", "a")
    assert [outcomes[name].kind for name in "ba"] == [OutcomeKind.DONE, OutcomeKind.DONE]
    assert "first drops the invalid index public.by_place" in "\n".join(tenants.said)
    assert await tenants.shape("a") == plan.desired


async def test_a_tenant_that_somebody_else_changed_is_refused_and_the_others_are_done(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    await tenants.connections["b"].execute("CREATE TABLE surprise (a int)")
    outcomes = await tenants.apply()
    assert [outcomes[name].kind for name in "abc"] == [OutcomeKind.DONE, OutcomeKind.REFUSED, OutcomeKind.DONE]
    assert outcomes["b"].message == "has changed since the plan was made: scan it again"
    assert await tenants.shape("c") == plan.desired
    assert await tenants.connections["b"].fetchval("SELECT to_regclass('by_place') IS NULL")


async def test_a_tenant_that_cannot_be_reached_does_not_stop_the_others(tenants: Tenants):
    await tenants.report(desired=WITH_ODD)
    name = tenants.places["b"]
    await tenants.connections["b"].execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC, changer")
    await tenants.connections["b"].execute(f"ALTER DATABASE {name} OWNER TO postgres")
    outcomes = await tenants.apply()
    assert [outcomes[name].kind for name in "abc"] == [OutcomeKind.DONE, OutcomeKind.NOT_REACHED, OutcomeKind.DONE]
    assert "permission denied for database" in outcomes["b"].message


async def test_a_lock_is_waited_for_by_trying_again(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    quick = tuple(msgspec.structs.replace(s, lock_timeout_ms=200) for s in plan.statements)
    tenants.save(msgspec.structs.replace(plan, statements=quick))
    a = tenants.connections["a"]
    await a.execute("BEGIN; LOCK TABLE orders IN SHARE MODE")
    work = asyncio.create_task(tenants.apply("a"))
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass"
    await until(a, f"SELECT ({waiting}) > 0")
    await until(a, f"SELECT ({waiting}) = 0")  # its first try is over
    await a.execute("ROLLBACK")
    assert (await work)["a"].kind is OutcomeKind.DONE


async def test_a_lock_that_never_comes_is_a_failure_in_the_end(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    quick = tuple(msgspec.structs.replace(s, lock_timeout_ms=20) for s in plan.statements)
    tenants.save(msgspec.structs.replace(plan, statements=quick))
    before = await tenants.shape("a")
    async with tenants.connections["a"].transaction():
        await tenants.connections["a"].execute("LOCK TABLE orders, items IN ACCESS SHARE MODE")
        outcomes = await tenants.apply("a")
    assert outcomes["a"].kind is OutcomeKind.FAILED
    assert "canceling statement due to lock timeout (SQLSTATE 55P03)" in outcomes["a"].message
    assert await tenants.shape("a") == before


async def test_a_plan_whose_proof_is_a_lie_is_found_out_on_the_scratch_copy(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    tenants.save(msgspec.structs.replace(plan, statements=plan.statements[:1]))
    with pytest.raises(ApplyRefusedError, match="does not lead to the declared schema"):
        await tenants.apply("a")
    broken = msgspec.structs.replace(plan.statements[0], sql="ALTER TABLE nowhere ADD x int")
    tenants.save(msgspec.structs.replace(plan, statements=(broken,)))
    with pytest.raises(ApplyRefusedError, match='the plan fails on a scratch copy: relation "nowhere" does not exist'):
        await tenants.apply("a")
    assert await tenants.shape("a") == plan.observed


async def test_a_plan_that_leaves_ignored_drift_can_be_insisted_on(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    some = tuple(s for s in plan.statements if s.object.kind == "index")
    tenants.save(msgspec.structs.replace(plan, statements=some, proof=Proof(ProofStatus.NOT_ATTEMPTED, "less of it")))
    with pytest.raises(ApplyRefusedError, match=r"not proven \(less of it\)"):
        await tenants.apply("a")
    done = await tenants.apply("a", permissions=Permissions(unproven=True))
    assert done["a"].kind is OutcomeKind.DONE
    assert "the plan does not lead to the declared schema" in "\n".join(tenants.said)
    assert await tenants.connections["a"].fetchval("SELECT to_regclass('by_place') IS NOT NULL")


async def test_what_is_not_confirmed_does_not_happen(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    assert plan.proof.status is ProofStatus.PROVEN
    with pytest.raises(ApplyRefusedError, match="not confirmed; nothing was changed"):
        await tenants.apply("a", yes=False)
    assert await tenants.shape("a") == plan.observed


async def test_the_version_table_of_a_migration_tool_is_no_part_of_a_plan(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    await tenants.connections["a"].execute("CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY)")
    assert (await tenants.apply("a"))["a"].kind is OutcomeKind.DONE
    assert await tenants.connections["a"].fetchval("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
    assert plan.desired != await tenants.shape("a")


NAMESPACES = """
CREATE SCHEMA one; CREATE TABLE one.t (id serial PRIMARY KEY, note text);
CREATE SCHEMA "T""wo"; CREATE TABLE "T""wo".t (id serial PRIMARY KEY, note text);
"""


async def test_tenants_that_are_namespaces_of_one_database_are_changed_one_by_one(tenants: Tenants, database: Open):
    shared = await database(NAMESPACES)
    place = await shared.fetchval("SELECT current_database()")
    tenants.connections = dict.fromkeys(("one", 'T"wo'), shared)
    tenants.places = dict.fromkeys(tenants.connections, place)
    plan = await tenants.namespaced_plan(
        "CREATE TABLE t (id serial PRIMARY KEY, note text); CREATE INDEX n ON t (note)"
    )
    tenants.save(plan)
    first = await tenants.apply("one")
    assert first["one"].kind is OutcomeKind.DONE
    assert 'CREATE INDEX CONCURRENTLY "n" ON "one".t' in "\n".join(tenants.said)
    assert await shared.fetchval("""SELECT to_regclass('one.n') IS NOT NULL AND to_regclass('"T""wo".n') IS NULL""")
    both = await tenants.apply()
    assert {name: outcome.kind for name, outcome in both.items()} == {
        "one": OutcomeKind.DONE_BEFORE,
        'T"wo': OutcomeKind.DONE,
    }
    assert await shared.fetchval("""SELECT to_regclass('"T""wo".n') IS NOT NULL""")


async def test_an_unknown_tenant_or_credential_is_refused_before_anything_happens(tenants: Tenants):
    plan = await tenants.report(desired=WITH_ODD)
    tenants.save(plan)
    with pytest.raises(ApplyRefusedError, match="the plan was not made for 'z'"):
        await tenants.apply("z")
    config = tenants.config()
    text = config.read_text().replace("[apply.hosts.main]", "[apply.hosts.main]\n#").split("[apply.hosts")[0]
    config.write_text(text + '[spec]\nsource = "spec.sql"\n')
    settings = load_settings(config, {})
    options = ApplyOptions(plan=tenants.folder / "report.json", tenants=("a",))
    with pytest.raises(ApplyRefusedError, match=r"there is no \[apply.hosts.main\]"):
        await execute(settings, options, UserIO(say=tenants.said.append, confirm=lambda _: True))


# An operator class wants a superuser, whom the scratch role is not.
NOT_REBUILT = """
CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int);
CREATE INDEX backwards_index ON orders (place backwards);
"""


async def beside_what_cannot_be_rebuilt(tenants: Tenants, database: Open, beyond: str = NOT_REBUILT) -> None:
    """Give each tenant an operator class, and save the plan that leads to a database that is to be like them."""
    for connection in tenants.connections.values():
        await connection.execute(NOT_REBUILT)
    of_desired = await database(DESIRED)
    await of_desired.execute(beyond)
    wanted = await read_snapshot(of_desired)
    request = AnalysisRequest(
        spec=Spec(snapshot=wanted, source=SpecSource(declarations=())),
        snapshot=await read_snapshot(tenants.connections["a"]),
        desired_spelt_by=SpeltBy.OWN_SERVER,
    )
    tenants.save((await analyse(tenants.scratch, request)).plan)


async def test_what_cannot_be_rebuilt_keeps_nothing_else_from_being_applied(tenants: Tenants, database: Open):
    await beside_what_cannot_be_rebuilt(tenants, database)
    outcomes = await tenants.apply(permissions=Permissions(destructive=True))
    assert {outcome.kind for outcome in outcomes.values()} == {OutcomeKind.DONE}, tenants.said
    again = await tenants.apply(permissions=Permissions(destructive=True))
    assert {outcome.kind for outcome in again.values()} == {OutcomeKind.DONE_BEFORE}


async def test_a_run_that_broke_off_is_taken_up_beside_what_cannot_be_rebuilt(tenants: Tenants, database: Open):
    await beside_what_cannot_be_rebuilt(tenants, database)
    await tenants.connections["b"].execute("INSERT INTO orders VALUES (3, 'c', 1)")
    broken = await tenants.apply("b", permissions=Permissions(destructive=True))
    assert broken["b"].kind is OutcomeKind.FAILED
    await tenants.connections["b"].execute("DELETE FROM orders WHERE id = 3")
    done = await tenants.apply("b", permissions=Permissions(destructive=True))
    assert done["b"].kind is OutcomeKind.DONE, done
    assert "an earlier run came this far" in "\n".join(tenants.said)


async def test_a_plan_about_what_cannot_be_rebuilt_says_what_was_not_tried(tenants: Tenants, database: Open):
    beyond = NOT_REBUILT + "CREATE INDEX on_it ON orders (id backwards)"
    await beside_what_cannot_be_rebuilt(tenants, database, beyond)
    with pytest.raises(ApplyRefusedError, match="about what cannot be tried were proven"):
        await tenants.apply(permissions=Permissions(destructive=True))
    outcomes = await tenants.apply(permissions=Permissions(unproven=True, destructive=True))
    assert {outcome.kind for outcome in outcomes.values()} == {OutcomeKind.DONE}, tenants.said
    assert "cannot be tried on a scratch copy, which lacks index public.backwards_index: " in "\n".join(tenants.said)
