"""The command line's whole way: drift is found, then ignored by pasting a line, or put right by applying the plan."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.apply.conftest import PASSWORD, Open, psql

pytestmark = pytest.mark.anyio

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
DESIRED = """
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE INDEX orders_by_note ON orders (note);
"""
OBSERVED = "CREATE TABLE orders (id int PRIMARY KEY, note text, extra int)"
CONFIG = """
[[fleet.tenants]]
tenant = "acme"
database = "{database}"
[hosts.main]
address = "{address}"
port = {port}
user = "reader"
[spec]
source = "spec.sql"
[scratch]
dsn = "{scratch}"
[report]
directory = "reports"
[apply.hosts.main]
user = "changer"
password = {{ env = "CHANGER" }}
"""


class Folder:
    """A folder as a user has it: the declaration and the configuration of a fleet of one tenant."""

    def __init__(self, path: Path, tenant: asyncpg.Connection) -> None:
        self.path = path
        self.tenant = tenant

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CHANGER": PASSWORD, "COLUMNS": "400"}
        done = subprocess.run(
            [FLEETDRIFT, *arguments], cwd=self.path, env=environment, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        for text in (done.stdout, done.stderr, *(path.read_text() for path in self.path.glob("reports/*"))):
            assert PASSWORD not in text
        return done

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *arguments], cwd=self.path, capture_output=True, text=True, check=False)

    def add(self, lines: str) -> None:
        with (self.path / "fleetdrift.toml").open("a") as file:
            file.write("\n" + lines)


@pytest.fixture
async def folder(database: Open, tmp_path: Path, postgres: EmbeddedPostgres) -> Folder:
    tenant = await database(OBSERVED)
    (tmp_path / "spec.sql").write_text(DESIRED)
    config = CONFIG.format(
        database=await tenant.fetchval("SELECT current_database()"),
        address=postgres.socket_dir,
        port=postgres.port,
        scratch=postgres.dsn(),
    )
    (tmp_path / "fleetdrift.toml").write_text(config)
    return Folder(tmp_path, tenant)


def ignore_lines(text: str) -> str:
    """Take from the terminal what a user would copy: the tables below the sentence that offers them."""
    offered = text.split("paste at the end of fleetdrift.toml:\n", 1)[1]
    block = re.match(r"(?:    .*\n|\n)+", offered)
    assert block is not None
    return textwrap.dedent(block.group())


async def test_pasting_the_printed_lines_turns_the_exit_code_to_zero(folder: Folder):
    found = folder.run("check")
    assert found.returncode == 2, found.stderr
    assert "orders_by_note" in found.stdout
    folder.add(ignore_lines(found.stdout))
    quiet = folder.run("check")
    assert quiet.returncode == 0, quiet.stdout + quiet.stderr
    assert "say why it may differ" in quiet.stdout


async def test_a_rule_that_ended_or_matched_nothing_is_told_and_ignores_nothing(folder: Folder):
    found = folder.run("check")
    lines = re.sub(r"until = .*", "until = 2001-01-01", ignore_lines(found.stdout))
    folder.add(lines + '[[ignore]]\nname = "nobody"\nreason = "r"\nowner = "o"\nuntil = 2100-01-01\n')
    again = folder.run("check")
    assert again.returncode == 2
    assert "ended on 2001-01-01: what it ignored is drift again" in again.stdout
    assert "(r; o) matched nothing" in again.stdout


async def test_applying_the_reported_plan_brings_the_tenant_in_sync(folder: Folder):
    assert folder.run("check").returncode == 2
    plan = ("apply", "reports/report.json", "--all-of-group", "--destructive")
    dry = folder.run(*plan)
    assert dry.returncode == 0, dry.stderr
    assert "Dry run: nothing was changed. --execute applies it." in dry.stdout
    assert "CREATE INDEX CONCURRENTLY" in dry.stdout
    assert await folder.tenant.fetchval("SELECT to_regclass('orders_by_note') IS NULL")
    done = folder.run(*plan, "--execute", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 tenant: 1 done" in done.stdout
    again = folder.run(*plan, "--execute", "--yes")
    assert again.returncode == 0
    assert "1 tenant: 1 done before" in again.stdout
    assert folder.run("check").returncode == 0


async def test_the_reported_plan_is_a_script_that_psql_runs(folder: Folder, postgres: EmbeddedPostgres):
    assert folder.run("check").returncode == 2
    script = folder.run("apply", "reports/report.json", "--script", "--destructive")
    assert script.returncode == 0, script.stderr
    assert "has changed since the plan was made" in script.stdout
    database = await folder.tenant.fetchval("SELECT current_database()")
    done = psql(postgres, postgres.dsn(database), script.stdout)
    assert done.returncode == 0, done.stderr
    assert folder.run("check").returncode == 0


async def test_the_reported_plan_guards_itself_and_asks(folder: Folder):
    assert folder.run("check").returncode == 2
    unasked = folder.run("apply", "reports/report.json", "--tenants", "acme", "--execute")
    assert unasked.returncode == 64
    assert "nobody is here to ask; --yes applies it without asking" in unasked.stderr
    await folder.tenant.execute("CREATE TABLE surprise ()")
    done = folder.run("apply", "reports/report.json", "--tenants", "acme", "--execute", "--yes")
    assert done.returncode == 3
    assert "acme: refused: has changed since the plan was made: scan it again" in done.stdout


async def test_a_wrong_plan_is_one_sentence(folder: Folder):
    done = folder.run("apply", "nowhere.json", "--all-of-group")
    assert done.returncode == 1
    assert done.stderr == "fleetdrift: nowhere.json: cannot be read: No such file or directory\n"


async def test_a_run_that_is_killed_half_way_is_taken_up_again(folder: Folder):
    assert folder.run("check").returncode == 2
    plan = ("apply", "reports/report.json", "--all-of-group", "--destructive", "--execute", "--yes")
    async with folder.tenant.transaction():
        await folder.tenant.execute("LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE")  # CREATE INDEX waits for it
        environment = {**os.environ, "CHANGER": PASSWORD}
        work = await asyncio.create_subprocess_exec(
            FLEETDRIFT, *plan, cwd=folder.path, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        waiting = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass"
        async with asyncio.timeout(60):
            while not await folder.tenant.fetchval(waiting):  # noqa: ASYNC110  # the server cannot tell us
                await asyncio.sleep(0.01)
        work.kill()
        await work.wait()
    done = folder.run(*plan)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_a_drift_group_is_adopted_by_its_id_instead(folder: Folder) -> None:
    report = folder.run("check").stdout
    found = re.search(r"Drift group (\w{8})", report)
    assert found is not None
    assert "To keep it instead: spec.sql declares column" in report
    done = folder.run("adopt", found[1])
    assert done.returncode == 0, done.stderr
    assert '+ALTER TABLE "public"."orders" ADD COLUMN "extra" integer;' in done.stdout
    assert "-CREATE INDEX orders_by_note ON orders (note);" in done.stdout
    (folder.path / "adopt.diff").write_text(done.stdout)
    assert folder.git("init", "--quiet").returncode == 0
    assert folder.git("apply", "adopt.diff").returncode == 0
    assert folder.run("check").returncode == 0


async def test_an_online_plan_is_proven_and_applied_like_any_other(folder: Folder, postgres: EmbeddedPostgres):
    await folder.tenant.execute("INSERT INTO orders (id) SELECT generate_series(1, 1000)")
    (folder.path / "wider.sql").write_text("CREATE TABLE orders (id bigint PRIMARY KEY, note text, extra int)")
    dsn = postgres.dsn(await folder.tenant.fetchval("SELECT current_database()"))
    diff = folder.run("diff", "wider.sql", dsn, "--recipe", "online", "--output", "json")
    assert diff.returncode == 2, diff.stderr
    (folder.path / "plan.json").write_text(diff.stdout)
    done = folder.run("apply", "plan.json", "--tenants", "acme", "--execute", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 tenant: 1 done" in done.stdout
    rows = await folder.tenant.fetchrow("SELECT count(*), pg_typeof(max(id))::text AS type FROM orders")
    assert tuple(rows) == (1000, "bigint")


async def test_the_short_recipe_says_that_there_is_another(folder: Folder):
    (folder.path / "narrow.sql").write_text("CREATE TABLE orders (id int PRIMARY KEY)")
    (folder.path / "wider.sql").write_text("CREATE TABLE orders (id bigint PRIMARY KEY)")
    short = folder.run("diff", "wider.sql", "narrow.sql", "--output", "sql")
    assert "rewrites_table: rewrites" in short.stdout
    assert "--recipe online fills a second column in batches instead" in short.stdout


@pytest.mark.parametrize("way", ["option", "configuration"])
async def test_a_check_makes_online_plans_when_it_is_told_to(folder: Folder, way: str):
    (folder.path / "spec.sql").write_text("CREATE TABLE orders (id bigint PRIMARY KEY, note text, extra int)")
    short = folder.run("check")
    other = "--recipe online fills a second column in batches instead: nobody waits for long"
    assert other in " ".join(short.stdout.split())
    options = ("--recipe", "online") if way == "option" else ()
    if not options:
        folder.add('[scan]\nrecipe = "online"')
    online = folder.run("check", *options)
    assert online.returncode == 2, online.stderr
    other = "--recipe short writes them in one statement, for which everybody waits"
    assert other in " ".join(online.stdout.split())
    done = folder.run("apply", "reports/report.json", "--all-of-group", "--execute", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert folder.run("check").returncode == 0
