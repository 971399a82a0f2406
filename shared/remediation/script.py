"""Write a plan as a script for `psql -f`; no name in it can break out of its quotes or comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from shared.kinds.step import Hazard, Role
from shared.pinned import WRITING, setting
from shared.remediation.detaching import detaches_alone, finishing_sql, is_partition_sql
from shared.remediation.kept_facts import SETTING
from shared.remediation.own_process import own_process
from shared.remediation.plan import LOCK_TIMEOUT_MS, Plan, Statement
from shared.remediation.progress import KEPT, Progress
from shared.remediation.psql import comment, shield
from shared.remediation.script_head import obstacle_lines, script_head
from shared.remediation.stages import BLOCKS, Stage, cut_stages
from shared.remediation.superuser import refuse_superuser
from shared.schema.identity import ObjectId, QualifiedName
from shared.sql import quote_literal, quote_qualified, within_literal

_PIN, _PIN_SESSION, _UNPIN_SESSION = "fleetdrift_pin", "fleetdrift_pin_session", "fleetdrift_unpin_session"
_DONE = "fleetdrift_done"
_BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \\; :{_PIN};"
_SET_ALONE = (*(name for name, _ in WRITING), "lock_timeout", "statement_timeout")


def render_script(
    plan: Plan, *, destructive: bool = False, tenant_code: bool = False, guard_sql: str = "", title: str = ""
) -> str:
    """Write the script; empty for a plan without statements, and comments only where it has nothing but obstacles.

    Args:
        plan: What to render.
        destructive: Write destructive statements as statements; otherwise they are comments.
        tenant_code: Let a superuser run statements that call functions of the database's owner; otherwise the script
            stops at its head for one who has not set psql's variable `run_tenant_code_as_superuser`.
        guard_sql: One statement that raises an error when the tenant is not what the plan was made for.
        title: What the header says the script is for.
    """
    if not plan.statements:
        return "".join(f"{line}\n" for line in obstacle_lines(plan))
    shown = tuple(statement for statement in plan.statements if destructive or not statement.destructive)
    lines = [*script_head(plan, shown, title), "\\set ON_ERROR_STOP on", ""]
    lines += own_process(cut_stages(shown))
    lines += () if tenant_code else refuse_superuser(shown)
    if guard_sql:
        lines += [shield(guard_sql.rstrip().removesuffix(";")) + ";", ""]
    parts = groupby(plan.statements, key=lambda statement: statement.destructive and not destructive)
    cut = [(withheld, tuple(run)) for withheld, run in parts]
    stages = [cut_stages(run) for withheld, run in cut if not withheld]
    lines += _settings(alone=any(not stage.transactional for part in stages for stage in part))
    count, begun = sum(map(len, stages)), 0
    for withheld, run in cut:
        if withheld:
            lines += _withheld(run)
            continue
        own = cut_stages(run)
        lines += _stages(own, plan, [f"stage {begun + n + 1} of {count}" for n in range(len(own))])
        begun += len(own)
    return "\n".join(lines).rstrip() + "\n"


def _settings(*, alone: bool) -> Iterator[str]:
    """Write the variables that hold what each transaction begins with, and what surrounds a statement that has none."""
    yield comment("What each transaction pins, whatever settings the database or the role has of its own.")
    yield _variable(_PIN, setting(WRITING))
    if alone:
        yield _variable(_PIN_SESSION, setting(WRITING, scope="SESSION"))
        yield _variable(_UNPIN_SESSION, tuple(f"RESET {name}" for name in _SET_ALONE))
    yield ""


def _variable(name: str, statements: tuple[str, ...]) -> str:
    # One message to the server: an owner's own timeouts end with it, and none can strike between two of them.
    value = within_literal(" \\; ".join(statements), escaped=True)
    return f"\\set {name} '{value}'"


def _stages(stages: tuple[Stage, ...], plan: Plan, titles: list[str]) -> Iterator[str]:
    """Write the stages; a script of several leaves out those that it has run before."""
    progress = Progress(plan, stages)
    yield from progress.begin()
    yield from _finish_detaching(stages)
    for number, stage in enumerate(stages):
        yield from _stage_head(stage, titles[number])
        condition = progress.has_run(number)
        if stage.transactional:
            yield _BEGIN
            yield from _unless(condition, [*_statements(stage, scope="LOCAL"), *progress.note(number)])
            yield "COMMIT;"
        else:
            lines = [*_alone(stage), *progress.note(number)]
            if condition is not None:
                yield from (_BEGIN, _asked(condition), "COMMIT;")
                lines = list(_skipping(lines))
            yield from lines
        yield ""
    yield from progress.end()


def _stage_head(stage: Stage, title: str) -> Iterator[str]:
    """Write which stage comes, and the locks that it holds until it ends, each once."""
    how = "in one transaction" if stage.transactional else "outside a transaction"
    yield comment(f"{title}, {how}")
    hazards = (hazard for statement in stage.statements for hazard in statement.hazards if hazard.kind in BLOCKS)
    yield from (_hazard(hazard) for hazard in dict.fromkeys(hazards))


def _unless(condition: str | None, lines: list[str]) -> Iterator[str]:
    if condition is None:
        yield from lines
        return
    yield _asked(condition)
    yield from _skipping(lines)


def _asked(condition: str) -> str:
    return f"SELECT {condition} AS {_DONE} \\gset"


def _skipping(lines: list[str]) -> Iterator[str]:
    yield from (f"\\if :{_DONE}", "\\else", *lines, "\\endif")


def _alone(stage: Stage) -> Iterator[str]:
    """Write a statement that runs outside transactions so that it can be tried again, over an invalid index too."""
    [statement] = stage.statements
    yield f":{_PIN_SESSION};"
    if detaches_alone(statement):
        yield from _detaching(stage)
        yield f":{_UNPIN_SESSION};"
        return
    match statement.role:
        case Role.CREATE | Role.PREPARE if statement.object.kind in ("index", "constraint"):
            yield from _remove_invalid(statement.object)
            sql = statement.sql.replace(_CONCURRENTLY, f"{_CONCURRENTLY}IF NOT EXISTS ", 1)
        case Role.DROP:
            sql = statement.sql.replace(_CONCURRENTLY, f"{_CONCURRENTLY}IF EXISTS ", 1)
        case _:
            sql = statement.sql
    again = msgspec.structs.replace(statement, sql=sql)
    yield from _statements(Stage((again,), transactional=False), scope="SESSION")
    yield f":{_UNPIN_SESSION};"


def _detaching(stage: Stage) -> Iterator[str]:
    """Write what detaches a partition; nothing where it is none any more."""
    [statement] = stage.statements
    yield f"SELECT {shield(is_partition_sql(statement))} AS fleetdrift_attached \\gset"
    yield "\\if :fleetdrift_attached"
    yield from _statements(stage, scope="SESSION")
    yield "\\endif"


def _finish_detaching(stages: Iterable[Stage]) -> Iterator[str]:
    """Write what finishes a detaching that an earlier run has begun: until then nothing else can be done there."""
    for stage in stages:
        if not detaches_alone(stage.statements[0]):
            continue
        [statement] = stage.statements
        yield comment("A detaching that an earlier run began and did not finish is finished first.")
        yield from (_BEGIN, f"SELECT {shield(is_partition_sql(statement, pending=True))} AS fleetdrift_pending \\gset")
        finish = msgspec.structs.replace(statement, sql=finishing_sql(statement), lock_timeout_ms=LOCK_TIMEOUT_MS)
        yield "\\if :fleetdrift_pending"
        yield from _statements(Stage((finish,)), scope="LOCAL")
        yield from ("\\endif", "COMMIT;", "")


_CONCURRENTLY = " INDEX CONCURRENTLY "
"""Stands in each statement that makes or drops something outside transactions, before any name."""


def _remove_invalid(index: ObjectId) -> Iterator[str]:
    place = f"n.nspname = {quote_literal(index.namespace)} AND c.relname = {quote_literal(index.name)}"
    yield "SELECT EXISTS ("
    yield "    SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
    yield "    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    yield f"    WHERE NOT i.indisvalid AND {shield(place)}"
    yield ") AS fleetdrift_invalid \\gset"
    yield "\\if :fleetdrift_invalid"
    yield "SET SESSION lock_timeout = '5s'; SET SESSION statement_timeout = 0;"
    yield f"DROP INDEX CONCURRENTLY IF EXISTS {shield(quote_qualified(QualifiedName(index.namespace, index.name)))};"
    yield "\\endif"


def _statements(stage: Stage, *, scope: str) -> Iterator[str]:
    set_to: tuple[int, int] | None = None
    for statement in stage.statements:
        lock, timeout = limits = statement.lock_timeout_ms, statement.statement_timeout_ms
        if limits != set_to:
            set_to = limits
            yield f"SET {scope} lock_timeout = '{lock}ms'; SET {scope} statement_timeout = '{timeout}ms';"
        yield from (_hazard(hazard) for hazard in statement.hazards if hazard.kind not in BLOCKS)
        yield from statement_lines(statement)


def statement_lines(statement: Statement) -> Iterator[str]:
    """Write one statement for psql; what KEEP asks for is held in psql's variable and handed to what needs it."""
    match statement.role:
        case Role.KEEP:
            yield f"SELECT :'{KEPT}'::jsonb || ("
            yield shield(statement.sql)
            yield f") AS {KEPT} \\gset"
        case Role.CHECK | Role.RESTORE:
            yield f"SELECT pg_catalog.set_config('{SETTING}', :'{KEPT}', true) AS {KEPT} \\gset"
            yield shield(statement.sql) + ";"
        case _:
            yield shield(statement.sql) + ";"


def _withheld(statements: Iterable[Statement]) -> Iterator[str]:
    yield comment("Destructive, and left out: ask for destructive statements to have them run.")
    for statement in statements:
        if not statement.keeps_facts:  # nobody needs to read them to decide
            yield from map(_hazard, statement.hazards)
            yield comment(shield(statement.sql) + ";")
    yield ""


def _hazard(hazard: Hazard) -> str:
    return comment(f"{hazard.kind.value}: {hazard.message}")
