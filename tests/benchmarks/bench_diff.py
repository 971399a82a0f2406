"""The diff and the plan of large schemas: seconds, how they grow, and memory. `python -m tests.benchmarks` runs it."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import msgspec

from shared.diff.compare import diff_schemas
from shared.remediation.planner import plan_remediation
from shared.schema.canonical import schema_hash
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table
from shared.schema.schema import ColumnOrder, Dependency, Schema, Snapshot

COLUMNS = 10
INDEXES = 4
CHANGED = 50

_Result = TypeVar("_Result")


def main() -> None:
    """Print one line per size, and the ratios that matter."""
    print(f"tables of {COLUMNS} columns, {INDEXES} indexes, 1 key; {CHANGED} objects differ")
    print("tables  objects   diff s   plan s   hash s   diff µs/object")
    per_object = {}
    for tables in (100, 1000, 5000):
        desired, observed = made(tables, changed=False), made(tables, changed=True)
        objects = len(desired.schema.objects)
        diffing, diff = best(partial(diff_schemas, desired.schema, observed.schema))
        planning, plan = best(partial(plan_remediation, desired, observed, diff, destructive=True), 1)
        hashing, _ = best(partial(schema_hash, desired.schema))
        assert len(diff.changes) == CHANGED
        assert len(plan.statements) >= CHANGED
        per_object[tables] = diffing / objects
        print(f"{tables:6} {objects:8} {diffing:8.3f} {planning:8.3f} {hashing:8.3f} {1e6 * diffing / objects:12.2f}")
    for fewer, more in ((100, 1000), (1000, 5000)):
        ratio = per_object[more] / per_object[fewer]
        print(f"growth: {more:,} tables cost {ratio:.2f} times as much per object as {fewer:,} (1 is linear)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {peak:.0f} MB at most with 5,000 tables on both sides and a plan (bar: 500 MB)")


def best(work: Callable[[], _Result], rounds: int = 3) -> tuple[float, _Result]:
    """Give the shortest of some runs in seconds, and the result."""
    shortest = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        result = work()
        shortest = min(shortest, time.perf_counter() - started)
    return shortest, result


def made(tables: int, *, changed: bool) -> Snapshot:
    """Build a snapshot; the changed one differs in `CHANGED` objects spread over it."""
    objects = [item for number in range(tables) for item in table(number)]
    if changed:
        step = len(objects) // CHANGED
        for position in range(0, CHANGED * step, step):
            objects[position] = altered(objects[position])
    schema = Schema.of(objects)
    order = tuple(ColumnOrder("public", f"t{n:05}", tuple(f"c{c}" for c in range(COLUMNS))) for n in range(tables))
    return Snapshot(
        schema=schema,
        server_version=180000,
        fingerprint="",
        column_order=order,
        dependencies=tuple(sorted(edges(schema))),
    )


def table(number: int) -> Iterator[SchemaObject]:
    """Give the objects of one table."""
    name = f"t{number:05}"
    yield Table(name=name, namespace="public")
    for column in range(COLUMNS):
        yield Column(name=f"c{column}", namespace="public", parent=name, type="integer", not_null=column == 0)
    yield Constraint(
        name=f"{name}_pkey",
        namespace="public",
        parent=name,
        type="primary_key",
        definition="PRIMARY KEY (c0)",
        columns=("c0",),
    )
    for index in range(1, INDEXES + 1):
        definition = f"CREATE INDEX {name}_i{index} ON public.{name} USING btree (c{index})"
        yield Index(name=f"{name}_i{index}", namespace="public", table=name, definition=definition)


def altered(item: SchemaObject) -> SchemaObject:
    """Change one thing that can be changed back."""
    match item:
        case Column():
            return msgspec.structs.replace(item, default="1")
        case Index():
            return msgspec.structs.replace(item, definition=item.definition.replace("(c", "(c0, c"))
        case Constraint():
            return msgspec.structs.replace(item, index_options=("fillfactor=70",))
        case _:
            return msgspec.structs.replace(item, options=("fillfactor=70",))


def edges(schema: Schema) -> Iterator[Dependency]:
    """Give what pg_depend would say of the indexes."""
    for item in schema:
        if isinstance(item, Index):
            column = f"c{item.name[-1]}"
            below = ObjectId(kind="column", namespace="public", parent=item.table, name=column)
            yield Dependency(item.identity, below)


if __name__ == "__main__":
    main()
