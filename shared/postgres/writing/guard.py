"""A plan's guard as SQL: it raises where the database is not in a state the plan may start from.

It asks with the very queries that read the schema, under the same settings, in a read-only transaction of its own. psql
can run it, and so can a connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from shared.pinned import PINNED, setting
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.query_files import query_text
from shared.postgres.reading.catalog import kinds_of, rows_statement
from shared.remediation.guard import Guard, as_text, identity_parts
from shared.schema.model import KINDS
from shared.sql import is_plain, quote_identifier, quote_literal

_WHOLE = OwnNames()
_COMMENT = re.compile(r"--.*")  # no literal of our queries holds two hyphens or a line break
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


def guard_sql(guards: Iterable[Guard], *, own: OwnNames = _WHOLE) -> str:
    """Write the guard of a plan.

    Args:
        guards: The spellings of what the database must look like, of any server versions, at least one.
        own: The tenant's own names, where the plan is about one namespace, or names roles of a tenant's own.

    Returns:
        Statements that psql can run as they are: a read-only transaction around a DO block, with `REFUSED` as the
        SQLSTATE of its refusal.
    """
    pinned = ";\n".join(setting(PINNED))
    block = _block(tuple(guards), own)
    return f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{pinned};\n{block};\nCOMMIT;"


def _block(guards: tuple[Guard, ...], own: OwnNames) -> str:
    majors = sorted({guard.major for guard in guards})
    assert majors, "a plan without guards has no guard to write"
    cases = "\n".join(
        _CASE.format(major=major, query=_query([guard for guard in guards if guard.major == major], own))
        for major in majors
    )
    tag = "$guard$"
    while tag in cases:  # a name of a tenant's may hold it
        tag = tag[:-1] + "_$"
    return _BLOCK.format(tag=tag, cases=cases, majors=" or ".join(map(str, majors)), refused=REFUSED)


def _query(guards: list[Guard], own: OwnNames) -> str:
    return _dense(query_text("guard.sql")).format(
        guards=quote_literal(as_text([_document(guard) for guard in guards])),
        defaults=quote_literal(as_text(_defaults(guards[0]))),
        rows=_rows(guards[0], own),
    )


def _dense(sql: str) -> str:
    """Put one of our own queries on one line, without its comments: in a script the statements are what is read."""
    lines = (_COMMENT.sub("", line).strip() for line in sql.splitlines())
    return " ".join(line for line in lines if line)


def _rows(guard: Guard, own: OwnNames) -> str:
    statement = _dense(rows_statement(kinds_of(guard.profile), guard.major * 10000))
    rows = statement.replace("$1", quote_literal(own.namespace))
    if not own:
        return rows
    line = "n.line"
    for name, placeholder in own.roles:
        line = _role_named(line, name, placeholder)
    if own.namespace:
        line = _named(line, own.namespace)
    if own.literal:
        for before, after in (("'", "'"), ("'", ".")):
            line = _replaced(line, before + own.literal + after, before + PLACEHOLDER + after)
    return f"SELECT n.kind, n.address, {line} AS line FROM ({rows}) AS n"


def _role_named(line: str, role: str, placeholder: str) -> str:
    """Call a role by its placeholder where it is all of a value, or is named in SQL. As coarse as `_named`."""
    line = f"replace({line}, {quote_literal(_json(role))}, {quote_literal(_json(placeholder))})"
    line = _replaced(line, f"'{role}'", f"'{placeholder}'")
    written = quote_identifier(placeholder)
    for keyword in _BEFORE_ROLES:
        line = _replaced(line, f"{keyword} {quote_identifier(role)}", f"{keyword} {written}")
    if not is_plain(role):
        return line
    bare = "(" + "|".join(_BEFORE_ROLES) + ") " + role.replace("$", r"\$") + "(?![[:alnum:]_$])"
    instead = "\\1 " + _json(written)[1:-1].replace("\\", "\\\\")
    return f"regexp_replace({line}, {quote_literal(bare)}, {quote_literal(instead)}, 'g')"


_BEFORE_ROLES = ("ROLE", "TO", "AUTHORIZATION")


def _replaced(line: str, old: str, new: str) -> str:
    """Replace text within the strings of a JSON line."""
    return f"replace({line}, {quote_literal(_json(old)[1:-1])}, {quote_literal(_json(new)[1:-1])})"


def _json(text: str) -> str:
    return msgspec.json.encode(text).decode()


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
                "identity": identity_parts(part.identity),
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
