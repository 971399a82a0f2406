"""Run a plan on a copy with generated rows, and say on which rows it fails and what of them it does not keep."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import msgspec

from shared.kinds.hazards import fails_on
from shared.kinds.side import Side
from shared.kinds.step import Hazard, HazardKind, Role
from shared.postgres.query_files import query_text
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.errors import ScratchError, ScratchLimitError, words_of
from shared.postgres.scratch.inert import inert_script
from shared.postgres.scratch.plan_run import run_plan
from shared.postgres.scratch.rebuild import MaterialiseError, build_with_stubs
from shared.postgres.scratch.rows.catalog import CopyFacts, FilledTable, find_tables, read_facts
from shared.postgres.scratch.rows.contents import (
    Contents,
    Excused,
    leaves_without_rows,
    losses,
    read_contents,
)
from shared.postgres.scratch.rows.culprits import Experiments, TrialsUsedUpError
from shared.postgres.scratch.rows.filling import fill
from shared.postgres.scratch.rows.naming import values_named
from shared.postgres.scratch.server import ScratchServer
from shared.remediation.kept_facts import KeptFacts
from shared.remediation.plan import Plan, RowProof, RowStatus, Statement
from shared.remediation.touched import Touched
from shared.schema.database import Extension
from shared.schema.identity import QualifiedName
from shared.schema.schema import Snapshot

MAX_TABLES = 200
"""Tables that are filled for one plan; a plan that touches more is not tried with rows."""
_MAX_EXPERIMENTS = 600
"""Runs of single statements on fewer rows, of one plan."""
_MAX_REMOVALS = 4
"""How often rows are removed because one statement fails on them."""
_MAX_REASONS = 20
"""Reasons that are listed; the others are counted."""
_WRITTEN_ALIKE = (
    "SET check_function_bodies = off; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'"
)
"""Begins the session whose values are compared as text."""


class RowTrial(msgspec.Struct, frozen=True):
    """The result of running a plan on a copy with generated rows.

    Args:
        proof: The result.
        hazards: By the number of a statement, on which rows it was seen to fail.
    """

    proof: RowProof
    hazards: dict[int, tuple[Hazard, ...]] = {}


async def prove_with_rows(
    scratch: ScratchServer, desired: Snapshot, observed: Snapshot, plan: Plan, left_out: frozenset[int] = frozenset()
) -> RowTrial:
    """Run a plan on a copy whose tables have rows.

    Args:
        scratch: Where.
        desired: The spec, without what cannot be rebuilt.
        observed: The shape, without what cannot be rebuilt.
        plan: Made for these two; it was seen to run without rows.
        left_out: Numbers of statements that cannot be tried.

    Raises:
        TargetError: When the scratch server fails.
    """
    side = Side(observed)
    touched = Touched(side, Side(desired))
    concerned = touched.tables(plan.statements)
    if not concerned:
        return RowTrial(RowProof(RowStatus.NOT_NEEDED))
    filled = touched.with_referenced(concerned)
    if len(filled) > MAX_TABLES:
        reason = f"it touches {len(filled)} tables, and rows are generated for at most {MAX_TABLES}"
        return RowTrial(RowProof(RowStatus.NOT_ATTEMPTED, (reason,)))
    try:
        async with scratch.database() as copy:
            await build_with_stubs(copy, observed)
            run = _Run(copy, desired, touched, filled, may_stand_in=_may_stand_in(observed))
            return await run.trial(plan, left_out)
    except (MaterialiseError, ScratchLimitError, asyncpg.PostgresError) as error:
        return RowTrial(RowProof(RowStatus.NOT_ATTEMPTED, (f"a copy with rows cannot be made: {words_of(error)}",)))


def _may_stand_in(observed: Snapshot) -> bool:
    """Say whether a copy may rest on a stand-in: those are extensions, of the schema or of what stands around it."""
    return bool(observed.surroundings) or any(isinstance(item, Extension) for item in observed.schema)


class _Run:
    """One plan on one copy."""

    def __init__(
        self,
        copy: ScratchDatabase,
        desired: Snapshot,
        touched: Touched,
        names: frozenset[QualifiedName],
        *,
        may_stand_in: bool,
    ) -> None:
        self._copy = copy
        self._desired = desired
        self._touched = touched
        self._names = names
        self._may_stand_in = may_stand_in
        self._oids: tuple[int, ...] = ()
        self._kept: KeptFacts = {}
        self._reasons: list[str] = []
        self._lost: list[str] = []
        self._hazards: dict[int, tuple[Hazard, ...]] = {}
        self._before = Contents({})
        self._excused_tables: set[QualifiedName] = set()
        self._excused_columns: set[tuple[QualifiedName, str]] = set()

    async def trial(self, plan: Plan, left_out: frozenset[int]) -> RowTrial:
        """Fill the copy, run the plan, compare."""
        self._oids = await find_tables(self._copy.connection, self._names)
        facts = await self._facts()
        refused = (await fill(self._copy.connection, facts, values_named(self._desired))).refused
        self._reasons += [f"{name} has no rows: {reason}" for name, reason in sorted(refused.items())]
        silent = await self._copy.stop_firing(_WRITTEN_ALIKE)
        self._before = first = await read_contents(self._copy.connection, facts)
        for table in leaves_without_rows(facts, first):
            if table.name not in refused and table.partition_of is not None:
                self._reasons.append(f"{table.name} has no rows: none that was tried belongs there")
        if self._may_stand_in:  # to ask means to list the files of every extension of the server
            await self._note_stand_ins(facts)
        await self._run_all(plan.statements, left_out, silent=silent)
        filled = sum(bool(held.rows) for held in first.tables.values())
        return RowTrial(self._proof(filled, first.count), self._hazards)

    def _proof(self, tables: int, rows: int) -> RowProof:
        kept = RowStatus.PARTLY if self._reasons else RowStatus.PROVEN
        status = RowStatus.UNPROVEN if self._lost else kept
        reasons = [*self._lost, *dict.fromkeys(self._reasons)]
        more = len(reasons) - _MAX_REASONS
        listed = (*reasons[:_MAX_REASONS], *([f"and {more} more"] if more > 0 else []))
        return RowProof(status, listed, tables, rows)

    async def _note_stand_ins(self, facts: CopyFacts) -> None:
        oids = [table.oid for table in facts.tables]
        for row in await self._copy.connection.fetch(query_text("scratch_stand_ins_used.sql"), oids):
            self._reasons.append(f"what {row['name']} decides about rows is not tried: here it is a stand-in")

    async def _facts(self) -> CopyFacts:
        return await read_facts(self._copy.connection, self._oids)

    async def _run_all(self, statements: Sequence[Statement], left_out: frozenset[int], *, silent: bool) -> None:
        experiments = Experiments(self._copy.connection, _MAX_EXPERIMENTS if silent else 0)
        careful, has_run = True, False
        for number, statement in enumerate(statements):
            if number in left_out:
                continue
            if careful and statement.destructive:  # what runs without these has to keep everything
                careful = False
                if has_run:
                    await self._compare()
            self._note_what_is_not_tried(statement)
            if not await self._run_one(number, statement, experiments):
                return
            has_run = True
            self._excuse(statement)
        await self._compare()

    async def _run_one(self, number: int, statement: Statement, experiments: Experiments) -> bool:
        """Run a statement; where it fails on some rows, find them, and go on without them.

        Returns:
            Whether it could be run.
        """
        for _ in range(_MAX_REMOVALS):
            try:
                await self._execute(statement)
            except ScratchError as error:
                if not await self._remove_culprits(number, statement, error, experiments):
                    return False
            else:
                return True
        self._lost.append(f"the statement for {statement.object} fails on rows, and without those on others")
        return False

    async def _remove_culprits(
        self, number: int, statement: Statement, error: ScratchError, experiments: Experiments
    ) -> bool:
        facts = await self._facts()
        column = statement.object.name if statement.object.parent else ""
        try:
            found = await experiments.find(
                lambda: self._execute(statement), self._suspects(statement, facts), facts, column
            )
        except TrialsUsedUpError:
            found = None
        if found is None:
            self._lost.append(f"the statement for {statement.object} fails on a copy with rows: {error}")
            return False
        await self._compare()
        self._note(number, statement, fails_on(found.table.sql, f"{found.description} ({error})"))
        await experiments.remove(found, facts)
        self._before = await read_contents(self._copy.connection, facts)
        if not self._before.tables[found.table.oid].rows:
            name, about = found.table.name, statement.object
            self._reasons.append(f"what follows on {name} was tried without rows: the one for {about} fails on each")
        return True

    def _note(self, number: int, statement: Statement, hazard: Hazard) -> None:
        known = any(each.kind is HazardKind.FAILS_ON_ROWS for each in statement.hazards)
        if not known:
            self._hazards[number] = (*self._hazards.get(number, ()), hazard)

    async def _execute(self, statement: Statement) -> None:
        """Run one statement: routines that it makes get stub bodies, and indexes are built in a transaction."""
        for inert in inert_script((statement,), self._desired).statements:
            sql = inert.sql.replace(" INDEX CONCURRENTLY ", " INDEX ", 1) if not inert.transactional else inert.sql
            await run_plan(self._copy, (msgspec.structs.replace(inert, sql=sql),), self._kept)

    def _suspects(self, statement: Statement, facts: CopyFacts) -> list[FilledTable]:
        near = self._touched.below(statement.object)
        tables = [table for table in facts.tables if not table.routes]
        return [t for t in tables if t.name in near] + [t for t in tables if t.name not in near]

    def _note_what_is_not_tried(self, statement: Statement) -> None:
        if statement.role is Role.FILL:
            self._reasons.append(f"{statement.object} is not filled: its query may call what the tenant wrote")
        for hazard in statement.hazards:
            if hazard.kind is HazardKind.RUNS_TENANT_CODE:
                what = f"on rows, the statement for {statement.object} is not proven"
                self._reasons.append(f"{what}: it {hazard.message}; on generated rows that code is not run")

    def _excuse(self, statement: Statement) -> None:
        says_so = statement.destructive or any(h.kind is HazardKind.LOSES_DATA for h in statement.hazards)
        if not says_so:
            return
        identity = statement.object
        near = self._touched.below(identity)
        if identity.kind == "column":
            self._excused_columns |= {(name, identity.name) for name in self._touched.with_partitions(near)}
        else:
            self._excused_tables |= self._touched.with_partitions(near)

    async def _compare(self) -> None:
        after = await read_contents(self._copy.connection, await self._facts(), self._before)
        excused = Excused(frozenset(self._excused_tables), frozenset(self._excused_columns))
        self._lost += losses(self._before, after, excused)
