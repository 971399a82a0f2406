"""Loads a CloudFormation template as a `Reading`: the SQL of its resources, in the order of their dependencies."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from pathlib import Path

from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence, parse_document
from coordinator.iac.cloudformation.intrinsics import NO_VALUE, Template
from coordinator.iac.expressions.values import is_wholly_known, located, string
from coordinator.iac.located_text import LocatedText
from coordinator.iac.reading import Gap, Piece, Reading, carriers_of
from coordinator.iac.source import SourceError, read_text
from coordinator.iac.sql.partial import read_statements
from coordinator.iac.sql.properties import VERSION_NAMES, holds_ddl, is_sql_property
from coordinator.iac.sql.statements import Locate
from shared.schema.schema import Origin


def read_template(path: Path, parameters: MappingType[str, object]) -> Reading:
    """Read the SQL a template declares, and what of it cannot be read.

    Args:
        path: The template, YAML or JSON.
        parameters: Values of its parameters.

    Raises:
        SourceError: With file and line.
    """
    template = Template(parse_document(read_text(path, path.name), path.name), path.name, parameters)
    unchecked: list[str] = []
    pieces: list[Piece] = []
    gaps: list[Gap] = []
    refused: list[SourceError] = []
    for name in _by_dependency(template):
        for text, line in _resource_texts(template, name, gaps):
            at = Origin(template.file, line)
            made, losses = read_statements(text.text, _locate(text, Origin(template.file, line, name)), unchecked)
            gaps += [Gap(address=name, at=loss.at, reason=loss.reason, may=loss.may) for loss in losses]
            refused += [loss.error for loss in losses if loss.error is not None]
            if made or not losses:
                pieces.append(Piece(carrier=name, address=name, at=at, declarations=made))
    expected = _expected_version(template, unchecked)
    return Reading(
        name=path.name,
        pieces=tuple(pieces),
        carriers=carriers_of(pieces, gaps),
        expected_version=expected,
        refused=tuple(refused),
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


def _resource_texts(template: Template, name: str, gaps: list[Gap]) -> Iterator[tuple[LocatedText, int]]:
    resource = template.resources[name]
    if not isinstance(resource, Mapping):
        template.fail(resource, f"the resource {name!r} must be a mapping")
    properties = resource.items.get("Properties")
    if not isinstance(properties, Mapping):
        return
    before = len(gaps)
    condition = resource.items.get("Condition")
    held = True if condition is None else template.condition_holds(condition, template.name(condition))
    if held is False:
        return
    texts = list(_sql_texts(template, "", properties, name, gaps))
    if held is None and (texts or len(gaps) > before):
        del gaps[before:]
        reason = "whether it is made is known only after deployment"
        gaps.append(Gap(address=name, at=Origin(template.file, resource.line), reason=reason))
    elif held:
        yield from texts


def _locate(text: LocatedText, otherwise: Origin) -> Locate:
    return lambda offset: text.origin(offset, otherwise)


def _sql_texts(
    template: Template, name: str, node: Node, address: str, gaps: list[Gap]
) -> Iterator[tuple[LocatedText, int]]:
    """Return the texts of properties that are read as SQL, each with its line."""
    if is_sql_property(name):
        value = template.value(node)
        for text in value.raw if isinstance(value.raw, tuple) else (value,):
            if text is NO_VALUE or text.is_null:
                continue
            if not is_wholly_known(text):
                reason = f"the SQL of {name} is known only after deployment"
                gaps.append(Gap(address=address, at=Origin(template.file, node.line), reason=reason))
            elif isinstance(text.raw, str) and holds_ddl(text.raw):
                yield located(text), node.line
        return
    if isinstance(node, Mapping):
        for key, item in node.items.items():
            yield from _sql_texts(template, key, item, address, gaps)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _sql_texts(template, name, item, address, gaps)


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
