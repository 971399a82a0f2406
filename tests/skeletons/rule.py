"""The skeleton of a rule: its file, its page, its golden case and its test."""

from __future__ import annotations

import re
from pathlib import Path

from tests.skeletons.files import Files, SkeletonError

RULE = '''"""`{id}`: FILL IN, what it judges, in one clause."""

from __future__ import annotations

from shared.findings.finding import Severity
from shared.findings.rule import {changes}, Rule, always

RULE = Rule(
    id="{id}",
    title="FILL IN: what it is about, for headings",
    changes={changes},
    kinds=frozenset({{"FILL IN: the kinds that it judges"}}),
    judge=always(Severity.WARNING, "FILL IN: what fails, and for whom; no full stop"),
)
'''
PAGE = """# {id}

Severity: warning.

## What it means

FILL IN.

## How it happens

FILL IN.

## How to put it right

FILL IN.
"""
TEST = '''"""`{id}` speaks about its change and leaves its neighbours to others."""

from __future__ import annotations

from shared.diff.changes import SchemaDiff
from shared.findings.judge import judge_undeclared
from tests.golden.rules.changes import CHANGES


def rules_of(name: str) -> set[str]:
    return {{finding.rule for finding in judge_undeclared(SchemaDiff((CHANGES[name],)))}}


def test_it_speaks_about_its_change() -> None:
    assert rules_of("{id}") == {{"{id}"}}


def test_a_neighbour_is_told_by_its_own_rule() -> None:
    assert rules_of("FILL IN: the key in changes.py of the nearest change that it must not judge") != {{"{id}"}}
'''
CHANGES = {"missing": "MISSING", "unexpected": "UNEXPECTED", "altered": "ALTERED"}
CASES = {"missing": "Missing(TABLE)", "unexpected": "Unexpected(TABLE)", "altered": 'altered(TABLE, tablespace="x")'}
HEADINGS = {
    "missing": "## Missing: declared, but not in the database\n\n",
    "unexpected": "## Unexpected: in the database, but declared nowhere\n\n",
    "altered": "## Altered: on both sides, and different\n\n",
}


def write_rule(root: Path, name: str) -> tuple[Path, ...]:
    """Write the skeleton of a rule.

    Args:
        root: Of the project.
        name: Its id. One that begins with `missing-`, `unexpected-` or `altered-` speaks about such changes, any other
            about altered ones.

    Raises:
        SkeletonError: When the name is no id or taken, or a file is not as expected.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name):
        raise SkeletonError(f"expected an id like missing-event-log (lower case, hyphens), got {name!r}")
    change = name.partition("-")[0] if name.partition("-")[0] in CHANGES else "altered"
    names = {"id": name, "changes": CHANGES[change]}
    module = name.replace("-", "_")
    files = Files(root)
    files.new(f"shared/findings/rules/{module}.py", RULE.format(**names))
    files.new(f"docs/rules/{name}.md", PAGE.format(**names))
    files.new(f"tests/unit/findings/rules/test_{module}.py", TEST.format(**names))
    files.after(
        "tests/golden/rules/changes.py",
        "CHANGES: dict[str, Change] = {\n",
        f'    "{name}": {CASES[change]},  # FILL IN: the smallest change that it judges\n',
    )
    entry = f"- [{name}]({name}.md): FILL IN: what it is about, for headings\n"
    files.after("docs/rules/README.md", HEADINGS.get(name.partition("-")[0], "## More\n\n"), entry)
    return files.write()
