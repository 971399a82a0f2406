"""Loads CloudFormation templates, and the folders in which the CDK leaves them, as a `Reading`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from pathlib import Path

import msgspec

from coordinator.iac.cloudformation import intrinsics  # noqa: F401  # importing it registers the functions
from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence, parse_document
from coordinator.iac.cloudformation.expansion import Expansion
from coordinator.iac.cloudformation.resources import (
    ResourceReader,
    ResourceText,
    declared_database,
    resource_type,
)
from coordinator.iac.cloudformation.template import Template
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.values import string
from coordinator.iac.file_names import CDK_MANIFEST
from coordinator.iac.reading import DeclaredTenant, Gap, Piece, Reading, carriers_of
from coordinator.iac.source import LimitError, SourceError, decode_text, read_text
from coordinator.iac.sql.partial import read_statements
from coordinator.iac.sql.properties import VERSION_NAMES
from shared.schema.schema import Origin

MAX_STACKS = 100
"""Nested stacks of one template."""

_STACKS = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
"""Types whose resources are stacks of their own, and the property that says where their template is."""


def read_template(path: Path, parameters: MappingType[str, object]) -> Reading:
    """Read the SQL a template declares, nested stacks included, and what of it cannot be read.

    Args:
        path: The template, YAML or JSON.
        parameters: Values of its parameters, of pseudo parameters, imports and attributes.

    Raises:
        SourceError: With file and line.
    """
    reader = _StackReader(Files(path.parent))
    template = reader.template(path.name, parameters)
    reader.stack(template, "")
    return reader.reading(path.name, template)


def read_cdk_folder(folder: Path, parameters: MappingType[str, object]) -> Reading:
    """Read the stacks of a folder that `cdk synth` wrote, in the order of their dependencies.

    Args:
        folder: The folder, `cdk.out` by default.
        parameters: As for one template; names that a stack does not know are another's.

    Raises:
        SourceError: With file and line.
    """
    reader = _StackReader(Files(folder, folder))
    stacks = _cdk_stacks(folder)
    first: Template | None = None
    for name, file in stacks:
        template = reader.template(file, parameters, strict=False)
        reader.stack(template, f"{name}." if len(stacks) > 1 else "")
        first = first or template
    return reader.reading(folder.name, first)


class _Properties(msgspec.Struct, frozen=True, rename="camel"):
    """What the manifest says of a stack."""

    template_file: str = ""


class _Artifact(msgspec.Struct, frozen=True):
    """One artifact of `cdk synth`."""

    type: str = ""
    dependencies: tuple[str, ...] = ()
    properties: _Properties = _Properties()


class _Manifest(msgspec.Struct, frozen=True):
    """The manifest of a folder that `cdk synth` wrote."""

    artifacts: dict[str, _Artifact] = {}


def _cdk_stacks(folder: Path) -> list[tuple[str, str]]:
    """Return (name, template file) of each stack, what a stack depends on before it."""
    try:
        artifacts = msgspec.json.decode(read_text(folder / CDK_MANIFEST, CDK_MANIFEST), type=_Manifest).artifacts
    except msgspec.MsgspecError as error:
        raise SourceError(CDK_MANIFEST, 0, f"expected the manifest of `cdk synth`: {error}") from None
    found: dict[str, tuple[str, str]] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        artifact = artifacts.get(name)
        if name in found or name in above or artifact is None:
            return
        for needed in artifact.dependencies:
            visit(needed, (*above, name))
        if artifact.type == "aws:cloudformation:stack" and artifact.properties.template_file:
            found[name] = (name, artifact.properties.template_file)

    for name in artifacts:
        visit(name, ())
    nested = [path for path in sorted(folder.glob("assembly-*")) if (path / CDK_MANIFEST).is_file()]
    inner = [(name, f"{path.name}/{file}") for path in nested for name, file in _cdk_stacks(path)]
    return [*found.values(), *inner]


class _StackReader:
    """Reads a template and the stacks nested in it."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._pieces: list[Piece] = []
        self._gaps: list[Gap] = []
        self._refused: list[SourceError] = []
        self._unchecked: list[str] = []
        self._tenants: list[DeclaredTenant] = []
        self._stacks = 0

    def template(self, path: str, parameters: MappingType[str, object], *, strict: bool = True) -> Template:
        """Parse a template and write its transforms out."""
        self._stacks += 1
        if self._stacks > MAX_STACKS:
            raise LimitError(path, 0, f"more than {MAX_STACKS} stacks")
        text = decode_text(self._files.read(path), path)
        constants = Template(Mapping(0, {}), path, {})
        top = Expansion(path, self._files, constants.value)
        root = top.root(parse_document(text, path))
        if not strict:
            parameters = _asked_for(root, parameters)
        template = Template(root, path, parameters)
        expansion = Expansion(path, self._files, template.value)
        template.write_out(expansion)
        template.unexpanded = (*top.unexpanded, *expansion.unexpanded)
        return template

    def stack(self, template: Template, prefix: str, above: tuple[str, ...] = ()) -> None:
        """Read all resources of a stack."""
        reader = ResourceReader(template, prefix)
        for lost in template.unexpanded:
            at = Origin(template.file, lost.line)
            self._gaps.append(Gap(address=f"{prefix}{lost.address}", at=at, reason=lost.reason))
        for name in _by_dependency(template):
            resource = template.resources[name]
            if not isinstance(resource, Mapping):
                template.fail(resource, f"the resource {name!r} must be a mapping")
            if resource_type(resource) in _STACKS:
                self._nested(template, reader, name, resource, (*above, template.file))
                continue
            self._declared_tenant(template, reader, name, resource)
            for text in reader.texts(name, resource):
                self._read(template, reader.address(name), text)
        self._gaps += reader.gaps

    def _nested(
        self, template: Template, reader: ResourceReader, name: str, resource: Mapping, above: tuple[str, ...]
    ) -> None:
        path = _local_template(template, resource)
        if path is None:
            reader.report(name, resource, "its template is somewhere else, so what it holds cannot be known")
            return
        path = Path(template.file).parent.joinpath(path).as_posix()
        if path in above:
            template.fail(resource, f"the stack {name!r} is nested in itself")
        properties = resource.items.get("Properties")
        given = properties.items.get("Parameters") if isinstance(properties, Mapping) else None
        values = {
            key: value.raw if isinstance(value.raw, str) else ",".join(item.raw for item in value.raw)
            for key, node in (given.items.items() if isinstance(given, Mapping) else ())
            if isinstance((value := template.value(node)).raw, str)
            or (isinstance(value.raw, tuple) and all(isinstance(item.raw, str) for item in value.raw))
        }
        try:
            inner = self.template(path, values, strict=False)
        except SourceError as error:
            if error.file not in {"", path} or error.line:
                raise
            reader.report(name, resource, f"its template {path!r}: {error.message}")
            return
        template.nested[name] = inner
        self.stack(inner, f"{reader.address(name)}.", above)

    def _read(self, template: Template, address: str, text: ResourceText) -> None:
        at = Origin(template.file, text.line)
        otherwise = Origin(template.file, text.line, address)
        made, losses = read_statements(
            text.text.text, lambda offset: text.text.origin(offset, otherwise), self._unchecked
        )
        self._gaps += [Gap(address=address, at=loss.at, reason=loss.reason, may=loss.may) for loss in losses]
        self._refused += [loss.error for loss in losses if loss.error is not None]
        if made or not losses:
            self._pieces.append(
                Piece(
                    carrier=address,
                    address=address,
                    at=at,
                    declarations=made,
                    destination=text.destination,
                    idempotent=text.idempotent,
                )
            )

    def _declared_tenant(self, template: Template, reader: ResourceReader, name: str, resource: Mapping) -> None:
        database = declared_database(template, resource)
        if database:
            self._tenants.append(DeclaredTenant(tenant=reader.address(name), database=database))

    def reading(self, name: str, template: Template | None) -> Reading:
        """Return all that was read."""
        expected = _expected_version(template, self._unchecked) if template is not None else ""
        return Reading(
            name=name,
            pieces=tuple(self._pieces),
            carriers=carriers_of(self._pieces, self._gaps),
            tenants=tuple(sorted(self._tenants)),
            expected_version=expected,
            refused=tuple(self._refused),
            unchecked=tuple(dict.fromkeys(self._unchecked)),
        )


def _asked_for(root: Node, parameters: MappingType[str, object]) -> dict[str, object]:
    """Keep the values that a template declares as parameters, and those that are no parameters at all."""
    declared = root.items.get("Parameters") if isinstance(root, Mapping) else None
    names = declared.items if isinstance(declared, Mapping) else {}
    return {name: value for name, value in parameters.items() if name in names or not name.isalnum()}


def _local_template(template: Template, resource: Mapping) -> str | None:
    """Return the path of a nested stack's template when it is a file here; the CDK says it in metadata."""
    metadata = resource.items.get("Metadata")
    asset = metadata.items.get("aws:asset:path") if isinstance(metadata, Mapping) else None
    properties = resource.items.get("Properties")
    node = asset or (
        properties.items.get(_STACKS[resource_type(resource)]) if isinstance(properties, Mapping) else None
    )
    if node is None or (asset is None and isinstance(node, Mapping) and "Fn::Sub" not in node.items):
        return None
    value = template.value(node)
    if not isinstance(value.raw, str) or re.match(r"[a-z0-9+]+://", value.raw, re.IGNORECASE):
        return None
    return value.raw.removeprefix("./")


def _by_dependency(template: Template) -> list[str]:
    """Order resources by what they depend on and refer to, in the order of the text otherwise."""
    ordered: dict[str, None] = {}
    running: list[str] = []

    def visit(name: str, node: Node, *, implied: bool) -> None:
        if name in ordered or (implied and (name in running or name not in template.resources)):
            return
        if name in running:
            template.fail(node, f"the resource {name!r} depends on itself")
        resource = template.resources.get(name)
        if not isinstance(resource, Mapping):
            template.fail(node, f"there is no resource {name!r}")
        running.append(name)
        for needed in _names(resource.items.get("DependsOn")):
            visit(needed, resource, implied=False)
        for needed in _referred(resource):
            visit(needed, resource, implied=True)
        running.pop()
        ordered[name] = None

    for name, node in template.resources.items():
        visit(name, node, implied=False)
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


def _referred(node: Node) -> Iterator[str]:
    """Return the names that a resource refers to with `Ref` and `Fn::GetAtt`."""
    match node:
        case Mapping(items={"Ref": Scalar() as name}):
            yield from _names(name)
        case Mapping(items={"Fn::GetAtt": Sequence(items=(first, *_))}):
            yield from _names(first)
        case Mapping(items={"Fn::GetAtt": Scalar() as name}):
            yield from (text.partition(".")[0] for text in _names(name))
        case Mapping(items=items):
            for item in items.values():
                yield from _referred(item)
        case Sequence(items=elements):
            for item in elements:
                yield from _referred(item)
        case Scalar():
            pass


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
