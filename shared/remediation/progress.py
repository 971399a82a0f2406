"""What a script has done already, noted where the facts of rebuilt objects are: in comments of empty large objects.

Not every statement leaves a trace that tells whether it has run (a default that was dropped and set again, say), and a
half-run script must neither repeat what cannot be repeated nor leave out what was not done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shared.remediation.plan import Plan
from shared.remediation.stages import Stage
from shared.remediation.witness import has_run
from shared.sql import quote_literal

_NOTED = (
    "FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass "
    "AND pg_catalog.starts_with(d.description, {})"
)


class Progress:
    """Writes the SQL that notes and asks how far one script has come.

    Args:
        plan: What the script is of.
        stages: Its transactions. Another choice of statements is another script.
    """

    def __init__(self, plan: Plan, stages: Sequence[Stage]) -> None:
        self._stages = stages
        text = "\0".join((plan.observed, plan.desired, *(s.sql for stage in stages for s in stage.statements)))
        self._name = f"fleetdrift has run {hashlib.sha256(text.encode()).hexdigest()[:16]}:"

    def has_run(self, number: int) -> str:
        """Give the SQL condition that a stage has been run: it was noted, or its traces are there."""
        noted = f"EXISTS (SELECT {_NOTED.format(quote_literal(self._noted(number)))})"
        stage = self._stages[number]
        traces = has_run(stage.statements) if stage.transactional else None  # an index may be there, and invalid
        return noted if traces is None else f"{noted} OR {traces}"

    def _noted(self, number: int) -> str:
        return f"{self._name} stage {number + 1} of {len(self._stages)}"

    def note(self, number: int) -> str:
        """Give the statement that notes that a stage has been run; the last one forgets them all."""
        if number == len(self._stages) - 1:
            noted = _NOTED.format(quote_literal(self._name))
            return f"DO {quote_literal(f'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) {noted}; END')}"
        command = f"COMMENT ON LARGE OBJECT %s IS {quote_literal(self._noted(number))}"
        body = f"BEGIN EXECUTE pg_catalog.format({quote_literal(command)}, pg_catalog.lo_create(0)); END"
        return f"DO {quote_literal(body)}"
