"""The error of an expression that has no value."""

from __future__ import annotations

from coordinator.iac.source import SourceError


class EvaluationError(SourceError):
    """An expression that has no value: what `try` and `can` catch."""
