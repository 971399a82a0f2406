"""Events of the analysis of shapes."""

from __future__ import annotations

from typing import ClassVar

from shared.events.event import Event, LogLevel, RunEvent
from shared.targets import FailureKind


class AnalysesAsked(RunEvent, tag="analyses.asked", frozen=True, kw_only=True):
    """The shapes of a scan are to be analysed; of so many the store has the analysis already."""

    scan: str
    shapes: int
    stored: int


class AnalysisReceived(RunEvent, tag="analysis.received", frozen=True, kw_only=True):
    """A worker analysed a shape."""

    analysis: str


class AnalysisFailed(RunEvent, tag="analysis.failed", frozen=True, kw_only=True):
    """No worker could analyse a shape: its tenants are unverified."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
    analysis: str
    kind: FailureKind


class ScratchRestarted(Event, tag="scratch.restarted", frozen=True, kw_only=True):
    """The scratch server that was started here ended by itself, and was started again."""

    level: ClassVar[LogLevel] = LogLevel.WARNING
