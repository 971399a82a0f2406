"""Reads what Terraform recorded: a state of version 4, and the JSON of `terraform show -json` of a plan or a state.

Formats: developer.hashicorp.com/terraform/internals/json-format; that of state files is Terraform's own (statefile v4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.json_syntax import parse_json
from coordinator.iac.expressions.syntax import Expression, ObjectCons, TupleCons
from coordinator.iac.expressions.types import DYNAMIC, STRING
from coordinator.iac.expressions.values import Value, object_value, string, tuple_of, unknown_of
from coordinator.iac.hcl.blocks import Attribute, Block, Body
from coordinator.iac.located_text import Span
from coordinator.iac.reading import Gap
from coordinator.iac.source import SourceError, read_text
from coordinator.iac.terraform.instances import PlannedResource
from coordinator.iac.terraform.plan import TerraformPlan
from coordinator.iac.terraform.providers import planned_values
from coordinator.iac.terraform.variables import constant_evaluator
from shared.schema.schema import Origin

_STATE_VERSION = 4
_KEY = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')
_MADE_FOR_PROVISIONERS = frozenset({"null_resource", "terraform_data"})
"""Types that do nothing by themselves: what they run stands in provisioners, which a state does not keep."""


class _Found(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """One resource instance as a document says it."""

    type: str
    name: str
    module: str
    index: str | int | None
    at: Origin
    attributes: dict[str, Value]
    places: dict[str, Origin]
    needs: tuple[str, ...] = ()
    provisioners: tuple[Block, ...] = ()

    @property
    def configured(self) -> str:
        """The address without keys, as a configuration calls it."""
        return ".".join(part for part in (re.sub(r"\[[^\]]*\]", "", self.module), f"{self.type}.{self.name}") if part)

    @property
    def address(self) -> str:
        """The address of the instance."""
        key = "" if self.index is None else f"[{json.dumps(self.index, ensure_ascii=False)}]"
        return ".".join(part for part in (self.module, f"{self.type}.{self.name}{key}") if part)


def read_recorded(path: Path) -> TerraformPlan:
    """Read a state or a plan as what a configuration would have come to.

    Raises:
        SourceError: With file and line, for a file that is none of them.
    """
    document = _entries(parse_json(read_text(path, path.name), path.name, templates=False))
    files = Files(path.parent)
    if "planned_values" in document or "values" in document:
        found = list(_shown(document))
        outputs = _outputs(_entries(document.get("planned_values") or document["values"]).get("outputs"))
        outputs = {**_outputs(document.get("variables")), **outputs}
    elif _plain(document.get("version")) == _STATE_VERSION:
        found = list(_state(document))
        outputs = _outputs(document.get("outputs"))
    else:
        reason = "expected a Terraform state of version 4, or what `terraform show -json` prints of a plan or a state"
        raise SourceError(path.name, 1, reason)
    budget = Budget()
    resources = tuple(_planned(entry, files, budget) for entry in _ordered(found))
    gaps = () if "configuration" in document else tuple(_lost_provisioners(found))
    return TerraformPlan(outputs=outputs, resources=resources, named=outputs.get, gaps=gaps)


def _lost_provisioners(found: list[_Found]) -> Iterator[Gap]:
    for entry in found:
        if entry.type in _MADE_FOR_PROVISIONERS:
            reason = "what its provisioners run is not recorded; read the configuration, or a plan"
            yield Gap(address=entry.address, at=entry.at, reason=reason)


def _state(document: Mapping[str, Expression]) -> Iterator[_Found]:
    for node in _items(document.get("resources")):
        resource = _entries(node)
        if _text(resource.get("mode")) != "managed":
            continue
        for inner in _items(resource.get("instances")):
            instance = _entries(inner)
            if "deposed" in instance:
                continue
            attributes, places = _attributes(instance.get("attributes"), None)
            yield _Found(
                type=_text(resource.get("type")),
                name=_text(resource.get("name")),
                module=_text(resource.get("module")),
                index=_index(instance.get("index_key")),
                at=inner.at,
                attributes=attributes,
                places=places,
                needs=tuple(_text(item) for item in _items(instance.get("dependencies"))),
            )


def _shown(document: Mapping[str, Expression]) -> Iterator[_Found]:
    values = _entries(document.get("planned_values") or document.get("values"))
    configured = dict(_configured(_entries(_entries(document.get("configuration")).get("root_module")), ""))
    unknown = {
        _text(change.get("address")): _entries(change.get("change")).get("after_unknown")
        for change in map(_entries, _items(document.get("resource_changes")))
    }
    yield from _module(_entries(values.get("root_module")), "", configured, unknown)


def _module(
    module: Mapping[str, Expression],
    address: str,
    configured: Mapping[str, Mapping[str, Expression]],
    unknown: Mapping[str, Expression | None],
) -> Iterator[_Found]:
    for node in _items(module.get("resources")):
        resource = _entries(node)
        if _text(resource.get("mode")) != "managed":
            continue
        attributes, places = _attributes(resource.get("values"), unknown.get(_text(resource.get("address"))))
        found = _Found(
            type=_text(resource.get("type")),
            name=_text(resource.get("name")),
            module=address,
            index=_index(resource.get("index")),
            at=node.at,
            attributes=attributes,
            places=places,
            needs=tuple(_text(item) for item in _items(resource.get("depends_on"))),
        )
        declared = configured.get(found.configured, {})
        prefix = re.sub(r"\[[^\]]*\]", "", address)
        needs = (*found.needs, *(f"{prefix}.{name}".lstrip(".") for name in _references(declared)))
        provisioners = tuple(_provisioner(item) for item in _items(declared.get("provisioners")))
        yield msgspec.structs.replace(found, needs=needs, provisioners=provisioners)
    for node in _items(module.get("child_modules")):
        child = _entries(node)
        yield from _module(child, _text(child.get("address")), configured, unknown)


def _configured(module: Mapping[str, Expression], prefix: str) -> Iterator[tuple[str, Mapping[str, Expression]]]:
    """Return the resources of a plan's configuration by address."""
    for resource in map(_entries, _items(module.get("resources"))):
        yield prefix + _text(resource.get("address")), resource
    for name, call in _entries(module.get("module_calls")).items():
        yield from _configured(_entries(_entries(call).get("module")), f"{prefix}module.{name}.")


def _references(node: Expression | Mapping[str, Expression] | None) -> Iterator[str]:
    """Return the names that a resource of a plan's configuration refers to."""
    entries = node if isinstance(node, Mapping) else _entries(node)
    for key, item in entries.items():
        if key in {"references", "depends_on"}:
            yield from (_text(inner) for inner in _items(item))
        else:
            yield from _references(item)
    if isinstance(node, TupleCons):
        for inner in node.items:
            yield from _references(inner)


def _provisioner(node: Expression) -> Block:
    """Turn a provisioner of a plan's configuration into a block; what it puts together is unknown."""
    entries = _entries(node)
    attributes: dict[str, Attribute] = {}
    for name, item in _entries(entries.get("expressions")).items():
        constant = _entries(item).get("constant_value")
        value = unknown_of(STRING) if constant is None else _value(constant, None)
        attributes[name] = Attribute(at=item.at, name=name, expression=syntax.Literal(at=item.at, value=value))
    if "when" in entries:
        when = syntax.Reference(at=node.at, name=_text(entries["when"]))
        attributes["when"] = Attribute(at=node.at, name="when", expression=when)
    body = Body(attributes=attributes, blocks=())
    return Block(at=node.at, type="provisioner", labels=(_text(entries.get("type")),), body=body)


def _planned(found: _Found, files: Files, budget: Budget) -> PlannedResource:
    written = {
        name: Attribute(at=at, name=name, expression=syntax.Literal(at=at, value=found.attributes[name]))
        for name, at in found.places.items()
        if not found.attributes[name].is_null
    }
    body = Body(attributes=written, blocks=found.provisioners)
    block = Block(at=found.at, type="resource", labels=(found.type, found.name), body=body)
    evaluator = constant_evaluator(files, budget)
    values = planned_values("managed", found.attributes, {}, block, evaluator, tolerant=True)
    return PlannedResource(
        address=found.address,
        mode="managed",
        type=found.type,
        name=found.name,
        index=found.index,
        module=found.module,
        module_keys=tuple(json.loads(f'"{key}"') for key in _KEY.findall(found.module)),
        values=values,
        block=block,
        evaluator=evaluator,
    )


def _ordered(found: list[_Found]) -> list[_Found]:
    """Put instances behind those they depend on."""
    by_name: dict[str, list[_Found]] = {}
    for entry in found:
        by_name.setdefault(entry.configured, []).append(entry)
    done: dict[int, _Found] = {}
    running: set[int] = set()

    def visit(entry: _Found) -> None:
        if id(entry) in done or id(entry) in running:
            return
        running.add(id(entry))
        for need in entry.needs:
            for name in _prefixes(need):
                for other in by_name.get(name, ()):
                    visit(other)
        done[id(entry)] = entry

    for entry in found:
        visit(entry)
    return list(done.values())


def _prefixes(name: str) -> Iterator[str]:
    """Return a reference without the attributes behind it: `aws_x.y.z` is about `aws_x.y`."""
    parts = re.sub(r"\[[^\]]*\]", "", name).split(".")
    for end in range(2, len(parts) + 1):
        yield ".".join(parts[:end])


def _outputs(node: Expression | None) -> dict[str, Value]:
    found = {name: _entries(item).get("value") for name, item in _entries(node).items()}
    return {name: _value(item, None) for name, item in sorted(found.items()) if item is not None}


def _attributes(node: Expression | None, unknown: Expression | None) -> tuple[dict[str, Value], dict[str, Origin]]:
    entries, later = _entries(node), _entries(unknown)
    values = {name: _value(item, later.get(name)) for name, item in entries.items()}
    places = {name: item.at for name, item in entries.items()}
    for name, item in later.items():
        if name not in values and _plain(item) is True:
            values[name] = unknown_of(DYNAMIC, nullable=True)
    return values, places


def _value(node: Expression, unknown: Expression | None) -> Value:
    """Turn JSON into a value whose strings know their line; what `unknown` says is true of is unknown."""
    if unknown is not None and _plain(unknown) is True:
        return unknown_of(DYNAMIC, nullable=True)
    match node:
        case ObjectCons():
            return object_value(_attributes(node, unknown)[0])
        case TupleCons(items=items):
            inner = _items(unknown)
            return tuple_of(_value(item, inner[i] if i < len(inner) else None) for i, item in enumerate(items))
        case syntax.Literal(value=value) if isinstance(value.raw, str):
            return string(value.raw, (Span(0, node.at.file, node.at.line, advances=False),))
        case syntax.Literal(value=value):
            return value
        case _:
            return unknown_of(DYNAMIC)


def _entries(node: Expression | None) -> dict[str, Expression]:
    if not isinstance(node, ObjectCons):
        return {}
    return {key.value.raw: item for key, item in node.items if isinstance(key, syntax.Literal)}


def _items(node: Expression | None) -> tuple[Expression, ...]:
    return node.items if isinstance(node, TupleCons) else ()


def _plain(node: Expression | None) -> object:
    return node.value.raw if isinstance(node, syntax.Literal) else None


def _text(node: Expression | None) -> str:
    plain = _plain(node)
    return plain if isinstance(plain, str) else ""


def _index(node: Expression | None) -> str | int | None:
    plain = _plain(node)
    return plain if isinstance(plain, (str, int)) else None
