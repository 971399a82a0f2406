"""The execution log of a run: its steps, when each ended, and with what result. It becomes a part of the report."""

from __future__ import annotations

import datetime as dt
import time
import uuid

from coordinator.report.model import QueryCount, Step, StepResult


class ExecutionLog:
    """Collects steps. The only place of a run that reads the clock and makes a random id."""

    def __init__(self) -> None:
        self.execution_id = str(uuid.uuid4())
        self.started = _now()
        self._began = time.monotonic()
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done so far."""
        return tuple(self._steps)

    @property
    def duration(self) -> float:
        """Seconds since the run began, to the millisecond."""
        return round(time.monotonic() - self._began, 3)

    def record(
        self,
        action: str,
        detail: str,
        result: StepResult,
        *,
        rows_scanned: int | None = None,
        objects: int | None = None,
        queries: tuple[QueryCount, ...] = (),
    ) -> None:
        """Add a step that has just ended; the arguments are those of `Step`."""
        self._steps.append(
            Step(
                timestamp=_now(),
                action=action,
                detail=detail,
                result=result,
                rows_scanned=rows_scanned,
                objects=objects,
                queries=queries,
            )
        )


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
