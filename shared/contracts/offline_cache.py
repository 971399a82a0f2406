"""Read sqlx's offline data: `.sqlx/query-….json`, and `sqlx-data.json` of sqlx 0.5 and 0.6.

The compiler's own expansion of the macros wrote them, so they name queries whose source is generated, private or not
there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from shared.contracts.contract import Query, Unread

_POSTGRESQL = "PostgreSQL"
_ONE_PIECE = "sqlx-data.json"


class _Parameters(msgspec.Struct, frozen=True):
    """The types of the arguments: a list on the left, a mere number on the right."""

    left: tuple[object, ...] | None = msgspec.field(default=None, name="Left")
    right: int | None = msgspec.field(default=None, name="Right")


class _Description(msgspec.Struct, frozen=True):
    parameters: _Parameters | None = None


class _Entry(msgspec.Struct, frozen=True):
    """One query; `db_name` stands in each file, and once in the file of one piece."""

    query: str
    db_name: str = _POSTGRESQL
    described: _Description = msgspec.field(default=_Description(), name="describe")


def read_offline_cache(
    files: Mapping[str, bytes], read: Collection[str], literals: Callable[[], Collection[str]]
) -> tuple[tuple[Query, ...], tuple[Unread, ...]]:
    """Give the queries of the cache that no macro in the source has, and the files that could not be read.

    Args:
        files: Content by path.
        read: Texts of the macros that were read.
        literals: Gives the texts that stand in the service's code. One that stands only in its tests is no query of the
            service.
    """
    cached = [path for path in sorted(files) if _is_cache(path)]
    in_code = literals() if cached else ()
    rust = [content for path, content in files.items() if path.endswith(".rs")]
    queries: list[Query] = []
    unread: list[Unread] = []
    for path in cached:
        try:
            entries = list(_entries(path, files[path]))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            unread.append(Unread(file=path, line=1, reason=f"it is no offline data of sqlx: {error}", driver="sqlx"))
            continue
        for entry in entries:
            text = entry.query.encode()
            is_test = entry.query not in in_code and any(text in content for content in rust)
            if entry.db_name == _POSTGRESQL and entry.query not in read and not is_test:
                queries.append(_query(path, entry, files[path]))
    return tuple(queries), tuple(unread)


def _is_cache(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    in_folder = folder.rpartition("/")[2] == ".sqlx" and name.startswith("query-") and name.endswith(".json")
    return in_folder or name == _ONE_PIECE


def _entries(path: str, content: bytes) -> Iterator[_Entry]:
    if not path.endswith(_ONE_PIECE):
        yield msgspec.json.decode(content, type=_Entry)
        return
    whole = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    database = msgspec.json.decode(whole.pop("db", b'"PostgreSQL"'), type=str)
    for entry in whole.values():
        yield msgspec.structs.replace(msgspec.json.decode(entry, type=_Entry), db_name=database)


def _query(path: str, entry: _Entry, content: bytes) -> Query:
    parameters = entry.described.parameters
    known = parameters is not None and parameters.left is not None
    place = content.find(msgspec.json.encode(entry.query))
    return Query(
        file=path,
        line=content.count(b"\n", 0, max(place, 0)) + 1,
        macro="query!",
        sql=entry.query,
        arguments=len(parameters.left or ()) if known and parameters is not None else -1,
    )
