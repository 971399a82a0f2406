"""Write the SQL by which a script that is run again leaves out the transactions that it has run before.

What a transaction has made or removed shows that it has been run. A script that has transactions without such a trace
(one that drops a view which a later one makes again) also notes each in the comment of an empty large object.
Transactions that can be run twice without harm are run twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from shared.diff.changes import ChangeKind
from shared.kinds.step import REPEATABLE, Role
from shared.remediation.plan import Plan, Statement
from shared.remediation.stages import Stage
from shared.remediation.witness import trace_of
from shared.schema.identity import ObjectId
from shared.sql import quote_literal

_NOTED = (
    "FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass "
    "AND pg_catalog.starts_with(d.description, {})"
)


class Progress:
    """Writes the SQL that finds out, notes and forgets how far one script has come.

    Args:
        plan: What the script is of.
        stages: Its transactions. Another choice of statements is another script.
    """

    def __init__(self, plan: Plan, stages: Sequence[Stage]) -> None:
        self._stages = stages
        text = "\0".join((plan.observed, plan.desired, *(s.sql for stage in stages for s in stage.statements)))
        self._name = f"fleetdrift has run {hashlib.sha256(text.encode()).hexdigest()[:16]}:"
        # All stages are noted or none: one that is run again may need what a stage left out by its note has made.
        self._is_noted = any(map(self._needs_note, range(len(stages))))

    def _needs_note(self, number: int) -> bool:
        """Say whether a stage leaves no trace and may not be run twice."""
        stage = self._stages[number]
        if len(self._stages) == 1 or number == len(self._stages) - 1:
            return False  # nothing comes after it that could fail
        if not stage.transactional:
            return self._frees_name_of_constraint(stage.statements[0], number)
        return trace_of(stage.statements) is None and not _can_run_twice(stage)

    def _frees_name_of_constraint(self, statement: Statement, number: int) -> bool:
        """Say whether an index is dropped whose name a later constraint takes: run again, the drop would hit that."""
        i = statement.object
        later = (s.object for stage in self._stages[number + 1 :] for s in stage.statements)
        takers = {(o.namespace, o.name) for o in later if o.kind == "constraint"}
        return statement.role is Role.DROP and i.kind == "index" and (i.namespace, i.name) in takers

    def has_run(self, number: int) -> str | None:
        """Write the SQL condition that a stage has been run; None for one that is simply run again."""
        stage = self._stages[number]
        traces = trace_of(stage.statements) if stage.transactional and self._stages[1:] else None
        if not self._is_noted:
            return traces
        noted = f"EXISTS (SELECT {_NOTED.format(quote_literal(self._note(number)))})"
        return noted if traces is None else f"{noted} OR {traces}"

    def _note(self, number: int) -> str:
        return f"{self._name} stage {number + 1} of {len(self._stages)}"

    def note(self, number: int) -> Iterator[str]:
        """Write the statement that notes that a stage has been run; none in a script without notes."""
        if self._is_noted:
            command = f"COMMENT ON LARGE OBJECT %s IS {quote_literal(self._note(number))}"
            body = f"BEGIN EXECUTE pg_catalog.format({quote_literal(command)}, pg_catalog.lo_create(0)); END"
            yield f"DO {quote_literal(body)};"

    def forget(self) -> Iterator[str]:
        """Write the statement that removes the notes at the end of the script."""
        if self._is_noted:
            noted = _NOTED.format(quote_literal(self._name))
            yield f"DO {quote_literal(f'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) {noted}; END')};"


def _can_run_twice(stage: Stage) -> bool:
    """Say whether every statement is repeatable or makes again what the stage itself has dropped."""
    dropped: set[ObjectId] = set()
    made_again: set[ObjectId] = set()
    for statement in stage.statements:
        if statement.role is Role.DROP:
            dropped.add(statement.object)
        elif statement.object in dropped and statement.role in (Role.CREATE, Role.REPLACE):
            made_again.add(statement.object)
    return all(
        statement.change is not ChangeKind.UNEXPECTED
        and (statement.object in made_again or statement.role in REPEATABLE)
        for statement in stage.statements
    )
