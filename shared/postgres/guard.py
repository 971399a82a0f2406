"""A plan's guard as SQL: it raises where the database is not in a state the plan may start from.

It asks with the very queries that read the schema, under the same settings, in a read-only transaction of its own. psql
can run it, and so can a connection.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.postgres.catalog import kinds_of, query_text, rows_statement
from shared.postgres.placeholders import PLACEHOLDER
from shared.postgres.session import PINNED
from shared.remediation.guard import Guard, as_text, key_of
from shared.schema.model import KINDS
from shared.sql import is_plain, quote_identifier, quote_literal

REFUSED = "FD001"
"""SQLSTATE of the refusal."""

_BLOCK = """DO {tag}
DECLARE
    difference text;
BEGIN
    CASE current_setting('server_version_num')::int4 / 10000
{cases}
    ELSE
        RAISE EXCEPTION 'fleetdrift: this plan was made for PostgreSQL {majors}; scan this tenant again'
            USING ERRCODE = '{refused}';
    END CASE;
    IF difference IS NOT NULL THEN
        RAISE EXCEPTION 'fleetdrift: this database has changed since the plan was made; scan it again. Different: %',
            difference USING ERRCODE = '{refused}';
    END IF;
END
{tag}"""
_CASE = """    WHEN {major} THEN
        difference := ({query});"""


def guard_sql(guards: Iterable[Guard], *, namespace: str = "") -> str:
    """Write the guard of a plan.

    Args:
        guards: The spellings of what the database must look like, of any server versions, at least one.
        namespace: The tenant's own, where the plan is about one namespace; empty for the whole database.

    Returns:
        Statements that psql can run as they are: a read-only transaction around a DO block, with `REFUSED` as the
        SQLSTATE of its refusal.
    """
    pinned = "".join(f"SET LOCAL {_setting(name, value)};\n" for name, value in PINNED)
    block = _block(tuple(guards), namespace)
    return f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{pinned}{block};\nCOMMIT;"


def _setting(name: str, value: str) -> str:
    return f"{name} = {value}" if name == "search_path" else f"{name} = {quote_literal(value)}"


def _block(guards: tuple[Guard, ...], namespace: str) -> str:
    majors = sorted({guard.major for guard in guards})
    assert majors, "a plan without guards has no guard to write"
    cases = "\n".join(
        _CASE.format(major=major, query=_query([guard for guard in guards if guard.major == major], namespace))
        for major in majors
    )
    tag = "$guard$"
    while tag in cases:  # a name of a tenant's may hold it
        tag = tag[:-1] + "_$"
    return _BLOCK.format(tag=tag, cases=cases, majors=" or ".join(map(str, majors)), refused=REFUSED)


def _query(guards: list[Guard], namespace: str) -> str:
    return query_text("guard.sql").format(
        guards=quote_literal(as_text([_document(guard) for guard in guards])),
        defaults=quote_literal(as_text(_defaults(guards[0]))),
        rows=_rows(guards[0], namespace),
    )


def _rows(guard: Guard, namespace: str) -> str:
    statement = rows_statement(kinds_of(guard.profile), guard.major * 10000)
    rows = statement.replace("$1", quote_literal(namespace))
    if not namespace:
        return rows
    return f"SELECT n.kind, n.address, {_named('n.line', namespace)} AS line FROM ({rows}) AS n"


def _named(line: str, namespace: str) -> str:
    """Call the namespace by the placeholder where SQL within the line qualifies a name with it.

    Coarser than `placeholders`: a literal that holds the namespace and a dot is changed too. The guard then refuses
    where it need not; the other mistake would be worse.
    """
    quoted = msgspec.json.encode(quote_identifier(namespace) + ".").decode()[1:-1]
    written = msgspec.json.encode(f'"{PLACEHOLDER}".').decode()[1:-1]
    named = f"replace({line}, {quote_literal(quoted)}, {quote_literal(written)})"
    if not is_plain(namespace):
        return named
    bare = r'(^|[^[:alnum:]_$."\\])' + namespace.replace("$", r"\$") + r"\."
    instead = "\\1" + written.replace("\\", "\\\\")
    return f"regexp_replace({named}, {quote_literal(bare)}, {quote_literal(instead)}, 'g')"


def _document(guard: Guard) -> dict[str, object]:
    return {
        "untouched": [{"kind": part.kind, "hash": part.hash} for part in guard.untouched],
        "touched": [
            {
                "identity": key_of(part.identity),
                "rest": part.rest,
                "may_be_absent": part.may_be_absent,
                "fields": [{"name": field.name, "values": list(field.values)} for field in part.fields],
            }
            for part in guard.touched
        ],
    }


def _defaults(guard: Guard) -> dict[str, object]:
    """Give, per kind, the defaults that a query may spell out."""
    return {
        kind: {
            field.name: msgspec.to_builtins(field.default)
            for field in msgspec.structs.fields(KINDS[kind])
            if field.default is not msgspec.NODEFAULT and field.default is not None
        }
        for kind in kinds_of(guard.profile)
    }
