"""Fill a materialized view, as its owner, who may not be allowed to read what its query reads."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, breaks, scans
from shared.kinds.lookup import relations
from shared.kinds.names import qualified
from shared.kinds.naming import designation
from shared.kinds.recipes.privileges import may_use, owner_on
from shared.kinds.step import Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import MaterializedView
from shared.sql import dollar_quote, quote_literal

_WHERE_ALLOWED = """BEGIN
    {fill};
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING '% stays empty: %', {view}, SQLERRM;
END"""


def fill(view: MaterializedView, context: Context) -> list[Step]:
    """REFRESH MATERIALIZED VIEW, which PostgreSQL runs as its owner and lets do nothing else (REFRESH, Notes).

    Whether that role may read what the query reads is decided by memberships and superusers too, which no schema knows.
    Where nothing that is known allows it, a refusal is a warning: the view stays empty, and the plan goes on.
    """
    if not view.populated:
        return []
    what = qualified(view)
    hazards = [blocks_all(what), scans(f"what {what} selects from")]
    refused = sorted(designation(each) for each in _perhaps_refused(view.identity, context))
    if not refused:
        return [Step(Role.FILL, fill_sql(view.identity), tuple(hazards))]
    hazards.append(
        breaks(f"{what} stays empty, and queries of it fail, where its owner may not use {', '.join(refused)}")
    )
    return [Step(Role.FILL, _fill_where_allowed_sql(view.identity), tuple(hazards))]


def fill_needs(view: MaterializedView, context: Context) -> set[ObjectId]:
    """Name the objects that come before a materialized view is filled: its owner, privileges, comment, indexes."""
    return set(context.desired.dependents[view.identity])


def fill_sql(identity: ObjectId) -> str:
    """Write the statement that fills a materialized view."""
    return f"REFRESH MATERIALIZED VIEW {qualified(identity)}"


def _fill_where_allowed_sql(identity: ObjectId) -> str:
    body = _WHERE_ALLOWED.format(fill=fill_sql(identity), view=quote_literal(qualified(identity)))
    return f"DO {dollar_quote(body)}"


def is_fill(sql: str, identity: ObjectId) -> bool:
    """Say whether a statement does nothing but fill a materialized view.

    Args:
        sql: The statement.
        identity: The view.
    """
    return sql in (fill_sql(identity), _fill_where_allowed_sql(identity))


def _perhaps_refused(view: ObjectId, context: Context) -> Iterator[ObjectId]:
    """Name what the query uses at first hand and nothing that is known lets the view's owner use.

    What a view reads is its own owner's affair (CREATE VIEW, Notes). Nothing where owners are not compared.
    """
    owner = owner_on(context.desired, view)
    if owner is None:
        return
    for used in _used(view, context):
        needed = "SELECT" if used.kind in relations() else "EXECUTE" if used.kind == "routine" else ""
        holder = owner_on(context.desired, used)
        if not needed or holder is None or holder.role == owner.role:
            continue
        if not may_use(owner.role, used, needed, context.desired):
            yield used


def _used(view: ObjectId, context: Context) -> set[ObjectId]:
    """Name what a query depends on, and for each column its relation."""
    names = context.desired.references[view]
    of = (
        context.desired.relation(QualifiedName(name.namespace, name.parent)) for name in names if name.kind == "column"
    )
    return names | {relation.identity for relation in of if relation is not None}
