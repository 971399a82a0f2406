"""What a plan keeps of the objects it drops and makes again, and where sequences go on: put among its statements.

The facts are noted in the transaction that drops, and given back in the transaction that makes, so that nobody sees the
object without them. What the diff compares (owners, say) the plan puts right by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.diff.changes import ChangeKind
from shared.remediation.graph import Graph
from shared.remediation.kept_sql import RESTORE_SUMMARY, Kept, keep_sql, keep_summary, restore_sql
from shared.remediation.kept_store import DATABASE, SESSION, FactStore
from shared.remediation.kinds.sequence_sql import former_identity
from shared.remediation.naming import designation, grant_designation, parent_name, qualified, spell
from shared.remediation.node import Node
from shared.remediation.plan import Role, Statement
from shared.remediation.recipe import Context
from shared.remediation.sequence_position import POSITION_SUMMARY, position_sql
from shared.remediation.stages import reads_without_blocking
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Sequence
from shared.sql import dollar_quote, quote_identifier, quote_qualified

_RELATIONS = frozenset({"view", "materialized_view", "table", "foreign_table"})
_TYPES = frozenset({"enum_type", "domain_type", "composite_type", "range_type", "base_type"})
_CHILDREN = {
    "constraint": "SELECT o.oid FROM pg_catalog.pg_constraint o WHERE o.conrelid = {relation} AND o.conname = {name}",
    "domain_constraint": (
        "SELECT o.oid FROM pg_catalog.pg_constraint o WHERE o.contypid = {type} AND o.conname = {name}"
    ),
    "trigger": "SELECT o.oid FROM pg_catalog.pg_trigger o WHERE o.tgrelid = {relation} AND o.tgname = {name}",
    "policy": "SELECT o.oid FROM pg_catalog.pg_policy o WHERE o.polrelid = {relation} AND o.polname = {name}",
    "rule": "SELECT o.oid FROM pg_catalog.pg_rewrite o WHERE o.ev_class = {relation} AND o.rulename = {name}",
}
_CATALOGS = {
    "constraint": "pg_constraint",
    "domain_constraint": "pg_constraint",
    "trigger": "pg_trigger",
    "policy": "pg_policy",
    "rule": "pg_rewrite",
}
_FACTS = {"owner": "owner", "privileges": "acl", "default_privileges": "acl", "comment": "comment",
          "security_label": "labels"}  # fmt: skip
_WHOLE = frozenset({"smallint", "integer", "bigint", "numeric"})


def _kept(identity: ObjectId) -> Kept | None:
    kind, name = identity.kind, dollar_quote(designation(identity))
    relation = f"pg_catalog.to_regclass({name})::oid"
    if kind in _RELATIONS:
        target = f"TABLE {designation(identity)}"
        return Kept(catalog="pg_class", spelling=spell(identity), id=relation, target=target)
    if kind in ("sequence", "index"):
        target = spell(identity) if kind == "sequence" else ""
        return Kept(
            catalog="pg_class",
            spelling=spell(identity),
            id=relation,
            target=target,
            has_position=kind == "sequence",
        )
    if kind in _TYPES:
        found = f"pg_catalog.to_regtype({name})::oid" if kind != "base_type" else _base_type(identity)
        return Kept(catalog="pg_type", spelling=spell(identity), id=found, target=f"TYPE {designation(identity)}")
    if kind in ("routine", "aggregate"):
        called = grant_designation(identity).replace("(*)", "()")
        found = f"pg_catalog.to_regprocedure({dollar_quote(called.replace('VARIADIC ', ''))})::oid"
        found = _routine(identity) if kind == "routine" and "." in identity.signature else found
        return Kept(catalog="pg_proc", spelling=spell(identity), id=found, target=f"ROUTINE {called}")
    return _kept_child(identity)


def _routine(identity: ObjectId) -> str:
    """Find a routine of types that may be shells, which to_regprocedure refuses before v16."""
    within = f"pg_catalog.to_regnamespace({dollar_quote(quote_identifier(identity.namespace))})"
    types = f"pg_catalog.oidvectortypes(p.proargtypes) = {dollar_quote(identity.signature)}"
    named = f"p.proname = {dollar_quote(identity.name)} AND p.pronamespace = {within}"
    return f"(SELECT p.oid FROM pg_catalog.pg_proc p WHERE {named} AND {types})"


def _base_type(identity: ObjectId) -> str:
    """Find a type that may be a shell, which to_regtype refuses before v16."""
    within = f"pg_catalog.to_regnamespace({dollar_quote(quote_identifier(identity.namespace))})"
    name = dollar_quote(identity.name)
    return f"(SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typname = {name} AND t.typnamespace = {within})"


def _kept_child(identity: ObjectId) -> Kept | None:
    above = dollar_quote(quote_qualified(QualifiedName(identity.namespace, identity.parent)))
    relation, above_type = f"pg_catalog.to_regclass({above})::oid", f"pg_catalog.to_regtype({above})::oid"
    if identity.kind == "column":
        target = f"TABLE {parent_name(identity)}"
        return Kept(catalog="pg_class", spelling=spell(identity), id=relation, target=target, part=identity.name)
    if identity.kind not in _CHILDREN:
        return None
    query = _CHILDREN[identity.kind].format(relation=relation, type=above_type, name=dollar_quote(identity.name))
    return Kept(catalog=_CATALOGS[identity.kind], spelling=spell(identity), id=f"({query})")


def keep_facts(statements: list[tuple[Node, Statement]], graph: Graph) -> Iterator[Statement]:
    """Put among a plan's statements what notes facts and gives them back.

    Args:
        statements: The plan's, in order, each with what it is part of.
        graph: The plan.
    """
    keeper = _Keeper(graph)
    runs = list(_runs(statements))
    for number, run in enumerate(runs):
        for node, _ in run:
            keeper.place(node, number)
    for number, run in enumerate(runs):
        yield from keeper.before(number)
        yield from (statement for _, statement in run)
        yield from keeper.after(number)


def _runs(statements: list[tuple[Node, Statement]]) -> Iterator[list[tuple[Node, Statement]]]:
    """Cut where a transaction must end; as `cut_stages`."""
    run: list[tuple[Node, Statement]] = []
    for node, statement in statements:
        if not statement.transactional or reads_without_blocking(statement.hazards):
            if run:
                yield run
            yield [(node, statement)]
            run = []
        else:
            run.append((node, statement))
    if run:
        yield run


class _Keeper:
    """Knows which run of statements drops and which one makes what.

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
        """A column's facts go with those of its table."""
        table = ObjectId(kind="table", namespace=identity.namespace, name=identity.parent)
        if identity.kind == "column" and table in self._context.drops:
            return False
        return _kept(identity) is not None

    def place(self, node: Node, run: int) -> None:
        self._first.setdefault(node, run)
        self._last[node] = run

    def before(self, run: int) -> Iterator[Statement]:
        going = {identity: self._comes(identity) for identity in self._rebuilt if self._matters(identity)}
        for successor, before in self._successors.items():
            if before is not None and self._is_gone(before, successor):
                going[before] = self._comes(successor)
        for store in (SESSION, DATABASE):
            about = [i for i, comes in going.items() if self._leaves(i) == run and _store(run, comes) is store]
            if about:
                kept = _all_kept(about)
                summary = keep_summary(kept, self._compared)
                yield _statement(about[0], Role.KEEP, keep_sql(kept, self._compared, store), summary)

    def after(self, run: int) -> Iterator[Statement]:
        back = [identity for identity in self._rebuilt if self._comes(identity) == run and self._matters(identity)]
        for store in (SESSION, DATABASE):
            about = [identity for identity in back if _store(self._leaves(identity), run) is store]
            if about:
                yield _statement(about[0], Role.RESTORE, restore_sql(_all_kept(about), store), RESTORE_SUMMARY)
        for successor, before in self._successors.items():
            if self._comes(successor) == run:
                yield _statement(successor, Role.RESTORE, self._go_on(successor, before), POSITION_SUMMARY)

    def _matters(self, identity: ObjectId) -> bool:
        """Where everything that goes with an object is compared, nothing is left to be kept."""
        goes = {"comment"} if identity.kind in {"index", *_CHILDREN} else set(_FACTS.values())
        return identity.kind == "sequence" or not self._compared >= goes

    def _is_gone(self, before: ObjectId, successor: ObjectId) -> bool:
        leaves, comes = self._leaves(before), self._comes(successor)
        return leaves is not None and comes is not None and leaves <= comes

    def _leaves(self, identity: ObjectId) -> int | None:
        sequence = self._context.observed.find(Sequence, identity)
        if sequence is not None and sequence.identity_of_column and sequence.owned_by_table is not None:
            column = self._context.observed.column(sequence.owned_by_table, sequence.owned_by_column)
            release = Node("release", column.identity) if column is not None else None
            if release in self._first:
                return self._first[release]
        node = self._graph.departure.get(identity)
        return self._first.get(node) if node is not None else None

    def _comes(self, identity: ObjectId) -> int | None:
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
        noted = self._is_gone(before, successor)
        store = _store(self._leaves(before), self._comes(successor)) if noted else None
        return position_sql(qualified(sequence), highest, designation(before), store)


def _store(leaves: int | None, comes: int | None) -> FactStore:
    return SESSION if leaves == comes else DATABASE


def _compared(context: Context) -> frozenset[str]:
    """Name the facts that the plan itself is about."""
    kinds = context.profile.facets()
    kinds |= {item.kind for side in (context.desired, context.observed) for item in side.objects.values()}
    return frozenset(fact for kind, fact in _FACTS.items() if kind in kinds)


def _successors(context: Context) -> Iterator[tuple[ObjectId, ObjectId | None]]:
    """Name the sequences that begin to number a column which has rows, and what numbered it so far."""
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


def _all_kept(identities: Iterable[ObjectId]) -> list[Kept]:
    return [kept for identity in identities if (kept := _kept(identity)) is not None]


def _statement(about: ObjectId, role: Role, sql: str, summary: str) -> Statement:
    return Statement(sql=sql, object=about, change=ChangeKind.ALTERED, role=role, summary=summary)
