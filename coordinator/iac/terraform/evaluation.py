"""What all modules of one evaluation share: files, budget, loaded modules, and the resources completed so far."""

from __future__ import annotations

from coordinator.iac.expressions import functions
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.syntax import Call
from coordinator.iac.expressions.values import Value
from coordinator.iac.terraform.configuration import Module, load_module
from coordinator.iac.terraform.instances import PlannedResource


class Evaluation:
    """What all modules of one evaluation share."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.budget = Budget()
        self.completed: list[PlannedResource] = []
        self.unchecked: list[str] = []
        self._modules: dict[str, Module] = {}

    def module(self, path: str, at: tuple[str, int]) -> Module:
        """Load a module's folder once."""
        if path not in self._modules:
            self._modules[path] = load_module(self.files, path, at)
        return self._modules[path]

    def call(self, evaluator: Evaluator, node: Call) -> Value:
        """Evaluate a function call."""
        return functions.call(evaluator, node)
