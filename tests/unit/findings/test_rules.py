"""Every difference has a rule, every rule a page, and every altered field is told once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from shared.diff.changes import Altered, Change, Missing, SchemaDiff, Unexpected, Unverified
from shared.findings import rules
from shared.findings.judge import judge, judge_undeclared
from shared.findings.registry import BY_ID, RULES, rules_for
from shared.findings.tenancy import rules as tenancy_rules
from shared.findings.tenancy.judge import TENANCY_RULES, tenancy_titles
from shared.schema.model import KINDS
from tests.objects import minimal
from tests.reports import spec_of

ROOT = Path(__file__).parents[3]


def test_every_rule_is_documented_and_every_page_is_a_rule() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "rules").glob("*.md")} - {"README"}

    assert pages == set(BY_ID) | set(TENANCY_RULES)


def test_the_index_of_rules_names_each_with_its_title() -> None:
    index = (ROOT / "docs" / "rules" / "README.md").read_text()

    entries = [line for line in index.splitlines() if line.startswith("- [")]
    titles = {rule.id: rule.title for rule in RULES} | tenancy_titles(TENANCY_RULES)
    assert sorted(entries) == sorted(f"- [{rule}]({rule}.md): {title}" for rule, title in titles.items())


def test_every_page_says_what_it_means_how_it_happens_and_what_to_do() -> None:
    for rule in (*BY_ID, *TENANCY_RULES):
        text = (ROOT / "docs" / "rules" / f"{rule}.md").read_text()
        assert text.startswith(f"# {rule}\n\nSeverity: ")
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            "## What it means",
            "## How it happens",
            "## How to put it right",
        ]


def test_a_rule_is_named_after_its_file() -> None:
    files = {path.stem.replace("_", "-") for path in Path(rules.__path__[0]).glob("*.py")} - {"--init--"}

    assert files == set(BY_ID)
    assert len(RULES) == len(BY_ID)


def test_a_tenancy_rule_is_named_after_its_file() -> None:
    files = {path.stem.replace("_", "-") for path in Path(tenancy_rules.__path__[0]).glob("*.py")} - {"--init--"}

    assert files == set(TENANCY_RULES)


def test_rules_speak_of_kinds_and_fields_that_exist() -> None:
    for rule in RULES:
        assert rule.kinds <= set(KINDS), rule.id
        fields = {field.name for kind in rule.kinds for field in msgspec.structs.fields(KINDS[kind])}
        assert rule.fields <= fields, rule.id


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_exactly_one_rule_for_being_missing_and_one_for_being_unexpected(kind: str) -> None:
    item = minimal(kind)

    assert len(list(rules_for(Missing(item)))) == 1
    assert len(list(rules_for(Unexpected(item)))) == 1
    assert [rule.id for rule, _ in rules_for(Unverified(item.identity, "why"))] == ["unverified"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_is_told_by_exactly_one_rule(kind: str) -> None:
    item = minimal(kind)
    fields = tuple(sorted(field.name for field in msgspec.structs.fields(type(item))))

    told = [field for _, claimed in rules_for(Altered(item, item, fields)) for field in claimed]

    assert sorted(told) == list(fields)


@pytest.mark.parametrize("kind", KINDS)
def test_no_change_of_any_kind_is_without_a_finding_and_each_is_one_sentence(kind: str) -> None:
    item = minimal(kind)
    fields = tuple(sorted(field.name for field in msgspec.structs.fields(type(item))))
    changes: list[Change] = [
        Missing(item),
        Unexpected(item),
        Altered(item, item, fields),
        Unverified(item.identity, "no"),
    ]

    for change in changes:
        findings = judge_undeclared(SchemaDiff((change,)))
        assert findings
        for finding in findings:
            assert finding.message.startswith(str(item.identity).strip())
            assert finding.message.endswith(".")
            assert "\n" not in finding.message
            assert finding.object == item.identity


def test_findings_do_not_depend_on_where_things_are_declared() -> None:
    diff = SchemaDiff((Missing(minimal("index")),))

    assert judge(diff, spec_of(())) == judge_undeclared(diff)
