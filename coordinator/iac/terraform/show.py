"""Writes a plan as JSON in the form of `terraform show -json`, with the outputs that are known only after apply."""

from __future__ import annotations

from coordinator.iac.expressions.functions.json_text import encode
from coordinator.iac.expressions.values import (
    SENSITIVE,
    Value,
    boolean,
    deep_marks,
    number,
    object_value,
    string,
    tuple_of,
)
from coordinator.iac.terraform.instances import PlannedResource
from coordinator.iac.terraform.plan import TerraformPlan


def show_json(plan: TerraformPlan) -> str:
    """Render a plan: `{"planned_values": {...}, "unknown_outputs": [...]}`, keys sorted, one line.

    Sensitive values are in it, as they are in Terraform's own: it is for machines that need them.
    """
    outputs = {name: _output(value) for name, value in plan.outputs.items()}
    document = {
        "format_version": string("1.2"),
        "planned_values": object_value({"outputs": object_value(outputs), "root_module": _module(plan.resources, "")}),
        "unknown_outputs": tuple_of(string(name) for name in plan.unknown_outputs()),
        "unchecked": tuple_of(string(f"{gap.at}: {gap.address}: {gap.reason}") for gap in plan.gaps),
    }
    return encode(object_value(document), escape_html=False)


def _output(value: Value) -> Value:
    sensitive = SENSITIVE in deep_marks(value)
    return object_value({"sensitive": boolean(sensitive), "value": value})


def _module(resources: tuple[PlannedResource, ...], address: str) -> Value:
    own = sorted((item for item in resources if item.module == address), key=lambda item: item.address)
    children = sorted({_child(item.module, address) for item in resources} - {""})
    module: dict[str, Value] = {}
    if address:
        module["address"] = string(address)
    if own:
        module["resources"] = tuple_of(_resource(item) for item in own if item.mode == "managed")
    if children:
        module["child_modules"] = tuple_of(_module(resources, child) for child in children)
    return object_value(module)


def _child(module: str, address: str) -> str:
    """Return the address of the module directly below `address` that holds `module`; empty when none does."""
    prefix = f"{address}." if address else ""
    if module == address or not module.startswith(prefix):
        return ""
    rest = module[len(prefix) :]
    quoted = False
    dots = 0
    for i, char in enumerate(rest):
        if char == '"' and rest[i - 1 : i] != "\\":
            quoted = not quoted
        if char == "." and not quoted:
            dots += 1
            if dots == 2:  # noqa: PLR2004  # `module.name` has one dot of its own
                return prefix + rest[:i]
    return module


def _resource(item: PlannedResource) -> Value:
    shown: dict[str, Value] = {
        "address": string(item.address),
        "mode": string(item.mode),
        "type": string(item.type),
        "name": string(item.name),
        "values": item.values,
    }
    if item.index is not None:
        shown["index"] = number(item.index) if isinstance(item.index, int) else string(item.index)
    return object_value(shown)
