"""The diagram of declared tables: no box lies on another, and what is referred to stands to the left."""

from __future__ import annotations

import datetime as dt

import pytest

from coordinator.daemon.pages.entity_diagram import MAX_TABLES, WIDEST, Box, draw_entities
from coordinator.memory.model import ChangeSubject, FleetChange
from coordinator.memory.views import ChangeView
from shared.diff.changes import Missing
from shared.findings.finding import Severity
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table
from shared.schema.schema import Schema

WHEN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def tables(references: dict[str, tuple[str, ...]]) -> Schema:
    """Tables by name, each with a foreign key to those that are named."""
    objects: list[SchemaObject] = []
    for name, others in references.items():
        objects.append(Table(namespace="public", name=name))
        objects.append(Column(namespace="public", parent=name, name="id", type="bigint"))
        objects += [
            Constraint(
                namespace="public",
                parent=name,
                name=f"{name}_{other}_fkey",
                type="foreign_key",
                definition=f"FOREIGN KEY (id) REFERENCES public.{other}(id)",
                columns=("id",),
                references=QualifiedName("public", other),
                referenced_columns=("id",),
            )
            for other in others
        ]
    return Schema.of(objects)


def overlap(one: Box, other: Box, width: int) -> bool:
    beside = one.x + width <= other.x or other.x + width <= one.x
    return not beside and one.y < other.y + other.height and other.y < one.y + one.height


@pytest.mark.parametrize(
    "references",
    [
        {"a": ()},
        {"a": (), "b": ("a",), "c": ("b",), "d": ("b", "a")},
        {"a": ("b",), "b": ("a",)},
        {"a": ("a",)},
        {f"t{number}": (f"t{number // 2}",) if number else () for number in range(40)},
        {f"t{number}": () for number in range(10)} | {"x": ("t0",), "y": ("t1",)},
    ],
    ids=["one", "layers", "circle", "itself", "tree", "several"],
)
def test_every_table_has_a_box_within_the_picture_and_none_lies_on_another(references):
    drawn = draw_entities(tables(references), ())
    assert {box.name for box in drawn.boxes} == set(references)
    assert all(box.x + drawn.box_width <= drawn.width and box.y + box.height <= drawn.height for box in drawn.boxes)
    pairs = [(one, other) for one in drawn.boxes for other in drawn.boxes if one.name < other.name]
    assert [(one.name, other.name) for one, other in pairs if overlap(one, other, drawn.box_width)] == []
    assert draw_entities(tables(references), ()) == drawn


def test_what_is_referred_to_stands_to_the_left_of_what_refers_to_it():
    drawn = draw_entities(tables({"customers": (), "orders": ("customers",), "items": ("orders",)}), ())
    left = {box.name: box.x for box in drawn.boxes}
    assert left["customers"] < left["orders"] < left["items"]


def test_a_large_schema_without_differences_is_not_drawn():
    assert draw_entities(tables({f"t{number}": () for number in range(MAX_TABLES + 1)}), ()) is None
    assert draw_entities(Schema(), ()) is None


def test_a_box_is_as_wide_as_its_longest_line_and_what_is_longer_still_is_cut_and_kept_whole():
    short = draw_entities(tables({"orders": ()}), ())
    long = draw_entities(tables({"orders_of_the_department": (), "o" * 60: ()}), ())
    assert short.box_width < long.box_width <= WIDEST
    names = {box.whole_name: box.name for box in long.boxes}
    assert names["orders_of_the_department"] == "orders_of_the_department"
    assert names["o" * 60] == names["o" * 60].rstrip("…") + "…"


def test_types_are_written_by_their_short_names():
    column = Column(namespace="public", parent="orders", name="at", type="timestamp with time zone")
    schema = Schema.of([Table(namespace="public", name="orders"), column])
    assert [line.text for line in draw_entities(schema, ()).boxes[0].lines] == ["at  timestamptz"]


def test_a_name_too_long_to_stand_beside_what_it_is_stands_below_it():
    name = "orders_customer_created_and_status_idx"
    index = Index(namespace="public", name=name, table="orders", columns=("id",), definition="CREATE INDEX")
    missing = FleetChange(
        id="c",
        subject=ChangeSubject.SCHEMA,
        kind="missing",
        object_kind="index",
        object=f"index public.{name}",
        severity=Severity.WARNING,
        sides=Missing(desired=index),
    )
    view = ChangeView(
        change=missing, first_seen=WHEN, last_seen=WHEN, resolved=None, flaps=0, tenants=3, most_tenants=3
    )
    [box] = draw_entities(tables({"orders": ()}), [view]).boxes
    assert [line.text for line in box.lines if line.change == "c"] == ["missing index", name]
