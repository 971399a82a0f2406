"""Write the SQL that moves a sequence which begins to number a column to where the column's numbers have come."""

from __future__ import annotations

from shared.remediation.blocks import fill_block
from shared.remediation.kept_facts import SETTING
from shared.sql import dollar_quote

POSITION_SUMMARY = "The sequence goes on where its column was."

_POSITION_BLOCK = """DO {tag}
-- {summary}
DECLARE
    told jsonb;
BEGIN
{before}    IF told IS NULL THEN
        told := ({highest});
    END IF;
    PERFORM pg_catalog.setval(q.seqrelid, LEAST(GREATEST(t.last, q.seqmin), q.seqmax)::int8, t.called)
    FROM {sequence} s
    CROSS JOIN (SELECT (told ->> 0)::numeric, (told ->> 1)::boolean) AS t(last, called)
    CROSS JOIN pg_catalog.pg_sequence q
    WHERE q.seqrelid = pg_catalog.to_regclass({literal}) -- and it is never moved back
        AND (t.last - s.last_value) * pg_catalog.sign(q.seqincrement) >=
            CASE WHEN t.called > s.is_called THEN 0 ELSE 1 END;
END
{tag}"""

_STILL_THERE = """    IF pg_catalog.to_regclass({literal}) IS NOT NULL THEN
        told := (SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM {before} s);
    END IF;
"""

_NOTED_BEFORE = """    told := pg_catalog.current_setting('{setting}')::jsonb -> {spelling} -> 'position';
"""


def position_sql(sequence: str, highest: str, before: str = "", *, noted: bool = False) -> str:
    """Write the statement that moves a sequence to where another stood, or else beyond the values of its column.

    The sequence is never moved back: a number that was given out is not given out again.

    Args:
        sequence: Its quoted name.
        highest: A query for the position after the values that are there, as JSON: [value, true].
        before: Quoted name of the one it takes the place of; empty where there is none.
        noted: Whether the position of that one is among the facts; else it is still there.
    """
    told = ""
    if noted:
        told = _NOTED_BEFORE.format(setting=SETTING, spelling=dollar_quote(f"SEQUENCE {before}"))
    elif before:
        told = _STILL_THERE.format(literal=dollar_quote(before), before=before)
    return fill_block(
        _POSITION_BLOCK,
        summary=POSITION_SUMMARY,
        sequence=sequence,
        literal=dollar_quote(sequence),
        before=told,
        highest=highest,
    )
