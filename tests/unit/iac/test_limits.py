"""Each limit on a declaration admits exactly what it says, and refuses one more."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pgparse
import pytest
import yaml

from coordinator.iac.cloudformation import document
from coordinator.iac.cloudformation.document import parse_document
from coordinator.iac.cloudformation.intrinsics import concatenated
from coordinator.iac.cloudformation.template import Template
from coordinator.iac.expressions import functions, operations
from coordinator.iac.expressions.budget import Budget, limit_spans
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions import patterns, strings, yaml_text
from coordinator.iac.expressions.functions.registry import FunctionError
from coordinator.iac.expressions.parser import parse_expression
from coordinator.iac.expressions.scanner import Scanner
from coordinator.iac.expressions.types import STRING
from coordinator.iac.expressions.values import map_value, number, string
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.located_text import Span
from coordinator.iac.patching.keep_patches import Declaring, keep_patches
from coordinator.iac.reading import Reading
from coordinator.iac.source import LimitError, SourceError, read_bytes
from coordinator.iac.sql import statements as sql_statements
from coordinator.iac.sql.folders import read_folder
from coordinator.iac.sql.statements import in_file, split_statements
from coordinator.iac.terraform import instances
from coordinator.iac.terraform.plan import evaluate
from coordinator.iac.terraform.variables import constant_evaluator
from shared.diff.changes import SchemaDiff, Unexpected
from shared.schema.database import Namespace
from shared.schema.schema import Origin, Schema, Snapshot, Spec, SpecSource

HERE = Origin("main.tf", 1)
MEGABYTE = 1024 * 1024
FILES = Files(Path("/nonexistent"), Path("/nonexistent"))


def sized(path: Path, size: int) -> Path:
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


def value(expression: str) -> Any:
    evaluator = Evaluator({}, FILES, Budget(), functions.call)
    return evaluator.value(parse_expression(expression, "main.tf")).raw


def test_a_file_may_have_16_megabytes_and_not_a_byte_more(tmp_path: Path) -> None:
    assert len(read_bytes(sized(tmp_path / "whole", 16 * MEGABYTE), "whole")) == 16 * MEGABYTE
    with pytest.raises(LimitError, match="longer: larger than 16777216 bytes"):
        read_bytes(sized(tmp_path / "longer", 16 * MEGABYTE + 1), "longer")


def test_terraform_reads_its_files_within_the_same_limit(tmp_path: Path) -> None:
    sized(tmp_path / "whole", 16 * MEGABYTE)
    sized(tmp_path / "longer", 16 * MEGABYTE + 1)
    files = Files(tmp_path, tmp_path)
    assert len(files.read("whole")) == 16 * MEGABYTE
    with pytest.raises(LimitError, match="longer: larger than"):
        files.read("longer")


def test_brackets_nest_160_levels_deep() -> None:
    scanner = Scanner("", "main.tf")
    for _ in range(160):
        scanner.enter(skips_newlines=True)
    with pytest.raises(LimitError, match="nested more than 160 levels deep"):
        scanner.enter(skips_newlines=True)


def test_a_closed_bracket_no_longer_counts() -> None:
    scanner = Scanner("", "main.tf")
    for _ in range(1000):
        scanner.enter(skips_newlines=True)
        scanner.leave()
    assert scanner.depth == 0


def test_blocks_nest_160_levels_deep() -> None:
    parse_body("a {\n" * 160 + "}\n" * 160, "main.tf")
    with pytest.raises(LimitError, match=r"main\.tf:161: nested more than 160 levels deep"):
        parse_body("a {\n" * 161 + "}\n" * 161, "main.tf")


def directives(levels: int) -> str:
    return '"' + "%{ if true }" * levels + "x" + "%{ endif }" * levels + '"'


def test_template_directives_nest_50_levels_deep() -> None:
    assert value(directives(50)) == "x"
    with pytest.raises(SourceError, match="nested more than 50 levels deep"):
        value(directives(51))


def nested_yaml(levels: int) -> str:
    return "".join(f"{' ' * i}a:\n" for i in range(levels - 1)) + " " * (levels - 1) + "a: x\n"


def test_a_template_nests_100_levels_deep() -> None:
    parse_document(nested_yaml(100), "t.yaml")
    with pytest.raises(LimitError, match=r"t\.yaml:101: nested more than 100 levels deep"):
        parse_document(nested_yaml(101), "t.yaml")


def test_a_template_has_200_000_nodes_aliases_followed() -> None:
    template = yaml.compose("x", Loader=yaml.SafeLoader)
    builder = document._Builder("t.yaml")
    builder._nodes = 199_999
    builder.node(template, 0)
    with pytest.raises(LimitError, match=r"t\.yaml:1: more than 200000 nodes"):
        builder.node(template, 0)


def test_yamldecode_has_200_000_nodes_aliases_followed() -> None:
    text = yaml.compose("x", Loader=yaml.SafeLoader)
    builder = yaml_text._ValueBuilder()
    builder._nodes = 199_999
    builder.value(text)
    with pytest.raises(ValueError, match="too many nodes"):
        builder.value(text)


def test_evaluating_takes_2_million_steps() -> None:
    budget = Budget()
    budget.spend(HERE, steps=2_000_000)
    with pytest.raises(LimitError, match=r"main\.tf:1: evaluating this configuration takes too much work"):
        budget.spend(HERE)


def test_evaluating_makes_512_megabytes_of_text() -> None:
    budget = Budget()
    for _ in range(32):
        budget.spend(HERE, text=16 * MEGABYTE)
    with pytest.raises(LimitError, match="too much work"):
        budget.spend(HERE, text=1)


def test_one_string_has_16_megabytes() -> None:
    Budget().spend(HERE, text=16 * MEGABYTE)
    with pytest.raises(LimitError, match="too much work"):
        Budget().spend(HERE, text=16 * MEGABYTE + 1)


def test_a_text_remembers_20_000_places_or_only_the_first() -> None:
    spans = [Span(i, "main.tf", i + 1) for i in range(20_001)]
    assert limit_spans(spans[:-1]) == tuple(spans[:-1])
    assert limit_spans(spans) == (spans[0],)


def template_of(resources: str) -> Template:
    return Template(parse_document(resources, "t.yaml"), "t.yaml", {})


def test_evaluating_a_template_takes_500_000_steps() -> None:
    template = template_of("Resources: {}\n")
    node = parse_document("x", "t.yaml")
    template._steps = 499_999
    template.value(node)
    with pytest.raises(SourceError, match=r"t\.yaml:1: evaluating this template takes more than 500000 steps"):
        template.value(node)


def test_a_text_of_a_template_has_16_megabytes() -> None:
    template = template_of("Resources: {}\n")
    node = parse_document("x", "t.yaml")
    half = string("x" * (8 * MEGABYTE))
    assert len(concatenated(template, node, [half, half]).raw) == 16 * MEGABYTE
    with pytest.raises(SourceError, match="longer than 16777216 characters"):
        concatenated(template, node, [half, half, string("x")])


class Stopwatch:
    """Stands for a compiled pattern, and remembers the time it was given."""

    groups = 0

    def __init__(self) -> None:
        self.groupindex: dict[str, int] = {}
        self.limits: list[float] = []

    def search(self, _text: str, *, timeout: float) -> None:
        self.limits.append(timeout)
        raise TimeoutError

    def finditer(self, _text: str, *, timeout: float) -> Iterator[Any]:
        self.limits.append(timeout)
        raise TimeoutError


@pytest.mark.parametrize("call", ['regex("a+", "b")', 'regexall("a+", "b")', 'replace("b", "/a+/", "c")'])
def test_a_pattern_has_two_seconds(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stopwatch = Stopwatch()
    monkeypatch.setattr(patterns, "compile_pattern", lambda _pattern: stopwatch)
    with pytest.raises(SourceError, match="takes too long to match"):
        value(call)
    assert stopwatch.limits == [2.0]


@pytest.mark.parametrize(
    ("within", "beyond", "message"),
    [
        ("length(range(1024))", "length(range(1025))", "more than 1024 values"),
        ('length(format("%10000d", 1))', 'length(format("%10001d", 1))', "the width is larger than 10000"),
        ('length(indent(1000, "a\\nb"))', 'length(indent(1001, "a\\nb"))', "too wide"),
        ("1e100000 > 0 ? 1 : 1", "1e100001 > 0 ? 1 : 1", "Invalid number"),
    ],
)
def test_a_function_makes_this_much(within: str, beyond: str, message: str) -> None:
    value(within)
    with pytest.raises(SourceError, match=message):
        value(beyond)


def test_setproduct_makes_100_000_combinations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(itertools, "product", lambda *_sequences: iter(()))  # only counted, not made
    value("setproduct(range(1000), range(100))")
    with pytest.raises(SourceError, match="the product has more than 100000 elements"):
        value("setproduct(range(11), range(11), range(827))")  # 100,067


def test_a_number_of_65_536_bits_may_be_multiplied() -> None:
    operations.binary("*", number(1 << 65_535), number(2), HERE)
    with pytest.raises(SourceError, match="the number is too large"):
        operations.binary("*", number(1 << 65_536), number(2), HERE)


def test_a_resource_has_100_000_instances() -> None:
    def counted(count: int) -> int:
        body = parse_body(f"count = {count}", "main.tf")
        return instances._count(constant_evaluator(FILES, Budget()).value(body.attributes["count"].expression), HERE)

    assert counted(100_000) == 100_000
    with pytest.raises(SourceError, match="a whole number from 0 to 100000 is required"):
        counted(100_001)


def test_a_for_each_has_100_000_keys() -> None:
    def keys(count: int) -> int:
        return len(instances._for_each(map_value(STRING, dict.fromkeys(map(str, range(count)), string("x"))), HERE))

    assert keys(100_000) == 100_000
    with pytest.raises(SourceError, match="more than 100000 keys"):
        keys(100_001)


def test_modules_call_each_other_20_levels_deep(tmp_path: Path) -> None:
    def chain(levels: int) -> None:
        for level in range(levels):
            folder = tmp_path / f"m{level}"
            folder.mkdir(exist_ok=True)
            (folder / "main.tf").write_text(f'module "next" {{\n  source = "../m{level + 1}"\n}}\n')
        last = tmp_path / f"m{levels}"
        last.mkdir(exist_ok=True)
        (last / "main.tf").write_text('output "x" {\n  value = 1\n}\n')
        evaluate(tmp_path / "m0", confine=tmp_path)

    chain(20)
    with pytest.raises(LimitError, match="more than 20 levels deep"):
        chain(21)


class ListedAllError(Exception):
    """Everything was listed, and the limit has not been reached."""


@pytest.mark.parametrize(("listing", "limit"), [("files", 20_000), ("fileset", 100_000)])
def test_a_folder_is_listed_up_to_its_limit(
    listing: str, limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def walk_of(count: int) -> Callable[[Any], Iterator[tuple[str, list[str], list[str]]]]:
        def walk(top: Any) -> Iterator[tuple[str, list[str], list[str]]]:
            names = [f"{i}.sql" for i in range(count)]
            yield (str(top), [], names) if listing == "files" else (str(top), names, [])
            raise ListedAllError

        return walk

    def read() -> object:
        return read_folder(tmp_path, tmp_path) if listing == "files" else Files(tmp_path, tmp_path).matching(".", "*")

    monkeypatch.setattr(os, "walk", walk_of(limit))
    with pytest.raises(ListedAllError):
        read()
    monkeypatch.setattr(os, "walk", walk_of(limit + 1))
    with pytest.raises(SourceError, match=f"more than {limit}"):
        read()


def statements(text: str) -> int:
    return len(split_statements(text, in_file(text, "a.sql")))


def test_a_text_has_100_000_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = [{"stmt": {"SelectStmt": {}}, "stmt_location": 0, "stmt_len": 6}] * 100_001
    monkeypatch.setattr(pgparse, "parse", lambda _text: parsed[:-1])
    assert statements("SELECT") == 100_000
    monkeypatch.setattr(pgparse, "parse", lambda _text: parsed)
    with pytest.raises(SourceError, match="more than 100000 statements"):
        statements("SELECT")


def test_a_text_has_1_000_psql_commands_that_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    def commands(count: int) -> int:
        left = iter([pgparse.PGQueryError("syntax error", 1)] * count)

        def parse(_text: str) -> list[Any]:
            for error in left:
                raise error
            return []

        monkeypatch.setattr(pgparse, "parse", parse)
        return statements("\\echo x")

    monkeypatch.setattr(sql_statements, "_blank_psql_command", lambda text, _error, _locate: text)
    assert commands(1_000) == 0
    with pytest.raises(SourceError, match="more than 1000 psql commands"):
        commands(1_001)


def test_a_function_on_text_makes_64_mebicharacters() -> None:
    text = "x" * (64 * MEGABYTE)
    assert strings._within_limit(text) == text
    with pytest.raises(FunctionError, match="the result is too long"):
        strings._within_limit(text + "x")


def test_64_files_stay_in_memory(tmp_path: Path) -> None:
    files = Files(tmp_path, tmp_path)
    for i in range(65):
        (tmp_path / f"{i}").write_text("x")
    for i in range(64):
        files.read(f"{i}")
    assert len(files._read) == 64
    files.read("64")
    assert len(files._read) == 1


def test_a_patch_keeps_500_changes(tmp_path: Path) -> None:
    spec = Spec(
        snapshot=Snapshot(schema=Schema(), server_version=180000, fingerprint=""), source=SpecSource(declarations=())
    )
    changes = tuple(Unexpected(Namespace(name=f"n{i}")) for i in range(501))

    async def compiled(_source: SpecSource) -> Spec:
        return spec

    def read() -> Reading:
        return Reading(name="", pieces=())

    declaring = Declaring(path=tmp_path, read=read, compile=compiled)
    (refused,) = asyncio.run(keep_patches(SchemaDiff(changes), spec, declaring))
    assert refused.summary == "no patch: there are more than 500 differences, too many for one patch"
    (tried,) = asyncio.run(keep_patches(SchemaDiff(changes[:500]), spec, declaring))
    assert "500" not in tried.summary
