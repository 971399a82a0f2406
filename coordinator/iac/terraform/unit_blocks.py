"""What a unit of Terragrunt adds to the module that it runs: files, arguments, and commands before and after it.

Source: the public documentation of the blocks `generate` and `terraform` (terragrunt.gruntwork.io/docs/reference).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from coordinator.iac.assignment import Assignment
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.values import Value, located_with_holes
from coordinator.iac.file_names import CONFIGURATION_SUFFIXES
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.reading import Gap
from coordinator.iac.shell.effects import ShellGap
from coordinator.iac.shell.script import read_words
from shared.schema.schema import MayDeclare, Origin

_APPLYING = frozenset({"apply", "plan"})
"""Commands of Terraform whose arguments and hooks count: the others declare nothing."""


class UnitBlock(msgspec.Struct, frozen=True, eq=False):
    """A block of a unit's configuration, and what its expressions are evaluated with."""

    label: str
    block: Block
    evaluator: Evaluator

    def value(self, name: str) -> Value | None:
        """Return an attribute; None when it is not set."""
        found = self.block.body.attributes.get(name)
        value = self.evaluator.value(found.expression) if found is not None else None
        return None if value is None or value.is_null else value

    def at(self, name: str) -> Origin:
        """Return where an attribute is set, or where the block is when it is not."""
        found = self.block.body.attributes.get(name)
        return self.block.at if found is None else found.at

    @property
    def is_about_applying(self) -> bool:
        """Whether it counts when the module is applied, or may."""
        commands = self.value("commands")
        if commands is None or not isinstance(commands.raw, tuple):
            return True
        return any(each.raw in _APPLYING or not each.is_known for each in commands.raw)


class Generated(msgspec.Struct, frozen=True):
    """Files that are written into the module's folder before it runs, by path, and what is not known of them."""

    files: dict[Path, bytes]
    gaps: tuple[Gap, ...]

    @property
    def is_configuration(self) -> bool:
        """Whether one of them is a file of Terraform."""
        return any(path.name.endswith(CONFIGURATION_SUFFIXES) for path in self.files)


def generated(blocks: Iterable[UnitBlock], folder: Path) -> Generated:
    """Return the files that `generate` blocks write.

    Args:
        blocks: The blocks.
        folder: Of the module.
    """
    files: dict[Path, bytes] = {}
    gaps: list[Gap] = []
    for each in blocks:
        disabled, existing = each.value("disable"), each.value("if_exists")
        if disabled is not None and disabled.raw is True:
            continue
        path, contents = each.value("path"), each.value("contents")
        if path is None or not isinstance(path.raw, str) or contents is None or not isinstance(contents.raw, str):
            reason = "the file that it writes into the module is not known"
            gaps.append(Gap(address=f"generate.{each.label}", at=each.block.at, reason=reason))
            continue
        target = (folder / path.raw).resolve()
        if not (existing is not None and existing.raw == "skip" and target.exists()):
            files[target] = contents.raw.encode()
    return Generated(files, tuple(gaps))


class ExtraArguments(msgspec.Struct, frozen=True):
    """What is passed to Terraform: values of variables, and the environment."""

    assignments: tuple[Assignment, ...]
    environment: dict[str, str]


def extra_arguments(blocks: Iterable[UnitBlock], folder: Path) -> ExtraArguments:
    """Return what `extra_arguments` blocks say of variables.

    Args:
        blocks: The blocks.
        folder: Of the module.
    """
    assignments: list[Assignment] = []
    environment: dict[str, str] = {}
    for each in blocks:
        if not each.is_about_applying:
            continue
        variables = each.value("env_vars")
        if variables is not None and isinstance(variables.raw, dict):
            environment.update({k: v.raw for k, v in variables.raw.items() if isinstance(v.raw, str)})
        optional = (name for name in _texts(each.value("optional_var_files")) if (folder / name).is_file())
        assignments += [Assignment("", name) for name in (*_texts(each.value("required_var_files")), *optional)]
        assignments += _assigned(_texts(each.value("arguments")))
    return ExtraArguments(tuple(assignments), environment)


def _assigned(arguments: tuple[str, ...]) -> Iterator[Assignment]:
    """Read `-var` and `-var-file` among arguments, each with its value behind it or behind an equals sign."""
    words = iter(arguments)
    for word in words:
        option, sign, value = word.lstrip("-").partition("=")
        if option not in {"var", "var-file"} or not word.startswith("-"):
            continue
        value = value if sign else next(words, "")
        name, _, text = value.partition("=")
        yield Assignment(name, text) if option == "var" else Assignment("", value)


def hook_gaps(blocks: Iterable[UnitBlock], files: Files) -> Iterator[Gap]:
    """Report hooks whose commands reach a database: they are run around the module, and are not read.

    Args:
        blocks: `before_hook` and `after_hook` blocks.
        files: The module's.
    """
    for each in blocks:
        words = each.value("execute")
        if not each.is_about_applying or words is None:
            continue
        known = words.raw if isinstance(words.raw, tuple) else ()
        effects = list(read_words(tuple(map(_located, known)), files)) if known else [None]
        if effects:
            only = effects[0] if len(effects) == 1 else None
            yield Gap(
                address=f"{each.block.type}.{each.label}",
                at=each.at("execute"),
                reason="what this hook runs is not read",
                may=only.may if isinstance(only, ShellGap) else MayDeclare(),
            )


def _located(value: Value) -> LocatedText:
    return located_with_holes(value) or LocatedText(HOLE)


def _texts(value: Value | None) -> tuple[str, ...]:
    items = value.raw if value is not None and isinstance(value.raw, tuple) else ()
    return tuple(item.raw for item in items if isinstance(item.raw, str))
