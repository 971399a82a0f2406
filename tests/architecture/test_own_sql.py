"""What a statement of a plan does is its role: no code finds it out from the statement's SQL."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARSES = re.compile(
    r"statement\.sql\.(?:startswith|endswith|split|rsplit|partition|rpartition|find|index|removeprefix|splitlines)\("
    r"|\bin statement\.sql\b"
    r"|\.(?:match|search|fullmatch|findall|finditer)\(statement\.sql"
)
PLACEHOLDERS = "coordinator/apply/script.py"  # looks for a tenant's names in a plan's SQL, not for what it does


def test_nothing_reads_the_sql_of_a_plan_to_find_out_what_it_does():
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in ("shared", "workers", "coordinator")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "shared.remediation.plan import" in (text := path.read_text())
        for line in text.splitlines()
        if PARSES.search(line)
    ]
    assert [place for place in found if not place.startswith(PLACEHOLDERS)] == []
