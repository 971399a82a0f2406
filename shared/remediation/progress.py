"""Write what a script does to be run again: it leaves out the transactions that it has run before.

What a transaction has made or removed shows that it has been run. A script that has transactions without such a trace
(one that drops a view which a later one makes again) also notes each in a file on the side of psql, with the facts that
are still to be given back. The note is written within the transaction and names it, and the server says whether that
transaction came to its end. Transactions that can be run twice without harm are run twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from shared.diff.changes import ChangeKind
from shared.kinds import RECORDS
from shared.kinds.interim import is_beside
from shared.kinds.step import REPEATABLE, Role
from shared.remediation.plan import Plan, Statement
from shared.remediation.psql import comment, shield
from shared.remediation.stages import Stage
from shared.remediation.witness import trace_of
from shared.schema.identity import ObjectId
from shared.sql import quote_literal

KEPT = "fleetdrift_kept"
"""The psql variable that holds the facts of what is dropped and comes again, as JSON."""
_WITH_KEPT = frozenset({Role.KEEP, Role.CHECK, Role.RESTORE})
"""Roles of statements that read that variable."""
_FILE, _NEW, _STAGE = "fleetdrift_file", "fleetdrift_new", "fleetdrift_stage"
_READ = f"""BEGIN READ ONLY \\; :fleetdrift_pin;
SELECT pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws('/',
    pg_catalog.inet_server_addr(), pg_catalog.inet_server_port(), d.oid, d.datname), 'UTF8')), 'hex'), 16)
    AS fleetdrift_database FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() \\gset
\\set {_FILE} '{{name}}-' :fleetdrift_database '.json'
\\set {_NEW} :{_FILE} '.new'
\\set fleetdrift_notes `cat -- :'{_FILE}' 2>/dev/null`
SELECT COALESCE(n.notes -> 'kept', '{{{{}}}}') AS {KEPT}, COALESCE((n.notes ->> 'stage')::int4 - CASE
    WHEN n.xid >= pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) THEN 1
    WHEN pg_catalog.pg_xact_status(n.xid) IN ('aborted', 'in progress') THEN 1 ELSE 0
END, 0) AS {_STAGE}
FROM (SELECT f.notes, (f.notes ->> 'transaction')::xid8 FROM (
    SELECT NULLIF(:'fleetdrift_notes', '')::jsonb) AS f(notes)) AS n(notes, xid) \\gset"""


class Progress:
    """Writes the SQL that finds out, notes and forgets how far one script has come.

    Args:
        plan: What the script is of.
        stages: Its transactions. Another choice of statements is another script.
    """

    def __init__(self, plan: Plan, stages: Sequence[Stage]) -> None:
        self._stages = stages
        text = "\0".join((plan.observed, plan.desired, *(s.sql for stage in stages for s in stage.statements)))
        self._name = f"fleetdrift-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        self._rebuilt = [i for stage in stages for i in _made_again(stage) if _has_rows(i)]
        # All stages are noted or none: one that is run again may need what a stage left out by its note has made.
        self._is_noted = bool(self._rebuilt) or any(map(self._needs_note, range(len(stages))))

    def _needs_note(self, number: int) -> bool:
        """Say whether a stage leaves no trace and may not be run twice."""
        stage = self._stages[number]
        if len(self._stages) == 1 or number == len(self._stages) - 1:
            return False  # nothing comes after it that could fail
        if not stage.transactional:
            alone = stage.statements[0]
            return is_beside(alone.object) or self._frees_name_of_constraint(alone, number)
        return self._trace(number) is None and not _can_run_twice(stage)

    def _trace(self, number: int) -> str | None:
        """Write the SQL condition that a stage has left its traces; None where it leaves none."""
        others = (each for n, stage in enumerate(self._stages) if n != number for each in stage.statements)
        return trace_of(self._stages[number].statements, others)

    def _frees_name_of_constraint(self, statement: Statement, number: int) -> bool:
        """Say whether an index is dropped whose name a later constraint takes: run again, the drop would hit that."""
        i = statement.object
        later = (s.object for stage in self._stages[number + 1 :] for s in stage.statements)
        takers = {(o.namespace, o.name) for o in later if o.kind == "constraint"}
        return statement.role is Role.DROP and i.kind == "index" and (i.namespace, i.name) in takers

    def begin(self) -> Iterator[str]:
        """Write what reads the notes of an earlier run."""
        if self._is_noted:
            yield comment("A run that breaks off goes on from here: its notes are a file in psql's own directory.")
            yield from _READ.format(name=self._name).splitlines()
            yield from self._trust()
            yield "COMMIT;"
            yield from self._say_finished()
            yield ""
        elif any(statement.role in _WITH_KEPT for stage in self._stages for statement in stage.statements):
            yield f"\\set {KEPT} '{{}}'"

    def _trust(self) -> Iterator[str]:
        """Write what forgets notes that are about other objects of the same names: the database was restored since."""
        if self._rebuilt:
            yield f"SELECT CASE WHEN NULLIF(:'fleetdrift_notes', '')::jsonb -> 'made' <> {self._made()}"
            yield f"THEN 0 ELSE :{_STAGE} END AS {_STAGE} \\gset"

    def _made(self) -> str:
        bearers = ", ".join(_bearer(identity) for identity in sorted(set(self._rebuilt)))
        return shield(f"pg_catalog.jsonb_build_array({bearers})")

    def _say_finished(self) -> Iterator[str]:
        """Write what says that a script which would lose rows if it ran twice has come to its end before."""
        if self._rebuilt:
            yield f"SELECT :{_STAGE} >= {len(self._stages)} AS fleetdrift_finished \\gset"
            yield "\\if :fleetdrift_finished"
            yield f"\\warn 'fleetdrift: this script has run to its end here, which is noted in' :{_FILE}"
            yield "\\warn 'and would lose rows if it ran twice; without that file it runs again'"
            yield "\\endif"

    def has_run(self, number: int) -> str | None:
        """Write the SQL condition that a stage has been run; None for one that is simply run again."""
        stage = self._stages[number]
        traces = self._trace(number) if stage.transactional and self._stages[1:] else None
        traces = shield(traces) if traces is not None else None
        if not self._is_noted:
            return traces
        noted = f":{_STAGE} > {number}"
        return noted if traces is None else f"{noted} OR {traces}"

    def note(self, number: int) -> Iterator[str]:
        """Write the note that a stage has been run, the last thing in its transaction; none where none is needed."""
        if self._is_noted and (self._rebuilt or number + 1 < len(self._stages)):
            made = f", 'made', {self._made()}" if self._rebuilt else ""
            yield (
                f"SELECT pg_catalog.jsonb_build_object('stage', {number + 1}, "
                "'transaction', pg_catalog.pg_current_xact_id()::text, "
                f"'kept', :'{KEPT}'::jsonb{made}) \\g (format=unaligned tuples_only=on) :{_NEW}"
            )
            yield f"\\set fleetdrift_moved `mv -f -- :'{_NEW}' :'{_FILE}'`"

    def end(self) -> Iterator[str]:
        """Write what removes the notes at the end of a script that may run twice."""
        if self._is_noted and not self._rebuilt:
            yield f"\\set fleetdrift_removed `rm -f -- :'{_FILE}'`"


def _made_again(stage: Stage) -> frozenset[ObjectId]:
    """Name what a stage drops and then makes."""
    dropped: set[ObjectId] = set()
    again: set[ObjectId] = set()
    for statement in stage.statements:
        if statement.role is Role.DROP:
            dropped.add(statement.object)
        elif statement.object in dropped and statement.role in (Role.CREATE, Role.REPLACE):
            again.add(statement.object)
    return frozenset(again)


def _has_rows(identity: ObjectId) -> bool:
    """Say whether what people have written since would be lost if it were dropped and made once more."""
    record = RECORDS[identity.kind]
    return record.holds_data or record.loses_when_rebuilt


def _can_run_twice(stage: Stage) -> bool:
    """Say whether every statement is repeatable or makes again what the stage itself has dropped, and no rows go."""
    again = _made_again(stage)
    return not any(map(_has_rows, again)) and all(
        statement.change is not ChangeKind.UNEXPECTED and (statement.object in again or statement.role in REPEATABLE)
        for statement in stage.statements
    )


def _bearer(identity: ObjectId) -> str:
    """Write SQL for what tells an object from the next one of its name: its oid, or a column's number."""
    kept_as = RECORDS[identity.kind].kept_as
    if kept_as is None:
        return "NULL::oid"
    oid = kept_as.oid(identity)
    if identity.kind != "column":
        return oid
    named = f"a.attrelid = {oid} AND a.attname = {quote_literal(identity.name)}"
    return f"(SELECT a.attnum FROM pg_catalog.pg_attribute a WHERE {named})"
