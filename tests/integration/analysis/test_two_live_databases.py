"""Two databases of one major are compared as they were read, and their plan is proven all the same."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.analysis import Analysis
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest, SpeltBy
from shared.diff.changes import Altered
from shared.postgres.scratch import ScratchServer
from shared.remediation.plan import ProofStatus
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import Spec, SpecSource
from tests.integration.spellings.tenants import Tenants

_DEFAULT = Profile()
PAIRS = {
    "a column more": ("CREATE TABLE t (id int PRIMARY KEY, name text)", "CREATE TABLE t (id int PRIMARY KEY)"),
    "an expression that a restore spells otherwise": (
        "CREATE TABLE t (id int PRIMARY KEY, state varchar CHECK (state IN ('new', 'paid')), n int DEFAULT 2)",
        "CREATE TABLE t (id int PRIMARY KEY, state varchar CHECK (state IN ('new', 'paid')))",
    ),
    "a function that is a member of an extension here": (
        "CREATE EXTENSION citext; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        (
            "CREATE EXTENSION citext; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';"
            "ALTER EXTENSION citext ADD FUNCTION f()"
        ),
    ),
    "a table that is to be a member of an extension": (
        "CREATE EXTENSION citext; CREATE TABLE t (id int PRIMARY KEY); ALTER EXTENSION citext ADD TABLE t",
        "CREATE EXTENSION citext; CREATE TABLE t (id int PRIMARY KEY)",
    ),
    "a view over what changes": (
        "CREATE TABLE t (id bigint); CREATE VIEW v AS SELECT id FROM t WHERE id IN (1, 2)",
        "CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t WHERE id IN (1, 2)",
    ),
}


def analysed(
    scratch: ScratchServer, tenants: Tenants, desired: str, observed: str, profile: Profile = _DEFAULT
) -> Analysis:
    read = [tenants.snapshot(tenants.create(sql), profile=profile) for sql in (desired, observed)]
    spec = Spec(snapshot=read[0], source=SpecSource(declarations=()))
    request = AnalysisRequest(
        spec=spec, snapshot=read[1], desired_spelt_by=SpeltBy.SAME_MAJOR, profile=profile, destructive=True
    )
    return asyncio.run(analyse(scratch, request))


@pytest.mark.parametrize("pair", PAIRS)
def test_the_plan_between_two_live_databases_is_proven(scratch: ScratchServer, tenants: Tenants, pair: str) -> None:
    plan = analysed(scratch, tenants, *PAIRS[pair]).plan
    assert plan.statements
    assert (plan.proof.status, plan.proof.reason) == (ProofStatus.PROVEN, "")


def test_an_expression_that_a_restore_spells_otherwise_is_made_once(scratch: ScratchServer, tenants: Tenants) -> None:
    pair = (
        "CREATE TABLE t (state varchar(9), CONSTRAINT known CHECK (state IN ('new', 'paid')))",
        "CREATE TABLE t (state varchar(9))",
    )
    plan = analysed(scratch, tenants, *pair).plan
    added, validated = plan.statements
    assert "ADD CONSTRAINT" in added.sql
    assert "VALIDATE CONSTRAINT" in validated.sql
    assert plan.proof.status is ProofStatus.PROVEN


IN = "state IN ('new', 'paid')"
RESTORED = "(state)::text = ANY ((ARRAY['new'::character varying, 'paid'::character varying])::text[])"
"""What pg_dump writes of IN; PostgreSQL reads it as another tree, which stays as it is from then on."""


def in_both_words(desired: str, observed: str) -> tuple[str, str]:
    table = "CREATE TABLE t (state varchar(9), CONSTRAINT known CHECK ({}))"
    return table.format(desired), table.format(observed)


def test_a_check_in_other_words_is_no_drift_unless_spelling_counts(scratch: ScratchServer, tenants: Tenants) -> None:
    assert not analysed(scratch, tenants, *in_both_words(RESTORED, IN)).diff
    (change,) = analysed(scratch, tenants, *in_both_words(RESTORED, IN), EVERYTHING).diff.changes
    assert isinstance(change, Altered)
    assert (change.identity.name, change.fields) == ("known", ("definition",))


def test_words_that_a_restore_would_change_are_asked_of_nobody(scratch: ScratchServer, tenants: Tenants) -> None:
    assert not analysed(scratch, tenants, *in_both_words(IN, RESTORED), EVERYTHING).diff


def test_the_plan_to_other_words_is_proven_and_gives_them(scratch: ScratchServer, tenants: Tenants) -> None:
    pair = in_both_words(RESTORED, IN)
    plan = analysed(scratch, tenants, *pair, EVERYTHING).plan
    assert plan.proof.status is ProofStatus.PROVEN
    changed = tenants.create(";".join((pair[1], *(statement.sql for statement in plan.statements))))
    wanted = tenants.snapshot(tenants.create(pair[0]), profile=EVERYTHING)
    assert tenants.snapshot(changed, profile=EVERYTHING).schema == wanted.schema


@pytest.mark.parametrize("back", [False, True])
def test_a_publication_of_all_tables_is_tried_with_its_owner(
    scratch: ScratchServer, tenants: Tenants, *, back: bool
) -> None:
    pair = ("CREATE TABLE t (n int); CREATE PUBLICATION p FOR ALL TABLES", "CREATE TABLE t (n int)")
    plan = analysed(scratch, tenants, *(pair[::-1] if back else pair), EVERYTHING).plan
    assert (plan.proof.status, plan.proof.reason) == (ProofStatus.PROVEN, "")


def test_a_plan_about_what_no_copy_can_have_says_so(scratch: ScratchServer, tenants: Tenants) -> None:
    pair = (
        "CREATE TABLE t (n int); CREATE FUNCTION f(int) RETURNS int LANGUAGE internal IMMUTABLE AS 'int4abs'",
        "CREATE TABLE t (n int)",
    )
    plan = analysed(scratch, tenants, *pair).plan
    assert plan.statements
    assert plan.proof.status is ProofStatus.UNPROVEN
    assert "f(integer)" in plan.proof.reason
