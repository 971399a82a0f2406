"""What fits into a comment: the most important of each section, and how many there are beyond it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport
from coordinator.report.renderers.comment import MAX_BYTES, Item, Section, fill_comment
from coordinator.report.renderers.markdown import render_markdown
from shared.analysis.analysis import Analysis
from shared.schema.canonical import content_hash
from shared.schema.relations import Column
from shared.targets import Failure, FailureKind
from tests.hostile import HOSTILE_NAMES
from tests.reports import (
    CREATED_INDEX,
    EMAIL_INDEX,
    EXPECTED_VERSION,
    ON_CONFLICT,
    ORDERS,
    analysis_of,
    create_index,
    demo,
    demo_spec,
    report_of,
    version,
)

NAMES = ["orders", *HOSTILE_NAMES, "ä" * 30, "🐘" * 15, "<&|*_`" * 10]


def large(groups: int, columns: int, failures: int, notes: int, name: str) -> ScanReport:
    """A fleet in which tenants have columns of their own, queries break, and others cannot be read."""
    spec = demo_spec()
    analyses: dict[str, Analysis] = {}
    for number in range(groups):
        own = [
            Column(namespace="public", parent="orders", name=f"{name} {number} {each}", type="text")
            for each in range(columns)
        ]
        statements = (create_index(EMAIL_INDEX), create_index(CREATED_INDEX)) * (1 + number % 7)
        analyses[str(number)] = analysis_of(
            str(number), spec, (*ORDERS, *own), statements=statements, verdicts=[ON_CONFLICT]
        )
    outcomes = [
        TenantOutcome(tenant=f"{name} {number}", fingerprint=str(number % groups), versions=version(EXPECTED_VERSION))
        for number in range(2 * groups)
    ]
    outcomes += [
        TenantOutcome(tenant=f"{name} away {number}", failure=Failure(FailureKind.REFUSED, f"{name} refused " * 9))
        for number in range(failures)
    ]
    unchecked = [f"{name} {number}: not evaluated" for number in range(notes)]
    return report_of(spec, outcomes, analyses, fleet=name * 40, unchecked=unchecked)


def cut_counts(text: str) -> list[str]:
    return re.findall(r"^… and ([\d,]+ [a-z ]+?) more:", text, re.MULTILINE)


def section(*items: Item, noun: str = "thing") -> Section:
    return Section(heading="## Things", items=items, noun=noun, elsewhere="elsewhere")


@settings(max_examples=40, deadline=None)  # a large report takes a second to make
@given(
    groups=st.integers(1, 60),
    columns=st.integers(0, 40),
    failures=st.integers(0, 60),
    notes=st.integers(0, 60),
    name=st.sampled_from(NAMES),
)
def test_a_report_of_any_size_fits_into_a_comment(
    groups: int, columns: int, failures: int, notes: int, name: str
) -> None:
    report = large(groups, columns, failures, notes, name)
    text = render_markdown(report)

    assert len(text.encode()) <= MAX_BYTES
    assert text.count("<details>") == text.count("</details>")
    assert content_hash("report/1", report.body) == report.content_hash
    for heading, present in (("## Drift groups", True), ("## Not read", failures), ("## Not checked", notes)):
        assert (heading in text.split("\n")) == bool(present)


@given(
    st.lists(st.lists(st.integers(1, 900), min_size=1, max_size=40), min_size=1, max_size=5), st.integers(500, 9_000)
)
def test_what_is_left_out_is_counted(sizes: Sequence[Sequence[int]], most: int) -> None:
    sections = [section(*(Item("x" * size) for size in each)) for each in sizes]
    text = fill_comment(sections, most)

    assert len(text) <= most
    shown = len(re.findall(r"^x+$", text, re.MULTILINE))
    left_out = sum(int(each.split()[0]) for each in cut_counts(text))
    assert shown + left_out == sum(map(len, sizes))


def test_the_first_items_stay() -> None:
    text = fill_comment([section(*(Item(f"{number} " + "x" * 90) for number in range(30)))], 1_000)

    assert [line[0] for line in text.split("\n") if line.endswith("x")] == list("0123456789")
    assert cut_counts(text) == ["20 things"]


def test_every_section_has_its_first_before_any_has_its_second() -> None:
    text = fill_comment([section(Item("a" * 200), Item("b" * 200)), section(Item("c" * 200), Item("d" * 200))], 520)

    assert "a" * 200 in text
    assert "c" * 200 in text
    assert "b" * 200 not in text


def test_what_is_too_long_in_full_is_shown_in_short_and_says_so() -> None:
    long, short = Item("## long", "## long\n\n" + "x" * 900, "too long"), Item("## short", "## short\n\nall of it")
    text = fill_comment([section(long, short)], 500)

    assert "## long\n\ntoo long" in text
    assert "## short\n\nall of it" in text


def test_a_table_without_room_for_a_row_has_no_head() -> None:
    rows = Section(heading="## Rows", items=[Item("x" * 900)], noun="row", elsewhere="elsewhere", table_head="|a|\n|-|")

    assert fill_comment([rows], 500) == "## Rows\n\n… and 1 row more: elsewhere.\n"


def test_a_small_report_is_whole() -> None:
    text = render_markdown(demo())

    assert cut_counts(text) == []
    assert "too long" not in text


def test_a_large_report_says_what_is_left_out() -> None:
    text = render_markdown(large(groups=60, columns=40, failures=60, notes=0, name="orders"))

    assert set(cut_counts(text)) >= {"2,373 differences", "40 drift groups", "30 tenants"}
    assert text.count("is too long for a comment") > 0


def test_the_worst_group_comes_first_and_of_equal_ones_the_largest() -> None:
    spec = demo_spec()
    note = Column(namespace="public", parent="orders", name="note", type="text")
    analyses = {
        "warning": analysis_of("warning", spec, (*ORDERS, EMAIL_INDEX)),
        "error": analysis_of("error", spec, (*ORDERS, CREATED_INDEX)),
        "other": analysis_of("other", spec, (*ORDERS, CREATED_INDEX, note)),
    }
    keys = ["warning"] * 3 + ["other"] * 2 + ["error"]
    outcomes = [
        TenantOutcome(tenant=f"t{number}", fingerprint=key, versions=version(EXPECTED_VERSION))
        for number, key in enumerate(keys)
    ]
    text = render_markdown(report_of(spec, outcomes, analyses))

    assert re.findall("^### (.*)$", text, re.MULTILINE) == ["t3, t4", "t5", "t0, t1, t2"]
