"""Reads a schema written in Atlas HCL into statements, and says of which blocks not all could be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from coordinator.iac.atlas.blocks import BLOCKS_WITH_NAMES, BlockReader, each_values
from coordinator.iac.atlas.names import Address, columns_value, label, value_of
from coordinator.iac.atlas.objects import (
    composite_statements,
    domain_statements,
    enum_statements,
    extension_statements,
    namespace_statements,
    range_statements,
    sequence_statements,
)
from coordinator.iac.atlas.order import ordered
from coordinator.iac.atlas.routines import (
    aggregate_statements,
    function_statements,
    procedure_statements,
    trigger_statements,
)
from coordinator.iac.atlas.scope import document_scope
from coordinator.iac.atlas.statements import Made
from coordinator.iac.atlas.tables import table_statements
from coordinator.iac.atlas.views import materialized_statements, policy_statements, view_statements
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.syntax import GetAttribute, GetIndex, Reference, constant_text
from coordinator.iac.expressions.values import Value, object_value
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.hcl.structure import parse_structure
from coordinator.iac.source import LimitError, SourceError
from shared.schema.identity import QualifiedName
from shared.schema.schema import Declaration, MayDeclare, Origin

_READERS: dict[str, Callable[[BlockReader, Address], list[Made]]] = {
    "schema": namespace_statements,
    "extension": extension_statements,
    "enum": enum_statements,
    "domain": domain_statements,
    "composite": composite_statements,
    "range": range_statements,
    "sequence": sequence_statements,
    "function": function_statements,
    "procedure": procedure_statements,
    "aggregate": aggregate_statements,
    "table": table_statements,
    "view": view_statements,
    "materialized": materialized_statements,
    "trigger": trigger_statements,
    "policy": policy_statements,
}
"""Blocks that are read, and by whom."""

_WITHOUT_OBJECTS = frozenset({"variable", "locals", "data", "atlas", "lint", "diff", "env", "test"})
_NO_NAMESPACE = frozenset({"schema", "extension", "role", "user", "event_trigger"})
_PRIVILEGE_BLOCKS = {"role": ("role",), "user": ("role",), "permission": ("privileges",)}
"""Blocks about roles and privileges, and the kinds of what they declare."""

_PARENTS = frozenset({"trigger", "policy"})
"""Blocks whose names say nothing without the table they are on."""


class Gap(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A block of which not all, or nothing, was read.

    Args:
        address: `table.public.users`.
        at: Where it stands.
        reason: Why.
        object: What it declares: its kind, namespace and name.
        partly: True when its statements are there, only not all of what it says.
    """

    address: str
    at: Origin
    reason: str
    object: Address
    partly: bool = False

    @property
    def may(self) -> MayDeclare:
        """What the block may declare."""
        if self.object.kind in _PRIVILEGE_BLOCKS:
            return MayDeclare(kinds=_PRIVILEGE_BLOCKS[self.object.kind])
        if not self.object.name or self.object.kind in _PARENTS:
            return MayDeclare()
        return MayDeclare(objects=(QualifiedName(self.object.namespace, self.object.name),))


class AtlasSchema(msgspec.Struct, frozen=True):
    """What a schema declares, in the order that it must run, and what could not be read of it."""

    declarations: tuple[Declaration, ...]
    gaps: tuple[Gap, ...]


class SourceText(msgspec.Struct, frozen=True):
    """One file of a schema, and how it is called."""

    text: str
    file: str


def read_schema(sources: tuple[SourceText, ...], inputs: Mapping[str, object], files: Files) -> AtlasSchema:
    """Read a schema.

    Args:
        sources: Its files.
        inputs: Values of its variables.
        files: What `file()` may read.

    Raises:
        SourceError: With file and line, for a syntax error. What only one block is about is a gap instead.
    """
    blocks = tuple(block for source in sources for block in parse_structure(source.text, source.file).blocks)
    return _Reading(blocks, document_scope(blocks, inputs, files, Budget())).schema()


class _Instance(msgspec.Struct, frozen=True, eq=False):
    """One object of the schema: its block, and the names that mean something in it."""

    block: Block
    address: Address
    evaluator: Evaluator
    columns: tuple[str, ...] = ()


class _Reading:
    """Reads the blocks of one schema."""

    def __init__(self, blocks: tuple[Block, ...], evaluator: Evaluator) -> None:
        self._blocks = blocks
        self._document = evaluator
        self._gaps: list[Gap] = []

    def schema(self) -> AtlasSchema:
        """Read all of it."""
        self._evaluator = self._document.within(_roots(list(self._named_instances())))
        read = [(instance, made) for instance in self._instances() for made in self._statements(instance)]
        kept = [made for _, made in self._without_dependents(read)]
        declarations = tuple(Declaration(statement.sql, statement.at) for statement in ordered(kept))
        return AtlasSchema(declarations, tuple(sorted(set(self._gaps))))

    def _named_instances(self) -> Iterator[_Instance]:
        """Return the blocks that others can refer to; those of `for_each` have no names of their own."""
        for block in self._blocks:
            if block.type not in _WITHOUT_OBJECTS and block.labels:
                yield self._instance(block, self._document)

    def _instances(self) -> Iterator[_Instance]:
        for block in self._blocks:
            if block.type in _WITHOUT_OBJECTS:
                continue
            instance = self._instance(block, self._evaluator)
            if block.type not in _READERS:
                self._gap(instance, f"blocks of this kind ({block.type}) are not read")
            elif "for_each" not in block.body.attributes:
                yield instance
            else:
                yield from self._repeated(instance)

    def _repeated(self, instance: _Instance) -> Iterator[_Instance]:
        try:
            for each in each_values(self._evaluator, instance.block):
                yield self._instance(instance.block, self._evaluator.within({"each": each}))
        except SourceError as error:
            self._unreadable(instance, error)

    def _instance(self, block: Block, evaluator: Evaluator) -> _Instance:
        namespace = "" if block.type in _NO_NAMESPACE | _PARENTS else _namespace(block, evaluator)
        address = Address(block.type, namespace, _name(block, evaluator))
        columns = tuple(label(inner) for inner in block.body.blocks if inner.type == "column" and inner.labels)
        return _Instance(block, address, evaluator, columns)

    def _statements(self, instance: _Instance) -> list[Made]:
        names: dict[str, Value] = {}
        if instance.block.type in {"table", "materialized", "view"}:
            names["column"] = columns_value(instance.address, instance.columns)
        reader = BlockReader(instance.block, instance.evaluator.within(names))
        reader.declare_read("schema")
        if instance.address.namespace:
            reader.needs.add(Address("schema", "", instance.address.namespace))
        try:
            reader.items("depends_on")
            reader.text("name")  # refused here when it is not known; the label would be another object's name
            made = _READERS[instance.block.type](reader, instance.address)
        except SourceError as error:
            self._unreadable(instance, error)
            return []
        unread = reader.unread()
        if unread:
            self._gap(instance, f"not read of it: {', '.join(unread)}", partly=True)
        return made

    def _unreadable(self, instance: _Instance, error: SourceError) -> None:
        if isinstance(error, LimitError):
            raise error
        where = f"line {error.line}: " if error.line and error.line != instance.block.at.line else ""
        self._gap(instance, f"{where}{error.message}")

    def _gap(self, instance: _Instance, reason: str, *, partly: bool = False) -> None:
        address = instance.address
        self._gaps.append(Gap(address=str(address), at=instance.block.at, reason=reason, object=address, partly=partly))

    def _without_dependents(self, read: list[tuple[_Instance, Made]]) -> list[tuple[_Instance, Made]]:
        """Leave out statements that need an object which could not be read, and say so."""
        lost = {gap.object for gap in self._gaps if not gap.partly and gap.object.kind in _READERS}
        while hit := [pair for pair in read if pair[1].needs & lost]:
            for instance, statement in hit:
                reason = f"needs {min(statement.needs & lost)}, which could not be read"
                self._gap(instance, reason, partly=statement.makes is None and instance.block.type == "table")
                if statement.makes is not None:
                    lost.add(statement.makes)
            read = [pair for pair in read if pair not in hit]
        return read


def _name(block: Block, evaluator: Evaluator) -> str:
    written = block.body.attributes.get("name")
    if written is not None:
        try:
            value = evaluator.value(written.expression)
        except SourceError:  # said again, with the block, when the block is read
            return label(block)
        if isinstance(value.raw, str):
            return value.raw
    return label(block)


def _namespace(block: Block, evaluator: Evaluator) -> str:
    """Return the PostgreSQL schema that a block's `schema` names, declared or not; a qualifier says nothing of it."""
    written = block.body.attributes.get("schema")
    match written.expression if written is not None else None:
        case None:
            return ""
        case GetAttribute(of=Reference(name="schema"), name=name):
            return _declared_name(name, evaluator)
        case GetIndex(of=Reference(name="schema"), key=key) if (quoted := constant_text(key)) is not None:
            return _declared_name(quoted, evaluator)
        case expression:
            try:
                value = evaluator.value(expression)
            except SourceError:
                return ""
            found = value.raw.get("name") if isinstance(value.raw, dict) else value
            return found.raw if found is not None and isinstance(found.raw, str) else ""


def _declared_name(labelled: str, evaluator: Evaluator) -> str:
    """Return what a `schema` block is called, which its `name` may say instead of its label."""
    names = evaluator.scope.get("schema")
    known = names.raw.get(labelled) if isinstance(names, Value) else None
    return known.raw["name"].raw if known is not None else labelled


def _roots(instances: list[_Instance]) -> dict[str, Value]:
    """Return what `table`, `schema`, `enum`, … mean: objects by name, and by qualifier and name."""
    kinds: dict[str, dict[str, Value]] = {kind: {} for kind in BLOCKS_WITH_NAMES}
    qualified: dict[str, dict[str, dict[str, Value]]] = {}
    for instance in instances:
        kind, labels = instance.block.type, instance.block.labels
        value = value_of(instance.address, instance.columns)
        if len(labels) > 1:
            qualified.setdefault(kind, {}).setdefault(labels[0], {})[labels[1]] = value
        kinds.setdefault(kind, {}).setdefault(labels[-1], value)
    for kind, groups in qualified.items():
        for qualifier, values in groups.items():
            kinds[kind][qualifier] = object_value(values)
    return {kind: object_value(values) for kind, values in kinds.items()}
