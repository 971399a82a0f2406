"""Read everything that a service says to the database by SeaORM."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.contracts.contract import Query, RowStruct, RustEnum, StructField, TypeAlias, Unread
from shared.contracts.drivers.mapped import Findings, MappedTable, MappedTables, join
from shared.contracts.drivers.sea_orm.entities import (
    CRATE,
    DRIVER,
    Relation,
    read_entities,
    read_relations,
)
from shared.contracts.drivers.sea_orm.enums import read_active_enums, read_value_types
from shared.contracts.drivers.sea_orm.inserts import InsertFinder
from shared.contracts.drivers.sea_orm.migrations import is_migration, named_migrations
from shared.contracts.drivers.sea_orm.names import EntityNames, module_of
from shared.contracts.drivers.sea_orm.statements import StatementFinder
from shared.contracts.drivers.sea_orm.types import read_type
from shared.contracts.drivers.sea_orm.writes import WriteFinder
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.rust_syntax import Attribute, render
from shared.contracts.rust_types import parse_rust_type
from shared.contracts.tokens import Source, Token
from shared.contracts.type_items import attribute_value, members, read_items, split_member

_CRATES = frozenset({CRATE, "sea_orm_migration"})


def read_sea_orm(readings: Sequence[Reading]) -> Findings:
    """Read the entities, relations, enums and texts of a service; nothing when no file names SeaORM.

    Args:
        readings: Every file of the service.
    """
    if not any(reading.source.names(_CRATES) for reading in readings):
        return Findings()
    migrations = named_migrations(readings)
    readings = [reading for reading in readings if not is_migration(reading.source)]
    sources = [reading.source for reading in readings]
    names = EntityNames(sources)
    active = [item for source in sources for item in read_active_enums(source)]
    enums = {item.name: item for item in active if isinstance(item, RustEnum)}
    read = [item for source in sources for item in read_entities(source, enums)]
    entities = Entities([item for item in read if isinstance(item, MappedTable)])
    relations = [item for source in sources for item in read_relations(source, names)]
    found: list[FoundQuery] = [
        *(item for item in (*read, *relations) if isinstance(item, Unread)),
        *(entity.load("entity.find", f"{entity.rust}::Model") for entity in entities.all),
        *entities.joins(item for item in relations if isinstance(item, Relation)),
        *(item for reading in readings for item in _texts_and_writes(reading, entities, names)),
    ]
    return Findings(
        queries=tuple(item for item in found if isinstance(item, Query)),
        structs=tuple(row for source in sources for row in _rows(source, enums)),
        enums=tuple(enums.values()),
        aliases=(
            *(item for item in active if isinstance(item, TypeAlias)),
            *(alias for source in sources for alias in read_value_types(source)),
        ),
        tables=tuple(entity.mapping for entity in entities.all),
        unread=(*migrations, *(item for item in found if isinstance(item, Unread))),
    )


def _texts_and_writes(reading: Reading, entities: Entities, names: EntityNames) -> Iterator[FoundQuery]:
    yield from StatementFinder(reading, entities.find, module_of(reading.source.path)).read()
    yield from WriteFinder(reading, entities.find, names).read()
    yield from InsertFinder(reading, entities.find, names).read()


class Entities(MappedTables):
    """The entities of a service, by their modules, and what relates them."""

    def find(self, rust: str, file: str) -> MappedTable | None:
        """Give the one entity of a module, or of the one below it that it passes on: `task` for `task/model.rs`."""
        found = super().find(rust, file)
        if found is None:
            below = [table for table in self.all if posixpath.basename(posixpath.dirname(table.file)) == rust]
            found = below[0] if len(below) == 1 else None
        return found

    def joins(self, relations: Iterable[Relation]) -> Iterator[Query | Unread]:
        """Give the statement of each `belongs_to`."""
        for each in relations:
            here, there = self.find(each.module, each.file), self.find(each.other, each.file)
            columns = [here.of(field) for field in each.columns] if here else []
            others = [there.of(field) for field in each.others] if there else []
            if here is None or there is None or None in columns or None in others:
                reason = f"the entities or columns of the relation {each.module} -> {each.other} are not in sight"
                yield Unread(file=each.file, line=each.line, reason=reason, driver=DRIVER)
                continue
            text = join(here, [c.name for c in columns if c], there, [c.name for c in others if c])
            yield Query(
                file=each.file, line=each.line, column=each.column, macro="entity.relation", sql=text,
                fetch="execute", driver=DRIVER, mapping=here.rust,
            )  # fmt: skip


def _rows(source: Source, enums: Mapping[str, RustEnum]) -> Iterator[RowStruct]:
    """Give the structs that rows are read into by name: `FromQueryResult`."""
    for item in read_items(source):
        if item.keyword == "struct" and item.derives("FromQueryResult"):
            parts = (split_member(member) for member in members(source, item)[1])
            fields = tuple(
                _row_field(attributes, rest, enums) for attributes, rest in parts if _is_read(attributes, rest)
            )
            line = item.name.line
            yield RowStruct(name=item.name.text, file=source.path, line=line, fields=fields, driver=DRIVER)


def _is_read(attributes: Sequence[Attribute], rest: Sequence[Token]) -> bool:
    return len(rest) > 2 and attribute_value(attributes, CRATE, "skip") is None  # noqa: PLR2004  # name, colon, type


def _row_field(attributes: Sequence[Attribute], rest: Sequence[Token], enums: Mapping[str, RustEnum]) -> StructField:
    renamed = attribute_value(attributes, CRATE, "from_alias") or attribute_value(attributes, CRATE, "alias")
    name = renamed or rest[0].text.removeprefix("r#")
    written = render(rest[2:])
    rust = parse_rust_type(written)
    if attribute_value(attributes, CRATE, "nested") is not None:
        return StructField(name=name, type=written, flatten=True)
    if rust.name in enums:  # read as a text or as an enum, whatever the query gives
        return StructField(name=name, type="Option<_>" if rust.optional else "_")
    return StructField(name=name, type=read_type(rust))
