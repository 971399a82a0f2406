"""Evaluates a configuration to outputs and resource instances, as `terraform plan` on an empty state would.

Lazy and memoised: a name is evaluated when something asks for it, so the order in which resources complete is an order
in which they could be created. Nothing is run, no provider is asked; what only they know is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.values import DEFERRED, SENSITIVE, Value, deep_marks
from coordinator.iac.reading import Gap
from coordinator.iac.source import LimitError, SourceError, SourceErrorGroup
from coordinator.iac.terraform.configuration import Module
from coordinator.iac.terraform.evaluation import Evaluation
from coordinator.iac.terraform.instances import PlannedResource
from coordinator.iac.terraform.module_instance import ModuleInstance
from coordinator.iac.terraform.variables import (
    DeclaredVariable,
    assigned_values,
    constant_evaluator,
    refuse_undeclared,
    root_variable_value,
)


def _is_known(_name: str) -> bool:
    return False


_CHOSEN_WORKSPACE = ".terraform/environment"


class TerraformPlan(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The result of evaluating a configuration.

    Args:
        outputs: By name, sorted.
        resources: Every instance, in an order in which they could be created.
        named: Values of the root's locals and variables, for what is declared by name (the expected version).
        gaps: Modules that could not be read.
    """

    outputs: dict[str, Value]
    resources: tuple[PlannedResource, ...]
    named: Callable[[str], Value | None]
    gaps: tuple[Gap, ...]

    def unknown_outputs(self) -> list[str]:
        """Return the names of outputs that are known only after apply."""
        return [name for name, value in self.outputs.items() if not value.is_known or DEFERRED in deep_marks(value)]


def evaluate(
    folder: Path,
    *,
    assignments: tuple[Assignment, ...] = (),
    environment: Mapping[str, str] | None = None,
    confine: Path | None = None,
    tolerant: bool = False,
    unknown: Callable[[str], bool] = _is_known,
) -> TerraformPlan:
    """Evaluate the configuration of a folder.

    Args:
        folder: The root module.
        assignments: `-var` and `-var-file`, in order.
        environment: Where `TF_VAR_…` and `TF_WORKSPACE` are looked for.
        confine: The outermost folder whose files may be read; default: the repository that holds `folder`.
        tolerant: See `Evaluation`.
        unknown: Says which variables are given a value that is not known, where nothing else gives one.

    Raises:
        SourceError: With file and line, for the first thing that is wrong; for everything when it is tolerant.
    """
    files = Files(folder, confine)
    evaluation = Evaluation(files, _workspace(files, environment or {}), tolerant=tolerant)
    try:
        return _evaluate(evaluation, assignments, environment or {}, unknown)
    except RecursionError:
        last = evaluation.budget.last
        raise LimitError(last.file, last.line, "this configuration is nested too deeply to evaluate") from None


def _evaluate(
    evaluation: Evaluation,
    assignments: tuple[Assignment, ...],
    environment: Mapping[str, str],
    unknown: Callable[[str], bool],
) -> TerraformPlan:
    root = evaluation.module(".", ("", 0))
    refuse_undeclared(root, assignments)
    given = assigned_values(evaluation.files, evaluation.budget, assignments, environment)
    literals = constant_evaluator(evaluation.files, evaluation.budget)

    def of_variable(declared: DeclaredVariable) -> Value:
        name = declared.block.labels[0]
        if name not in given and unknown(name):
            return declared.unknown()
        return root_variable_value(declared, given.get(name), literals, tolerant=evaluation.tolerant)

    run = ModuleInstance(evaluation, root, inputs=of_variable)
    run.evaluate_all()
    outputs = {name: run.output(name) for name in sorted(root.outputs)}
    for name, value in outputs.items():
        _check_sensitive(evaluation, root, name, value)
    if evaluation.errors:
        raise SourceErrorGroup(tuple(error for _, error in sorted(evaluation.errors.items())))
    return TerraformPlan(
        outputs=outputs,
        resources=tuple(evaluation.completed),
        named=run.named,
        gaps=tuple(dict.fromkeys(evaluation.gaps)),
    )


def _workspace(files: Files, environment: Mapping[str, str]) -> str:
    """Return the name of the chosen workspace, as `terraform workspace select` or the environment chose it."""
    chosen = environment.get("TF_WORKSPACE", "")
    if not chosen and files.exists(_CHOSEN_WORKSPACE):
        chosen = files.read(_CHOSEN_WORKSPACE).decode("utf-8", "replace").strip()
    return chosen or "default"


def _check_sensitive(evaluation: Evaluation, root: Module, name: str, value: Value) -> None:
    block = root.outputs[name]
    if SENSITIVE in deep_marks(value) and "sensitive" not in block.body.attributes:
        at = block.body.attributes["value"].at
        error = SourceError(
            at.file, at.line, f"Output refers to sensitive values: mark the output {name!r} as sensitive to allow it"
        )
        if not evaluation.collects(error):
            raise error
