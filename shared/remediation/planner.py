"""Plan the statements that bring one schema to another, in an order in which they can run.

Other rooms plan through this module only: it decides what is rebuilt (`closure`), lists what is to be done and what
must wait for what (`graph`), sorts that (`order`), and adds what keeps owners and grants (`keeping`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import msgspec

from shared.diff.changes import Change, ChangeKind, SchemaDiff, Unverified
from shared.diff.compare import diff_schemas
from shared.kinds import RECORDS
from shared.kinds.context import Context, Recipe
from shared.kinds.node import Node
from shared.kinds.recipes.beside import is_succeeded
from shared.kinds.side import Side
from shared.kinds.step import Role, Step
from shared.remediation.closure import decide
from shared.remediation.failing_rows import failing_rows_of
from shared.remediation.graph import Graph, Parting
from shared.remediation.keeping import keep_facts
from shared.remediation.membership import membership
from shared.remediation.obstacles import obstacles, ways_that_are_blocked
from shared.remediation.order import cycles, delay, invert, sort_nodes
from shared.remediation.parting import break_cycles, take_apart
from shared.remediation.plan import LOCK_TIMEOUT_MS, Plan, Statement
from shared.remediation.ranks import is_facet
from shared.remediation.reachable import lossless_snapshot, without_blocked
from shared.remediation.respelling import keep_array_casts
from shared.remediation.tenant_code import tenant_code_of
from shared.schema.canonical import schema_hash
from shared.schema.database import Namespace
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from shared.schema.relations import Constraint, Index
from shared.schema.schema import Schema, Snapshot

_MAX_ROUNDS = 24  # of taking apart what stands on each other in a circle
_DEFAULT = Profile()


class _Sides(NamedTuple):
    """What a plan is between, and how it is to be made."""

    desired: Side
    observed: Side
    online: bool
    profile: Profile
    recipe: Recipe = Recipe.SHORT

    def context(self) -> Context:
        """Give a context in which nothing is decided yet."""
        return Context(self.desired, self.observed, online=self.online, profile=self.profile, recipe=self.recipe)


def plan_remediation(
    desired: Snapshot,
    observed: Snapshot,
    diff: SchemaDiff,
    *,
    destructive: bool,
    online: bool = True,
    profile: Profile = _DEFAULT,
    recipe: Recipe = Recipe.SHORT,
) -> Plan:
    """Give the statements that bring `observed` to `desired`.

    Without `destructive`, statements that would lose data or an undeclared object come last, marked as destructive, and
    the changes that they make are `remaining`: the statements before them can run without them.

    Args:
        desired: Where to.
        observed: Where from; its server version decides what the statements may use.
        diff: `diff_schemas(desired.schema, observed.schema)`.
        destructive: Whether the destructive statements are meant to run.
        online: Prefer forms that let readers and writers of existing tables go on.
        profile: Which facets both were read with; an object that is made again keeps the others as they are.
        recipe: How what writes every row of a table anew is done.

    Returns:
        A plan that is not proven yet.
    """
    unverified = [change for change in diff.changes if isinstance(change, Unverified)]
    names = (schema_hash(desired.schema), schema_hash(observed.schema))
    plan = partial(_plan, online=online, profile=profile, recipe=recipe)
    members = membership(desired, observed, diff)
    desired, diff = members.desired, members.diff
    goal, blocked = desired, {**members.hidden, **({} if destructive else ways_that_are_blocked(diff))}
    withheld, reasons = list[Change](), dict[ObjectId, str]()
    if blocked:
        goal, withheld, reasons = without_blocked(desired, observed, diff, blocked)
        diff = diff_schemas(goal.schema, observed.schema)
    statements, lossy = plan(goal, observed, diff)
    if lossy and not destructive:
        more = lossy
        while more:  # what is made again in the whole plan may be destroyed by a statement of its own in a part of it
            lossy |= more
            safe, waiting, waits = lossless_snapshot(goal, observed, diff, lossy)
            first, found = plan(safe, observed, diff_schemas(safe.schema, observed.schema))
            more = found - lossy
        second, _ = plan(goal, safe, diff_schemas(goal.schema, safe.schema))
        marked = tuple(msgspec.structs.replace(statement, destructive=True) for statement in second)
        statements, withheld, reasons = (*first, *marked), [*withheld, *waiting], waits | reasons
    remaining: Iterable[Change] = sorted([*withheld, *unverified], key=lambda change: change.identity)
    return Plan(
        desired=names[0],
        observed=names[1],
        statements=(*members.before, *statements, *members.after),
        remaining=tuple(remaining),
        obstacles=tuple(obstacles(reasons)),
    )


def create_script(snapshot: Snapshot) -> tuple[Statement, ...]:
    """Give the statements that create a schema in an empty database, in an order that an unprivileged owner can run.

    Materialized views stay empty: nothing of a tenant's is computed.
    """
    return tuple(map(_with_array_casts, restore_script(snapshot)))


def restore_script(snapshot: Snapshot) -> tuple[Statement, ...]:
    """Give the statements of `create_script` as pg_dump would spell them.

    PostgreSQL reads some expressions otherwise than it wrote them (`respelling`): they change, as after a restore.
    """
    # PostgreSQL makes `public` in every database: it is there before the first statement, and dropped when unwanted.
    empty = Snapshot(schema=Schema((Namespace(name="public"),)), server_version=snapshot.server_version, fingerprint="")
    statements, _ = _deparsed_plan(snapshot, empty, diff_schemas(snapshot.schema, empty.schema), online=False)
    return tuple(statement for statement in statements if statement.role is not Role.FILL)


def _plan(
    desired: Snapshot,
    observed: Snapshot,
    diff: SchemaDiff,
    *,
    online: bool,
    profile: Profile = _DEFAULT,
    recipe: Recipe = Recipe.SHORT,
) -> tuple[tuple[Statement, ...], frozenset[ObjectId]]:
    """Plan all changes, destructive or not.

    Returns:
        The statements, and the objects whose changes are destructive.
    """
    statements, lossy = _deparsed_plan(desired, observed, diff, online=online, profile=profile, recipe=recipe)
    return tuple(map(_with_array_casts, statements)), lossy


def _with_array_casts(statement: Statement) -> Statement:
    return msgspec.structs.replace(statement, sql=keep_array_casts(statement.sql))


def _deparsed_plan(
    desired: Snapshot,
    observed: Snapshot,
    diff: SchemaDiff,
    *,
    online: bool,
    profile: Profile = _DEFAULT,
    recipe: Recipe = Recipe.SHORT,
) -> tuple[tuple[Statement, ...], frozenset[ObjectId]]:
    if not diff:
        return (), frozenset()
    sides = _Sides(Side(desired), Side(observed), online, profile, recipe)
    graph, order = _ordered(diff, sides)
    statements: list[tuple[Node, Statement]] = []
    lossy: set[ObjectId] = set()
    for node in order:
        for step in graph.steps[node]:
            statement = _statement(node, step, graph.context)
            statements.append((node, statement))
            if statement.destructive:
                lossy.add(node.identity)
                lossy |= set(graph.hosted[node])
    return tuple(keep_facts(statements, graph)), frozenset(lossy)


def _statement(node: Node, step: Step, context: Context) -> Statement:
    dropped, created = node.identity in context.drops, node.identity in context.creates
    either = ChangeKind.MISSING if created else ChangeKind.UNEXPECTED
    if node.phase == "drop":
        rebuilt = created
        keeps = RECORDS[node.identity.kind].loses_when_rebuilt
        lost = (step.destructive and keeps) if rebuilt else not is_facet(node.identity)
    else:
        lost = step.destructive
    found = (tenant_code_of(node.identity, step, context), failing_rows_of(node.identity, step, context))
    return Statement(
        sql=step.sql,
        object=step.about or node.identity,
        change=ChangeKind.ALTERED if dropped == created else either,
        role=step.role,
        hazards=tuple(sorted({*step.hazards, *(hazard for hazard in found if hazard is not None)})),
        destructive=lost,
        transactional=step.transactional,
        # CONCURRENTLY waits for older transactions by taking their locks, and holds up nobody meanwhile.
        lock_timeout_ms=LOCK_TIMEOUT_MS if step.transactional else 0,
    )


def _ordered(diff: SchemaDiff, sides: _Sides) -> tuple[Graph, list[Node]]:
    """Sort the nodes, breaking cycles.

    Where objects stand on each other in a circle, parts of them get statements of their own (`parting`); where that is
    not enough, the node of lowest rank goes first.
    """
    parting = Parting()
    for _ in range(_MAX_ROUNDS):
        context = sides.context()
        graph = Graph(context, decide(diff, context, parting.rebuilt), parting)
        order, left = sort_nodes(graph.steps, graph.edges, graph.rank)
        more = take_apart(graph, left) if left else parting
        if more == parting:
            break
        parting = more
    while left:
        break_cycles(graph, left)
        order, left = sort_nodes(graph.steps, graph.edges, graph.rank)
    return graph, _close_gaps(graph, *_respecting_mentions(graph, order))


def _close_gaps(graph: Graph, order: list[Node], edges: dict[Node, set[Node]]) -> list[Node]:
    """Move the drop of an object that is made again, and its creation, next to each other.

    The object is then missing for a moment only, and where both are in one transaction nobody sees it missing.
    """
    context = graph.context
    again = context.drops & context.creates
    dropped_late = delay(
        order,
        edges,
        lambda node: (
            node.phase == "drop"
            and RECORDS[node.identity.kind].dropped_late
            and (node.identity in again or _is_succeeded(node.identity, context))
        ),
    )
    created_soon = delay(
        dropped_late[::-1],
        invert(edges),
        lambda node: node.phase == "create" and node.identity in again and RECORDS[node.identity.kind].made_at_once,
    )
    return created_soon[::-1]


def _is_succeeded(identity: ObjectId, context: Context) -> bool:
    item = context.observed.objects[identity]
    return isinstance(item, Index | Constraint) and is_succeeded(item, context)


def _respecting_mentions(graph: Graph, order: list[Node]) -> tuple[list[Node], dict[Node, set[Node]]]:
    """Sort again so that what a body only mentions comes before the body, where no real dependency is against it.

    Returns:
        The order, and its edges.
    """
    edges = {node: set(followers) for node, followers in graph.edges.items()}
    for first, then in graph.mentions:
        edges.setdefault(first, set()).add(then)
    better, left = sort_nodes(graph.steps, edges, graph.rank)
    while left:
        for cycle in cycles(left, edges):
            for first, then in graph.mentions:
                if first in cycle and then in cycle and then not in graph.edges.get(first, ()):
                    edges[first].discard(then)
        better, left = sort_nodes(graph.steps, edges, graph.rank)
    assert len(better) == len(order)
    return better, edges
