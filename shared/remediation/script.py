"""Write a plan as a script for `psql -f`; no name in it can break out of its quotes or comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from shared.kinds.step import Role
from shared.remediation.plan import Plan, ProofStatus, Statement
from shared.remediation.progress import Progress
from shared.remediation.psql import comment, shield
from shared.remediation.stages import Stage, cut_stages
from shared.schema.identity import ObjectId
from shared.sql import quote_literal

_SETTINGS = (
    "SET check_function_bodies = off",
    "SET client_min_messages = warning",
    "SET search_path = pg_catalog",
)


def render_script(plan: Plan, *, destructive: bool = False, guard_sql: str = "", title: str = "") -> str:
    """Write the script; empty for a plan without statements.

    Args:
        plan: What to render.
        destructive: Write destructive statements as statements; otherwise they are comments.
        guard_sql: One statement that raises an error when the tenant is not what the plan was made for.
        title: What the header says the script is for.
    """
    if not plan.statements:
        return ""
    lines = list(_header(plan, title))
    lines += ["\\set ON_ERROR_STOP on", *(f"{setting};" for setting in _SETTINGS), ""]
    if guard_sql:
        lines += [shield(guard_sql.rstrip().removesuffix(";")) + ";", ""]
    for withheld, run in groupby(plan.statements, key=lambda statement: statement.destructive and not destructive):
        if withheld:
            lines += _withheld(run)
        else:
            lines += _stages(cut_stages(run), plan)
    return "\n".join(lines).rstrip() + "\n"


def _header(plan: Plan, title: str) -> Iterator[str]:
    yield comment(f"fleetdrift remediation{': ' + title if title else ''}")
    yield comment(f"from {plan.observed} to {plan.desired}")
    match plan.proof.status:
        case ProofStatus.PROVEN:
            yield comment("proven on a scratch copy")
        case _:
            yield comment(f"not proven: {plan.proof.reason or 'no attempt was made'}")
    yield ""


def _stages(stages: tuple[Stage, ...], plan: Plan) -> Iterator[str]:
    """Write the stages; a script of several leaves out those that it has run before."""
    progress = Progress(plan, stages)
    for number, stage in enumerate(stages):
        condition = progress.has_run(number)
        if condition is None:
            yield from _stage(stage) if stage.transactional else _alone(stage)
            continue
        yield f"SELECT {shield(condition)} AS fleetdrift_done \\gset"
        yield "\\if :fleetdrift_done"
        yield "\\else"
        lines = [line for line in (_stage(stage) if stage.transactional else _alone(stage)) if line]
        end = len(lines) - 1 if stage.transactional else len(lines)  # before COMMIT
        yield from (*lines[:end], *progress.note(number), *lines[end:])
        yield "\\endif"
        yield ""
    yield from progress.forget()


def _alone(stage: Stage) -> Iterator[str]:
    """Write a statement that runs outside transactions so that it can be tried again, over an invalid index too."""
    [statement] = stage.statements
    match statement.role:
        case Role.CREATE | Role.PREPARE:
            yield from _remove_invalid(statement.object)
            sql = statement.sql.replace(_CONCURRENTLY, f"{_CONCURRENTLY}IF NOT EXISTS ", 1)
        case Role.DROP:
            sql = statement.sql.replace(_CONCURRENTLY, f"{_CONCURRENTLY}IF EXISTS ", 1)
        case _:
            sql = statement.sql
    yield from _stage(Stage((msgspec.structs.replace(statement, sql=sql),), transactional=False))


_CONCURRENTLY = " INDEX CONCURRENTLY "
"""Stands in each statement that makes or drops something outside transactions, before any name."""


def _remove_invalid(index: ObjectId) -> Iterator[str]:
    yield "SELECT pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)"
    yield "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
    yield "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    place = f"n.nspname = {quote_literal(index.namespace)} AND c.relname = {quote_literal(index.name)}"
    yield f"WHERE NOT i.indisvalid AND {shield(place)} \\gexec"


def _stage(stage: Stage) -> Iterator[str]:
    if stage.transactional:
        yield "BEGIN;"
    set_to: tuple[int, int] | None = None
    for statement in stage.statements:
        lock, timeout = limits = statement.lock_timeout_ms, statement.statement_timeout_ms
        if limits != set_to:
            set_to = limits
            yield f"SET lock_timeout = '{lock}ms';"
            yield f"SET statement_timeout = '{timeout}ms';"
        yield from _hazards(statement)
        yield shield(statement.sql) + ";"
    if stage.transactional:
        yield "COMMIT;"
    yield ""


def _withheld(statements: Iterable[Statement]) -> Iterator[str]:
    yield comment("Destructive, and left out: ask for destructive statements to have them run.")
    for statement in statements:
        if not statement.keeps_facts:  # nobody needs to read them to decide
            yield from _hazards(statement)
            yield comment(shield(statement.sql) + ";")
    yield ""


def _hazards(statement: Statement) -> Iterator[str]:
    for hazard in statement.hazards:
        yield comment(f"{hazard.kind.value}: {hazard.message}")
