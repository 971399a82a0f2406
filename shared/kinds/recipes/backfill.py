"""Fill a column of a table in use: batch by batch, each a transaction of its own, so that nobody waits for long."""

from __future__ import annotations

from shared.kinds.hazards import fills
from shared.kinds.step import Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.sql import dollar_quote, quote_identifier, quote_literal, quote_qualified

PAGES_AT_ONCE = 50
"""Pages of 8 kB whose rows one transaction writes, and for which writers of those rows wait: some thousands of rows."""

_FILL = """
DECLARE
    page int8 := 0;
    pages int8 := pg_catalog.pg_relation_size({table}::pg_catalog.regclass)
        / pg_catalog.current_setting('block_size')::int8;
BEGIN
    WHILE page < pages LOOP
        UPDATE ONLY {what} SET {column} = {value}
        WHERE ctid >= pg_catalog.format('(%s,0)', page)::tid
            AND ctid < pg_catalog.format('(%s,0)', page + {at_once})::tid
            AND {unfilled};
        COMMIT;
        page := page + {at_once};
    END LOOP;
END"""


def copy_in_batches(about: ObjectId, source: str) -> Step:
    """Copy one column into another.

    Args:
        about: The column that is written.
        source: Name of the column that is read.
    """
    name = quote_identifier(source)
    return _in_batches(about, name, f"{quote_identifier(about.name)} IS DISTINCT FROM {name}")


def fill_in_batches(about: ObjectId, value: str) -> Step:
    """Give each row in which a column is NULL a value.

    Args:
        about: The column.
        value: An expression that need not give the same for every row.
    """
    return _in_batches(about, value, f"{quote_identifier(about.name)} IS NULL")


def _in_batches(about: ObjectId, value: str, unfilled: str) -> Step:
    what = quote_qualified(QualifiedName(about.namespace, about.parent))
    body = _FILL.format(
        table=quote_literal(what),
        what=what,
        column=quote_identifier(about.name),
        value=value,
        unfilled=unfilled,
        at_once=PAGES_AT_ONCE,
    )
    return Step(Role.PREPARE, f"DO {dollar_quote(body)}", (fills(what),), transactional=False, about=about)
