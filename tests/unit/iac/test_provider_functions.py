"""Functions of the provider that is built into Terraform give what Terraform gives; those of others are not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.expressions.values import Value
from coordinator.iac.source import SourceError
from coordinator.iac.terraform.plan import evaluate


def output(folder: Path, expression: str) -> Value:
    (folder / "main.tf").write_text(f'output "o" {{\n  value = {expression}\n}}\n', "utf-8")
    return evaluate(folder, tolerant=True, environment={}).outputs["o"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"a"', '"a"'),
        ("12.5", "12.5"),
        ("null", "null"),
        ("[]", "[]"),
        ("{}", "{}"),
        ("[1, true, null]", "[1, true, null]"),
        ('toset(["b", "a"])', '["a", "b"]'),
        ('{ long_name = 1, a = "x" }', '{\n  a         = "x"\n  long_name = 1\n}'),
        ('{ "not an identifier" = 1 }', '{\n  "not an identifier" = 1\n}'),
        ("{ a = { bb = 1, c = 2 }, dddd = 3 }", "{\n  a = {\n    bb = 1\n    c  = 2\n  }\n  dddd = 3\n}"),
        ("[{ a = 1 }, { bb = 2 }]", "[{\n  a = 1\n  }, {\n  bb = 2\n}]"),
        ('"q\\" $${x} %%{y} \\n \\t \\\\ \\u0001 é"', '"q\\" $${x} %%{y} \\n \\t \\\\ \\u0001 é"'),
    ],
)
def test_an_expression_is_written_as_terraform_lays_it_out(value: str, text: str, tmp_path: Path) -> None:
    assert output(tmp_path, f"provider::terraform::encode_expr({value})").raw == text


def test_values_of_variables_are_written_and_read_again(tmp_path: Path) -> None:
    encoded = output(tmp_path, 'provider::terraform::encode_tfvars({ b_long = [1], a = "Hello!", c = { d = 1 } })')
    assert encoded.raw == 'a      = "Hello!"\nb_long = [1]\nc = {\n  d = 1\n}\n'
    decoded = output(tmp_path, 'provider::terraform::decode_tfvars("a = 1\\nb = [\\"x\\"]\\n").b[0]')
    assert decoded.raw == "x"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("encode_tfvars([1])", "invalid value to encode: must be an object"),
        ('encode_tfvars({ "a b" = 1 })', 'invalid variable name "a b"'),
        ('decode_tfvars("a = ")', "invalid tfvars syntax"),
        ('decode_tfvars("a = file(\\"x\\")")', "function calls not allowed"),
        ('decode_tfvars("a {}")', "blocks are not allowed here"),
    ],
)
def test_what_cannot_be_written_or_read_is_an_error(call: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f'output "o" {{\n  value = provider::terraform::{call}\n}}\n', "utf-8")
    with pytest.raises(SourceError, match=message):
        evaluate(tmp_path, environment={}, tolerant=False)


def test_what_other_providers_would_give_is_not_known(tmp_path: Path) -> None:
    assert not output(tmp_path, "provider::other::sql(1)").is_known
