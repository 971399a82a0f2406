"""What all modules of one evaluation share: files, budget, loaded modules, completed resources, errors and gaps."""

from __future__ import annotations

from coordinator.iac.expressions import functions
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.syntax import Call
from coordinator.iac.expressions.types import DYNAMIC
from coordinator.iac.expressions.values import Value, unknown_of
from coordinator.iac.reading import Gap
from coordinator.iac.source import LimitError, SourceError, each_error
from coordinator.iac.terraform import provider_functions  # noqa: F401  # importing it registers its functions
from coordinator.iac.terraform.configuration import Module, load_module
from coordinator.iac.terraform.instances import PlannedResource


class Evaluation:
    """What all modules of one evaluation share.

    Args:
        files: What may be read.
        workspace: What `terraform.workspace` says.
        tolerant: What is not known (a variable without a value, a state that is not here) is an unknown value and no
            error, as for `terraform validate`; and errors are collected, so that all of them can be told.
    """

    def __init__(self, files: Files, workspace: str, *, tolerant: bool) -> None:
        self.files = files
        self.workspace = workspace
        self.tolerant = tolerant
        self.budget = Budget()
        self.completed: list[PlannedResource] = []
        self.gaps: list[Gap] = []
        self.errors: dict[tuple[str, int, str], SourceError] = {}
        self._modules: dict[str, Module] = {}

    def collects(self, error: SourceError) -> bool:
        """Keep an error for later; False when it has to be raised now."""
        if not self.tolerant or isinstance(error, LimitError):
            return False
        for each in each_error(error):
            self.errors.setdefault((each.file, each.line, each.message), each)
        return True

    def module(self, path: str, at: tuple[str, int]) -> Module:
        """Load a module's folder once."""
        if path not in self._modules:
            self._modules[path] = load_module(self.files, path, at)
        return self._modules[path]

    def call(self, evaluator: Evaluator, node: Call) -> Value:
        """Evaluate a function call; the tolerant evaluation does not know what functions of providers give."""
        if self.tolerant and node.name.startswith("provider::") and not functions.is_known(node.name):
            return unknown_of(DYNAMIC, nullable=True)
        return functions.call(evaluator, node)
