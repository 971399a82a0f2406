"""One rule, one golden case: severity and sentence of each, word for word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.diff.changes import SchemaDiff
from shared.findings.finding import Finding
from shared.findings.judge import judge_undeclared, judge_version
from shared.findings.registry import BY_ID
from shared.schema.schema import SchemaVersion
from tests.golden.rules.changes import CHANGES

HERE = Path(__file__).parent
VERSIONS: dict[str, Finding | None] = {
    "schema-version-mismatch": judge_version("20260201", (SchemaVersion("sqlx", "20260115"),)),
    "schema-version-unknown": judge_version("20260201", ()),
}


def found(rule: str) -> tuple[Finding, ...]:
    if rule in VERSIONS:
        finding = VERSIONS[rule]
        assert finding is not None
        return (finding,)
    return judge_undeclared(SchemaDiff((CHANGES[rule],)))


@pytest.mark.parametrize("rule", sorted(BY_ID))
def test_the_rule_says_what_it_said_before(rule: str, golden: Callable[[Path, str], None]) -> None:
    findings = found(rule)

    assert {finding.rule for finding in findings} == {rule}
    golden(HERE / f"{rule}.txt", "".join(f"{finding.severity}: {finding.message}\n" for finding in findings))


def test_every_rule_has_a_golden_case() -> None:
    # The last one of this file, so that `--update` has written the case of a new rule before it is asked for.
    assert set(CHANGES) | set(VERSIONS) == set(BY_ID)
    assert {path.stem for path in HERE.glob("*.txt")} == set(BY_ID)
