"""Loads a module: the files of one folder, merged with their overrides, with declarations by name."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from coordinator.iac.expressions.files import Files
from coordinator.iac.file_names import CONFIGURATION_SUFFIXES
from coordinator.iac.hcl.blocks import Attribute, Block, Body
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.source import LimitError, SourceError, SourceErrorGroup, decode_text, new_files_below
from coordinator.iac.terraform.json_syntax import LABELS, parse_json_body

_Key = TypeVar("_Key")


class Module(msgspec.Struct, eq=False, kw_only=True):
    """A Terraform module as its files declare it: the blocks of one folder, by name.

    Args:
        path: The folder relative to the root module, `.` for the root itself: what `path.module` says.
        variables, locals, outputs, resources, modules: By name; resources by (mode, type, name).
        imports: `import` blocks.
    """

    path: str
    variables: dict[str, Block] = {}
    locals: dict[str, Attribute] = {}
    outputs: dict[str, Block] = {}
    resources: dict[tuple[str, str, str], Block] = {}
    modules: dict[str, Block] = {}
    imports: list[Block] = []


def load_module(files: Files, path: str, at: tuple[str, int] = ("", 0)) -> Module:
    """Read and merge the files of a folder, overrides last.

    Args:
        files: What may be read.
        path: The folder, relative to the root module.
        at: Where the module is called, for the message when there is no such folder.

    Raises:
        SourceError: With file and line.
    """
    try:
        folder = files.locate(path)
        names = sorted(
            {entry.name for entry in folder.iterdir() if entry.is_file()}
            | {entry.name for entry in new_files_below(folder) if entry.parent == folder.resolve()}
        )
    except SourceError as error:
        raise SourceError(at[0] or path, at[1], f"Unreadable module directory: {error.message}") from None
    except OSError as error:
        reason = f"Unreadable module directory: {path!r} cannot be read: {error.strerror}"
        raise SourceError(at[0] or path, at[1], reason) from None
    module = Module(path=path)
    names = _without_replaced([name for name in names if name.endswith(CONFIGURATION_SUFFIXES) and name[0] != "."])
    if not names and at[0]:
        raise SourceError(at[0], at[1], f"Unreadable module directory: {path!r} holds no configuration files")
    errors: list[SourceError] = []
    for name in sorted(names, key=_is_override):
        try:
            body = _read(files, path, name)
            (_override_all if _is_override(name) else _declare_all)(module, body)
        except LimitError:
            raise
        except SourceError as error:
            errors.append(error)
    if errors:
        raise SourceErrorGroup(tuple(errors)) if len(errors) > 1 else errors[0]
    return module


def _without_replaced(names: list[str]) -> list[str]:
    """Leave out the `.tf` files in whose place OpenTofu reads a `.tofu` file of the same name."""
    return [name for name in names if not (".tf" in name and name.replace(".tf", ".tofu") in names)]


def _is_override(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def _read(files: Files, path: str, name: str) -> Body:
    relative = name if path == "." else f"{path}/{name}"
    text = decode_text(files.read(relative), relative)
    return parse_json_body(text, relative) if name.endswith(".json") else parse_body(text, relative)


def _declare_all(module: Module, body: Body) -> None:
    for attribute in body.attributes.values():
        raise SourceError(
            attribute.at.file,
            attribute.at.line,
            f"Unsupported argument: an argument named {attribute.name!r} is not expected here",
        )
    for block in body.blocks:
        _check_labels(block)
        match block.type:
            case "variable":
                _check_arguments(block)
                _declare(module.variables, block.labels[0], block, "Duplicate variable declaration")
            case "output":
                _check_arguments(block)
                _declare(module.outputs, block.labels[0], block, "Duplicate output definition")
            case "module":
                _declare(module.modules, block.labels[0], block, "Duplicate module call")
            case "resource" | "data" | "ephemeral":
                mode = "managed" if block.type == "resource" else block.type
                key = (mode, block.labels[0], block.labels[1])
                _declare(module.resources, key, block, f"Duplicate {block.type} configuration")
            case "locals":
                _declare_locals(module, block)
            case "import":
                module.imports.append(block)
            case _:
                pass  # terraform, provider, moved, removed, check: they declare no schema


def _check_labels(block: Block) -> None:
    wanted = LABELS.get(block.type)
    if wanted is None:
        raise SourceError(
            block.at.file,
            block.at.line,
            f"Unsupported block type: blocks of type {block.type!r} are not expected here",
        )
    if len(block.labels) != wanted:
        raise SourceError(
            block.at.file,
            block.at.line,
            f"Invalid {block.type} block: it needs {wanted} labels, not {len(block.labels)}",
        )


_ARGUMENTS = {
    "variable": frozenset({"default", "deprecated", "description", "ephemeral", "nullable", "sensitive", "type"}),
    "output": frozenset({"depends_on", "deprecated", "description", "ephemeral", "sensitive", "value"}),
}
"""Arguments of the blocks that the language itself defines."""


_RESERVED = frozenset({"count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"})
"""Names no variable can have: a module call gives them a meaning of their own."""


def _check_arguments(block: Block) -> None:
    if block.type == "variable" and block.labels[0] in _RESERVED:
        raise SourceError(
            block.at.file, block.at.line, f"Invalid variable name: {block.labels[0]!r} is reserved for module calls"
        )
    for attribute in block.body.attributes.values():
        if attribute.name not in _ARGUMENTS[block.type]:
            raise SourceError(
                attribute.at.file,
                attribute.at.line,
                f"Unsupported argument: a {block.type} has no argument {attribute.name!r}",
            )


def _declare(declared: dict[_Key, Block], name: _Key, block: Block, problem: str) -> None:
    if name in declared:
        raise SourceError(
            block.at.file, block.at.line, f"{problem}: {block.labels[-1]!r} was already declared at {declared[name].at}"
        )
    declared[name] = block


def _declare_locals(module: Module, block: Block) -> None:
    for name, attribute in block.body.attributes.items():
        if name in module.locals:
            raise SourceError(
                attribute.at.file,
                attribute.at.line,
                f"Duplicate local value definition: {name!r} was already defined at {module.locals[name].at}",
            )
        module.locals[name] = attribute


def _override_all(module: Module, body: Body) -> None:
    for block in body.blocks:
        _check_labels(block)
        match block.type:
            case "variable":
                _override(module.variables, block.labels[0], block)
            case "output":
                _override(module.outputs, block.labels[0], block)
            case "module":
                _override(module.modules, block.labels[0], block)
            case "resource" | "data":
                mode = "managed" if block.type == "resource" else "data"
                _override(module.resources, (mode, block.labels[0], block.labels[1]), block)
            case "locals":
                module.locals.update(block.body.attributes)
            case _:
                pass


def _override(declared: dict[_Key, Block], name: _Key, block: Block) -> None:
    """Replace the arguments the override sets, and all nested blocks of each type it has any of."""
    base = declared.get(name)
    if base is None:
        raise SourceError(
            block.at.file,
            block.at.line,
            f"Missing base {block.type} definition to override: there is no {'.'.join(block.labels)}",
        )
    replaced = {_nested_type(inner) for inner in block.body.blocks}
    kept = tuple(inner for inner in base.body.blocks if _nested_type(inner) not in replaced)
    merged = Body(attributes={**base.body.attributes, **block.body.attributes}, blocks=(*kept, *block.body.blocks))
    declared[name] = Block(at=base.at, type=base.type, labels=base.labels, body=merged)


def _nested_type(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
