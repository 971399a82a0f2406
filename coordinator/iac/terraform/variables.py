"""Input variables: their declarations, and the values that files, environment and command line assign to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.convert import ConversionError, convert
from coordinator.iac.expressions.defaults import Defaults, apply_defaults
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions.json_text import from_plain
from coordinator.iac.expressions.json_syntax import json_attributes, parse_json
from coordinator.iac.expressions.parser import parse_expression
from coordinator.iac.expressions.syntax import Call, Expression
from coordinator.iac.expressions.type_expressions import parse_type
from coordinator.iac.expressions.types import DYNAMIC, Primitive, Type
from coordinator.iac.expressions.values import NULL, SENSITIVE, Value, string, unknown_of
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.source import SourceError, decode_text, new_files_below
from coordinator.iac.terraform.configuration import Module


class AssignedValue(msgspec.Struct, frozen=True, eq=False):
    """A value assigned to a variable, and where; `text` is still to be parsed as the variable's type says."""

    value: Value
    file: str
    line: int
    text: str | None = None


def _no_calls(_evaluator: Evaluator, node: Call) -> NoReturn:
    raise EvaluationError(
        node.at.file, node.at.line, f"Function calls not allowed: {node.name!r} cannot be called here"
    )


def constant_evaluator(files: Files, budget: Budget) -> Evaluator:
    """Return an evaluator that knows no names and no functions: for defaults and `.tfvars`."""
    return Evaluator({}, files, budget, _no_calls)


def assigned_values(
    files: Files, budget: Budget, assignments: tuple[Assignment, ...], environment: Mapping[str, str]
) -> dict[str, AssignedValue]:
    """Collect values in Terraform's order: environment, terraform.tfvars, *.auto.tfvars, then the assignments.

    Raises:
        SourceError: For a file that cannot be read or holds more than constants.
    """
    found: dict[str, AssignedValue] = {}
    for key, text in sorted(environment.items()):
        if key.startswith("TF_VAR_"):
            found[key.removeprefix("TF_VAR_")] = AssignedValue(NULL, f"environment variable {key}", 0, text)
    for name in _automatic(files):
        found.update(_read_file(files, budget, name))
    for assignment in assignments:
        if not assignment.name:
            found.update(_read_file(files, budget, str(assignment.value)))
        elif isinstance(assignment.value, str):
            found[assignment.name] = AssignedValue(NULL, f"variable {assignment.name}", 0, assignment.value)
        else:
            found[assignment.name] = AssignedValue(_plain(assignment), f"variable {assignment.name}", 0)
    return found


def _plain(assignment: Assignment) -> Value:
    try:
        return from_plain(assignment.value)
    except ValueError as error:
        raise SourceError(f"variable {assignment.name}", 0, str(error)) from None


def _automatic(files: Files) -> Iterator[str]:
    new = {entry.name for entry in new_files_below(files.base) if entry.parent == files.base.resolve()}
    names = sorted({entry.name for entry in files.base.iterdir() if entry.is_file()} | new)
    for fixed in ("terraform.tfvars", "terraform.tfvars.json"):
        if fixed in names:
            yield fixed
    for name in names:
        if name.endswith((".auto.tfvars", ".auto.tfvars.json")):
            yield name


def _read_file(files: Files, budget: Budget, name: str) -> dict[str, AssignedValue]:
    text = decode_text(files.read(name), name)
    evaluator = constant_evaluator(files, budget)
    pairs: list[tuple[str, Expression]]
    if name.endswith(".json"):
        pairs = json_attributes(parse_json(text, name, templates=False), name)
    else:
        body = parse_body(text, name)
        for block in body.blocks:
            raise SourceError(name, block.at.line, f"Unexpected {block.type!r} block: blocks are not allowed here")
        pairs = [(attribute.name, attribute.expression) for attribute in body.attributes.values()]
    return {key: AssignedValue(evaluator.value(node), node.at.file, node.at.line) for key, node in pairs}


class DeclaredVariable(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A `variable` block with its type, default and flags evaluated."""

    block: Block
    type: Type = DYNAMIC
    typed: bool = False
    defaults: Defaults
    default: Value | None = None
    nullable: bool = True
    sensitive: bool = False

    def unknown(self) -> Value:
        """Return a value of its type that is not known."""
        value = unknown_of(self.type, nullable=self.nullable)
        return value.marked(frozenset({SENSITIVE})) if self.sensitive else value

    def accept(self, given: Value, file: str, line: int) -> Value:
        """Convert a value to the variable's type.

        Raises:
            EvaluationError: At the place the value came from.
        """
        if given.is_null and not self.nullable:
            if self.default is None:
                _refuse(file, line, f"Required variable not set: {self.block.labels[0]!r} must not be null")
            given = self.default
        try:
            value = convert(apply_defaults(given, self.defaults), self.type)
        except ConversionError as error:
            name = self.block.labels[0]
            _refuse(file, line, f"Invalid value for input variable: {name!r} is declared at {self.block.at}: {error}")
        return value.marked(frozenset({SENSITIVE})) if self.sensitive else value


def _refuse(file: str, line: int, message: str) -> NoReturn:
    raise EvaluationError(file, line, message)


def read_variable(block: Block, evaluator: Evaluator) -> DeclaredVariable:
    """Read a variable block.

    Raises:
        EvaluationError: For a bad type or default.
    """
    attributes = block.body.attributes
    type_: Type = DYNAMIC
    defaults = Defaults({}, {})
    if "type" in attributes:
        type_, defaults = parse_type(attributes["type"].expression, evaluator)
    flags = {
        name: evaluator.value(attributes[name].expression).raw if name in attributes else usual
        for name, usual in (("nullable", True), ("sensitive", False))
    }
    default: Value | None = None
    if "default" in attributes:
        attribute = attributes["default"]
        try:
            default = convert(apply_defaults(evaluator.value(attribute.expression), defaults), type_)
        except ConversionError as error:
            _refuse(
                attribute.at.file,
                attribute.at.line,
                f"Invalid default value for variable: {block.labels[0]!r} does not fit its type: {error}",
            )
    return DeclaredVariable(
        block=block,
        type=type_,
        typed="type" in attributes,
        defaults=defaults,
        default=default,
        nullable=bool(flags["nullable"]),
        sensitive=bool(flags["sensitive"]),
    )


def root_variable_value(
    declared: DeclaredVariable, given: AssignedValue | None, evaluator: Evaluator, *, tolerant: bool
) -> Value:
    """Return a root variable's value; to the tolerant, one that is required and missing is unknown.

    Raises:
        EvaluationError: When it is required and missing, or does not fit.
    """
    block = declared.block
    if given is None:
        if declared.default is None and tolerant:
            return declared.unknown()
        if declared.default is None:
            _refuse(
                block.at.file,
                block.at.line,
                f"No value for required variable: {block.labels[0]!r} is not set; "
                f"set it in [spec.variables], a .tfvars file or TF_VAR_{block.labels[0]}",
            )
        return declared.accept(declared.default, block.at.file, block.at.line)
    value = given.value
    file, line = (given.file, given.line) if given.line else (block.at.file, block.at.line)
    if given.text is not None:
        literal = not declared.typed or (isinstance(declared.type, Primitive) and declared.type != DYNAMIC)
        value = string(given.text) if literal else evaluator.value(parse_expression(given.text, given.file))
    return declared.accept(value, file, line)


def refuse_undeclared(module: Module, assignments: tuple[Assignment, ...]) -> None:
    """Refuse `-var` for a variable that the module does not declare (a `.tfvars` file may hold such).

    Raises:
        SourceError: For the first such assignment.
    """
    for assignment in assignments:
        if assignment.name and assignment.name not in module.variables:
            raise SourceError(
                f"variable {assignment.name}",
                0,
                "no variable of this name is declared by the root module; declare it or remove the assignment",
            )
