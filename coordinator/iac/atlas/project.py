"""Reads Atlas project files (`atlas.hcl`): which schema or which migrations an environment applies, and where.

Source: the public documentation of project files (atlasgo.io/atlas-schema/projects).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from coordinator.iac.atlas.blocks import BlockReader, each_values
from coordinator.iac.atlas.names import label
from coordinator.iac.atlas.scope import document_scope
from coordinator.iac.expressions.budget import Budget
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.types import DYNAMIC
from coordinator.iac.expressions.values import Value, located_with_holes, object_value, string, unknown_of
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.hcl.structure import parse_structure
from coordinator.iac.source import SourceError
from coordinator.iac.sql.connections import Destination, destination_of
from shared.schema.schema import Origin

CHOSEN_ENVIRONMENT = "atlas.env"
"""The variable that chooses an environment, as `atlas --env` does."""

_DATA = "data://"
"""What the `url` of a data source that is read here begins with."""

_READ_HERE = frozenset({"hcl_schema", "composite_schema"})


class SchemaSource(msgspec.Struct, frozen=True):
    """Where a schema or a migration folder stands: a path, and values of the schema's variables.

    Args:
        path: Relative to the project file; empty for what is not in a local file.
        at: Where the project says so.
        inputs: Values of variables.
        migrations: True for a folder of migrations.
    """

    path: str
    at: Origin
    inputs: tuple[tuple[str, object], ...] = ()
    migrations: bool = False
    reason: str = ""


class Environment(msgspec.Struct, frozen=True):
    """One environment of a project.

    Args:
        name: Its name; empty when the command line names it.
        at: Where it stands.
        tenant: Which instance of its `for_each` this is; empty without one.
        destination: Where it is applied.
        sources: What it applies.
    """

    name: str
    at: Origin
    tenant: str
    destination: Destination
    sources: tuple[SchemaSource, ...]


def is_project(blocks: tuple[Block, ...]) -> bool:
    """Return whether a file is a project file and no schema."""
    return any(block.type == "env" for block in blocks)


def read_project(text: str, file: str, inputs: Mapping[str, object], files: Files) -> tuple[Environment, ...]:
    """Read the environments of a project file.

    Args:
        text: The file.
        file: How it is called.
        inputs: Values of its variables; `atlas.env` chooses one environment.
        files: What `file()` may read.

    Raises:
        SourceError: With file and line; also when there is no environment of the chosen name.
    """
    return tuple(_Project(parse_structure(text, file).blocks, inputs, files).environments())


class _Project:
    """The blocks of one project file."""

    def __init__(self, blocks: tuple[Block, ...], inputs: Mapping[str, object], files: Files) -> None:
        self._blocks = blocks
        self._chosen = str(inputs.get(CHOSEN_ENVIRONMENT, ""))
        document = document_scope(blocks, inputs, files, Budget())
        scope = {"data": self._data_values(), "atlas": self._atlas()}
        self._evaluator = document.within(scope)

    def _atlas(self) -> Value:
        name = string(self._chosen) if self._chosen else unknown_of(DYNAMIC)
        return object_value({"env": name, "cloud": unknown_of(DYNAMIC, nullable=True)})

    def _data_values(self) -> Value:
        """Return what `data` means: data sources of schemas know where they are, all others nothing."""
        found: dict[str, dict[str, Value]] = {}
        for block in self._blocks:
            if block.type == "data" and len(block.labels) > 1:
                kind, name = block.labels[0], block.labels[1]
                known = object_value({"url": string(f"{_DATA}{kind}/{name}")})
                inner = known if kind in _READ_HERE else unknown_of(DYNAMIC, nullable=True)
                found.setdefault(kind, {})[name] = inner
        return object_value({kind: object_value(values) for kind, values in found.items()})

    def environments(self) -> Iterator[Environment]:
        """Return the environments, or the chosen one."""
        blocks = [block for block in self._blocks if block.type == "env"]
        if self._chosen:
            named = [block for block in blocks if label(block) in {self._chosen, ""}]
            if not named:
                at = blocks[0].at if blocks else Origin("", 0)
                raise SourceError(at.file, at.line, f"there is no environment {self._chosen!r}")
            blocks = [block for block in named if label(block)] or named
        for block in blocks:
            if "for_each" not in block.body.attributes:
                yield self._environment(block, self._evaluator, "")
                continue
            for each in self._each(block):
                value = each.raw["value"].raw
                tenant = value if isinstance(value, str) else each.raw["key"].raw
                yield self._environment(block, self._evaluator.within({"each": each}), tenant)

    def _each(self, block: Block) -> Iterator[Value]:
        try:
            yield from each_values(self._evaluator, block)
        except SourceError:  # whom it is for is not known; what it applies is
            yield object_value({"key": string(""), "value": unknown_of(DYNAMIC, nullable=True)})

    def _environment(self, block: Block, evaluator: Evaluator, tenant: str) -> Environment:
        reader = BlockReader(block, evaluator)
        written = block.body.attributes.get("url")
        url = located_with_holes(evaluator.value(written.expression)) if written is not None else None
        destination = destination_of(url.text) if url is not None else Destination()
        migration, schema = reader.child("migration"), reader.child("schema")
        if migration is not None and "dir" in migration.block.body.attributes:
            sources = [msgspec.structs.replace(found, migrations=True) for found in self._sources(migration, "dir")]
        else:
            sources = list(self._sources(reader, "src"))
            if schema is not None:
                sources += self._sources(schema, "src")
        return Environment(label(block), block.at, tenant, destination, tuple(sources))

    def _sources(self, reader: BlockReader, attribute: str) -> Iterator[SchemaSource]:
        written = reader.block.body.attributes.get(attribute)
        if written is None:
            return
        value = reader.evaluator.value(written.expression)
        for item in value.raw if isinstance(value.raw, tuple) else (value,):
            if not isinstance(item.raw, str):
                yield SchemaSource("", written.at, reason="where its schema stands is not known without Atlas")
            else:
                yield from self._located(item.raw, written.at)

    def _located(self, url: str, at: Origin) -> Iterator[SchemaSource]:
        if url.startswith(_DATA):
            kind, _, name = url.removeprefix(_DATA).partition("/")
            block = next(block for block in self._blocks if block.type == "data" and block.labels[:2] == (kind, name))
            yield from self._of_data(block)
        elif "://" in url and not url.startswith("file://"):
            yield SchemaSource("", at, reason=f"its schema is not in a local file ({url.partition('://')[0]})")
        else:
            yield SchemaSource(url.removeprefix("file://").partition("?")[0], at)

    def _of_data(self, block: Block) -> Iterator[SchemaSource]:
        reader = BlockReader(block, self._evaluator)
        if block.labels[0] == "composite_schema":
            for part in reader.children("schema"):
                yield from self._sources(part, "url")
            return
        variables = reader.value("vars")
        inputs = (
            tuple(sorted((name, item.raw) for name, item in variables.raw.items())) if variables is not None else ()
        )
        paths = [reader.text("path")] if reader.has("path") else []
        paths += [reader.as_text(item, "paths") for item in reader.items("paths")]
        for path in paths:
            yield SchemaSource(path.removeprefix("file://"), block.at, inputs)
