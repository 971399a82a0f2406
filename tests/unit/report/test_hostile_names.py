"""Names chosen by a hostile tenant go through every form of a report, and break none."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from coordinator.report.judged import TenantOutcome
from coordinator.report.model import Patch, ScanReport
from coordinator.report.renderers.diff_text import render_diff
from coordinator.report.renderers.html import render_html
from coordinator.report.renderers.json import render_json
from coordinator.report.renderers.junit import render_junit
from coordinator.report.renderers.markdown import render_markdown
from coordinator.report.renderers.markdown_text import block, code, escape
from coordinator.report.renderers.sarif import render_sarif
from coordinator.report.renderers.text import Terminal, render_text
from coordinator.report.renderers.visible import visible, visible_lines
from shared.contracts.contract import Verdict, VerdictStatus
from shared.diff.changes import ChangeKind
from shared.diff.compare import diff_schemas
from shared.findings.ignore import IgnoreRule
from shared.kinds.step import Hazard, HazardKind
from shared.remediation.plan import Proof, ProofStatus, Statement
from shared.schema.relations import Column, Constraint, Table, View
from shared.schema.schema import Origin, Schema, SchemaVersion, Unmodelled
from shared.sql import quote_identifier
from shared.targets import Failure, FailureKind
from tests.hostile import HOSTILE_NAMES
from tests.reports import analysis_of, read_json, report_of, spec_of

EVERYWHERE = "\n".join(HOSTILE_NAMES)
PLAIN = Terminal(width=100)


def hostile_report(name: str) -> ScanReport:
    """Put a name into every place of a report that anybody but us can write to."""
    table = Table(namespace=name, name=name)
    column = Column(namespace=name, parent=name, name=name, type=name, default=name)
    constraint = Constraint(namespace=name, parent=name, name=name, type="check", definition=name)
    view = View(namespace=name, name=f"{name}v", definition=name, columns=(name,))
    spec = spec_of((table, column, view), {table.identity: Origin(name, 3, name)})
    observed = (table, Column(namespace=name, parent=name, name=name, type="text"), constraint)
    statement = Statement(
        sql=f"ALTER TABLE {quote_identifier(name)} …",
        object=constraint.identity,
        change=ChangeKind.UNEXPECTED,
        hazards=(Hazard(HazardKind.LOSES_DATA, name),),
        destructive=True,
    )
    verdicts = [
        Verdict(
            service=name, file=name, line=1, subject=name, status=status, rule="contract-query-invalid", reason=name
        )
        for status in (VerdictStatus.VIOLATED, VerdictStatus.UNVERIFIED)
    ]
    analysis = analysis_of(
        "a", spec, observed, statements=(statement,), verdicts=verdicts, proof=Proof(ProofStatus.UNPROVEN, name)
    )
    return report_of(
        spec,
        [
            TenantOutcome(tenant=f"{name}1", fingerprint="a", versions=(SchemaVersion(name, name),)),
            TenantOutcome(tenant=f"{name}2", failure=Failure(FailureKind.PROTOCOL, name)),
        ],
        {"a": analysis},
        fleet=name,
        expected_version=f"{name}9",
        patches={"a": (Patch(summary=name, diff=f"+{name}\n"),)},
        unchecked=(name,),
        unmodelled=(Unmodelled(name, 2),),
        ignores=(
            IgnoreRule(kind="view", name="absent", reason=f"{name}.", owner=f"{name}.", until=dt.date(2027, 1, 1)),
            IgnoreRule(
                kind="column", attribute="default", reason=f"{name}.", owner=f"{name}.", until=dt.date(2027, 1, 1)
            ),
        ),
    )


def unprintable(text: str) -> set[str]:
    return {character for character in text if not character.isprintable()} - {"\n"}


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_text_moves_no_cursor_and_forges_no_line(name: str) -> None:
    text = render_text(hostile_report(name), PLAIN)

    assert unprintable(text) <= {"\t"}  # tabs of SQL stay
    assert not any(line.startswith("break: in sync") for line in text.splitlines())


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_coloured_text_holds_no_escape_but_ours(name: str) -> None:
    text = render_text(hostile_report(name), Terminal(width=100, colour=True))

    assert unprintable(re.sub(r"\x1b\[[0-9;]*m", "", text)) <= {"\t"}
    assert "\x1b[2J" not in text


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_the_difference_of_two_sources_moves_no_cursor(name: str) -> None:
    report = hostile_report(name)
    [group] = report.body.groups
    assert group.plan is not None

    assert unprintable(render_diff(group.diff, group.plan, PLAIN)) <= {"\t"}


def test_no_difference_is_said_in_one_line() -> None:
    same = Schema.of((Table(namespace="public", name="t"),))
    [group] = hostile_report("x").body.groups
    assert group.plan is not None

    assert render_diff(diff_schemas(same, same), group.plan, PLAIN) == "in sync: no difference\n"


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.handlers: set[str] = set()
        self.own: dict[str, list[str]] = {"script": [], "style": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in self.own:
            self.own[tag].append("")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.handlers.add(name)
            if name in ("href", "src", "action", "srcset", "data", "background"):
                self.links.add(value or "")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in self.own:
            self.own[self.cdata_elem][-1] += data


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_html_runs_only_its_own_script_and_loads_nothing(name: str) -> None:
    page = render_html(hostile_report(name))
    reader = Reader()
    reader.feed(page)

    assert not reader.tags & {"img", "iframe", "object", "embed", "link", "base", "form"}
    assert reader.handlers == set()
    assert all(link.startswith(("#g-", "#t-")) for link in reader.links)
    assert unprintable(page) <= {"\t"}
    assert set(re.findall(r"url\([^)]*\)", page)) == {"url(#grid)"}
    [style], [script] = reader.own["style"], reader.own["script"]
    allowed = [base64.b64encode(hashlib.sha256(own.encode()).digest()).decode() for own in (style, script)]
    assert "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri".format(*allowed) in page
    assert page.count("{{ 7 * 7 }}") >= 10 * name.count("{{ 7 * 7 }}")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_junit_is_well_formed_and_has_one_case_per_tenant(name: str) -> None:
    root = ET.parse(io.StringIO(render_junit(hostile_report(name)))).getroot()

    assert [case.get("name") for case in root.iter("testcase")] == sorted([visible(f"{name}1"), visible(f"{name}2")])
    assert [len(list(root.iter(tag))) for tag in ("failure", "error", "skipped")] == [1, 1, 0]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_sarif_is_json_without_links_or_placeholders(name: str) -> None:
    log = json.loads(render_sarif(hostile_report(name)))
    [run] = log["runs"]
    texts = [result["message"]["text"] for result in run["results"]]
    texts += [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]

    assert len(texts) >= 5
    for text in texts:
        assert unprintable(text) == set()
        assert "](" not in text
        assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)", text)
    for result in run["results"]:
        for location in result["locations"]:
            uri = location.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "")
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]*", uri)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_json_gives_every_name_back_as_it_was(name: str) -> None:
    report = hostile_report(name)
    text = render_json(report)

    assert read_json(text) == report
    assert json.loads(text)["report"]["tenants"][0]["tenant"] == f"{name}1"
    assert all(character >= " " or character == "\n" for character in text)


def parsed(text: str) -> list[Token]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [inner for token in parser.parse(text) for inner in (token, *(token.children or ()))]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_markdown_holds_no_markup_of_a_tenant(name: str) -> None:
    text = render_markdown(hostile_report(name))
    tokens = parsed(text)

    assert unprintable(text) <= {"\t"}
    assert not {token.type for token in tokens} & {
        "link_open",
        "image",
        "em_open",
        "s_open",
        "html_inline",
        "code_block",
    }
    html = "".join(token.content for token in tokens if token.type == "html_block")
    assert set(re.findall(r"<[^>]*>?", html)) == {"<details>", "<summary>", "</summary>", "</details>"}
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h2", "h3", "h2", "h2", "h2"]
    headline, overview, failures = 1 + 6, 1 + 5, 1 + 1
    assert [token.type for token in tokens].count("tr_open") == headline + overview + failures


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_an_escaped_name_reads_as_the_name(name: str) -> None:
    told = [token.content for token in parsed(f"a {escape(name)} z") if token.type in ("text", "text_special")]

    assert "".join(told) == f"a {visible(name)} z"
    assert [token.content for token in parsed(f"a {code(name)} z") if token.type == "code_inline"] == [visible(name)]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_fences_are_longer_than_what_they_hold(name: str) -> None:
    fence, *middle, end = block(name).split("\n")
    assert fence == end
    assert all(not re.fullmatch(r"\s*" + fence + "`*", line) for line in middle)

    span = code(name)
    run = re.match("`+", span)
    assert run is not None
    assert run[0] not in re.findall("`+", span[len(run[0]) : -len(run[0])])


def test_markdown_leaves_ordinary_words_alone() -> None:
    plain = "index public.orders_by_day (CREATE INDEX …) is declared but missing: it is slow."

    assert escape(plain) == plain
    assert escape("*a* _b_ <c> @d #1 http://e www.f |g|") == (
        r"\*a\* \_b\_ &#60;c&#62; &#64;d &#35;1 http&#58;//e www&#46;f \|g\|"
    )


def test_what_does_not_print_is_shown_as_an_escape() -> None:
    assert visible("a\nb\x1b[0m\u202e\u200b\U000e0041") == r"a\nb\x1b[0m\u202e\u200b\U000e0041"
    assert visible_lines("a\n\tb\r\x1b") == "a\n\tb\\r\\x1b"
    assert visible("naïve 数据 🐘") == "naïve 数据 🐘"


def test_all_names_together_go_through_every_form() -> None:
    report = hostile_report(EVERYWHERE)

    for rendered in (
        render_text(report, PLAIN),
        render_html(report),
        render_markdown(report),
        render_sarif(report),
        render_junit(report),
        render_json(report),
    ):
        assert rendered.endswith("\n")
