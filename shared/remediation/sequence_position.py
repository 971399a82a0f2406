"""Write the SQL that moves a sequence which begins to number a column to where the column's numbers have come."""

from __future__ import annotations

from shared.remediation.kept_store import FactStore, fill_block
from shared.sql import dollar_quote

POSITION_SUMMARY = "The sequence goes on where its column was."

_POSITION_BLOCK = """DO {tag}
-- {summary}
DECLARE
    told text;
BEGIN
{before}    IF told IS NULL THEN
        EXECUTE {highest} INTO told;
    END IF;
    EXECUTE pg_catalog.format(
        'SELECT pg_catalog.setval(q.seqrelid, LEAST(GREATEST($1, q.seqmin), q.seqmax)::int8, $2)
        FROM %s s CROSS JOIN pg_catalog.pg_sequence q WHERE q.seqrelid = %L::pg_catalog.regclass
            AND ($1 - s.last_value) * pg_catalog.sign(q.seqincrement) >= CASE WHEN $2 > s.is_called THEN 0 ELSE 1 END',
        {sequence}, {sequence}
    ) USING (told::jsonb ->> 0)::numeric, (told::jsonb ->> 1)::bool;
END
{tag}"""

_STILL_THERE = """    IF pg_catalog.to_regclass({before}) IS NOT NULL THEN
        EXECUTE pg_catalog.format(
            'SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM %s s', {before}
        ) INTO told;
    END IF;
"""

_NOTED_BEFORE = """    told := (
        SELECT f.value ->> 2
        FROM (VALUES ({spelling})) AS kept(spelling) CROSS JOIN LATERAL ({source}) AS k(place, facts)
        CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(k.facts) AS f(value) WHERE f.value ->> 2 IS NOT NULL
    );
"""


def position_sql(sequence: str, highest: str, before: str = "", store: FactStore | None = None) -> str:
    """Write the statement that moves a sequence to where another stood, or else beyond the values of its column.

    The sequence is never moved back: a number that was given out is not given out again.

    Args:
        sequence: Its quoted name.
        highest: A query for the position after the values that are there, as JSON: [value, true].
        before: Quoted name of the one it takes the place of; empty where there is none.
        store: Where the position of that one is noted; None when it is still there.
    """
    told = ""
    if store is not None:
        told = _NOTED_BEFORE.format(spelling=dollar_quote(f"SEQUENCE {before}"), source=store.source)
    elif before:
        told = _STILL_THERE.format(before=dollar_quote(before))
    return fill_block(
        _POSITION_BLOCK,
        summary=POSITION_SUMMARY,
        sequence=dollar_quote(sequence),
        before=told,
        highest=dollar_quote(highest),
    )
