"""Reads a unit of Terragrunt: `terragrunt.hcl` says which module it runs and with which inputs.

Source: the public documentation of Terragrunt's configuration (terragrunt.gruntwork.io/docs/reference).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from coordinator.iac.assignment import Assignment
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator, Namespace
from coordinator.iac.expressions.files import Files, repository_root
from coordinator.iac.expressions.functions import call as call_function
from coordinator.iac.expressions.functions.json_text import encode
from coordinator.iac.expressions.syntax import Call, Expression
from coordinator.iac.expressions.types import DYNAMIC, STRING
from coordinator.iac.expressions.values import Value, is_wholly_known, object_value, string, unknown_of
from coordinator.iac.file_names import TERRAGRUNT_FILE, is_configuration_folder
from coordinator.iac.hcl.blocks import Attribute, Body
from coordinator.iac.hcl.structure import parse_structure
from coordinator.iac.reading import Gap, Reading, carriers_of
from coordinator.iac.source import LimitError, SourceError, as_if_edited, read_text
from coordinator.iac.terraform.load import read_terraform
from coordinator.iac.terraform.unit_blocks import Generated, UnitBlock, extra_arguments, generated, hook_gaps
from shared.schema.schema import Origin

MAX_DEPTH = 10
"""Configurations that may include each other."""

_REMOTE = re.compile(r"(?:[a-z0-9+]+::|[a-z0-9+]+://|git@|github\.com/)", re.IGNORECASE)


def read_terragrunt(path: Path, given: tuple[Assignment, ...], environment: Mapping[str, str]) -> Reading:
    """Read the module that a unit runs, with its inputs.

    Args:
        path: The unit's `terragrunt.hcl`.
        given: Values of the module's variables, before the unit's inputs.
        environment: What `get_env` finds, and Terraform's own variables.

    Raises:
        SourceError: With file and line.
    """
    unit = _Configuration(path, path.parent, environment)
    source = unit.source()
    folder = path.parent if source is None else _local_folder(source, path)
    made = generated(unit.blocks("generate"), folder) if folder is not None else Generated({}, ())
    if folder is None or not folder.is_dir() or not (is_configuration_folder(folder) or made.is_configuration):
        return _not_here(path, source)
    inputs = unit.inputs()
    known = {
        f"TF_VAR_{key}": value.raw if isinstance(value.raw, str) else encode(value)
        for key, value in (inputs or {}).items()
        if is_wholly_known(value)
    }
    given_more = extra_arguments(unit.blocks("terraform", "extra_arguments"), folder)
    hooks = (*unit.blocks("terraform", "before_hook"), *unit.blocks("terraform", "after_hook"))
    with as_if_edited(made.files):
        return read_terraform(
            folder,
            assignments=(*given_more.assignments, *given),
            environment={**environment, **known, **given_more.environment},
            unknown=lambda name: inputs is None or (name in inputs and f"TF_VAR_{name}" not in known),
            around=(*made.gaps, *hook_gaps(hooks, Files(folder))),
        )


def _not_here(path: Path, source: Value | None) -> Reading:
    where = "is not a folder of Terraform files here"
    reason = f"the module that this unit runs ({_shown(source)}) {where}" if source else f"the unit's folder {where}"
    gap = Gap(address="terraform", at=Origin(path.name, 1), reason=reason)
    return Reading(name=path.resolve().parent.name, pieces=(), carriers=carriers_of((), (gap,)))


def _shown(source: Value | None) -> str:
    return source.raw if source is not None and isinstance(source.raw, str) else "whose source is not known"


def _local_folder(source: Value, path: Path) -> Path | None:
    if not isinstance(source.raw, str) or _REMOTE.match(source.raw):
        return None
    return path.parent / source.raw.partition("?")[0].replace("//", "/")


class _Configuration:
    """One file, the unit's own or one that it includes.

    Args:
        path: The file.
        unit: The folder of the unit that is read.
        environment: What `get_env` finds.
        above: The files that include this one.
    """

    def __init__(self, path: Path, unit: Path, environment: Mapping[str, str], above: tuple[Path, ...] = ()) -> None:
        if len(above) > MAX_DEPTH:
            raise LimitError(path.name, 0, f"more than {MAX_DEPTH} configurations that include each other")
        self._path = path
        self._unit = unit
        self._environment = environment
        self._above = above
        self._body: Body = parse_structure(read_text(path, path.name), path.name)
        self._locals: dict[str, Value] = {}
        self._running: list[str] = []
        files = Files(path.parent, repository_root(path.parent.resolve()))
        unknown = unknown_of(DYNAMIC, nullable=True)
        scope: dict[str, Value | Namespace] = {"local": self, "dependency": unknown, "feature": unknown}
        self._evaluator = Evaluator(scope, files, Budget(), self._call)
        self._included = {
            block.labels[0] if block.labels else "": self._include(block.body)
            for block in self._body.blocks
            if block.type == "include"
        }
        scope["include"] = object_value({name: found.exposed() for name, found in self._included.items() if name})

    def attribute(self, name: str, at: Origin) -> Value:
        """Look a local value up."""
        declared = self._declared_locals().get(name)
        if declared is None:
            raise EvaluationError(at.file, at.line, f"there is no local value {name!r}")
        if name in self._running:
            raise EvaluationError(at.file, at.line, f"the local value {name!r} needs itself")
        if name not in self._locals:
            self._running.append(name)
            try:
                self._locals[name] = self._evaluator.value(declared.expression)
            finally:
                self._running.pop()
        return self._locals[name]

    def _declared_locals(self) -> dict[str, Attribute]:
        return {
            name: attribute
            for block in self._body.blocks
            if block.type == "locals"
            for name, attribute in block.body.attributes.items()
        }

    def exposed(self) -> Value:
        """Return what others see of this configuration: its locals and inputs."""
        found = {name: self.attribute(name, attribute.at) for name, attribute in self._declared_locals().items()}
        inputs = self.inputs()
        shown = unknown_of(DYNAMIC, nullable=True) if inputs is None else object_value(inputs)
        return object_value({"locals": object_value(found), "inputs": shown})

    def inputs(self) -> dict[str, Value] | None:
        """Return the inputs of the module, those of included configurations first; None when it is not known which."""
        found: dict[str, Value] = {}
        for included in self._included.values():
            inherited = included.inputs()
            if inherited is None:
                return None
            found.update(inherited)
        written = self._body.attributes.get("inputs")
        if written is None:
            return found
        own = self._evaluator.value(written.expression)
        return {**found, **own.raw} if isinstance(own.raw, dict) else None if not own.is_known else found

    def blocks(self, *path: str) -> tuple[UnitBlock, ...]:
        """Return the blocks at a path of types, those of included configurations first; one replaces its namesake."""
        found = {each.label: each for included in self._included.values() for each in included.blocks(*path)}
        held = [self._body]
        for type_ in path[:-1]:
            held = [block.body for body in held for block in body.blocks if block.type == type_]
        for block in (block for body in held for block in body.blocks if block.type == path[-1]):
            label = block.labels[0] if block.labels else ""
            found[label] = UnitBlock(label, block, self._evaluator)
        return tuple(found.values())

    def source(self) -> Value | None:
        """Return where the module is; None when no configuration says so."""
        for block in self._body.blocks:
            if block.type == "terraform" and "source" in block.body.attributes:
                return self._evaluator.value(block.body.attributes["source"].expression)
        found = (included.source() for included in self._included.values())
        return next((source for source in found if source is not None), None)

    def _include(self, body: Body) -> _Configuration:
        written = body.attributes.get("path")
        if written is None:
            raise SourceError(self._path.name, 0, "an include block needs a path")
        value = self._evaluator.value(written.expression)
        if not isinstance(value.raw, str):
            raise SourceError(written.at.file, written.at.line, "the path of an include is not known")
        return self._other(self._path.parent / value.raw)

    def _other(self, path: Path) -> _Configuration:
        return _Configuration(path, self._unit, self._environment, (*self._above, self._path))

    def _call(self, evaluator: Evaluator, node: Call) -> Value:  # noqa: PLR0911  # one return for each function
        """Evaluate Terragrunt's own functions; those that ask a program or a cloud give what is not known."""
        arguments = node.arguments
        match node.name:
            case "find_in_parent_folders":
                return self._find(evaluator, arguments)
            case "path_relative_to_include":
                top = self._path.parent if self._above else self._unit
                return string(_relative(self._unit, top))
            case "path_relative_from_include":
                return string(_relative(self._path.parent, self._unit))
            case "get_terragrunt_dir" | "get_original_terragrunt_dir":
                return string(self._unit.resolve().as_posix())
            case "get_parent_terragrunt_dir":
                return string(self._path.resolve().parent.as_posix())
            case "get_repo_root" | "get_path_to_repo_root":
                return string(repository_root(self._unit.resolve()).as_posix())
            case "get_env":
                return self._from_environment(evaluator, arguments)
            case "read_terragrunt_config" if arguments:
                path = evaluator.value(arguments[0])
                if not isinstance(path.raw, str):
                    return unknown_of(DYNAMIC, nullable=True)
                return self._other(self._path.parent / path.raw).exposed()
            case name if name.startswith(("get_", "run_", "sops_", "mark_", "constraint_")):
                return unknown_of(DYNAMIC, nullable=True)
            case _:
                return call_function(evaluator, node)

    def _find(self, evaluator: Evaluator, arguments: tuple[Expression, ...]) -> Value:
        wanted = evaluator.value(arguments[0]).raw if arguments else TERRAGRUNT_FILE
        top = repository_root(self._unit.resolve())
        for folder in self._unit.resolve().parents:
            for name in (wanted, "root.hcl") if not arguments else (wanted,):
                if (folder / str(name)).is_file():
                    return string((folder / str(name)).as_posix())
            if folder == top:
                break
        if len(arguments) > 1:
            return evaluator.value(arguments[1])
        raise SourceError(self._path.name, 0, f"no {wanted} in the folders above this unit, up to {top.name}")

    def _from_environment(self, evaluator: Evaluator, arguments: tuple[Expression, ...]) -> Value:
        name = evaluator.value(arguments[0]).raw if arguments else ""
        found = self._environment.get(str(name))
        if found is not None:
            return string(found)
        return evaluator.value(arguments[1]) if len(arguments) > 1 else unknown_of(STRING)


def _relative(path: Path, base: Path) -> str:
    return Path(os.path.relpath(path.resolve(), base.resolve())).as_posix()
