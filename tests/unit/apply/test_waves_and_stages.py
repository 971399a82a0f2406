"""In which order: a canary, then waves; and which statements commit together."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordinator.apply.waves import cut_waves
from shared.diff.changes import ChangeKind
from shared.kinds.step import Hazard, HazardKind
from shared.remediation.plan import Statement
from shared.remediation.stages import cut_stages
from shared.schema.identity import ObjectId

SOMETHING = ObjectId(kind="table", name="t")
BLOCKS = Hazard(HazardKind.BLOCKS_READS, "…")
SCANS = Hazard(HazardKind.SCANS_TABLE, "…")


def statement(sql: str, *hazards: Hazard, transactional: bool = True) -> Statement:
    return Statement(sql=sql, object=SOMETHING, change=ChangeKind.ALTERED, hazards=hazards, transactional=transactional)


def test_the_canary_goes_first_and_the_last_size_repeats():
    assert cut_waves("abcdefg", (1, 2)) == (("a",), ("b", "c"), ("d", "e"), ("f", "g"))


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine says nothing about this law
@given(st.lists(st.text(), unique=True), st.lists(st.integers(1, 9), min_size=1))
def test_every_tenant_is_in_exactly_one_wave_in_the_order_given(tenants, sizes):
    assert [tenant for wave in cut_waves(tenants, sizes) for tenant in wave] == tenants
    assert all(cut_waves(tenants, sizes))


def test_what_can_commit_together_does():
    one, two = statement("1", BLOCKS), statement("2", BLOCKS, SCANS)
    (stage,) = cut_stages([one, two])
    assert stage.statements == (one, two)
    assert stage.transactional


def test_what_postgresql_refuses_in_a_transaction_stands_alone():
    one, index, two = statement("1"), statement("CREATE INDEX CONCURRENTLY", transactional=False), statement("2")
    assert [(len(s.statements), s.transactional) for s in cut_stages([one, index, two])] == [
        (1, True),
        (1, False),
        (1, True),
    ]


def test_a_long_scan_does_not_hold_the_locks_of_what_comes_before_it():
    add, validate = statement("ADD … NOT VALID", BLOCKS), statement("VALIDATE", SCANS)
    stages = cut_stages([add, validate, add])
    assert [stage.statements for stage in stages] == [(add,), (validate,), (add,)]
    assert all(stage.transactional for stage in stages)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans())))
def test_stages_hold_every_statement_in_order(shapes):
    statements = [
        statement(str(n), *([BLOCKS] if blocks else []), *([SCANS] if scans else []), transactional=inside)
        for n, (blocks, scans, inside) in enumerate(shapes)
    ]
    assert [s for stage in cut_stages(statements) for s in stage.statements] == statements
