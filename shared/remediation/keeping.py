"""Add to a plan the statements that keep owner, grants, comments and position of what it drops and makes again.

These facts are asked for in the transaction that drops the object and given back in the one that makes it, so that
nobody sees the object without them; in between, whoever applies the plan holds them. Facts that the diff compares need
nothing here: the plan's own statements set them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from shared.diff.changes import ChangeKind
from shared.kinds import RECORDS
from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, blocks_writes
from shared.kinds.names import qualified
from shared.kinds.naming import designation, grant_designation, spell
from shared.kinds.node import Node
from shared.kinds.recipes.sequence_sql import former_identity
from shared.kinds.step import Hazard, Role
from shared.remediation.graph import Graph
from shared.remediation.kept_sql import (
    CHECK_SUMMARY,
    LOCK_SUMMARY,
    RESTORE_SUMMARY,
    Kept,
    check_sql,
    facts_of,
    keep_sql,
    keep_summary,
    lock_sql,
    restore_sql,
)
from shared.remediation.plan import Statement
from shared.remediation.sequence_position import POSITION_SUMMARY, position_sql
from shared.remediation.stages import runs_alone
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Sequence
from shared.sql import quote_identifier, quote_qualified

_FACTS = frozenset(record.compared_fact for record in RECORDS.values() if record.compared_fact)
_WHOLE = frozenset({"smallint", "integer", "bigint", "numeric"})


def _kept(identity: ObjectId, context: Context) -> Kept | None:
    record = RECORDS[identity.kind]
    if record.kept_as is None:
        return None
    is_sequence = identity.kind == "sequence"
    sequence = context.observed.find(Sequence, identity) if is_sequence else None
    table = sequence.owned_by_table if sequence is not None else None
    return Kept(
        catalog=record.kept_as.catalog,
        spelling=spell(identity),
        id=record.kept_as.oid(identity),
        target=f"{record.granted_as} {grant_designation(identity)}" if record.granted_as else "",
        part=identity.name if identity.kind == "column" else "",
        sequence=qualified(identity) if is_sequence else "",
        owned_by=quote_qualified(table) if table is not None else "",
    )


def keep_facts(statements: list[tuple[Node, Statement]], graph: Graph) -> Iterator[Statement]:
    """Give a plan's statements with those among them that note facts and give them back.

    Args:
        statements: The plan's, in order, each with the node that it is part of.
        graph: The plan.
    """
    keeper = _Keeper(graph)
    runs = list(_runs(statements))
    for number, run in enumerate(runs):
        for node, statement in run:
            if statement.role is not Role.FILL:  # before that the object is its owner's
                keeper.place(node, number)
    for number, run in enumerate(runs):
        yield from keeper.before(number)
        yield from (statement for _, statement in run)
        yield from keeper.after(number)


def _runs(statements: list[tuple[Node, Statement]]) -> Iterator[list[tuple[Node, Statement]]]:
    """Cut the statements where a transaction must end, as `cut_stages` does."""
    run: list[tuple[Node, Statement]] = []
    for node, statement in statements:
        if runs_alone(statement):
            if run:
                yield run
            yield [(node, statement)]
            run = []
        else:
            run.append((node, statement))
    if run:
        yield run


class _Keeper:
    """Knows in which run of statements (one transaction) each object is dropped and in which it is made.

    A node's statements may be spread over several runs: it drops in the first of them, and has made in the last.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._context = graph.context
        self._first: dict[Node, int] = {}
        self._last: dict[Node, int] = {}
        self._compared = _compared(graph.context)
        self._rebuilt = sorted(filter(self._is_made_again, graph.context.drops & graph.context.creates))
        self._successors = dict(_successors(graph.context))

    def _is_made_again(self, identity: ObjectId) -> bool:
        """Say whether an object's own facts are kept; a column's are kept with those of its table, where that goes."""
        table = ObjectId(kind="table", namespace=identity.namespace, name=identity.parent)
        if identity.kind == "column" and table in self._context.drops:
            return False
        return _kept(identity, self._context) is not None

    def place(self, node: Node, run: int) -> None:
        """Note that a run holds a statement of a node."""
        self._first.setdefault(node, run)
        self._last[node] = run

    def before(self, run: int) -> Iterator[Statement]:
        """Give the statements that note the facts of what this run drops."""
        going = [identity for identity in self._rebuilt if self._has_facts(identity)]
        for successor, before in self._successors.items():
            if before is not None and before not in going and self._is_dropped_before(before, successor):
                going.append(before)
        about = [identity for identity in going if self._dropped_in(identity) == run]
        kept = self._all_kept(about)
        if not kept:
            return
        if lock := lock_sql(kept):
            hazards = tuple(sorted({_lock_hazard(item) for item in kept if item.sequence}))
            yield msgspec.structs.replace(_statement(about[0], Role.LOCK, lock, LOCK_SUMMARY), hazards=hazards)
        yield _statement(about[0], Role.KEEP, keep_sql(kept, self._compared), keep_summary(kept, self._compared))
        if (facts_of(kept) - self._compared) & {"owner", "acl"}:
            yield _statement(about[0], Role.CHECK, check_sql(), CHECK_SUMMARY)

    def after(self, run: int) -> Iterator[Statement]:
        """Give the statements that give back the facts of what this run has made."""
        back = [identity for identity in self._rebuilt if self._made_in(identity) == run and self._has_facts(identity)]
        if kept := self._all_kept(back):
            yield _statement(back[0], Role.RESTORE, restore_sql(kept, self._compared), RESTORE_SUMMARY)
        for successor, before in self._successors.items():
            if self._made_in(successor) == run:
                yield _statement(successor, Role.RESTORE, self._go_on(successor, before), POSITION_SUMMARY)

    def _has_facts(self, identity: ObjectId) -> bool:
        """Say whether an object can have facts that the diff does not compare."""
        possible = _FACTS if RECORDS[identity.kind].granted_as else frozenset({"comment"})
        return identity.kind == "sequence" or not self._compared >= possible

    def _is_dropped_before(self, before: ObjectId, successor: ObjectId) -> bool:
        dropped, made = self._dropped_in(before), self._made_in(successor)
        return dropped is not None and made is not None and dropped <= made

    def _dropped_in(self, identity: ObjectId) -> int | None:
        sequence = self._context.observed.find(Sequence, identity)
        if sequence is not None and sequence.identity_of_column and sequence.owned_by_table is not None:
            column = self._context.observed.column(sequence.owned_by_table, sequence.owned_by_column)
            release = Node("release", column.identity) if column is not None else None
            if release in self._first:
                return self._first[release]
        node = self._graph.departure.get(identity)
        return self._first.get(node) if node is not None else None

    def _made_in(self, identity: ObjectId) -> int | None:
        return self._last.get(self._graph.arrival[identity])

    def _go_on(self, successor: ObjectId, before: ObjectId | None) -> str:
        sequence = self._context.desired.find(Sequence, successor)
        assert sequence is not None
        assert sequence.owned_by_table is not None
        name = quote_identifier(sequence.owned_by_column)
        most = "max" if sequence.increment > 0 else "min"
        highest = (
            f"SELECT pg_catalog.jsonb_build_array(pg_catalog.{most}(v.{name}), true) "
            f"FROM {quote_qualified(sequence.owned_by_table)} v HAVING pg_catalog.{most}(v.{name}) IS NOT NULL"
        )
        if before is None:
            return position_sql(qualified(sequence), highest)
        noted = self._is_dropped_before(before, successor)
        return position_sql(qualified(sequence), highest, designation(before), noted=noted)

    def _all_kept(self, identities: Iterable[ObjectId]) -> list[Kept]:
        return [kept for identity in identities if (kept := _kept(identity, self._context)) is not None]


def _compared(context: Context) -> frozenset[str]:
    """Name the facts that the diff compares."""
    kinds = context.profile.facets()
    kinds |= {item.kind for side in (context.desired, context.observed) for item in side.objects.values()}
    return frozenset(RECORDS[kind].compared_fact for kind in kinds) & _FACTS


def _successors(context: Context) -> Iterator[tuple[ObjectId, ObjectId | None]]:
    """Name each sequence that begins to number a column of an existing table, and the sequence that did so before."""
    for identity in sorted(context.creates - context.drops):
        sequence = context.desired.find(Sequence, identity)
        if sequence is None or sequence.owned_by_table is None or former_identity(sequence, context) is not None:
            continue
        column = context.observed.column(sequence.owned_by_table, sequence.owned_by_column)
        if column is None or column.identity in context.drops or column.type not in _WHOLE:
            continue
        yield identity, _numbered_by(column, context)


def _numbered_by(column: Column, context: Context) -> ObjectId | None:
    for sequence in context.observed.owned_sequences[QualifiedName(column.namespace, column.parent)]:
        if sequence.owned_by_column == column.name:
            return sequence.identity
    below = sorted(context.observed.references[column.identity])
    return next((identity for identity in below if identity.kind == "sequence"), None)


def _lock_hazard(kept: Kept) -> Hazard:
    return blocks_all(kept.owned_by) if kept.owned_by else blocks_writes(kept.sequence)


def _statement(about: ObjectId, role: Role, sql: str, summary: str) -> Statement:
    return Statement(sql=sql, object=about, change=ChangeKind.ALTERED, role=role, summary=summary)
