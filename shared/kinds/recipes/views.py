"""Views and materialized views."""

from __future__ import annotations

import re

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, breaks, rewrites
from shared.kinds.names import parent_name, qualified
from shared.kinds.recipes.column_sql import default_storage
from shared.kinds.recipes.extension_ties import tie_to_extensions
from shared.kinds.recipes.filling import fill, fill_sql
from shared.kinds.recipes.parameters import change_parameters, storage_parameters
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.relations import MaterializedView, View, ViewColumn
from shared.sql import quote_identifier


def create_view(view: View, context: Context) -> list[Step]:
    """CREATE VIEW."""
    if view.identity in context.hollow:
        return [Step(Role.REPLACE, _view_sql("CREATE OR REPLACE", view), (blocks_all(qualified(view)),))]
    return [Step(Role.CREATE, _view_sql("CREATE", view))]


_VIEW_COLUMN = re.compile(r'("(?:[^"]|"")*"|[^ "]+) (.+)', re.DOTALL)
"""An element of `View.columns`: its quoted name and its type."""


def begin_view(view: View, context: Context) -> list[Step]:
    """Give a view its columns without its query, as pg_dump does where the query needs what needs the view."""
    if view.identity not in context.hollow:
        return []
    found = (_VIEW_COLUMN.fullmatch(column) for column in view.columns)
    columns = ", ".join(f"NULL::{match[2]} AS {match[1]}" for match in found if match is not None)
    what = qualified(view)
    hazards = (blocks_all(what), breaks(f"{what} gives one row of NULLs for now"))
    return [Step(Role.REPLACE, f"CREATE OR REPLACE VIEW {what} AS\nSELECT {columns}", hazards)]


def _view_sql(verb: str, view: View) -> str:
    options = f" WITH ({storage_parameters(view.options)})" if view.options else ""
    return f"{verb} VIEW {qualified(view)}{options} AS\n{view.definition.rstrip().removesuffix(';')}"


def drop_view(view: View, context: Context) -> list[Step]:
    """DROP VIEW."""
    del context
    what = qualified(view)
    return [
        Step(
            Role.DROP,
            f"DROP VIEW {what}",
            (
                blocks_all(what),
                breaks(f"queries of {what} fail"),
            ),
        )
    ]


def alter_view(desired: View, observed: View, fields: frozenset[str], context: Context) -> list[Step] | Verdict:
    """CREATE OR REPLACE VIEW where columns are only appended (CREATE VIEW, Notes); options in place."""
    del context
    if desired.columns[: len(observed.columns)] != observed.columns:
        return REBUILD
    if fields <= {"options"}:
        changes = change_parameters(desired.options, observed.options)
        return [Step(Role.SET, f"ALTER VIEW {qualified(desired)} {change}") for change in changes]
    return [Step(Role.REPLACE, _view_sql("CREATE OR REPLACE", desired), (blocks_all(qualified(desired)),))]


def create_materialized_view(view: MaterializedView, context: Context) -> list[Step]:
    """CREATE MATERIALIZED VIEW, empty: its query calls functions, and so runs only once it has its owner (`fill`)."""
    del context
    parts = [f"CREATE MATERIALIZED VIEW {qualified(view)}"]
    if view.access_method not in ("heap", ""):
        parts.append(f" USING {quote_identifier(view.access_method)}")
    if view.options:
        parts.append(f" WITH ({storage_parameters(view.options)})")
    if view.tablespace:
        parts.append(f" TABLESPACE {quote_identifier(view.tablespace)}")
    query = view.definition.rstrip().removesuffix(";")
    step = Step(Role.CREATE, f"{''.join(parts)} AS\n{query}\nWITH NO DATA")
    what = qualified(view)
    return [step, *tie_to_extensions(f"MATERIALIZED VIEW {what}", view.depends_on_extensions, locked=what)]


def _emptied(view: MaterializedView) -> list[Step]:
    what = qualified(view)
    return [
        Step(Role.SET, f"{fill_sql(view.identity)} WITH NO DATA", (blocks_all(what), breaks(f"queries of {what} fail")))
    ]


def drop_materialized_view(view: MaterializedView, context: Context) -> list[Step]:
    """DROP MATERIALIZED VIEW; its content can be computed again."""
    del context
    what = qualified(view)
    return [Step(Role.DROP, f"DROP MATERIALIZED VIEW {what}", (blocks_all(what), breaks(f"queries of {what} fail")))]


def alter_materialized_view(
    desired: MaterializedView, observed: MaterializedView, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """Storage in place; another query means another materialized view."""
    if not fields <= {"options", "tablespace", "depends_on_extensions", "populated"}:
        return REBUILD
    what = qualified(desired)
    changes = change_parameters(desired.options, observed.options)
    steps = [Step(Role.SET, f"ALTER MATERIALIZED VIEW {what} {change}") for change in changes]
    if "tablespace" in fields:
        target = quote_identifier(desired.tablespace or "pg_default")
        steps.append(
            Step(
                Role.SET, f"ALTER MATERIALIZED VIEW {what} SET TABLESPACE {target}", (blocks_all(what), rewrites(what))
            )
        )
    if "populated" in fields:
        steps += fill(desired, context) or _emptied(desired)
    ties = (desired.depends_on_extensions, observed.depends_on_extensions)
    return steps + tie_to_extensions(f"MATERIALIZED VIEW {what}", *ties, locked=what)


_NOTHING = ViewColumn(name="", parent="")


def create_view_column(column: ViewColumn, context: Context) -> list[Step]:
    """Write the statements that give a view's column its own default and settings."""
    return _view_column_steps(column, _NOTHING, context)


def drop_view_column(column: ViewColumn, context: Context) -> list[Step]:
    """Write the statements that take a view's column its own default and settings."""
    return _view_column_steps(_NOTHING, column, context)


def _view_column_steps(desired: ViewColumn, observed: ViewColumn, context: Context) -> list[Step]:
    one = desired if desired.name else observed
    materialized = any(
        identity.kind == "materialized_view" and (identity.namespace, identity.name) == (one.namespace, one.parent)
        for identity in (*context.desired.references[one.identity], *context.observed.references[one.identity])
    )
    keyword = "MATERIALIZED VIEW" if materialized else "VIEW"
    alter = f"ALTER {keyword} {parent_name(one)} ALTER COLUMN {quote_identifier(one.name)}"
    steps = []
    if desired.default != observed.default:
        steps.append(f"{alter} SET DEFAULT {desired.default}" if desired.default else f"{alter} DROP DEFAULT")
    if desired.statistics_target != observed.statistics_target:
        steps.append(f"{alter} SET STATISTICS {desired.statistics_target}")
    if desired.storage != observed.storage:
        storage = desired.storage or default_storage(_type_of(one, context), context)
        steps.append(f"{alter} SET STORAGE {storage.upper()}")
    if desired.compression != observed.compression:
        steps.append(f"{alter} SET COMPRESSION {desired.compression or 'default'}")
    if desired.options != observed.options:
        steps += [f"{alter} {change}" for change in change_parameters(desired.options, observed.options)]
    lock = (blocks_all(parent_name(one)),)
    return [Step(Role.SET, sql, () if " SET STATISTICS " in sql else lock) for sql in steps]


def _type_of(column: ViewColumn, context: Context) -> str:
    """Give a column's type, from the list "name type" of its materialized view."""
    for identity in context.observed.references[column.identity]:
        view = context.observed.find(MaterializedView, identity)
        for entry in view.columns if view is not None else ():
            if entry.startswith(f"{column.name} "):
                return entry.removeprefix(f"{column.name} ")
    return ""


def alter_view_column(
    desired: ViewColumn, observed: ViewColumn, fields: frozenset[str], context: Context
) -> list[Step]:
    """Every attribute in place."""
    del fields
    return _view_column_steps(desired, observed, context)
