"""Writes objects as blocks of Atlas HCL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from coordinator.iac.patching.held_text import CannotEditError
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table, View
from shared.schema.types import EnumType

_CHECK = re.compile(r"CHECK \((?P<expression>.*)\)(?P<rest>(?: NO INHERIT)?)\Z", re.DOTALL)
_ACTION = re.compile(r" ON (?P<event>UPDATE|DELETE) (?P<action>CASCADE|RESTRICT|SET NULL|SET DEFAULT)")
_NAME = re.compile(r"[^\W\d][\w-]*\Z")

Attributes = list[tuple[str, str]]


def quoted(text: str) -> str:
    """Write a text as a string of HCL."""
    return json.dumps(text.replace("${", "$${").replace("%{", "%%{"), ensure_ascii=False)


def block(kind: str, name: str, attributes: Attributes, inner: Sequence[str] = (), indent: str = "") -> str:
    """Write a block, laid out as `terraform fmt` does, without a line end.

    Args:
        kind: `column`.
        name: Its label.
        attributes: Names and expressions; an expression of several lines stands for itself.
        inner: Blocks within, each indented.
        indent: What every line begins with.
    """
    lines = [f"{indent}{kind} {quoted(name)} {{"]
    lines += [f"{indent}  {line}" for line in aligned(attributes)]
    return "\n".join([*lines, *inner, f"{indent}}}"])


def aligned(attributes: Attributes) -> Iterator[str]:
    """Write attributes with their equals signs below each other."""
    widest = max((len(name) for name, _ in attributes), default=0)
    yield from (f"{name.ljust(widest)} = {value}" for name, value in attributes)


def column_attributes(column: Column) -> Attributes:
    """Return what a `column` block says.

    Raises:
        CannotEditError: For a column that says more than a block can.
    """
    if column.identity_mode or column.generated or column.collation is not None or column.storage or column.options:
        raise CannotEditError(f"{column.identity}: more than type, null and default of a column is not written in HCL")
    found = [("type", f"sql({quoted(column.type)})"), ("null", "false" if column.not_null else "true")]
    return [*found, ("default", f"sql({quoted(column.default)})")] if column.default else found


def check_expression(constraint: Constraint) -> str:
    """Return the expression of a check constraint.

    Raises:
        CannotEditError: For a check that is not validated, say.
    """
    found = _CHECK.match(constraint.definition)
    if found is None or found["rest"]:
        raise CannotEditError(f"{constraint.identity}: {constraint.definition!r} is not written in HCL")
    return found["expression"]


def part_block(item: SchemaObject, indent: str) -> str:
    """Write the block of something that a table's block holds.

    Raises:
        CannotEditError: For what has no block that is known here.
    """
    match item:
        case Column():
            return block("column", item.name, column_attributes(item), indent=indent)
        case Index() if not item.options and not item.tablespace and item.valid:
            return block("index", item.name, _index_attributes(item), tuple(_on(item, indent)), indent)
        case Constraint(type="check"):
            return block("check", item.name, [("expr", quoted(check_expression(item)))], indent=indent)
        case Constraint(type="unique") if item.definition.startswith("UNIQUE (") and item.definition.endswith(")"):
            return block("unique", item.name, [("columns", _columns(item.columns))], indent=indent)
        case Constraint(type="foreign_key") if item.references is not None and item.validated:
            return block("foreign_key", item.name, _foreign_key(item), indent=indent)
        case _:
            raise CannotEditError(f"{item.identity} is not written as a block of Atlas HCL")


def _columns(names: Iterable[str], of: str = "column") -> str:
    return f"[{', '.join(_reference(of, name) for name in names)}]"


def _reference(of: str, name: str) -> str:
    if _NAME.match(name) is None:
        raise CannotEditError(f"{name!r} cannot be referred to in HCL")
    return f"{of}.{name}"


def _index_attributes(index: Index) -> Attributes:
    found: Attributes = [("unique", "true")] if index.unique else []
    if index.method != "btree":
        found.append(("type", index.method.upper()))
    if index.predicate:
        found.append(("where", quoted(index.predicate)))
    return [*found, ("include", _columns(index.include))] if index.include else found


def _on(index: Index, indent: str) -> Iterator[str]:
    for part in index.columns:
        attribute = "column" if _NAME.match(part) else "expr"
        value = f"column.{part}" if attribute == "column" else quoted(part)
        yield f"{indent}  on {{\n{indent}    {attribute} = {value}\n{indent}  }}"


def _foreign_key(key: Constraint) -> Attributes:
    assert key.references is not None, "a foreign key refers to a table"
    target = f"table.{key.references.name}.column"
    found = [("columns", _columns(key.columns)), ("ref_columns", _columns(key.referenced_columns, target))]
    rest = key.definition.partition(" REFERENCES ")[2].partition(")")[2]
    actions = list(_ACTION.finditer(rest))
    if _ACTION.sub("", rest).strip():
        raise CannotEditError(f"{key.identity}: {rest.strip()!r} is not written in HCL")
    return [*found, *((f"on_{each['event'].lower()}", each["action"].replace(" ", "_")) for each in actions)]


def whole_block(item: SchemaObject, parts: Sequence[SchemaObject], schema: str) -> str:
    """Write the block of an object that stands for itself.

    Args:
        item: A table, a view or an enum.
        parts: What hangs on a table, its columns in their order.
        schema: How the neighbours name the schema: `schema.public`.

    Raises:
        CannotEditError: For any other object.
    """
    named: Attributes = [("schema", schema)]
    match item:
        case EnumType():
            return block("enum", item.name, [*named, ("values", values(item))])
        case View() if not item.options:
            return block("view", item.name, [*named, ("as", query(item))])
        case Table():
            inner = [part_block(part, "  ") for part in parts if not _is_key(part)]
            keys = [
                f"  primary_key {{\n    columns = {_columns(part.columns)}\n  }}"
                for part in parts
                if _is_key(part) and isinstance(part, Constraint)
            ]
            return block("table", item.name, named, [*inner, *keys])
        case _:
            raise CannotEditError(f"{item.identity} is not written as a block of Atlas HCL")


def _is_key(part: SchemaObject) -> bool:
    return isinstance(part, Constraint) and part.type == "primary_key"


def values(item: EnumType) -> str:
    """Write the labels of an enum."""
    return f"[{', '.join(map(quoted, item.labels))}]"


def query(view: View) -> str:
    """Write the query of a view on one line."""
    return quoted(" ".join(view.definition.strip().rstrip(";").split()))
