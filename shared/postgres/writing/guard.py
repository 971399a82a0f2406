"""A plan's guard as SQL: it raises where the database is not in a state the plan may start from.

One query over the objects that the plan names, under the reader's settings, in a read-only transaction of its own. psql
can run it, and so can a connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shared.pinned import PINNED, setting
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.query_files import query_text
from shared.remediation.guard import Guard, Guarded, merged
from shared.schema.identity import ObjectId
from shared.sql import is_plain, quote_identifier, quote_literal

_WHOLE = OwnNames()
_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)
_SELDOM = re.compile(
    r"    UNION ALL  -- only where the plan names one\n    SELECT '(?P<kind>\w+)'.*?(?=    UNION ALL|\), state AS)",
    re.DOTALL,
)
REFUSED = "FD001"
"""SQLSTATE of the refusal."""

_BLOCK = """DO {tag}
DECLARE
    difference text;
BEGIN
    IF current_setting('server_version_num')::int / 10000 NOT IN ({majors}) THEN
        RAISE EXCEPTION 'fleetdrift: this plan was made for PostgreSQL {spoken}; scan this tenant again'
            USING ERRCODE = '{refused}';
    END IF;
    difference := (
{query}
    );
    IF difference IS NOT NULL THEN
        RAISE EXCEPTION 'fleetdrift: this database has changed since the plan was made; scan it again. Different: %',
            difference USING ERRCODE = '{refused}';
    END IF;
END
{tag}"""


def guard_sql(guards: Iterable[Guard], *, own: OwnNames = _WHOLE) -> str:
    """Write the guard of a plan.

    Args:
        guards: The spellings of what the database must look like, of any server versions, at least one.
        own: The tenant's own names, where the plan is about one namespace, or names roles of a tenant's own.

    Returns:
        Statements that psql can run as they are: a read-only transaction around a DO block, with `REFUSED` as the
        SQLSTATE of its refusal.
    """
    guards = tuple(guards)
    majors = sorted({guard.major for guard in guards})
    assert majors, "a plan without guards has no guard to write"
    query = _query(merged(guards), own)
    tag = "$guard$"
    while tag in query:  # a name of a tenant's may hold it
        tag = tag[:-1] + "_$"
    block = _BLOCK.format(
        tag=tag,
        majors=", ".join(map(str, majors)),
        spoken=" or ".join(map(str, majors)),
        refused=REFUSED,
        query=query,
    )
    pinned = "; ".join(setting(PINNED))
    return f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{pinned};\n{block};\nCOMMIT;"


def _query(guard: Guard, own: OwnNames) -> str:
    named = {item.identity.kind for item in guard.objects}
    text = _COMMENT.sub("", query_text("guard.sql"))
    text = _SELDOM.sub(lambda branch: branch[0] if branch["kind"] in named else "", text)
    before, _, rest = text.partition("{expected}")
    rest = rest.replace("{name}", _renamed("f.name", own)).replace("{state}", _renamed("f.state", own))
    rows = tuple(_expected(guard, own)) or (_row(ObjectId(kind="nothing"), "any", own),)
    return before + ",\n".join(rows) + rest


def _expected(guard: Guard, own: OwnNames) -> Iterator[str]:
    for item in guard.objects:
        yield _row(item.identity, _states(item), own)
    for table in guard.closed:
        yield _row(ObjectId(kind="closed", namespace=table.namespace, name=table.name), "any", own)


def _states(item: Guarded) -> str:
    if not item.states:
        return "any"
    return " ".join((*item.states, "absent") if item.may_be_absent else item.states)


def _row(identity: ObjectId, states: str, own: OwnNames) -> str:
    namespace = own.namespace if own.namespace and identity.namespace == PLACEHOLDER else identity.namespace
    name = f"{identity.name}({identity.signature})" if identity.kind == "routine" else identity.name
    return f"    ({', '.join(map(quote_literal, (identity.kind, namespace, identity.parent, name, states)))})"


def _renamed(text: str, own: OwnNames) -> str:
    """Write an expression that calls a tenant's own names by their placeholders, in what a server has spelt.

    Coarser than `placeholders`, since the server has no tokenizer: a literal that holds the namespace and a dot is
    changed too. The guard then refuses where it need not; the other mistake would be worse.
    """
    for role, placeholder in own.roles:
        text = _role_renamed(text, role, placeholder)
    if own.namespace:
        text = _namespace_renamed(text, own.namespace)
    if own.literal:
        for before, after in (("'", "'"), ("'", ".")):
            text = _replaced(text, before + own.literal + after, before + PLACEHOLDER + after)
    return text


_BEFORE_ROLES = ("ROLE", "TO", "AUTHORIZATION")


def _role_renamed(text: str, role: str, placeholder: str) -> str:
    text = _replaced(text, f"'{role}'", f"'{placeholder}'")
    written = quote_identifier(placeholder)
    for keyword in _BEFORE_ROLES:
        text = _replaced(text, f"{keyword} {quote_identifier(role)}", f"{keyword} {written}")
    if not is_plain(role):
        return text
    bare = "(" + "|".join(_BEFORE_ROLES) + ") " + role.replace("$", r"\$") + "(?![[:alnum:]_$])"
    return _replaced_by_pattern(text, bare, "\\1 " + written.replace("\\", "\\\\"))


def _namespace_renamed(text: str, namespace: str) -> str:
    written = f"{quote_identifier(PLACEHOLDER)}."
    text = _replaced(text, f"{quote_identifier(namespace)}.", written)
    if not is_plain(namespace):
        return text
    bare = r'(^|[^[:alnum:]_$."])' + namespace.replace("$", r"\$") + r"\."
    return _replaced_by_pattern(text, bare, f"\\1{written}")


def _replaced(text: str, old: str, new: str) -> str:
    return f"replace({text}, {quote_literal(old)}, {quote_literal(new)})"


def _replaced_by_pattern(text: str, pattern: str, new: str) -> str:
    return f"regexp_replace({text}, {quote_literal(pattern)}, {quote_literal(new)}, 'g')"
