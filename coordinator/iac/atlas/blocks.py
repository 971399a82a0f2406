"""Reads one block of a schema attribute by attribute, and remembers what was read, what it refers to, and what was not.

A block knows the SQL texts that were read from it and its children too: names in them decide the order of statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NoReturn

from coordinator.iac.atlas.names import Address, address_of, label
from coordinator.iac.atlas.scope import WORD
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.numbers import format_number
from coordinator.iac.expressions.syntax import Expression, Reference
from coordinator.iac.expressions.types import STRING
from coordinator.iac.expressions.values import Value, object_value, string
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.source import SourceError
from shared.schema.schema import Origin

BLOCKS_WITH_NAMES = frozenset(
    {"schema", "extension", "enum", "domain", "composite", "range", "sequence", "function", "procedure", "aggregate"}
    | {"table", "view", "materialized", "trigger", "policy", "role", "user", "event_trigger"}
)
"""Types of blocks that others refer to."""

_DOCUMENTATION_ONLY = frozenset({"depends_on", "name", "for_each", "annotation"})


class BlockReader:
    """One block with what its names mean.

    Args:
        block: The block.
        evaluator: Evaluates its attributes.
        needs: Collects the objects that it refers to; shared with its children.
        texts: Collects the SQL texts read from it; shared with its children.
    """

    def __init__(
        self, block: Block, evaluator: Evaluator, needs: set[Address] | None = None, texts: list[str] | None = None
    ) -> None:
        self.block = block
        self.evaluator = evaluator
        self.needs: set[Address] = set() if needs is None else needs
        self.texts: list[str] = [] if texts is None else texts
        self._children: list[BlockReader] = []
        self._read: set[str] = set(_DOCUMENTATION_ONLY)
        self._read_blocks: set[str] = set()

    @property
    def at(self) -> Origin:
        """Where the block begins."""
        return self.block.at

    @property
    def name(self) -> str:
        """The name of the object that the block declares: its `name`, else its label."""
        if "name" in self.block.body.attributes:
            return self.text("name")
        return label(self.block)

    def declare_read(self, attribute: str) -> None:
        """Note that somebody else has read an attribute."""
        self._read.add(attribute)

    def has(self, attribute: str) -> bool:
        """Return whether an attribute is written and not null."""
        return self.value(attribute) is not None

    def value(self, attribute: str) -> Value | None:
        """Evaluate an attribute; None when it is not written, or null.

        Raises:
            SourceError: When it has no value, or none that is known.
        """
        self._read.add(attribute)
        written = self.block.body.attributes.get(attribute)
        if written is None:
            return None
        value = self._evaluated(written.expression)
        if not value.is_known:
            self.refuse(f"{attribute}: its value is not known; a variable that it needs has none", written.at)
        self._note(value)
        return None if value.is_null else value

    def _evaluated(self, node: Expression) -> Value:
        """Evaluate an expression; a word that is also a kind of block (`return = trigger`) is the word."""
        if isinstance(node, Reference) and node.name in BLOCKS_WITH_NAMES:
            return Value(STRING, node.name, frozenset({WORD}))
        return self.evaluator.value(node)

    def _note(self, value: Value) -> None:
        address = address_of(value)
        if address is not None:
            self.needs.add(address.owner)
            return
        for item in value.elements():
            self._note(item)

    def refuse(self, message: str, at: Origin | None = None) -> NoReturn:
        """Raise: this block cannot be read."""
        where = at or self.at
        raise SourceError(where.file, where.line, message)

    def text(self, attribute: str) -> str:
        """Return a string, number or truth value as text; empty when it is not set."""
        value = self.value(attribute)
        return "" if value is None else self.as_text(value, attribute)

    def as_text(self, value: Value, what: str) -> str:
        """Return a value as text."""
        if isinstance(value.raw, bool):
            return "true" if value.raw else "false"
        if isinstance(value.raw, (int, Fraction)):
            return format_number(value.raw)
        if not isinstance(value.raw, str):
            self.refuse(f"{what}: expected a string, got a list, an object or a reference")
        return str(value.raw)

    def sql(self, attribute: str) -> str:
        """Return the text of an attribute that holds SQL."""
        found = self.text(attribute).strip()
        if found:
            self.texts.append(found)
        return found

    def word(self, attribute: str) -> str:
        """Return a setting as SQL writes it: `SET_NULL` as `SET NULL`, in upper case.

        Raises:
            SourceError: When it is no word.
        """
        found = self.text(attribute).upper().replace("_", " ")
        if found and not found.replace(" ", "").isalnum():
            self.refuse(f"{attribute}: expected a word, got {found!r}")
        return found

    def flag(self, attribute: str, *, default: bool = False) -> bool:
        """Return a truth value.

        Raises:
            SourceError: When it is something else.
        """
        value = self.value(attribute)
        if value is None:
            return default
        if value.raw not in {True, False, "true", "false"}:
            self.refuse(f"{attribute}: expected true or false")
        return value.raw in {True, "true"}

    def number(self, attribute: str) -> str:
        """Return a whole number as text; empty when it is not set.

        Raises:
            SourceError: When it is no number.
        """
        found = self.text(attribute)
        if found and not found.removeprefix("-").isdigit():
            self.refuse(f"{attribute}: expected a whole number, got {found!r}")
        return found

    def items(self, attribute: str) -> tuple[Value, ...]:
        """Return the values of a list; one value counts as a list of it."""
        value = self.value(attribute)
        if value is None:
            return ()
        found = value.raw if isinstance(value.raw, tuple) else (value,)
        if any(not item.is_known for item in found):
            self.refuse(f"{attribute}: one of its values is not known")
        return tuple(found)

    def reference(self, attribute: str) -> Address | None:
        """Return which object an attribute refers to.

        Raises:
            SourceError: When it is no reference.
        """
        value = self.value(attribute)
        if value is None:
            return None
        found = address_of(value)
        if found is None:
            self.refuse(f"{attribute}: expected a reference such as table.users")
        return found

    def references(self, attribute: str) -> tuple[Address, ...]:
        """Return which objects a list refers to.

        Raises:
            SourceError: When one of its items is no reference.
        """
        found = [address_of(item) for item in self.items(attribute)]
        if None in found:
            self.refuse(f"{attribute}: expected a list of references such as column.id")
        return tuple(address for address in found if address is not None)

    def children(self, kind: str) -> Iterator[BlockReader]:
        """Return the blocks of a type within this one, `dynamic` ones written out."""
        self._read_blocks.add(kind)
        for block in self.block.body.blocks:
            if block.type == kind:
                yield self._child(block, self.evaluator)
            elif block.type == "dynamic" and label(block) == kind:
                yield from self._dynamic(block, kind)

    def child(self, kind: str) -> BlockReader | None:
        """Return the only block of a type; None when there is none."""
        return next(self.children(kind), None)

    def _child(self, block: Block, evaluator: Evaluator) -> BlockReader:
        child = BlockReader(block, evaluator, self.needs, self.texts)
        self._children.append(child)
        return child

    def _dynamic(self, block: Block, kind: str) -> Iterator[BlockReader]:
        iterator = block.body.attributes.get("iterator")
        named = getattr(iterator.expression, "name", kind) if iterator is not None else kind
        content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
        if content is None or "for_each" not in block.body.attributes:
            self.refuse(f'dynamic "{kind}": expected for_each and a content block', block.at)
        for each in each_values(self.evaluator, block):
            made = Block(at=block.at, type=kind, labels=self._labels(block, named, each), body=content.body)
            yield self._child(made, self.evaluator.within({named: each}))

    def _labels(self, block: Block, named: str, each: Value) -> tuple[str, ...]:
        labels = block.body.attributes.get("labels")
        if labels is None:
            return ()
        found = self.evaluator.within({named: each}).value(labels.expression)
        return tuple(self.as_text(item, "labels") for item in found.elements())

    def unread(self) -> tuple[str, ...]:
        """Name the attributes and blocks that nobody asked for, those of children included."""
        found = [name for name in self.block.body.attributes if name not in self._read]
        for block in self.block.body.blocks:
            kind = label(block) if block.type == "dynamic" else block.type
            if kind not in self._read_blocks | _DOCUMENTATION_ONLY:
                found.append(kind)
        for child in self._children:
            found += [f"{child.block.type}.{name}" for name in child.unread()]
        return tuple(dict.fromkeys(found))


def each_values(evaluator: Evaluator, block: Block) -> Iterator[Value]:
    """Return the value of `each` for every instance that a block's `for_each` makes.

    Raises:
        SourceError: When it is not known, or no collection.
    """
    written = block.body.attributes["for_each"]
    value = evaluator.value(written.expression)
    if not value.is_known or not isinstance(value.raw, (tuple, dict)):
        problem = "is not known" if not value.is_known else "is neither a list nor a map"
        raise SourceError(written.at.file, written.at.line, f"for_each {problem}")
    pairs = value.raw.items() if isinstance(value.raw, dict) else [(str(i), item) for i, item in enumerate(value.raw)]
    for key, item in pairs:
        shown = item.raw if isinstance(value.raw, tuple) and isinstance(item.raw, str) else key
        yield object_value({"key": string(shown), "value": item})
