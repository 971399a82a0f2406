"""Sources that are built to hurt end with one clear sentence, soon."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coordinator.iac.expressions.budget import Budget
from coordinator.iac.load import load_source, read_declaration
from coordinator.iac.source import SourceError
from coordinator.iac.terraform.plan import evaluate


def output(expression: str) -> str:
    return f'output "v" {{\n  value = {expression}\n}}\n'


DOUBLING = "locals {\n  a0 = [1, 2]\n" + "".join(
    f"  a{i} = concat(local.a{i - 1}, local.a{i - 1})\n" for i in range(1, 60)
) + "}\n"  # fmt: skip

TERRAFORM_BOMBS = {
    "brackets": output("(" * 100_000),
    "lists": output("[" * 100_000),
    "braces": "a {\n" * 100_000,
    "templates": output('"${' * 50_000),
    "unary": output("-" * 100_000 + "1"),
    "conditionals": output("true ? 1 : " * 100_000 + "1"),
    "long chain": output("1" + " + 1" * 20_000 + " + x"),
    "attributes": output("local.a" + ".b" * 100_000),
    "unterminated heredoc": "a = <<EOT\n" + "x\n" * 200_000,
    "unterminated heredoc with markers": "a = <<EOT\n" + "EOTX\n" * 100_000,
    "many heredocs": "".join(f"a{i} = <<EOT\n" for i in range(20_000)),
    "unterminated comment": "/*" * 200_000,
    "unterminated string": 'a = "' + "x" * 1_000_000,
    "doubling lists": DOUBLING + output("length(local.a59)"),
    "doubling text": 'locals {\n  a0 = "xxxxxxxx"\n'
    + "".join(f'  a{i} = "${{local.a{i - 1}}}${{local.a{i - 1}}}"\n' for i in range(1, 60))
    + "}\n"
    + output("local.a59"),
    "products": output("setproduct(range(1000), range(1000), range(1000))"),
    "nested for": output("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]"),
    "template loops": output(
        '"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }x'
        '%{ endfor }%{ endfor }%{ endfor }"'
    ),
    "wide format": output('format("%999999999d", 1)'),
    "huge power": output("pow(10, 1000) * pow(10, 1000)"),
    "huge literal": output("1e999999999"),
    "squared": "locals {\n  a0 = 1e1000\n"
    + "".join(f"  a{i} = local.a{i - 1} * local.a{i - 1}\n" for i in range(1, 60))
    + "}\n"
    + output("local.a59"),
    "catastrophic pattern": output('regex("(a+)+$", "' + "a" * 60 + '!")'),
    "replaced": output(
        'replace(join("", [for i in range(1000) : "aaaaaaaaaa"]), "a", join("", [for i in range(1000) : "bbbbbbbbbb"]))'
    ),
    "many instances": 'resource "null_resource" "x" {\n  count = 100000000\n}\n',
    "yaml aliases": output(
        'yamldecode("a: &a [x,x,x,x,x,x,x,x,x]\\n'
        + "\\n".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]" for p, c in zip("abcdefgh", "bcdefghi", strict=True))
        + '")'
    ),
    "deep yaml": output('yamldecode("' + "[" * 5_000 + '")'),
    "deep json": output('jsondecode("' + "[" * 100_000 + '")'),
    "own module": 'module "m" {\n  source = "./"\n}\n',
    "cycle": "locals {\n  a = local.b\n  b = local.a\n}\n" + output("local.a"),
    "long reference chain": "locals {\n"
    + "".join(f"  a{i} = local.a{i + 1} + 1\n" for i in range(3000))
    + "  a3000 = 1\n}\n",
    "nul": output('file("a\\u0000b")'),
}  # fmt: skip


@pytest.mark.parametrize("text", TERRAFORM_BOMBS.values(), ids=TERRAFORM_BOMBS.keys())
def test_a_terraform_bomb_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "MAX_STEPS", 100_000)  # the same refusal, sooner
    (tmp_path / "main.tf").write_text(text, "utf-8")
    with pytest.raises(SourceError) as refused:
        evaluate(tmp_path)
    assert len(str(refused.value)) < 500


CLOUDFORMATION_BOMBS = {
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "recursive alias": "Resources: &a\n  A: *a\n",
    "deep flow": "[" * 20_000,
    "deep blocks": "".join("  " * i + "a:\n" for i in range(400)),
    "long joins": "Resources:\n  A:\n    Properties:\n      Sql: "
    + "!Join ['', [" * 200 + "x" + "]]" * 200,
}  # fmt: skip


@pytest.mark.parametrize("text", CLOUDFORMATION_BOMBS.values(), ids=CLOUDFORMATION_BOMBS.keys())
def test_a_cloudformation_bomb_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(text, "utf-8")
    with pytest.raises(SourceError):
        load_source(tmp_path / "t.yaml")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.sql").open("wb") as stream:
        stream.truncate(1 << 30)
    with pytest.raises(SourceError, match="larger than"):
        load_source(tmp_path / "a.sql")


def test_a_pipe_is_no_source(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "a.sql")
    with pytest.raises(SourceError, match="not a regular file"):
        load_source(tmp_path / "a.sql")


def test_deeply_nested_sql_is_refused_by_the_grammar(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE a (b int CHECK (" + "(" * 100_000)
    with pytest.raises(SourceError, match=r"a\.sql:1"):
        load_source(tmp_path / "a.sql")


def test_commands_in_a_configuration_are_never_run(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "null_resource" "x" {\n  provisioner "local-exec" {\n'
        f"    command = \"touch {tmp_path}/ran; psql -c 'CREATE TABLE a ()'\"\n  }}\n}}\n"
    )
    assert [item.sql for item in load_source(tmp_path).declarations] == ["CREATE TABLE a ()"]
    assert not (tmp_path / "ran").exists()


ODD: tuple[object, ...] = (None, 1, "x", [], {}, [1], {"a": 1}, True, [None])
DOCUMENTS: dict[str, dict[str, object]] = {
    "terraform.tfstate": {
        "version": 4,
        "resources": [
            {
                "mode": "managed",
                "type": "sql_migrate",
                "name": "a",
                "module": "m",
                "instances": [{"index_key": "k", "attributes": {"migration": [{"up": "SELECT 1"}]}}],
            }
        ],
    },
    "manifest.json": {
        "artifacts": {
            "S": {
                "type": "aws:cloudformation:stack",
                "dependencies": ["T"],
                "properties": {"templateFile": "S.template.json"},
            }
        }
    },
    "t.yaml": {
        "Resources": {
            "Fn::ForEach::L": ["N", ["a"], {"R${N}": {"Type": "Custom::Sql", "Properties": {"Sql": "SELECT 1"}}}],
            "S": {
                "Type": "Generic::Database::Schema",
                "Properties": {
                    "Databases": [{"Name": "d", "Tables": [{"Name": "t", "PrimaryKey": {"Name": "i", "Type": "int"}}]}]
                },
            },
            "Q": {"Type": "Custom::AWS", "Properties": {"Create": {"action": "executeStatement", "parameters": {}}}},
            "C": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "c.json", "Parameters": {}}},
        }
    },
}


def places(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*above, key)
        yield from places(inner, (*above, key))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_any_other_shape_is_read_or_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "S.template.json").write_text('{"Resources": {}}', "utf-8")
    source = tmp_path if name == "manifest.json" else tmp_path / name
    for place in places(DOCUMENTS[name]):
        for odd in ODD:
            changed: Any = json.loads(json.dumps(DOCUMENTS[name]))
            inner = changed
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = odd
            (tmp_path / name).write_text(json.dumps(changed), "utf-8")
            with contextlib.suppress(SourceError):
                read_declaration(source)
