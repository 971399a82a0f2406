"""One tenancy rule, one golden case: grade and sentence of each, word for word, as PostgreSQL spells the schema."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.findings.finding import Finding
from shared.findings.tenancy.judge import TENANCY_RULES, TenancyJudge
from shared.postgres.scratch import ScratchServer
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot, Spec, SpecSource
from tests.golden.tenancy.cases import CASES, IN_ORDER, ROLES, TENANCY

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def read(postgres: EmbeddedPostgres) -> Callable[[str], Snapshot]:
    server = ScratchServer(postgres.dsn())

    async def reading(sql: str) -> Snapshot:
        async with server.database() as database:
            await database.run([sql])
            return await database.read(Profile())

    return lambda sql: asyncio.run(reading(sql))


def spec(snapshot: Snapshot) -> Spec:
    return Spec(snapshot=snapshot, source=SpecSource(declarations=()))


def written(findings: tuple[Finding, ...]) -> str:
    return "".join(f"{finding.severity}: {finding.message}\n" for finding in findings)


@pytest.mark.parametrize("rule", sorted(CASES))
def test_the_rule_says_what_it_said_before(rule, read, golden) -> None:
    judge = TenancyJudge(TENANCY, spec(read(IN_ORDER)))
    found = judge.new(read(IN_ORDER + CASES[rule]))

    assert judge.declared == ()
    assert {finding.rule for finding in found} == {rule}
    golden(HERE / f"{rule}.txt", written(found))


def test_what_servers_say_of_roles_is_told_with_the_declaration(read, golden) -> None:
    found = TenancyJudge(TENANCY, spec(read(IN_ORDER)), ROLES)

    assert {finding.rule for finding in found.declared} == {"tenancy-role-unconfined"}
    golden(HERE / "tenancy-role-unconfined.txt", written(found.declared))


@pytest.mark.parametrize("rule", sorted(CASES.keys() - {"tenancy-foreign-key-cardinality"}))
def test_what_the_declaration_earns_is_no_news_in_a_tenant(rule, read) -> None:
    faulty = read(IN_ORDER + CASES[rule])
    judge = TenancyJudge(TENANCY, spec(faulty))

    assert {finding.rule for finding in judge.declared} == {rule}
    assert judge.new(faulty) == ()


def test_every_tenancy_rule_has_a_golden_case() -> None:
    assert {*CASES, "tenancy-role-unconfined"} == set(TENANCY_RULES)
    assert {path.stem for path in HERE.glob("*.txt")} == set(TENANCY_RULES)
