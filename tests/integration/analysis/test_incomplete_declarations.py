"""What an incomplete declaration may declare is never drift, never dropped and never green."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.analysis.analysis import Analysis
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.diff.changes import Missing, Unexpected, Unverified
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_known, compile_spec
from shared.postgres.scratch.compile_known import anything
from shared.postgres.scratch.database import ScratchDatabase
from shared.remediation.plan import ProofStatus
from shared.schema.identity import QualifiedName
from shared.schema.profile import Profile
from shared.schema.relations import Constraint, Trigger
from shared.schema.schema import Carrier, Coverage, Declaration, MayDeclare, Origin, Spec, SpecSource

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
DECLARED = ("CREATE TABLE a (id int)", "CREATE INDEX ai ON a (id)")
OBSERVED = ("CREATE TABLE a (id int)", "CREATE TABLE b (id int PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM b")


def source(*statements: str, may: MayDeclare | None = None) -> SpecSource:
    carrier = Carrier(
        address="terraform_data.b",
        origin=Origin("main.tf", 8),
        coverage=Coverage.UNREAD,
        reason="what it runs is not known",
        may=may or MayDeclare(),
    )
    return SpecSource(
        declarations=tuple(Declaration(sql, Origin("a.sql", i)) for i, sql in enumerate(statements, start=1)),
        carriers=(carrier,) if may is not None else (),
    )


def analysed(postgres: EmbeddedPostgres, may: MayDeclare | None) -> Analysis:
    async def run() -> Analysis:
        scratch = ScratchServer(postgres.dsn())
        spec = await compile_spec(scratch, source(*DECLARED, may=may), Profile())
        observed = await compile_spec(scratch, source(*OBSERVED), Profile())
        return await analyse(scratch, AnalysisRequest(spec=spec, snapshot=observed.snapshot, destructive=True))

    return asyncio.run(run())


def test_what_may_be_declared_is_unverified_and_what_is_declared_and_missing_is_drift(
    postgres: EmbeddedPostgres,
) -> None:
    found = analysed(postgres, MayDeclare())
    kinds = {str(change.identity): type(change) for change in found.diff.changes}
    assert kinds["index public.ai"] is Missing
    assert Unexpected not in kinds.values()
    assert kinds["table public.b"] is Unverified
    (told,) = [change.reason for change in found.diff.changes if str(change.identity) == "table public.b"]
    assert told == "may be declared by main.tf:8, which could not be read"


def test_a_plan_leaves_alone_what_may_be_declared_and_is_proven(postgres: EmbeddedPostgres) -> None:
    plan = analysed(postgres, MayDeclare()).plan
    assert [statement.sql.split(" ON ")[0] for statement in plan.statements] == ['CREATE INDEX CONCURRENTLY "ai"']
    assert plan.proof.status is ProofStatus.PROVEN


def test_what_only_another_object_may_be_is_still_unexpected(postgres: EmbeddedPostgres) -> None:
    found = analysed(postgres, MayDeclare(objects=(QualifiedName("", "v"),)))
    kinds = {str(change.identity): type(change) for change in found.diff.changes}
    assert kinds["table public.b"] is Unexpected
    assert kinds["view public.v"] is Unverified


@pytest.mark.parametrize(
    ("may", "open_"),
    [
        (MayDeclare(kinds=("role",)), False),
        (MayDeclare(kinds=("view",)), True),
        (MayDeclare(namespaces=("other",)), False),
    ],
)
def test_a_carrier_hides_only_what_it_may_declare(may: MayDeclare, open_: bool, postgres: EmbeddedPostgres) -> None:
    kinds = {str(change.identity): type(change) for change in analysed(postgres, may).diff.changes}
    assert kinds["view public.v"] is (Unverified if open_ else Unexpected)
    assert kinds["table public.b"] is Unexpected


def test_a_statement_that_needs_what_was_not_read_is_not_read_either(postgres: EmbeddedPostgres) -> None:
    async def run() -> tuple[str, ...]:
        declared = source("CREATE TABLE a (id int)", "CREATE INDEX bi ON b (id)", may=MayDeclare())
        spec = await compile_known(ScratchServer(postgres.dsn()), declared, Profile())
        return tuple(carrier.reason for carrier in spec.source.unread)

    assert asyncio.run(run()) == ('PostgreSQL refuses it: relation "b" does not exist', "what it runs is not known")


class CountingServer(ScratchServer):
    """A scratch server that counts the databases it makes."""

    made = 0

    @asynccontextmanager
    async def database(self) -> AsyncIterator[ScratchDatabase]:
        self.made += 1
        async with super().database() as database:
            yield database


def compiled_with_losses(postgres: EmbeddedPostgres, *statements: str) -> tuple[int, Spec]:
    server = CountingServer(postgres.dsn())
    spec = asyncio.run(compile_known(server, source(*statements), Profile(), excuse=anything))
    return server.made, spec


def test_refused_statements_are_left_out_in_one_compilation(postgres: EmbeddedPostgres) -> None:
    whole, _ = compiled_with_losses(postgres, *DECLARED)
    refused = [f"CREATE INDEX b{n} ON b (id)" for n in range(20)]
    made, spec = compiled_with_losses(postgres, DECLARED[0], *refused, DECLARED[1])
    assert made == whole
    assert [str(item.identity) for item in spec.schema if item.kind == "index"] == ["index public.ai"]
    assert len(spec.source.unread) == len(refused)


@pytest.mark.parametrize(("last", "enforced"), [("DISABLE", False), ("ENABLE", True)])
def test_all_triggers_of_a_table_can_be_turned_off_and_on(
    last: str, enforced: bool, postgres: EmbeddedPostgres
) -> None:
    spec = asyncio.run(
        compile_spec(
            ScratchServer(postgres.dsn()),
            source(
                "CREATE TABLE a (id int PRIMARY KEY)",
                "CREATE TABLE b (id int CONSTRAINT b_a REFERENCES a)",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER t BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION f()",
                "ALTER TABLE b DISABLE TRIGGER ALL",
                f"ALTER TABLE b {last} TRIGGER ALL",
            ),
            Profile(),
        )
    )
    found = {item.name: item for item in spec.schema if isinstance(item, Trigger | Constraint)}
    key, trigger = found["b_a"], found["t"]
    assert isinstance(key, Constraint)
    assert isinstance(trigger, Trigger)
    assert (key.enforced, trigger.enabled == "origin") == (enforced, enforced)


def test_what_is_changed_in_a_catalog_is_not_known(postgres: EmbeddedPostgres) -> None:
    change = "UPDATE pg_index SET indisready = false WHERE indrelid = 'a'::regclass"
    spec = asyncio.run(compile_known(ScratchServer(postgres.dsn()), source(*DECLARED, change), Profile()))
    (carrier,) = spec.source.unread
    assert (carrier.origin.line, carrier.may.kinds) == (3, ("index",))
    assert carrier.reason == "the scratch server refuses it: permission denied for table pg_index"


def test_a_refused_statement_that_leaves_something_behind_is_compiled_without(postgres: EmbeddedPostgres) -> None:
    rows = "INSERT INTO a VALUES (1), (1)"
    _, spec = compiled_with_losses(postgres, DECLARED[0], rows, "CREATE UNIQUE INDEX CONCURRENTLY twice ON a (id)")
    assert [str(item.identity) for item in spec.schema if item.kind == "index"] == []
    assert [carrier.origin.line for carrier in spec.source.unread] == [3]


def test_diff_says_what_was_not_read_and_exits_with_3(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE a (id int);")
    command = 'resource "terraform_data" "%s" {\n  provisioner "local-exec" {\n    command = "%s"\n  }\n}\n'
    (tmp_path / "infra").mkdir()
    main = command % ("a", "psql -f ../a.sql") + command % ("b", "python3 ../migrate.py")
    (tmp_path / "infra" / "main.tf").write_text(main)
    (tmp_path / "observed.sql").write_text("CREATE TABLE a (id int);\nCREATE TABLE b (id int);\n")
    done = subprocess.run(
        [FLEETDRIFT, "diff", "infra", "observed.sql", "--all", "--output", "sql"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    assert done.returncode == 3
    assert "DROP TABLE" not in done.stdout
    assert done.stderr == ("fleetdrift: main.tf:8: terraform_data.b: not read: the program ../migrate.py is not here\n")


WANTED = ("CREATE TABLE t (id int, n int DEFAULT 1)", "CREATE INDEX ti ON t (id)", "CREATE VIEW w AS SELECT 1 AS one")
ALTERED = (
    "CREATE TABLE t (extra text, id bigint, n int DEFAULT 2, CHECK (n > 0))",
    "CREATE INDEX tx ON t (extra)",
    "CREATE VIEW w AS SELECT 2 AS one",
)


def altered(postgres: EmbeddedPostgres, may: MayDeclare) -> tuple[Analysis, dict[str, str]]:
    """Analyse what an unread place may have altered, and give what is said of each object."""

    async def run() -> Analysis:
        scratch = ScratchServer(postgres.dsn())
        spec = await compile_spec(scratch, source(*WANTED, may=may), Profile())
        observed = await compile_spec(scratch, source(*ALTERED), Profile())
        return await analyse(scratch, AnalysisRequest(spec=spec, snapshot=observed.snapshot, destructive=True))

    found = asyncio.run(run())
    return found, {
        str(change.identity): change.reason if isinstance(change, Unverified) else type(change).__name__
        for change in found.diff.changes
    }


def test_what_an_unread_place_may_have_added_or_altered_is_unverified(postgres: EmbeddedPostgres) -> None:
    found, said = altered(postgres, MayDeclare())
    declared, changed = (f"may be {what} by main.tf:8, which could not be read" for what in ("declared", "altered"))
    assert said == {
        "column public.t.extra": declared,
        "column public.t.id": changed,
        "column public.t.n": changed,
        "constraint public.t.t_n_check": declared,
        "index public.ti": "Missing",
        "index public.tx": declared,
        "view public.w": changed,
    }
    assert [statement.sql.split(" ON ")[0] for statement in found.plan.statements] == ['CREATE INDEX CONCURRENTLY "ti"']
    assert found.plan.proof.status is ProofStatus.PROVEN


def test_a_statement_about_one_table_leaves_others_open_to_nothing(postgres: EmbeddedPostgres) -> None:
    _, said = altered(postgres, MayDeclare(objects=(QualifiedName("", "t"),)))
    assert said["view public.w"] == "Altered"
    assert said["column public.t.id"] == "may be altered by main.tf:8, which could not be read"


def test_what_only_makes_new_objects_alters_none(postgres: EmbeddedPostgres) -> None:
    _, said = altered(postgres, MayDeclare(kinds=("table",), only_new=True))
    assert said["column public.t.id"] == "Altered"


def test_what_stays_keeps_what_it_needs_though_nobody_declared_it(postgres: EmbeddedPostgres) -> None:
    found, said = altered(postgres, MayDeclare(kinds=("index",)))
    assert said["index public.tx"] == "may be declared by main.tf:8, which could not be read"
    assert (said["column public.t.extra"], said["column public.t.id"]) == ("Unexpected", "Altered")
    assert found.plan.proof.status is ProofStatus.PROVEN
    assert not any('DROP COLUMN "extra"' in statement.sql for statement in found.plan.statements)
    left = [each.reason for each in found.plan.remaining if str(each.identity) == "column public.t.extra"]
    assert left == ["index public.tx needs it, which may be declared where nothing could be read"]
