"""Read everything that a service says to the database by diesel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shared.contracts.contract import Query, Unread
from shared.contracts.drivers.diesel.derives import DeriveReader, read_structs
from shared.contracts.drivers.diesel.enums import read_enums, read_sql_types
from shared.contracts.drivers.diesel.functions import read_functions
from shared.contracts.drivers.diesel.inserts import InsertFinder
from shared.contracts.drivers.diesel.pieces import PieceFinder
from shared.contracts.drivers.diesel.tables import (
    DRIVER,
    Joinable,
    is_for_another_database,
    read_joinables,
    read_tables,
)
from shared.contracts.drivers.diesel.texts import TextFinder
from shared.contracts.drivers.mapped import Findings, MappedTable, MappedTables, join
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.tokens import Source


def read_diesel(readings: Sequence[Reading]) -> Findings:
    """Read the tables, derives, enums and texts of a service; nothing when no file names diesel.

    Args:
        readings: Every file of the service.
    """
    own = [reading for reading in readings if not is_for_another_database(reading.source.path)]
    if not any(_names_diesel(reading.source) for reading in own):
        return Findings()
    sources = [reading.source for reading in own]
    sql_types = dict(pair for source in sources for pair in read_sql_types(source))
    read = [item for source in sources for item in read_tables(source, sql_types)]
    tables = Tables([item for item in read if isinstance(item, MappedTable)])
    derives = DeriveReader([struct for source in sources for struct in read_structs(source)], tables.find)
    joinables = [joinable for source in sources for joinable in read_joinables(source)]
    found: list[FoundQuery] = [
        *(item for item in read if isinstance(item, Unread)),
        *(table.load("diesel.table", f"table! {table.rust}") for table in tables.all),
        *tables.joins(joinables),
        *derives.statements(),
        *(item for source in sources for item in read_functions(source, sql_types)),
        *(item for reading in own for item in TextFinder(reading).read()),
        *(item for reading in own for item in PieceFinder(reading, tables.find).read()),
        *(item for reading in own for item in InsertFinder(reading, tables.find, derives.inserted).read()),
    ]
    return Findings(
        queries=tuple(item for item in found if isinstance(item, Query)),
        structs=tuple(derives.rows()),
        enums=tuple(enum for source in sources for enum in read_enums(source, sql_types)),
        tables=(*(table.mapping for table in tables.all), *derives.mappings()),
        unread=tuple(item for item in found if isinstance(item, Unread)),
    )


def _names_diesel(source: Source) -> bool:
    return any(source.tokens[places[0]].is_name for word, places in source.places.items() if DRIVER in word)


class Tables(MappedTables):
    """The tables of a service, and what joins them."""

    def joins(self, joinables: Iterable[Joinable]) -> Iterator[Query | Unread]:
        """Give the statement of each `joinable!`."""
        for each in joinables:
            child, parent = self.find(each.child, each.file), self.find(each.parent, each.file)
            here = child.of(each.key) if child else None
            there = parent.of(parent.keys[0]) if parent else None
            if child is None or parent is None or here is None or there is None:
                reason = f"the tables or the key of joinable!({each.child} -> {each.parent}) are not in sight"
                yield Unread(file=each.file, line=each.line, reason=reason, driver=DRIVER)
                continue
            yield Query(
                file=each.file, line=each.line, column=each.column, macro="diesel.joinable",
                sql=join(child, [here.name], parent, [there.name]), fetch="execute", driver=DRIVER,
                mapping=child.rust,
            )  # fmt: skip
