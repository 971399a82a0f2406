"""The diagram of declared tables: no box lies on another, and what is referred to stands to the left."""

from __future__ import annotations

import pytest

from coordinator.daemon.pages.entity_diagram import BOX_WIDTH, MAX_TABLES, Box, draw_entities
from shared.schema.identity import QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Table
from shared.schema.schema import Schema


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


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + BOX_WIDTH <= other.x or other.x + BOX_WIDTH <= one.x
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
    assert all(box.x + BOX_WIDTH <= drawn.width and box.y + box.height <= drawn.height for box in drawn.boxes)
    pairs = [(one, other) for one in drawn.boxes for other in drawn.boxes if one.name < other.name]
    assert [(one.name, other.name) for one, other in pairs if overlap(one, other)] == []
    assert draw_entities(tables(references), ()) == drawn


def test_what_is_referred_to_stands_to_the_left_of_what_refers_to_it():
    drawn = draw_entities(tables({"customers": (), "orders": ("customers",), "items": ("orders",)}), ())
    left = {box.name: box.x for box in drawn.boxes}
    assert left["customers"] < left["orders"] < left["items"]


def test_a_large_schema_without_differences_is_not_drawn():
    assert draw_entities(tables({f"t{number}": () for number in range(MAX_TABLES + 1)}), ()) is None
    assert draw_entities(Schema(), ()) is None
