"""What a declaration should say so that drift is declared: the schema to reach, and statements that lead there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from shared.diff.changes import Altered, Missing, SchemaDiff, Unexpected, Unverified
from shared.diff.compare import diff_schemas
from shared.remediation.planner import create_script, plan_remediation
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Column
from shared.schema.schema import ColumnOrder, Dependency, Schema, Snapshot, Spec
from shared.sql import without_unseen_characters

_PLACEHOLDER = "{tenant}"
_WORD = re.compile(r'"(?:[^"]|"")+"|[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*')


class Step(msgspec.Struct, frozen=True):
    """A statement that brings a part of the declared schema to what the database has."""

    sql: str
    object: ObjectId


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be declared.

    Args:
        schema: What the declaration should come to.
        changes: The differences that are to be kept.
        steps: From the declared schema to that one, in an order in which they run.
        back: The other way round.
        whole: Statements that make each object of the schema anew, by object.
        left: Differences that no declaration can say, each with the reason, as sentences.
    """

    schema: Schema
    changes: tuple[Missing | Unexpected | Altered, ...]
    steps: tuple[Step, ...]
    back: tuple[Step, ...]
    whole: dict[ObjectId, tuple[str, ...]]
    left: tuple[str, ...]


def wanted_of(diff: SchemaDiff, spec: Spec, observed: Snapshot | None, profile: Profile) -> Wanted:
    """Work out what is to be declared.

    Args:
        diff: Desired against observed.
        spec: What is declared.
        observed: The database, where it is at hand: it knows the order of columns of a table.
        profile: Which facets are compared.
    """
    changes = tuple(change for change in diff.changes if not isinstance(change, Unverified))
    objects = spec.schema.by_identity()
    for change in changes:
        match change:
            case Missing():
                objects.pop(change.identity, None)
            case Unexpected(observed=item) | Altered(observed=item):
                objects[item.identity] = item
    schema = Schema.of(objects.values())
    target = _snapshot(schema, spec.snapshot, observed, changes)
    forth = plan_remediation(
        target, spec.snapshot, diff_schemas(schema, spec.schema), destructive=True, online=False, profile=profile
    )
    back = plan_remediation(
        spec.snapshot, target, diff_schemas(spec.schema, schema), destructive=True, online=False, profile=profile
    )
    whole: dict[ObjectId, tuple[str, ...]] = {}
    for statement in create_script(target):
        whole[statement.object] = (*whole.get(statement.object, ()), unqualified(statement.sql))
    return Wanted(
        schema=schema,
        changes=changes,
        steps=tuple(Step(unqualified(each.sql), each.object) for each in forth.statements if not each.keeps_facts),
        back=tuple(Step(unqualified(each.sql), each.object) for each in back.statements if not each.keeps_facts),
        whole=whole,
        left=tuple(
            f"{change.identity} is not kept: {change.reason}"
            for change in diff.changes
            if isinstance(change, Unverified)
        ),
    )


def still_different(wanted: Wanted, made: Spec) -> tuple[ObjectId, ...]:
    """Return the objects in which a compiled declaration is not what is wanted."""
    return tuple(change.identity for change in diff_schemas(wanted.schema, made.schema).changes)


def unqualified(definition: str) -> str:
    """Return a definition for people to read, without the placeholder namespace, which the search path stands for."""
    bare = definition.replace(f'"{_PLACEHOLDER}".', "").replace(f"{_PLACEHOLDER}.", "")
    return without_unseen_characters(bare)


def words_of(sql: str) -> set[str]:
    """Return the names and words of a statement, without quotes."""
    return {word[1:-1].replace('""', '"') if word[0] == '"' else word for word in _WORD.findall(sql)}


def _snapshot(
    schema: Schema, declared: Snapshot, observed: Snapshot | None, changes: Iterable[Missing | Unexpected | Altered]
) -> Snapshot:
    known = schema.by_identity()
    edges = {edge for edge in declared.dependencies if edge.dependent in known and edge.referenced in known}
    for change in changes:
        if not isinstance(change, Missing):
            edges |= set(_mentions(change.observed, known))
    if observed is not None:
        edges |= {edge for edge in observed.dependencies if edge.dependent in known and edge.referenced in known}
    orders = {(order.namespace, order.relation): order for order in declared.column_order}
    if observed is not None:
        orders |= {(order.namespace, order.relation): order for order in observed.column_order}
    for item in schema:
        if isinstance(item, Column):
            key = (item.namespace, item.parent)
            order = orders.get(key, ColumnOrder(item.namespace, item.parent, ()))
            if item.name not in order.columns:
                orders[key] = msgspec.structs.replace(order, columns=(*order.columns, item.name))
    return msgspec.structs.replace(
        declared,
        schema=schema,
        fingerprint="",
        dependencies=tuple(sorted(edges)),
        column_order=tuple(sorted(_existing(orders.values(), known))),
    )


def _existing(orders: Iterable[ColumnOrder], known: dict[ObjectId, SchemaObject]) -> Iterator[ColumnOrder]:
    columns = {(each.namespace, each.parent, each.name) for each in known if each.kind == "column"}
    for order in orders:
        left = tuple(name for name in order.columns if (order.namespace, order.relation, name) in columns)
        if left:
            yield msgspec.structs.replace(order, columns=left)


def _mentions(item: SchemaObject, known: dict[ObjectId, SchemaObject]) -> Iterator[Dependency]:
    """Give what an object's definition names: a report does not hold what `pg_depend` says."""
    words = _words_in(item)
    for identity, other in known.items():
        alone = not identity.parent and not identity.of and identity != item.identity
        if alone and identity.name in words and item.name not in _words_in(other):
            yield Dependency(item.identity, identity)


def _words_in(item: SchemaObject) -> set[str]:
    return words_of(" ".join(str(value) for value in msgspec.structs.astuple(item)[1:]))
