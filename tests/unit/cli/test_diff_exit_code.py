"""The exit code of `fleetdrift diff`: what nobody could decide is neither in sync nor drift."""

from __future__ import annotations

import pytest

from coordinator.cli.diff import exit_code_of
from coordinator.compare.sources import Comparison
from shared.diff.changes import Missing, SchemaDiff, Unverified
from shared.remediation.plan import Plan
from tests.reports import EMAIL_INDEX

CERTAIN = Missing(EMAIL_INDEX)
UNDECIDED = Unverified(EMAIL_INDEX.identity, "the scratch server has no such extension")


@pytest.mark.parametrize(
    ("changes", "unverified", "expected"),
    [
        ((), "", 0),
        ((CERTAIN,), "", 2),
        ((UNDECIDED,), "", 3),
        ((CERTAIN,), "it crashed the scratch server", 3),
    ],
)
def test_only_what_is_certain_is_drift(changes, unverified, expected):
    compared = Comparison(diff=SchemaDiff(changes), plan=Plan(desired="", observed=""), unverified=unverified)
    assert exit_code_of(compared) == expected
