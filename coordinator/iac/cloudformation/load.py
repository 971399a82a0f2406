"""Loads a CloudFormation template as a `SpecSource`: the SQL of its resources, in the order of their dependencies."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from pathlib import Path

from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence, parse_document
from coordinator.iac.cloudformation.intrinsics import NO_VALUE, Template
from coordinator.iac.expressions.values import is_wholly_known, located, string
from coordinator.iac.located_text import LocatedText
from coordinator.iac.source import SourceError, read_text
from coordinator.iac.sql.properties import VERSION_NAMES, holds_ddl, is_sql_property
from coordinator.iac.sql.statements import Locate, declarations
from shared.schema.schema import Declaration, Origin, SpecSource


def load_template(path: Path, parameters: MappingType[str, object]) -> SpecSource:
    """Read the SQL a template declares.

    Args:
        path: The template, YAML or JSON.
        parameters: Values of its parameters.

    Raises:
        SourceError: With file and line; also when nothing is declared.
    """
    template = Template(parse_document(read_text(path, path.name), path.name), path.name, parameters)
    unchecked: list[str] = []
    made: list[Declaration] = []
    for name in _by_dependency(template):
        made.extend(_resource_declarations(template, name, unchecked))
    if not made:
        reason = "declares no SQL that can be read" + (f" ({unchecked[0]})" if unchecked else "")
        raise SourceError(path.name, 0, reason)
    return SpecSource(
        declarations=tuple(made),
        expected_version=_expected_version(template, unchecked),
        unchecked=tuple(dict.fromkeys(unchecked)),
    )


def _by_dependency(template: Template) -> list[str]:
    """Order resources by DependsOn, in the order of the text otherwise."""
    ordered: dict[str, None] = {}
    running: list[str] = []

    def visit(name: str, node: Node) -> None:
        if name in ordered:
            return
        if name in running:
            template.fail(node, f"the resource {name!r} depends on itself")
        resource = template.resources.get(name)
        if not isinstance(resource, Mapping):
            template.fail(node, f"there is no resource {name!r}")
        running.append(name)
        for needed in _names(resource.items.get("DependsOn")):
            visit(needed, resource)
        running.pop()
        ordered[name] = None

    for name, node in template.resources.items():
        visit(name, node)
    return list(ordered)


def _names(node: Node | None) -> Iterator[str]:
    match node:
        case Scalar(value=value) if value is not None and isinstance(value.raw, str):
            yield value.raw
        case Sequence(items=items):
            for item in items:
                yield from _names(item)
        case _:
            pass


def _resource_declarations(template: Template, name: str, unchecked: list[str]) -> Iterator[Declaration]:
    resource = template.resources[name]
    if not isinstance(resource, Mapping):
        template.fail(resource, f"the resource {name!r} must be a mapping")
    condition = resource.items.get("Condition")
    if condition is not None:
        held = template.condition_holds(condition, template.name(condition))
        if held is None:
            unchecked.append(f"{template.file}:{resource.line}: whether {name} is made is known only after deployment")
        if not held:
            return
    properties = resource.items.get("Properties")
    if isinstance(properties, Mapping):
        for text, line in _sql_texts(template, "", properties, f"{name}.Properties", unchecked):
            yield from declarations(text.text, _locate(text, Origin(template.file, line, name)), unchecked)


def _locate(text: LocatedText, otherwise: Origin) -> Locate:
    return lambda offset: text.origin(offset, otherwise)


def _sql_texts(
    template: Template, name: str, node: Node, path: str, unchecked: list[str]
) -> Iterator[tuple[LocatedText, int]]:
    """Return the texts of properties that are read as SQL, each with its line."""
    if is_sql_property(name):
        value = template.value(node)
        for text in value.raw if isinstance(value.raw, tuple) else (value,):
            if text is NO_VALUE or text.is_null:
                continue
            if not is_wholly_known(text):
                unchecked.append(f"{template.file}:{node.line}: the SQL of {path} is known only after deployment")
            elif isinstance(text.raw, str) and holds_ddl(text.raw):
                yield located(text), node.line
        return
    if isinstance(node, Mapping):
        for key, item in node.items.items():
            yield from _sql_texts(template, key, item, f"{path}.{key}", unchecked)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _sql_texts(template, name, item, path, unchecked)


def _expected_version(template: Template, unchecked: list[str]) -> str:
    """Return the declared version: an output, parameter or resource property of one of `VERSION_NAMES`."""
    for name in VERSION_NAMES:
        for node in _candidates(template, name):
            value = template.value(node)
            if isinstance(value.raw, str):
                return value.raw
            unchecked.append(f"{template.file}:{node.line}: the expected schema version is known only after deployment")
    return ""


def _candidates(template: Template, wanted: str) -> Iterator[Node]:
    for name, node in template.outputs.items():
        if name.lower() == wanted and isinstance(node, Mapping) and "Value" in node.items:
            yield node.items["Value"]
    for name, node in template.parameters.items():
        if name.lower() == wanted:
            yield Mapping(node.line, {"Ref": Scalar(node.line, string(name))})
    for resource in template.resources.values():
        properties = resource.items.get("Properties") if isinstance(resource, Mapping) else None
        if isinstance(properties, Mapping):
            yield from (node for name, node in properties.items.items() if name.lower() == wanted)
