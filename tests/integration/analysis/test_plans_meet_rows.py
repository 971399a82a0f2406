"""A plan is run on a copy with generated rows: which it fails on is said, and no value is lost unsaid."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.kinds.step import HazardKind
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.remediation.plan import Plan, ProofStatus, RowStatus
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource


def planned(scratch: ScratchServer, desired: str, observed: str, *, destructive: bool = True) -> Plan:
    async def run() -> Plan:
        specs = [
            await compile_spec(
                scratch, SpecSource(declarations=(Declaration(sql, Origin("schema.sql", 1)),)), Profile()
            )
            for sql in (desired, observed)
        ]
        request = AnalysisRequest(spec=specs[0], snapshot=specs[1].snapshot, guarded=False, destructive=destructive)
        return (await analyse(scratch, request)).plan

    return asyncio.run(run())


def failing(plan: Plan) -> list[str]:
    return [
        hazard.message
        for statement in plan.statements
        for hazard in statement.hazards
        if hazard.kind is HazardKind.FAILS_ON_ROWS
    ]


def test_a_plan_that_keeps_every_value_is_proven_with_rows(scratch: ScratchServer) -> None:
    plan = planned(
        scratch,
        "CREATE TABLE t (id bigint PRIMARY KEY, name text, total numeric(12, 2))",
        "CREATE TABLE t (id int PRIMARY KEY, name varchar(20), total numeric(10, 2))",
    )
    assert plan.proof.status is ProofStatus.PROVEN
    assert (plan.proof.rows.status, plan.proof.rows.reasons) == (RowStatus.PROVEN, ())
    assert plan.proof.rows.tables == 1
    assert plan.proof.rows.rows > 5
    assert failing(plan) == []


def test_a_plan_that_touches_no_table_needs_no_rows(scratch: ScratchServer) -> None:
    plan = planned(scratch, "CREATE TABLE t (n int); CREATE TABLE u (n int)", "CREATE TABLE t (n int)")
    assert plan.proof.rows.status is RowStatus.NOT_NEEDED


def test_a_label_that_goes_is_said_to_fail_on_the_rows_that_bear_it(scratch: ScratchServer) -> None:
    table = "CREATE TABLE orders (id bigint PRIMARY KEY, state order_state NOT NULL DEFAULT 'new')"
    plan = planned(
        scratch,
        f"CREATE TYPE order_state AS ENUM ('new', 'in_progress', 'done'); {table}",
        f"CREATE TYPE order_state AS ENUM ('new', 'in-progress', 'done'); {table}",
    )
    [message] = failing(plan)
    assert message.startswith("""rows of "public"."orders": "state" = 'in-progress'""")
    assert plan.proof.rows.status is RowStatus.PROVEN


CONDITIONS = {
    "a column that may not be NULL": (
        "CREATE TABLE t (a int NOT NULL, b int)",
        "CREATE TABLE t (a int, b int)",
        """rows of "public"."t": "a" IS NULL""",
    ),
    "a new column without a value": (
        "CREATE TABLE t (a int, b int NOT NULL)",
        "CREATE TABLE t (a int)",
        """rows of "public"."t": any row, for it would hold NULL""",
    ),
    "a check": (
        "CREATE TABLE t (a int CHECK (a > 7))",
        "CREATE TABLE t (a int)",
        """rows of "public"."t": NOT ((a > 7))""",
    ),
    "a key": (
        "CREATE TABLE t (a int NOT NULL, b int, UNIQUE (a, b))",
        "CREATE TABLE t (a int NOT NULL, b int)",
        """rows of "public"."t": equal in ("a", "b")""",
    ),
    "a unique index over some rows": (
        "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX i ON t (a) WHERE b > 0",
        "CREATE TABLE t (a int, b int)",
        """rows of "public"."t": equal in (a) among those where (b > 0)""",
    ),
    "a foreign key": (
        "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p)",
        "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int)",
        """rows of "public"."t": ("a") that no row of "public"."p" has""",
    ),
    "a smaller integer": (
        "CREATE TABLE t (a smallint)",
        "CREATE TABLE t (a int)",
        """rows of "public"."t": "a" NOT BETWEEN -32768 AND 32767""",
    ),
    "a shorter text": (
        "CREATE TABLE t (a varchar(3))",
        "CREATE TABLE t (a varchar(9))",
        """rows of "public"."t": length("a") > 3""",
    ),
    "a check of a domain": (
        "CREATE DOMAIN d AS int CHECK (VALUE > 7); CREATE TABLE t (a d)",
        "CREATE DOMAIN d AS int; CREATE TABLE t (a d)",
        """rows of tables with a column of "public"."d": NOT ((VALUE > 7))""",
    ),
}
"""Desired, observed, and the rows that follow from what the statement does."""


@pytest.mark.parametrize("change", CONDITIONS)
def test_the_rows_that_a_statement_fails_on_are_named(scratch: ScratchServer, change: str) -> None:
    desired, observed, message = CONDITIONS[change]
    plan = planned(scratch, desired, observed)
    assert failing(plan) == [message]
    if "any row" in message:
        [reason] = plan.proof.rows.reasons
        assert reason.startswith("what follows on public.t was tried without rows")
    else:
        assert (plan.proof.rows.status, plan.proof.rows.reasons) == (RowStatus.PROVEN, ())


EXPERIMENTS = {
    "a partition for rows that the default one has": (
        """
        CREATE TABLE t (k text, v int) PARTITION BY LIST (k);
        CREATE TABLE named PARTITION OF t FOR VALUES IN ('zzz'); CREATE TABLE rest PARTITION OF t DEFAULT
        """,
        "CREATE TABLE t (k text, v int) PARTITION BY LIST (k); CREATE TABLE rest PARTITION OF t DEFAULT",
        """rows of "public"."rest": "k" IS NOT NULL AND "k" = 'zzz'""",
    ),
    "an index over an expression that not every row has": (
        "CREATE TABLE t (a int, b text); CREATE INDEX i ON t ((1 / a))",
        "CREATE TABLE t (a int, b text)",
        """rows of "public"."t": "a" = '0' (division by zero)""",
    ),
    "text that is to be a number": (
        "CREATE TABLE t (a uuid)",
        "CREATE TABLE t (a text CHECK (a IN ('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'none')))",
        """rows of "public"."t": "a" = 'none' (invalid input syntax for type uuid: "none")""",
    ),
}
"""Desired, observed, and the rows that are found by trying."""


@pytest.mark.parametrize("change", EXPERIMENTS)
def test_rows_that_nothing_names_are_found_by_trying(scratch: ScratchServer, change: str) -> None:
    desired, observed, message = EXPERIMENTS[change]
    plan = planned(scratch, desired, observed)
    assert [found for found in failing(plan) if found.startswith(message)], plan.proof.rows
    assert plan.proof.rows.status is RowStatus.PROVEN


def test_partitions_that_exchange_their_bounds_say_which_rows_are_in_the_way(scratch: ScratchServer) -> None:
    parted = "CREATE TABLE p (k int) PARTITION BY LIST (k);"
    desired = f"{parted} CREATE TABLE d PARTITION OF p DEFAULT; CREATE TABLE a PARTITION OF p FOR VALUES IN (1)"
    observed = f"{parted} CREATE TABLE a PARTITION OF p DEFAULT; CREATE TABLE d PARTITION OF p FOR VALUES IN (1)"
    plan = planned(scratch, desired, observed)
    assert failing(plan) == [
        """rows of "public"."a": NOT ("k" IS NOT NULL AND "k" = 1::integer)""",
        """rows of "public"."a": that belong into the partition""",
        """rows of "public"."d": outside of DEFAULT""",
    ]
    assert plan.proof.rows.status is RowStatus.PARTLY


def test_what_a_tenants_function_would_decide_is_said_to_be_unproven(scratch: ScratchServer) -> None:
    """The function refuses every row: it does not run while rows are made, and not on them."""
    function = (
        "CREATE FUNCTION refuses(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS "
        "$$ BEGIN RAISE EXCEPTION 'a function of the tenant has run'; END $$;"
    )
    trigger = (
        "CREATE FUNCTION stops() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a trigger of the tenant has run'; END $$;"
        "CREATE TRIGGER stops BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stops();"
    )
    plan = planned(
        scratch,
        f"{function} CREATE TABLE t (a bigint, b int, CHECK (refuses(b))); {trigger}",
        f"{function} CREATE TABLE t (a int, b int, CHECK (refuses(b))); {trigger}",
    )
    rows = plan.proof.rows
    assert rows.rows > 5
    assert rows.status is RowStatus.PARTLY
    [reason] = rows.reasons
    assert "public.t.a is not proven" in reason
    assert '"refuses"(integer)' in reason


def test_a_table_that_takes_no_generated_row_is_named_with_the_reason(scratch: ScratchServer) -> None:
    table = "CREATE TABLE t (a text NOT NULL CHECK (a ~ '^[A-Z]{{3}}-[0-9]{{4}}$'), b {type})"
    rows = planned(scratch, table.format(type="bigint"), table.format(type="int")).proof.rows
    assert rows.status is RowStatus.PARTLY
    [reason] = rows.reasons
    assert reason.startswith("public.t has no rows: no row that was tried comes in: new row for relation")


def test_rows_stand_in_every_partition_and_on_both_sides_of_a_key(scratch: ScratchServer) -> None:
    tables = """
        CREATE TABLE p (id int PRIMARY KEY);
        CREATE TABLE t (id {type} NOT NULL, p int NOT NULL REFERENCES p, day date NOT NULL) PARTITION BY RANGE (day);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
        CREATE TABLE t2 PARTITION OF t FOR VALUES FROM ('2024-02-01') TO ('2024-03-01') PARTITION BY LIST (p);
        CREATE TABLE t21 PARTITION OF t2 DEFAULT;
        CREATE TABLE rest PARTITION OF t DEFAULT;
    """
    rows = planned(scratch, tables.format(type="bigint"), tables.format(type="int")).proof.rows
    assert (rows.status, rows.reasons, rows.tables) == (RowStatus.PROVEN, (), 4)
