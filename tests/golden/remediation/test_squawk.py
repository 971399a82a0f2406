"""Squawk reads every golden plan: whatever it warns of stands as a hazard beside the statement already."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLANS = sorted(Path(__file__).parent.glob("*/plan.sql"))

_ABOUT_THE_DECLARATION = {"prefer-bigint-over-int", "ban-char-field", "prefer-text-field", "prefer-identity"}
"""Rules about what is declared, which a plan only repeats."""

_BLOCKS, _BREAKS = {"blocks_reads", "blocks_writes"}, {"breaks_readers", "loses_data"}
_COVERED_BY = {
    "adding-not-nullable-field": {"scans_table"},
    "adding-required-field": {"scans_table"},
    "adding-field-with-default": {"blocks_reads"},
    "adding-foreign-key-constraint": _BLOCKS,
    "adding-serial-primary-key-field": _BLOCKS,
    "ban-alter-domain-with-add-constraint": {"scans_table"},
    "ban-alter-identity": _BREAKS,
    "ban-drop-column": _BREAKS,
    "ban-drop-constraint": _BREAKS,
    "ban-drop-default": _BREAKS,
    "ban-drop-domain": _BREAKS,
    "ban-drop-function": _BREAKS,
    "ban-drop-generated-expression": _BREAKS,
    "ban-drop-not-null": _BREAKS,
    "ban-drop-schema": _BREAKS,
    "ban-drop-sequence": _BREAKS,
    "ban-drop-table": _BREAKS,
    "ban-drop-type": _BREAKS,
    "ban-drop-view": _BREAKS,
    "changing-column-type": {"blocks_reads"},
    "constraint-missing-not-valid": {"scans_table", "builds_index"},
    "disallowed-unique-constraint": {"builds_index"},
    "renaming-column": _BLOCKS,
    "renaming-object": _BLOCKS | _BREAKS,
    "require-concurrent-index-creation": {"blocks_writes"},
    "require-concurrent-index-deletion": _BLOCKS,
    "require-concurrent-partition-detach": _BLOCKS,
}
_HAZARD = re.compile(r"-- ([a-z_]+): ")


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.parent.name)
def test_every_warning_is_a_hazard_that_the_plan_names(plan: Path, tmp_path: Path) -> None:
    program = shutil.which("squawk", path=str(Path(sys.executable).parent))
    assert program is not None, "squawk-cli is a development dependency"
    argv = [program, "--reporter", "Json", "--pg-version", "18", str(without_variables(plan, tmp_path / "plan.sql"))]
    warnings = json.loads(subprocess.run(argv, capture_output=True, check=False, text=True).stdout or "[]")
    lines = plan.read_text().split("\n")
    for warning in warnings:
        rule, line = warning["rule_name"], warning["line"]
        if rule in _ABOUT_THE_DECLARATION or is_on_something_new(rule, line, lines) or is_of_the_plan(lines[line]):
            continue
        assert hazards_above(line, lines) & _COVERED_BY[rule], f"{rule}, line {line + 1}: {warning['message']}"


def without_variables(plan: Path, written: Path) -> Path:
    """Write a plan without psql's variables, of which squawk knows nothing, line by line as it is."""
    text = re.sub(r"(\\;)? ?:fleetdrift_(un)?pin\w*;", ";", plan.read_text())
    text = re.sub(r":'?fleetdrift_\w+'?", "NULL", re.sub(r"(?m)\\g .*$", ";", text))
    written.write_text(text)
    return written


def hazards_above(line: int, lines: list[str]) -> set[str]:
    """Give the hazards in the comments right above a statement, and the locks at the head of its stage."""
    above = lines[line - 1 :: -1] if line else []
    own = itertools.takewhile(lambda text: text.startswith("--"), above)
    head = next((number for number, text in enumerate(above) if text.startswith("-- stage ")), 0)
    locks = itertools.takewhile(lambda text: text.startswith("--"), reversed(above[:head]))
    return {hazard.group(1) for text in (*own, *locks) if (hazard := _HAZARD.match(text)) is not None}


_PLANS_OWN = re.compile(r'(DROP (CONSTRAINT|DOMAIN|TYPE)( IF EXISTS)?|ALTER INDEX) ("[^"]+"\.)?"fleetdrift_')


def is_of_the_plan(statement: str) -> bool:
    """Say whether a statement is about something that the plan itself has made, or set aside, for a while."""
    return _PLANS_OWN.search(statement) is not None


def is_on_something_new(rule: str, line: int, lines: list[str]) -> bool:
    """Say whether an index is built on what the same plan has just made, where nobody can be waiting."""
    if rule != "require-concurrent-index-creation":
        return False
    on = re.search(r" ON (?:ONLY )?(\S+)", lines[line])
    name = on.group(1).replace('"', "") if on else ""
    made = (text.replace('"', "") for text in lines[:line] if text.startswith("CREATE "))
    return any(re.match(rf"CREATE (MATERIALIZED VIEW|TABLE|UNLOGGED TABLE) {re.escape(name)}\b", text) for text in made)
