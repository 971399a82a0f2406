"""The declared tables and their foreign keys as a diagram. Pure geometry for an SVG; units are pixels.

Which layer a table belongs to, and in which order, is decided by Sugiyama's algorithm; boxes are packed here, because
they are of different heights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from coordinator.memory.views import ChangeView
from shared.diff.changes import Unexpected
from shared.schema.identity import ObjectId
from shared.schema.relations import Column, Constraint, Table
from shared.schema.schema import Schema

NARROWEST, WIDEST = 200, 320
"""Of a box; all boxes of a diagram are as wide as its longest line asks for."""

LINE_HEIGHT = 20
HEAD_HEIGHT = 30
MAX_TABLES = 120
"""Of a larger schema, only the tables that differ somewhere are drawn, and what they refer to."""

_GAP_BETWEEN_LAYERS = 52
_GAP_BETWEEN_BOXES = 26
_COLUMNS_SHOWN = 12
_CHARACTER_WIDTH = 7.6
"""Of the face of fixed width in which lines are written, at its size in pages.css."""

_ROOM_BESIDE_TEXT = 24
_LONGEST_LINE = int((WIDEST - _ROOM_BESIDE_TEXT) / _CHARACTER_WIDTH)
_ROOM_OF_THE_COUNT = 14
"""Characters of the head that `1,000 tenants` takes."""

_SHORTER_TYPES = (
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
    ("time with time zone", "timetz"),
    ("time without time zone", "time"),
    ("character varying", "varchar"),
    ("double precision", "float8"),
)
"""How PostgreSQL's own short names call types (https://www.postgresql.org/docs/current/datatype.html)."""

_COLUMNS_THAT_FIT_A_PAGE = 3

TableName = tuple[str, str]
"""Namespace and name."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a box.

    Args:
        text: What it says, cut where it is longer than a box is wide.
        whole: What it says in full.
        y: Its base line.
        is_key: It is a column of the primary key.
        change: Id of the change that it is about; empty for what is as declared everywhere.
    """

    text: str
    whole: str
    y: int
    is_key: bool = False
    change: str = ""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """The box of one table in the diagram.

    Args:
        name: As people write it, cut where it is longer than a box is wide.
        whole_name: In full.
        x, y, height: Where it is.
        lines: Columns, then what differs beside them.
        tenants: The most tenants that any of its changes is in; 0 where it is as declared everywhere.
        is_declared: False for a table that only tenants have.
    """

    name: str
    whole_name: str
    x: int
    y: int
    height: int
    lines: tuple[Line, ...]
    tenants: int
    is_declared: bool


class EntityDiagram(msgspec.Struct, frozen=True, kw_only=True):
    """The diagram.

    Args:
        width, height: Of the picture.
        box_width: Of every box.
        boxes: By name.
        edges: Foreign keys, as the `d` of SVG paths from the table that refers to the one that is referred to.
        left_out: Tables that are not drawn.
    """

    width: int
    height: int
    box_width: int
    boxes: tuple[Box, ...]
    edges: tuple[str, ...]
    left_out: int


class _Sketch(msgspec.Struct, frozen=True):
    name: TableName
    lines: tuple[Line, ...]
    tenants: int
    is_declared: bool

    @property
    def height(self) -> int:
        return HEAD_HEIGHT + LINE_HEIGHT * len(self.lines) + 8


def draw_entities(schema: Schema, changes: Sequence[ChangeView]) -> EntityDiagram | None:
    """Draw the tables of a declaration; nothing when it declares none.

    Args:
        schema: What is declared.
        changes: Open changes of the fleet.
    """
    tables = {(item.namespace, item.name) for item in schema.objects if isinstance(item, Table)}
    differing = _by_table(changes)
    extra = {
        name
        for name, views in differing.items()
        if name not in tables and any(isinstance(view.change.sides, Unexpected) for view in views)
    }
    references = _references(schema, tables)
    chosen = _chosen(tables | extra, differing, references)
    parts = _parts(schema)
    sketches = {
        name: _sketch(parts.get(name, ()), differing.get(name, ()), name, is_declared=name in tables)
        for name in sorted(chosen)
    }
    edges = [(child, parent) for child, parent in references if child in chosen and parent in chosen]
    if not sketches:
        return None
    return _drawn(sketches, edges, len(tables | extra) - len(chosen))


def _by_table(changes: Iterable[ChangeView]) -> dict[TableName, list[ChangeView]]:
    found: defaultdict[TableName, list[ChangeView]] = defaultdict(list)
    for view in changes:
        if view.change.sides is not None and (name := _table_of(view)) is not None:
            found[name].append(view)
    return found


def _table_of(view: ChangeView) -> TableName | None:
    """Give the table that a change is of; none for what is of no table."""
    sides = view.change.sides
    assert sides is not None, "`_by_table` looks at changes of the schema only"
    identity: ObjectId = sides.identity
    if identity.kind == "table":
        return identity.namespace, identity.name
    table = identity.parent or next(
        (getattr(item, "table", "") for name in ("desired", "observed") if (item := getattr(sides, name, None))), ""
    )
    return (identity.namespace, table) if table else None


def _references(schema: Schema, tables: set[TableName]) -> list[tuple[TableName, TableName]]:
    found = {
        ((item.namespace, item.parent), (item.references.namespace, item.references.name))
        for item in schema.objects
        if isinstance(item, Constraint) and item.references is not None
    }
    return sorted((child, parent) for child, parent in found if child != parent and {child, parent} <= tables)


def _chosen(
    names: set[TableName],
    differing: Mapping[TableName, object],
    references: Sequence[tuple[TableName, TableName]],
) -> set[TableName]:
    if len(names) <= MAX_TABLES:
        return names
    different = sorted(name for name in names if name in differing)[:MAX_TABLES]
    return set(different) | {parent for child, parent in references if child in different}


def _parts(schema: Schema) -> Mapping[TableName, list[Column | Constraint]]:
    """Give the columns and constraints of each table."""
    parts: defaultdict[TableName, list[Column | Constraint]] = defaultdict(list)
    for item in schema.objects:
        if isinstance(item, Column | Constraint):
            parts[item.namespace, item.parent].append(item)
    return parts


def _sketch(
    own: Sequence[Column | Constraint], views: Sequence[ChangeView], name: TableName, *, is_declared: bool
) -> _Sketch:
    columns = [item for item in own if isinstance(item, Column)]
    keys = {key for item in own if isinstance(item, Constraint) and item.type == "primary_key" for key in item.columns}
    of_columns = {
        view.change.sides.identity.name: view
        for view in views
        if view.change.object_kind == "column" and view.change.sides
    }
    texts: list[tuple[str, bool, str]] = []
    for column in columns[:_COLUMNS_SHOWN]:
        view = of_columns.pop(column.name, None)
        texts.append(
            (f"{column.name}  {_short_type(column.type)}", column.name in keys, view.change.id if view else "")
        )
    if len(columns) > _COLUMNS_SHOWN:
        texts.append((f"… {len(columns) - _COLUMNS_SHOWN} more", False, ""))
    shown = {change for _, _, change in texts}
    texts += [
        (text, False, view.change.id)
        for view in views
        if view.change.id not in shown and view.change.object_kind != "table"
        for text in _said_of(view)
    ]
    lines = tuple(
        Line(text=_cut(text), whole=text, y=HEAD_HEIGHT + LINE_HEIGHT * place + 16, is_key=is_key, change=change)
        for place, (text, is_key, change) in enumerate(texts)
    )
    return _Sketch(name, lines, max((view.tenants for view in views), default=0), is_declared)


def _said_of(view: ChangeView) -> tuple[str, ...]:
    """Say what differs in one line, or in two where the name is too long to stand beside it."""
    assert view.change.sides is not None, "`_by_table` looks at changes of the schema only"
    what, name = f"{view.change.kind} {view.change.object_kind}", view.change.sides.identity.name
    return (f"{what} {name}",) if len(what) + 1 + len(name) <= _LONGEST_LINE else (what, name)


def _short_type(name: str) -> str:
    for long, short in _SHORTER_TYPES:
        if name.startswith(long):
            return short + name.removeprefix(long)
    return name


def _cut(text: str, longest: int = _LONGEST_LINE) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _name(sketch: _Sketch) -> str:
    namespace, name = sketch.name
    return name if namespace == "public" else f"{namespace}.{name}"


def _box_width(sketches: Iterable[_Sketch]) -> int:
    """Be as wide as the longest line, with the number of tenants beside the name, within bounds."""
    longest = max(
        max(
            len(_name(sketch)) + (_ROOM_OF_THE_COUNT if sketch.tenants else 0),
            max((len(line.text) for line in sketch.lines), default=0),
        )
        for sketch in sketches
    )
    return min(WIDEST, max(NARROWEST, round(longest * _CHARACTER_WIDTH) + _ROOM_BESIDE_TEXT))


def _drawn(
    sketches: Mapping[TableName, _Sketch], edges: Sequence[tuple[TableName, TableName]], left_out: int
) -> EntityDiagram:
    columns, width = _columns(sketches, edges), _box_width(sketches.values())
    heights = [_height(sketches, column) for column in columns]
    height = max(heights)
    boxes: dict[TableName, Box] = {}
    for place, column in enumerate(columns):
        x, y = place * (width + _GAP_BETWEEN_LAYERS) + 2, (height - heights[place]) // 2 + 2
        for name in column:
            sketch = sketches[name]
            boxes[name] = Box(
                name=_cut(_name(sketch), _LONGEST_LINE - (_ROOM_OF_THE_COUNT if sketch.tenants else 0)),
                whole_name=_name(sketch),
                x=x,
                y=y,
                height=sketch.height,
                lines=sketch.lines,
                tenants=sketch.tenants,
                is_declared=sketch.is_declared,
            )
            y += sketch.height + _GAP_BETWEEN_BOXES
    return EntityDiagram(
        width=len(columns) * (width + _GAP_BETWEEN_LAYERS) - _GAP_BETWEEN_LAYERS + 4,
        height=height,
        box_width=width,
        boxes=tuple(box for _, box in sorted(boxes.items())),
        edges=tuple(_edge(boxes[child], boxes[parent], width) for child, parent in edges),
        left_out=left_out,
    )


def _layers(edges: Sequence[tuple[TableName, TableName]]) -> list[list[TableName]]:
    """Sort tables with foreign keys into columns: what is referred to stands to the left of what refers to it."""
    if not edges:
        return []
    from fast_sugiyama import from_edges  # lazy: most pages draw no diagram

    names = sorted({name for edge in edges for name in edge})
    numbers = {
        name: number for number, name in enumerate(names)
    }  # numbers: the library sorts texts by their random hash
    layouts = from_edges([(numbers[parent], numbers[child]) for child, parent in edges], dummy_vertices=True)
    places: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    top = 0.0
    for positions, width, _, _ in layouts:
        tables = [(int(number), x, y) for number, (x, y) in positions if int(number) < len(names)]
        layers = sorted({-y for _, _, y in tables})
        for number, x, y in tables:
            places[layers.index(-y)].append((top + x, number))
        top += width + 1
    columns = [[names[number] for _, number in sorted(places[layer])] for layer in sorted(places)]
    left = {name: place for place, column in enumerate(columns) for name in column}
    is_upside_down = sum(left[child] < left[parent] for child, parent in edges) * 2 > len(edges)
    return columns[::-1] if is_upside_down else columns


def _columns(
    sketches: Mapping[TableName, _Sketch], edges: Sequence[tuple[TableName, TableName]]
) -> list[list[TableName]]:
    """Sort tables into columns; one without foreign keys goes below the others, where there is most room."""
    columns = _layers(edges)
    connected = {name for edge in edges for name in edge}
    lonely = [name for name in sketches if name not in connected]
    columns += [[] for _ in range(min(len(lonely), _COLUMNS_THAT_FIT_A_PAGE - len(columns)))]
    for name in lonely:
        min(columns, key=lambda column: _height(sketches, column)).append(name)
    return columns


def _height(sketches: Mapping[TableName, _Sketch], column: Sequence[TableName]) -> int:
    return sum(sketches[name].height + _GAP_BETWEEN_BOXES for name in column)


def _edge(child: Box, parent: Box, box_width: int) -> str:
    """Lead from the head of the table that refers to the head of the one that is referred to."""
    x1, y1, y2 = child.x, child.y + HEAD_HEIGHT // 2, parent.y + HEAD_HEIGHT // 2
    x2 = parent.x + box_width
    bend = max(30, abs(x1 - x2) // 2)
    return f"M{x1} {y1}C{x1 - bend} {y1} {x2 + bend} {y2} {x2} {y2}"
