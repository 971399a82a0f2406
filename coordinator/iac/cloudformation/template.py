"""A CloudFormation template with values for its parameters: names are looked up here, functions are evaluated."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from typing import NoReturn

from coordinator.iac.cloudformation.document import Mapping, Node, Scalar, Sequence, kind_of
from coordinator.iac.cloudformation.expansion import Expansion, Unexpanded
from coordinator.iac.expressions.types import DYNAMIC, STRING, friendly
from coordinator.iac.expressions.values import NULL, Value, object_value, string, tuple_of, unknown_of
from coordinator.iac.source import SourceError

MAX_NODES_EVALUATED = 500_000
"""Nodes of one template that may be evaluated."""

NO_VALUE = Value(DYNAMIC, None, frozenset({"no value"}))
"""`AWS::NoValue`: the property is left out."""


class Template:
    """A parsed template with values for its parameters.

    Args:
        root: The document.
        file: How messages call it.
        given: Values of parameters, of pseudo parameters (`AWS::Region`), of imported values by the names of their
            exports, and of attributes (`Database.Endpoint.Address`).

    `missing` names the parameters without a value that were asked for; `nested` holds the templates of nested stacks.

    Raises:
        SourceError: For a document that is no template.
    """

    def __init__(self, root: Node, file: str, given: MappingType[str, object]) -> None:
        self.file = file
        if not isinstance(root, Mapping):
            raise SourceError(file, root.line, f"expected a template, a mapping with Resources; got {kind_of(root)}")
        self.parameters = self._section(root, "Parameters")
        self.resources = self._section(root, "Resources")
        self.outputs = self._section(root, "Outputs")
        self._mappings = self._section(root, "Mappings")
        self._conditions = self._section(root, "Conditions")
        self.missing: list[str] = []
        self.nested: dict[str, Template] = {}
        self.unexpanded: tuple[Unexpanded, ...] = ()
        self._given = given
        self._running: list[str] = []
        self._steps = 0
        self._root = root

    def write_out(self, expansion: Expansion) -> None:
        """Write out the template's transforms.

        Raises:
            SourceError: See `Expansion.node`; also for a value that nothing in the template asks for.
        """
        for name in ("Conditions", "Resources", "Outputs"):
            section = Mapping(self._root.line, self._section(self._root, name))
            written = expansion.node(section, "" if name == "Resources" else name)
            made = written.items if isinstance(written, Mapping) else {}
            match name:
                case "Conditions":
                    self._conditions = made
                case "Resources":
                    self.resources = made
                case _:
                    self.outputs = made
        self._refuse_unknown_names()

    def _refuse_unknown_names(self) -> None:
        """Refuse a value whose name is likely misspelt."""
        if _imports_values(self._root):  # the names of exports may be put together
            return
        for name in self._given:
            known = name in self.parameters or name.startswith("AWS::") or name.partition(".")[0] in self.resources
            if not known:
                raise SourceError(self.file, 0, f"no parameter {name!r} is declared by the template")

    def _section(self, root: Mapping, name: str) -> dict[str, Node]:
        node = root.items.get(name)
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.fail(node, f"{name}: expected a mapping, got {kind_of(node)}")
        return node.items

    def fail(self, node: Node, message: str) -> NoReturn:
        """Refuse the template at a node."""
        raise SourceError(node.file or self.file, node.line, message)

    def value(self, node: Node) -> Value:
        """Evaluate a node.

        Raises:
            SourceError: For a misused function, an undeclared name, or a parameter without a value.
        """
        self._steps += 1
        if self._steps > MAX_NODES_EVALUATED:
            self.fail(node, f"evaluating this template takes more than {MAX_NODES_EVALUATED} steps")
        match node:
            case Scalar(value=value):
                return NULL if value is None else value
            case Sequence(items=items):
                found = [self.value(item) for item in items]
                return tuple_of(item for item in found if item is not NO_VALUE)
            case Mapping(items=entries) if len(entries) == 1:
                name, argument = next(iter(entries.items()))
                function = INTRINSICS.get(name)
                if function is not None:
                    return function(self, argument)
                if name.startswith("Fn::"):
                    return unknown_of(DYNAMIC)
                return self._object(node)
            case Mapping():
                return self._object(node)

    def _object(self, node: Mapping) -> Value:
        found = {name: self.value(item) for name, item in node.items.items()}
        return object_value({name: item for name, item in found.items() if item is not NO_VALUE})

    def text(self, node: Node) -> Value:
        """Evaluate a node that must be a string."""
        value = self.value(node)
        if value.is_known and not isinstance(value.raw, (str, bool)):
            self.fail(node, f"expected a string, got {friendly(value.type)}")
        if isinstance(value.raw, bool):
            return string("true" if value.raw else "false")
        return value

    def arguments_of(self, node: Node, wanted: int | None, name: str) -> tuple[Node, ...]:
        """Return a function's arguments, which must be a list of `wanted` items."""
        if not isinstance(node, Sequence) or (wanted is not None and len(node.items) != wanted):
            self.fail(node, f"{name}: expected a list{f' of {wanted} items' if wanted else ''}, got {kind_of(node)}")
        return node.items

    def name(self, node: Node) -> str:
        """Return a literal name."""
        if not isinstance(node, Scalar) or node.value is None or not isinstance(node.value.raw, str):
            self.fail(node, f"expected a literal name, got {kind_of(node)}")
        return node.value.raw

    def reference(self, node: Node, name: str) -> Value:  # noqa: RET503  # `fail` does not return
        """`Ref`: a parameter's value; a resource's is known only after it was made."""
        if name in self.parameters:
            return self._parameter(name)
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.resources or name.startswith("AWS::"):
            return self.given(name)
        self.fail(node, f"{name!r} is neither a parameter nor a resource of this template")

    def _parameter(self, name: str) -> Value:
        declared = self.parameters[name]
        entries = declared.items if isinstance(declared, Mapping) else {}
        kind = entries.get("Type")
        type_ = self.name(kind) if kind is not None else "String"
        if name in self._given:
            raw = self._given[name]
            value = string(raw if isinstance(raw, str) else str(raw).lower() if isinstance(raw, bool) else str(raw))
        elif "Default" in entries:
            value = self.text(entries["Default"])
        else:
            self.missing.append(name)
            return unknown_of(DYNAMIC)
        if type_.startswith("AWS::SSM::Parameter::Value"):  # the value is the name of where it stands
            return unknown_of(STRING)
        if type_ == "CommaDelimitedList" or type_.startswith("List<"):
            return tuple_of(string(item.strip()) for item in value.raw.split(","))
        return value

    def condition_holds(self, node: Node, name: str) -> bool | None:
        """Evaluate a named condition; None when it is not known.

        Raises:
            SourceError: For an undeclared condition, or one that needs itself.
        """
        declared = self._conditions.get(name)
        if declared is None:
            self.fail(node, f"there is no condition {name!r}")
        if name in self._running:
            self.fail(node, f"the condition {name!r} needs itself")
        self._running.append(name)
        try:
            return self.as_condition(declared)
        finally:
            self._running.pop()

    def as_condition(self, node: Node) -> bool | None:  # noqa: RET503  # `fail` does not return
        """Evaluate a condition's expression."""
        value = self.value(node)
        if not value.is_known:
            return None
        if isinstance(value.raw, bool):
            return value.raw
        if value.raw in {"true", "false"}:
            return bool(value.raw == "true")
        self.fail(node, f"expected a condition that is true or false, got {friendly(value.type)}")

    def given(self, name: str) -> Value:
        """Return a value that was given under a name; unknown when none was."""
        value = self._given.get(name)
        return unknown_of(STRING) if value is None else string(str(value))

    def attribute(self, resource: str, attribute: str) -> Value:
        """`Fn::GetAtt`: an output of a nested stack that is here, or what was given; else unknown."""
        inner = self.nested.get(resource)
        output = inner.outputs.get(attribute.removeprefix("Outputs.")) if inner is not None else None
        if inner is not None and isinstance(output, Mapping) and "Value" in output.items:
            return inner.value(output.items["Value"])
        return self.given(f"{resource}.{attribute}")

    def find_in_map(self, node: Node, keys: list[Value], default: Node | None) -> Value:
        """`Fn::FindInMap`; `default` is what a missing key gives."""
        if any(not key.is_known for key in keys):
            return unknown_of(DYNAMIC)
        found: Node = Mapping(node.line, self._mappings)
        for key in keys:
            if not isinstance(found, Mapping) or key.raw not in found.items:
                if default is not None:
                    return self.value(default)
                self.fail(node, f"Fn::FindInMap finds no {'/'.join(str(item.raw) for item in keys)}")
            found = found.items[key.raw]
        return self.value(found)


def _imports_values(node: Node) -> bool:
    match node:
        case Mapping(items=items):
            return "Fn::ImportValue" in items or any(map(_imports_values, items.values()))
        case Sequence(items=elements):
            return any(map(_imports_values, elements))
        case Scalar():
            return False


INTRINSICS: dict[str, Callable[[Template, Node], Value]] = {}
"""Functions by name; filled by `intrinsics`."""
