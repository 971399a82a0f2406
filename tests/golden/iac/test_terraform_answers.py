"""What Terraform 1.11.4 itself answered to expressions and configurations of ours, recorded once.

Left out on purpose: the exact bytes of `base64gzip` beyond short texts, negative zero, and RE2's `(?U)`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coordinator.iac.source import SourceError
from coordinator.iac.terraform.plan import evaluate
from coordinator.iac.terraform.show import show_json
from coordinator.iac.assignment import Assignment

HERE = Path(__file__).parent
EXPRESSIONS: list[dict[str, Any]] = json.loads((HERE / "expressions.json").read_text("utf-8"))
CONFIGURATIONS: list[dict[str, Any]] = json.loads((HERE / "configurations.json").read_text("utf-8"))


def outputs(
    folder: Path, assignments: tuple[Assignment, ...] = (), environment: dict[str, str] | None = None
) -> dict[str, Any]:
    plan = evaluate(folder, assignments=assignments, environment=environment or {})
    shown = json.loads(show_json(plan))["planned_values"]["outputs"]
    return {name: output.get("value") for name, output in shown.items()}


@pytest.mark.parametrize("case", EXPRESSIONS, ids=lambda case: case["expression"][:60].replace("\n", " "))
def test_an_expression_has_the_value_that_terraform_gives_it(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f'output "v" {{\n  value = {case["expression"]}\n}}\n', "utf-8")
    if case.get("refused"):
        with pytest.raises(SourceError) as refused:
            outputs(tmp_path)
        assert refused.value.file == "main.tf"
        assert refused.value.line >= 1
    else:
        assert _exact(outputs(tmp_path)["v"]) == _exact(case["value"])


def _exact(value: Any) -> Any:
    """Numbers by value to 15 digits (JSON readers round), bools never equal to numbers."""
    match value:
        case bool():
            return ("bool", value)
        case int() | float():
            return ("number", f"{value:.15g}" if abs(value) < 10**300 else str(value)[:15])
        case list():
            return [_exact(item) for item in value]
        case dict():
            return {key: _exact(item) for key, item in value.items()}
        case _:
            return value


@pytest.mark.parametrize("case", CONFIGURATIONS, ids=lambda case: case["name"])
def test_a_configuration_has_the_outputs_that_terraform_gives_it(case: dict[str, Any], tmp_path: Path) -> None:
    for name, text in case["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    assignments = tuple(_assignment(argument) for argument in case.get("arguments", []))
    if case.get("refused"):
        with pytest.raises(SourceError):
            outputs(tmp_path, assignments, case.get("environment"))
    else:
        assert _exact(outputs(tmp_path, assignments, case.get("environment"))) == _exact(case["outputs"])


def _assignment(argument: str) -> Assignment:
    option, _, value = argument.lstrip("-").partition("=")
    return Assignment("", value) if option == "var-file" else Assignment(*value.split("=", 1))
