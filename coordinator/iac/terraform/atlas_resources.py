"""What Atlas's provider hands on: schemas and migration folders that stand in files of the configuration."""

from __future__ import annotations

import json

from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.functions.filesystem import read_file
from coordinator.iac.expressions.syntax import Expression, GetAttribute
from coordinator.iac.expressions.types import STRING
from coordinator.iac.expressions.values import Value, string, unknown_of
from coordinator.iac.located_text import Span
from coordinator.iac.source import LimitError, SourceError
from coordinator.iac.sql.folders import read_folder
from coordinator.iac.terraform.instances import PlannedResource

_FILE = "file://"


def local_path(url: str) -> str:
    """Return the path that a `file://` URL, or a plain path, names."""
    return url.removeprefix(_FILE).partition("?")[0]


def schema_text(source: str, files: Files) -> Value:
    """Return what `data.atlas_schema` gives as `hcl`: the text of its source, of all its files for a folder.

    It is unknown when it is not in a file here.
    """
    if not source.startswith(_FILE):
        return unknown_of(STRING) if "://" in source.partition("\n")[0] else string(source)
    try:
        real = files.locate(local_path(source))
        names = [files.shown(real)]
        if real.is_dir():
            suffix = "sql" if any(real.glob("*.sql")) else "hcl"
            names = [files.shown(path) for path in sorted(real.glob(f"*.{suffix}"))]
        return _joined([read_file(files, name) for name in names])
    except LimitError:
        raise
    except SourceError:
        return unknown_of(STRING)


def _joined(texts: list[Value]) -> Value:
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for text in texts:
        piece = text.raw if text.raw.endswith("\n") else f"{text.raw}\n"
        spans += [Span(span.offset + length, span.file, span.line, span.advances) for span in text.spans]
        pieces.append(piece)
        length += len(piece)
    return string("".join(pieces), tuple(spans))


def latest_version(folder: str, files: Files) -> Value:
    """Return what `data.atlas_migration` gives as `latest`; unknown when the folder is not here."""
    try:
        found = read_folder(files.locate(local_path(folder)), files.base)
    except LimitError:
        raise
    except SourceError:
        return unknown_of(STRING)
    return string(found.version)


def schema_variables(resource: PlannedResource) -> dict[str, object]:
    """Return the values of a schema's variables: those of the resource, or of the data source that gives its text."""
    own = resource.values.raw.get("variables")
    if own is not None and isinstance(own.raw, str):
        try:
            plain = json.loads(own.raw)
        except ValueError:
            return {}
        return plain if isinstance(plain, dict) else {}
    attribute = resource.block.body.attributes.get("hcl")
    return _of_data_source(attribute.expression, resource.evaluator) if attribute is not None else {}


def _of_data_source(expression: Expression, evaluator: Evaluator) -> dict[str, object]:
    if not isinstance(expression, GetAttribute) or expression.name != "hcl":
        return {}
    try:
        value = evaluator.value(GetAttribute(at=expression.at, of=expression.of, name="variables"))
    except SourceError:
        return {}
    items = value.raw.items() if isinstance(value.raw, dict) else ()
    return {name: item.raw for name, item in items if isinstance(item.raw, str)}
