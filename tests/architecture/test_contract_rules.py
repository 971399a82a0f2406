"""Every contract rule has a file, an id that says which, a section in the documentation, and a test that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.report.tenancy import QUERY_RULES
from shared.contracts.judge import RULES

ROOT = Path(__file__).parents[2]
FILES = sorted(path.stem for path in (ROOT / "shared/contracts/rules").glob("[!_]*.py"))


def test_each_file_holds_one_rule_with_an_id_of_its_name():
    assert [rule.id for rule in RULES] == sorted(f"contract-{stem.replace('_', '-')}" for stem in FILES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_is_documented_and_tested(rule):
    documented = (ROOT / "docs/contracts.md").read_text()
    tested = "".join(path.read_text() for path in sorted((ROOT / "tests/integration/contracts").glob("test_*.py")))
    assert f"### {rule.id}\n" in documented
    assert f'"{rule.id}"' in tested


def test_a_baseline_accepts_verdicts_of_rules_that_exist():
    assert {rule.id for rule in RULES} >= QUERY_RULES


def test_no_rule_is_documented_that_does_not_exist():
    documented = (ROOT / "docs/contracts.md").read_text()
    sections = {line.removeprefix("### ") for line in documented.splitlines() if line.startswith("### ")}
    assert sections == {rule.id for rule in RULES}
