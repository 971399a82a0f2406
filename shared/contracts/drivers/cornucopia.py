"""Read the query files of cornucopia and clorinde: `--! name (parameter?) : Row(column?)` above each statement.

Rust is generated from them against the declared schema: types are fixed by it, and a column is read as never NULL
unless a `?` stands at it. Sources: the books of cornucopia 0.9 and clorinde 1 ("Query annotation", "Type annotation").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from shared.contracts.contract import Query, StructField, Unread
from shared.contracts.drivers.mapped import Findings

DRIVER = "cornucopia"
_HEADER = re.compile(r"^--([!:])[ \t]*(.*)$", re.MULTILINE)
_QUERY = re.compile(
    r"(?P<name>\w+)\s*(?:\((?P<parameters>[^()]*)\))?\s*(?::\s*(?P<row>\w*)\s*(?:\((?P<columns>[^()]*)\))?)?\s*\Z"
)
_TYPE = re.compile(r"(?P<name>\w+)\s*\((?P<columns>[^()]*)\)")
_NULLABLE = re.compile(r'"?(\w+)"?\s*(?:\[\??\])?\?')
_PARAMETER = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|--[^\n]*|/\*.*?\*/|::|:(?P<name>[A-Za-z_]\w*)""",
    re.DOTALL,
)


def read_cornucopia(contents: Mapping[str, bytes]) -> Findings:
    """Read the query files among a service's files.

    Args:
        contents: Content by path.
    """
    found = [
        item
        for path in sorted(contents)
        if path.endswith(".sql") and b"--!" in contents[path]
        for item in _queries(path, contents[path].decode("utf-8", "replace").replace("\r\n", "\n"))
    ]
    return Findings(
        queries=tuple(item for item in found if isinstance(item, Query)),
        unread=tuple(item for item in found if isinstance(item, Unread)),
    )


def _queries(path: str, text: str) -> Iterator[Query | Unread]:
    headers = list(_HEADER.finditer(text))
    types = {
        found["name"]: found["columns"]
        for header in headers
        if header[1] == ":" and (found := _TYPE.match(header[2].strip()))
    }
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=True):
        if header[1] == ":":
            continue
        line = text.count("\n", 0, header.start()) + 1
        said = _QUERY.match(header[2].strip())
        sql = numbered(text[header.end() : end].strip())
        if said is None or not sql:
            reason = "the query does not read as --! name (parameters) : Row(columns), with a statement below it"
            yield Unread(file=path, line=line, reason=reason, driver=DRIVER, macro="query")
            continue
        columns = said["columns"] if said["columns"] is not None else types.get(said["row"] or "", "")
        fields = tuple(StructField(name=name, type="Option<_>") for name in sorted(set(_NULLABLE.findall(columns))))
        yield Query(
            file=path, line=line, column=1, macro="cornucopia.query", sql=sql, driver=DRIVER, fields=fields,
            result_type=said["name"],
        )  # fmt: skip


def numbered(text: str) -> str:
    """Write `:name` as `$1`, `$2`, … in the order in which the names come; not in literals, comments and casts."""
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match["name"]
        return match[0] if name is None else f"${numbers.setdefault(name, len(numbers) + 1)}"

    return _PARAMETER.sub(number, text)
