"""Read the contract of a service from its Rust source: queries, row structs, enums and aliases."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.contracts.argument_types import ArgumentTypes
from shared.contracts.builders import BuilderFinder
from shared.contracts.call_sites import CallSites
from shared.contracts.cargo import read_drivers
from shared.contracts.clients import ClientFinder
from shared.contracts.contract import Contract, Driver, Query, Unread
from shared.contracts.drivers.cornucopia import read_cornucopia
from shared.contracts.drivers.diesel.service import read_diesel
from shared.contracts.drivers.mapped import Findings
from shared.contracts.drivers.postgres_types import read_postgres
from shared.contracts.drivers.sea_orm.service import read_sea_orm
from shared.contracts.drivers.sea_query import read_sea_query
from shared.contracts.evaluator import Evaluator
from shared.contracts.extents import with_extents
from shared.contracts.features import Features
from shared.contracts.imports import read_imports, read_service_names
from shared.contracts.literals import string_value
from shared.contracts.macro_rules import Definition, expand_macros, read_definitions
from shared.contracts.module_files import compiled_files
from shared.contracts.offline_cache import read_offline_cache
from shared.contracts.queries import QueryFinder
from shared.contracts.reading import FoundQuery, Reading, include_of
from shared.contracts.row_flow import with_row_gets
from shared.contracts.row_functions import ServiceRowFunctions
from shared.contracts.row_gets import read_manual_rows
from shared.contracts.rows import FileTypes, read_types
from shared.contracts.sent_types import with_sent_types
from shared.contracts.sites import Sites
from shared.contracts.tokens import Source, read_source

_OTHER_DRIVERS = (read_diesel, read_sea_orm, read_sea_query, read_postgres)
_FOLDERS_PASSED_OVER = frozenset({"tests", "benches", "examples", "target"})


def extract_contract(
    service: str,
    files: Iterable[tuple[str, bytes]],
    unread: Iterable[Unread] = (),
    *,
    features: Sequence[str] | None = None,
) -> Contract:
    """Read the contract of a Rust service from its files.

    Args:
        service: Its name.
        files: (path relative to the service's root, content): `.rs` files, the `.sql` files they may include,
            Cargo.toml, which marks the root of a crate and names its drivers, Cargo.lock, and sqlx's offline data.
            Anything else is passed over, as are the folders `tests`, `benches`, `examples` and `target`, and test code
            within files.
        unread: Files that were found and could not be given.
        features: The cargo features that are on, see `Features`; None reads the code of all of them.

    Returns:
        The contract, the same for any order of files. What does not parse is named in `unread`, and what is around it
        is still read.

    Raises:
        FeaturesError: When no crate declares one of the features.
    """
    contents = {posixpath.normpath(path): content for path, content in files}
    on = Features(features, contents)
    paths = [path for path in sorted(contents) if _is_service_code(path)]
    sources = compiled_files([read_source(path, contents[path], on.of_file(path)) for path in paths])
    types = [read_types(source) for source in sources]
    by_hand = [struct for source in sources for struct in read_manual_rows(source)]
    drivers, torn = read_drivers(contents)
    readings = _readings(sources, types, contents, drivers)
    others = [*(find(readings) for find in _OTHER_DRIVERS), read_cornucopia(contents)]
    read: list[FileTypes | Findings] = [*types, *others]
    found = [*_read_queries(readings), *(query for each in others for query in each.queries)]
    places = {item for item in found if isinstance(item, Unread)}
    places.update(unread, torn, *(source.problems for source in sources), *(each.unread for each in others))
    queries = {item for item in found if isinstance(item, Query)}
    cached, torn_cache = read_offline_cache(contents, {query.sql for query in queries}, lambda: _literals(sources))
    places.update(torn_cache)
    contract = Contract(
        service=service,
        queries=tuple(sorted(with_extents({*queries, *cached}, sources, contents))),
        structs=tuple(sorted({*by_hand, *(struct for each in read for struct in each.structs)})),
        enums=tuple(sorted({enum for each in read for enum in each.enums})),
        aliases=tuple(sorted({alias for each in read for alias in each.aliases})),
        composites=tuple(sorted({composite for each in others for composite in each.composites})),
        tables=tuple(sorted({table for each in others for table in each.tables})),
        own_types=tuple(sorted({name for each in types for name in each.defined})),
        unread=tuple(sorted(places)),
        drivers=drivers,
        files=len(sources),
    )
    return with_sent_types(contract)


def _literals(sources: Sequence[Source]) -> set[str]:
    tokens = (token for source in sources for token in source.tokens if token.is_string)
    return {value for token in tokens if (value := string_value(token)) is not None}


def _is_service_code(path: str) -> bool:
    *folders, name = path.split("/")
    return name.endswith(".rs") and not _FOLDERS_PASSED_OVER.intersection(folders)


def _readings(
    sources: Sequence[Source],
    types: Sequence[FileTypes],
    contents: Mapping[str, bytes],
    drivers: Sequence[Driver],
) -> list[Reading]:
    labels = {key: label for each in types for key, label in each.labels.items()}
    fields = _unique_fields(types)
    defined = frozenset(name for each in types for name in each.defined)
    macros = _unique_macros(sources)
    expanded = [expand_macros(source, macros) for source in sources]
    names = read_service_names(expanded, {driver.name for driver in drivers})

    def read_file(path: str) -> str | None:
        content = contents.get(path)
        return None if content is None else content.decode("utf-8", "replace")

    evaluator = Evaluator(
        Sites(expanded), CallSites(expanded), include_of(read_file, lambda file: _crate_roots(file, contents))
    )
    return [
        Reading(
            source,
            read_imports(source, names),
            evaluator,
            types=ArgumentTypes(source, fields, defined),
            labels=labels,
            read_file=read_file,
            crate_roots=_crate_roots(source.path, contents),
        )
        for source in expanded
    ]


def _read_queries(readings: Sequence[Reading]) -> Iterator[FoundQuery]:
    functions = ServiceRowFunctions(readings)
    for reading in readings:
        queries = QueryFinder(reading)
        finders = (queries, BuilderFinder(reading, queries), ClientFinder(reading))
        yield from with_row_gets(reading, (query for finder in finders for query in finder.read()), functions)


def _unique_macros(sources: Sequence[Source]) -> dict[str, Definition]:
    """Give the macros of all files; a name that two files define names nothing."""
    found = [entry for source in sources for entry in read_definitions(source)]
    counts = Counter(name for name, _ in found)
    return {name: definition for name, definition in found if counts[name] == 1}


def _unique_fields(types: Sequence[FileTypes]) -> dict[str, Mapping[str, str]]:
    """Merge the fields of all structs; a name that two files define names nothing."""
    counts = Counter(name for each in types for name in each.fields)
    return {name: fields for each in types for name, fields in each.fields.items() if counts[name] == 1}


def _crate_roots(path: str, contents: Mapping[str, bytes]) -> tuple[str, ...]:
    """Give the folder of the nearest Cargo.toml above a file; where none was given, every folder above it."""
    folders: list[str] = []
    folder = posixpath.dirname(path)
    while folder:
        folders.append(folder)
        folder = posixpath.dirname(folder)
    folders.append("")
    crates = [folder for folder in folders if posixpath.join(folder, "Cargo.toml") in contents]
    return tuple(crates[:1] or folders)
