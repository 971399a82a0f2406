"""Mistakes that were tried by hand or by a mutation tool, and that no test noticed once. Now a unit test must."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

LANE = "coordinator/ledger/lane.py"
LEDGER = "coordinator/ledger/ledger.py"
OF_THE_LEDGER = ("tests/unit/engine/test_ledger.py", "tests/unit/engine/test_ledger_steps.py")
OF_THE_LAW = ("tests/properties/test_ledger_laws.py",)
OF_THE_LANE = ("tests/unit/engine/test_lane.py",)
PARTITIONS = "shared/diff/partitions.py"
OF_PARTITIONS = ("tests/unit/diff/test_partitions.py", "tests/unit/diff/test_partitions_left_out.py")
CLOSURE = "shared/remediation/closure.py"
OF_THE_CLOSURE = ("tests/unit/remediation/test_closure.py",)
IGNORE = "shared/findings/ignore.py"
OF_IGNORING = ("tests/unit/findings/test_ignore.py", "tests/unit/report/test_ignoring.py")

MUTANTS = (
    Mutant(
        name="a host's connections are counted by its smallest batches",
        file=LANE,
        before="return sorted(self.in_flight, reverse=True)[:runners]",
        after="return sorted(self.in_flight)[:runners]",
        tests=OF_THE_LANE,
    ),
    Mutant(
        name="a batch may have a connection more than the host allows",
        file=LANE,
        before="return capacity - sum(largest) + replaced",
        after="return capacity - sum(largest) + replaced + 1",
        tests=OF_THE_LANE,
    ),
    Mutant(
        name="a host's breaker opens one failure late",
        file=LANE,
        before="if self._failures_in_a_row >= self._rules.breaker:",
        after="if self._failures_in_a_row > self._rules.breaker:",
        tests=OF_THE_LANE,
    ),
    Mutant(
        name="after an outage of Redis it is still taken for known that a message had left the queue",
        file=LEDGER,
        before="flight.last_heard, flight.left_queue_at, flight.excused = now, None, True",
        after="flight.last_heard = now",
        tests=OF_THE_LEDGER,
    ),
    Mutant(
        name="a batch whose worker died counts as done",
        file=LEDGER,
        before="            lane.push_careful(items)\n            return []",
        after="            return []",
        tests=OF_THE_LAW,
    ),
    Mutant(
        name="a tenant is blamed one crash late",
        file=LEDGER,
        before="if entry.strikes >= self._rules.max_strikes and len",
        after="if entry.strikes > self._rules.max_strikes and len",
        tests=OF_THE_LEDGER,
    ),
    Mutant(
        name="what a batch claims that was given up is forgotten",
        file=LEDGER,
        before="                    entry.lane.push((item,), front=True)\n",
        after="                    pass\n",
        tests=("tests/unit/engine/test_open_pieces.py",),
    ),
    Mutant(
        name="a batch ends although its worker claims more",
        file="coordinator/ledger/batch.py",
        before="return not self.unanswered and self.claiming is not Claiming.ON",
        after="return not self.unanswered",
        tests=("tests/unit/engine/test_open_pieces.py",),
    ),
    Mutant(
        name="a second answer to a tenant counts again",
        file=LEDGER,
        before="if entry is not None and entry.outcome is None and batch_id in entry.sent_in:",
        after="if entry is not None and batch_id in entry.sent_in:",
        tests=OF_THE_LEDGER,
    ),
    Mutant(
        name="a query is followed beyond try_bind, which gives a Result",
        file="shared/contracts/queries.py",
        before='if inside is None or method == "try_bind":',
        after="if inside is None:",
        tests=("tests/unit/contracts/test_extract.py",),
    ),
    Mutant(
        name="a trigger that was disabled on an undeclared partition is left out",
        file=PARTITIONS,
        before='return part.partition_child and part.enabled == "origin"',
        after="return part.partition_child",
        tests=OF_PARTITIONS,
    ),
    Mutant(
        name="partitions of a drifted parent are left out",
        file=PARTITIONS,
        before="return snapshot if drifted else without",
        after="return without",
        tests=OF_PARTITIONS,
    ),
    Mutant(
        name="a plan does not get back the dependencies of the partitions that were left out",
        file=PARTITIONS,
        before="dependencies=tuple(sorted({*desired.dependencies, *needs})),",
        after="dependencies=desired.dependencies,",
        tests=OF_PARTITIONS,
    ),
    Mutant(
        name="a partition that something else needs is left out",
        file=PARTITIONS,
        before="if not needed:",
        after="if True:",
        tests=OF_PARTITIONS,
    ),
    Mutant(
        name="a partition that stays goes with its parent",
        file=CLOSURE,
        before="            self._keep_partitions(item)",
        after="            pass",
        tests=OF_THE_CLOSURE,
    ),
    Mutant(
        name="a sequence that stays goes with the column that owns it",
        file=CLOSURE,
        before="            self._keep_sequences(item)",
        after="            pass",
        tests=OF_THE_CLOSURE,
    ),
    Mutant(
        name="a column's type is changed under the views that read it",
        file=CLOSURE,
        before="if dependent.kind in kinds and dependent not in",
        after="if dependent.kind not in kinds and dependent not in",
        tests=OF_THE_CLOSURE,
    ),
    Mutant(
        name="the plan of a group is guarded for one server major only",
        file="coordinator/report/assess.py",
        before="plan=group.plan.with_guards(*other.plan.guards)",
        after="plan=group.plan",
        tests=("tests/unit/report/test_assemble.py",),
    ),
    Mutant(
        name="a declaration may be twice as large",
        file="coordinator/iac/source.py",
        before="MAX_FILE_BYTES = 16 * 1024 * 1024",
        after="MAX_FILE_BYTES = 32 * 1024 * 1024",
        tests=("tests/unit/iac/test_limits.py",),
    ),
    Mutant(
        name="an ignore rule ends a day early",
        file=IGNORE,
        before="if rule.until < today)",
        after="if rule.until <= today)",
        tests=OF_IGNORING,
    ),
    Mutant(
        name="what an ignore rule does not name is ignored with the rest of the object",
        file=IGNORE,
        before="rest = tuple(field for field in left.fields if field not in matched)",
        after="rest: tuple[str, ...] = ()",
        tests=OF_IGNORING,
    ),
)
