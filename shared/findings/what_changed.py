"""Says in words what changed within a query or an expression: `WHERE total > 0 became total >= 0`.

sqlglot compares the two; where it cannot read one of them nothing is said. The words are for people, no decision rests
on them; they are sqlglot's spelling, so that `now()` is said as CURRENT_TIMESTAMP.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.diff.changes import Altered

if TYPE_CHECKING:
    from sqlglot import exp

_MAX_DIFFERENCES_NAMED = 3
"""Differences that are named; of a text that has more, nothing is said: it is another text."""

_LONGEST_PART = 120
"""Characters of a part that a sentence still carries."""

_LONGEST_TEXT = 20_000
"""Characters of a definition that is compared: sqlglot reads some 100 kB a second."""

_QUERY = re.compile(r"\s*(?:SELECT|WITH|TABLE|VALUES)\b", re.IGNORECASE)
_CHECK = re.compile(r"CHECK \((?P<expression>.*)\)(?: NO INHERIT| NOT VALID| NOT ENFORCED)*\Z", re.DOTALL)
_CLAUSES = {"where": "WHERE", "having": "HAVING", "joins": "JOIN", "order": "ORDER BY", "group": "GROUP BY"}


def what_changed(change: Altered) -> str:
    """Return the clause that says what changed in the altered texts of an object; empty where that cannot be said.

    Args:
        change: Texts that are no SQL, such as names, are passed over.
    """
    said: list[str] = []
    for field in change.fields:
        before, after = getattr(change.desired, field, None), getattr(change.observed, field, None)
        if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) <= _LONGEST_TEXT:
            said += [part for part in _said(before, after) if part not in said]
    return "; ".join(said) if len(said) <= _MAX_DIFFERENCES_NAMED else ""


@lru_cache(maxsize=1024)
def _said(before: str, after: str) -> tuple[str, ...]:
    one, other = _parsed(before), _parsed(after)
    if one is None or other is None:
        return ()
    found = tuple(dict.fromkeys(_differences(one, other, "")))
    is_short = len(found) <= _MAX_DIFFERENCES_NAMED and all(len(part) <= 2 * _LONGEST_PART for part in found)
    return found if is_short else ()


def _parsed(text: str) -> exp.Expr | None:
    """Read a query, or an expression; None for what is neither."""
    import sqlglot  # lazy: slow to import
    from sqlglot.errors import SqlglotError

    check = _CHECK.match(text)
    text = check["expression"] if check is not None else text
    is_query = _QUERY.match(text) is not None
    if not is_query:
        if not re.search(r"[()=<>~]|\b(?:AND|OR|NOT|IS|IN)\b", text):
            return None  # a name, a word: both values are told anyway
        text = f"SELECT 1 WHERE {text}"
    try:
        found = sqlglot.parse_one(text.strip().rstrip(";"), read="postgres")
    except (SqlglotError, RecursionError):
        return None
    return found if is_query else found.args["where"].this


def _differences(before: exp.Expr, after: exp.Expr, clause: str) -> Iterator[str]:
    from sqlglot import exp

    before, after = before.unnest(), after.unnest()
    if before == after:
        return
    if isinstance(before, exp.Connector) or isinstance(after, exp.Connector):
        connector = before if isinstance(before, exp.Connector) else after
        yield from _lists(_parts(before, type(connector)), _parts(after, type(connector)), clause)
    elif type(before) is not type(after) or _is_whole(before):
        yield _became(before, after, clause)
    else:
        yield from _within(before, after, clause)


def _within(before: exp.Expr, after: exp.Expr, clause: str) -> Iterator[str]:
    from sqlglot import exp

    for name in sorted({*before.args, *after.args}):
        one, other = before.args.get(name) or None, after.args.get(name) or None
        inner = _CLAUSES.get(name, clause)
        if one == other:
            continue
        if isinstance(one, list) or isinstance(other, list):
            yield from _lists(one or [], other or [], inner)
        elif isinstance(one, exp.Expr) and isinstance(other, exp.Expr):
            yield from _differences(one, other, inner)
        elif isinstance(one or other, exp.Expr):
            yield f"{_sql(one or other)} was {'added' if one is None else 'removed'}"
        else:
            yield _became(before, after, clause)


def _is_whole(node: exp.Expr) -> bool:
    """Say whether a node is told as a whole: a condition, a value, a column, unless there is a query in it."""
    from sqlglot import exp

    return isinstance(node, exp.Condition | exp.Identifier | exp.Table | exp.Alias) and node.find(exp.Select) is None


def _parts(node: exp.Expr, connector: type[exp.Expr]) -> list[exp.Expr]:
    return [part.unnest() for part in node.flatten()] if isinstance(node, connector) else [node]


def _lists(before: Sequence[exp.Expr], after: Sequence[exp.Expr], clause: str) -> Iterator[str]:
    texts = [[_sql(node) for node in side] for side in (before, after)]
    for tag, i, j, k, m in difflib.SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
        if tag == "replace" and j - i == m - k:
            for one, other in zip(before[i:j], after[k:m], strict=True):
                yield from _differences(one, other, clause)
        elif tag != "equal":
            yield from (f"{_with_clause(text, clause)} was removed" for text in texts[0][i:j])
            yield from (f"{_with_clause(text, clause)} was added" for text in texts[1][k:m])


def _became(before: exp.Expr, after: exp.Expr, clause: str) -> str:
    one, other = _shortly(before), _shortly(after)
    if one == other:
        one, other = _sql(before), _sql(after)
    return f"{_with_clause(one, clause)} became {other}"


def _shortly(node: exp.Expr) -> str:
    """Write an expression without the casts that PostgreSQL adds to constants."""
    return _sql(node.copy().transform(_without_cast))


def _without_cast(node: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    if isinstance(node, exp.Cast) and isinstance(node.this.unnest(), exp.Literal):
        inner: exp.Expr = node.this.unnest()
        return inner
    return node


def _with_clause(text: str, clause: str) -> str:
    return f"{clause} {text}" if clause and not text.startswith(clause) and "JOIN" not in text else text


def _sql(node: object) -> str:
    from sqlglot import exp

    return node.unnest().sql(dialect="postgres") if isinstance(node, exp.Expr) else str(node)
